/**
 * The optimizer graph. It clips accumulated gradients by their global norm and applies
 * AdamW to the adapter and its moments. Where the gradients come from is gradient.ts.
 */
import { Graph } from '../../tensor/graph.ts';
import { mul } from '../../tensor/ops/arithmetic.ts';
import { adamScalarInputs, adamW, clipFactor, globalNorm } from '../../tensor/training/optimizer.ts';
import { accumulatorName } from './gradient.ts';

export interface TrainedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Whether weight decay applies; default yes. */
  readonly decay?: boolean;
}

export const momentNames = (name: string) => ({ first: `${name}.m`, second: `${name}.v` }) as const;
export const nextName = (name: string): string => `${name}.next`;

/**
 * Inputs: each tensor, its moments, its accumulated gradient, Adam's scalars. Outputs:
 * each tensor and its moments under their names with `.next`, and `gradNorm`.
 */
export function optimizerGraph(tensors: readonly TrainedTensor[]): Graph {
  const graph = new Graph('apply');
  const scalars = adamScalarInputs(graph);
  const accumulated = tensors.map(({ name, dims }) => graph.input(accumulatorName(name), 'float32', dims));
  const norm = globalNorm(accumulated);
  const factor = clipFactor(norm, scalars.maxGradNorm);
  tensors.forEach(({ name, dims, decay }, i) => {
    const moments = momentNames(name);
    const state = {
      parameter: graph.input(name, 'float32', dims),
      firstMoment: graph.input(moments.first, 'float32', dims),
      secondMoment: graph.input(moments.second, 'float32', dims),
    };
    const next = adamW(state, mul(accumulated[i]!, factor), scalars, decay ?? true);
    graph.output(nextName(name), next.parameter);
    graph.output(nextName(moments.first), next.firstMoment);
    graph.output(nextName(moments.second), next.secondMoment);
  });
  graph.output('gradNorm', norm);
  return graph;
}
