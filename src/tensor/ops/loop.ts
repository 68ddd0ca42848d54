/**
 * A loop in a graph: a body that runs up to `count` times, carries values from round
 * to round and collects others. No gradient.
 */
import type { Graph, Tensor } from '../graph.ts';

export interface Round {
  /** Carried to the next round, in the order of the loop's; sizes may change, ranks may not. */
  readonly carried: readonly Tensor[];
  /** Stacked over the rounds. */
  readonly collected: readonly Tensor[];
  /** bool []: whether there is a next one. */
  readonly goOn: Tensor;
}

/**
 * Not on WebGPU: onnxruntime runs loops on the CPU, and what they carry would cross over in every round.
 * @param count int64 []
 * @param sizes of what is carried, after the last round
 * @param rounds of what is collected; the real number is known only when it has run
 */
export function loop(
  graph: Graph,
  count: Tensor,
  initial: readonly Tensor[],
  build: (round: Tensor, carried: readonly Tensor[]) => Round,
  sizes: readonly (readonly number[])[],
  rounds: number,
): { carried: Tensor[]; collected: Tensor[] } {
  const goOn = graph.cached('true', () => graph.constant('bool', [], Uint8Array.of(1)));
  let collected: readonly Tensor[] = [];
  const body = graph.body(
    [{ dtype: 'int64', dims: [] }, { dtype: 'bool', dims: [] }, ...initial],
    ([round, _before, ...carried]) => {
      const made = build(round!, carried);
      collected = made.collected;
      return [made.goOn, ...made.carried, ...made.collected];
    },
  );
  const types = [...initial, ...collected].map(({ dtype }) => dtype);
  const outputs = graph.nodeMany(
    'Loop',
    [count, goOn, ...initial],
    [...sizes, ...collected.map(({ dims }) => [rounds, ...dims])],
    { body, dtypes: types },
  );
  return { carried: outputs.slice(0, initial.length), collected: outputs.slice(initial.length) };
}
