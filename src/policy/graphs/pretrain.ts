/**
 * The pretraining graph: next-token loss of packed documents, its gradient with respect to every parameter, clipping and AdamW, one
 * run per step. Only scripts/pretrain uses it; the page never trains a base model.
 */
import { gradients } from '../../tensor/training/autodiff.ts';
import { Graph } from '../../tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../tensor/onnx/encode.ts';
import { mul, neg } from '../../tensor/ops/arithmetic.ts';
import { sumAll } from '../../tensor/ops/broadcast.ts';
import { adamScalarInputs, adamW, clipFactor, globalNorm } from '../../tensor/training/optimizer.ts';
import type { Architecture } from '../model/architecture.ts';
import { modelParameters, trainableParts } from '../model/parts.ts';
import { momentNames, nextName } from './optimizer.ts';
import { rowHidden, rowInputs, tokenStatistics } from './rows.ts';

/**
 * Inputs: those of rows.ts, `weights` float32 [rows * sequenceLength] (0 on prompts and padding, 1 / supervised tokens elsewhere), every
 * parameter with its moments, Adam's scalars. Outputs: all of them with `.next`, `loss` (nats per supervised token), `gradNorm`.
 */
export function pretrainGraph(
  architecture: Architecture,
  rows: number,
  sequenceLength: number,
): EncodedGraph {
  const graph = new Graph(`pretrain ${rows}x${sequenceLength}`);
  const parts = trainableParts(graph, architecture);
  const inputs = rowInputs(graph, rows, sequenceLength);
  const weights = graph.input('weights', 'float32', [rows * sequenceLength]);
  const { logProb } = tokenStatistics(parts, rowHidden(parts, inputs), inputs.targets, graph.scalar(1));
  const loss = neg(sumAll(mul(logProb, weights)));
  const found = gradients(loss, parts.parameters);
  const scalars = adamScalarInputs(graph);
  const norm = globalNorm(found);
  const factor = clipFactor(norm, scalars.maxGradNorm);
  modelParameters(architecture).forEach(({ name, dims, decay }, i) => {
    const moments = momentNames(name);
    const state = {
      parameter: parts.parameters[i]!,
      firstMoment: graph.input(moments.first, 'float32', dims),
      secondMoment: graph.input(moments.second, 'float32', dims),
    };
    const next = graph.withoutRecording(() => adamW(state, mul(found[i]!, factor), scalars, decay));
    graph.output(nextName(name), next.parameter);
    graph.output(nextName(moments.first), next.firstMoment);
    graph.output(nextName(moments.second), next.secondMoment);
  });
  graph.output('loss', loss);
  graph.output('gradNorm', norm);
  return encodeGraph(graph);
}
