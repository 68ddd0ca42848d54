/**
 * Hidden states of texts at a few places, after every layer, as matrices that a probe is fitted on; and the
 * control that has no network, the tokens so far and their number.
 */
import type { Policy, Sequence } from '../../policy/types.ts';
import type { Matrix } from './linear.ts';

/** Places in a text: after this share of its tokens. 0 is before the first one, 1 after the last. */
export const PLACES = [0, 0.25, 0.5, 0.75, 1] as const;

/**
 * Layers that are read of a model of `count`: from the embedding (0) to the last, evenly, at most so many.
 */
export function probedLayers(count: number, most: number): number[] {
  const steps = Math.min(count, most - 1);
  return [...new Set(Array.from({ length: steps + 1 }, (_, i) => Math.round((i * count) / steps)))];
}

/** Index of a place among the tokens of a completion, the last of which stands for the end of the text. */
export const indexAt = (place: number, completion: readonly number[]): number =>
  Math.round(place * (completion.length - 1));

/** Sequences scored in one request. */
const CHUNK = 64;

export interface StateOptions {
  readonly policy: Policy;
  /** After how many layers, e.g. [0, 1, 2]. */
  readonly layers: readonly number[];
  readonly adapter: 'current' | 'base';
  readonly signal?: AbortSignal | undefined;
}

export type TakeStates = (hidden: readonly Float32Array[], text: number, hiddenSize: number) => void;

/**
 * Hands over the states of each text in turn: per layer, [completion, hiddenSize], the state at a token being
 * the one from which it is predicted.
 */
export async function hiddenStates(
  sequences: readonly Sequence[],
  { policy, layers, adapter, signal }: StateOptions,
  take: TakeStates,
): Promise<void> {
  for (let from = 0; from < sequences.length; from += CHUNK) {
    const part = sequences.slice(from, from + CHUNK);
    const scores = await policy.score({
      sequences: part,
      temperature: 1,
      adapter,
      hiddenAfterLayers: layers,
      ...(signal !== undefined && { signal }),
    });
    scores.forEach(({ hidden }, s) =>
      take(hidden!, from + s, hidden![0]!.length / part[s]!.completion.length),
    );
  }
}

/** [layer][place], each [texts, hiddenSize]. @param also is handed the states of every token on the way */
export async function statesOf(
  sequences: readonly Sequence[],
  options: StateOptions,
  also?: TakeStates,
): Promise<Matrix[][]> {
  let out: Matrix[][] = [];
  const n = sequences.length;
  await hiddenStates(sequences, options, (hidden, text, d) => {
    also?.(hidden, text, d);
    if (out.length === 0)
      out = hidden.map(() => PLACES.map(() => ({ n, d, values: new Float64Array(n * d) })));
    hidden.forEach((states, layer) =>
      PLACES.forEach((place, p) => {
        const at = indexAt(place, sequences[text]!.completion) * d;
        out[layer]![p]!.values.set(states.subarray(at, at + d), text * d);
      }),
    );
  });
  return out;
}

/** Most frequent tokens that the bag counts. */
const BAG = 200;

/** How often each frequent token stands before a place, and how many tokens do; [texts, at most 201]. */
export function bagOfTokens(sequences: readonly Sequence[], place: number): Matrix {
  const seen = sequences.map(({ prompt, completion }) => [
    ...prompt,
    ...completion.slice(0, indexAt(place, completion)),
  ]);
  const counts = new Map<number, number>();
  for (const tokens of seen) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, BAG);
  const column = new Map(frequent.map(([token], i) => [token, i]));
  const d = frequent.length + 1;
  const values = new Float64Array(seen.length * d);
  seen.forEach((tokens, i) => {
    for (const token of tokens) {
      const at = column.get(token);
      if (at !== undefined) values[i * d + at]!++;
    }
    values[i * d + d - 1] = tokens.length;
  });
  return { n: seen.length, d, values };
}
