/**
 * The pretraining graph: the next-token loss of packed documents, its gradient with
 * respect to every parameter, clipping and AdamW, in one run per step. Only
 * scripts/pretrain uses it. The page never trains a base model.
 */
import { gradients } from '../../tensor/training/autodiff.ts';
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../tensor/onnx/encode.ts';
import { mul, neg } from '../../tensor/ops/arithmetic.ts';
import { reshape, sumAll } from '../../tensor/ops/broadcast.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { concat } from '../../tensor/ops/layout.ts';
import { gemm, matmul } from '../../tensor/ops/matmul.ts';
import { sizeOf } from '../../tensor/types.ts';
import { adamScalarInputs, adamW, clipFactor, globalNorm } from '../../tensor/training/optimizer.ts';
import { modelParameters, type Architecture } from '../model/architecture.ts';
import type { Model } from '../model/parts.ts';
import { checkpointName } from '../families/family.ts';
import { momentNames, nextName } from './optimizer.ts';
import { rowHidden, rowInputs, tokenStatistics } from './rows.ts';

/**
 * Inputs: those of rows.ts, `weights` float32 [rows * sequenceLength] (0 on prompts and
 * padding, 1 / supervised tokens elsewhere), every parameter with its moments, Adam's
 * scalars. Outputs: all of them with `.next`, `loss` (nats per supervised token), `gradNorm`.
 */
export function pretrainGraph(
  architecture: Architecture,
  rows: number,
  sequenceLength: number,
): EncodedGraph {
  const graph = new Graph(`pretrain ${rows}x${sequenceLength}`);
  const model = trainableModel(graph, architecture);
  const inputs = rowInputs(graph, rows, sequenceLength);
  const weights = graph.input('weights', 'float32', [rows * sequenceLength]);
  const { logProb } = tokenStatistics(model, rowHidden(model, inputs), inputs.targets, graph.scalar(1));
  const loss = neg(sumAll(mul(logProb, weights)));
  const found = gradients(loss, model.parameters);
  const scalars = adamScalarInputs(graph);
  const norm = globalNorm(found);
  const factor = clipFactor(norm, scalars.maxGradNorm);
  modelParameters(architecture).forEach(({ name, dims, decay }, i) => {
    const moments = momentNames(name);
    const state = {
      parameter: model.parameters[i]!,
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

interface TrainableModel extends Model {
  /** In the order of `modelParameters`. */
  readonly parameters: readonly Tensor[];
}

/** All weights as inputs, to be trained; tied, without biases: pretraining. */
function trainableModel(graph: Graph, architecture: Architecture): TrainableModel {
  const byName = new Map(
    modelParameters(architecture).map(({ name, dims }) => [name, graph.parameter(name, dims)] as const),
  );
  const { family } = architecture;
  const get = (name: string) => byName.get(`${checkpointName(family, name)}.weight`)!;
  const embedding = get(family.embedding.name);
  return {
    graph,
    architecture,
    parameters: [...byName.values()],
    embed: (ids) => gather(embedding, reshape(ids, [sizeOf(ids.dims)])),
    linear: (name, x) => gemm(x, get(name), false, true),
    joined: (names, x) =>
      concat(
        names.map((name) => gemm(x, get(name), false, true)),
        1,
      ),
    product: matmul,
    cached: (x) => x,
    norm: get,
    head: (hidden) => gemm(hidden, embedding, false, true),
    // A vocabulary that is trained here is small.
    headPieces: () => [
      {
        first: 0,
        size: architecture.vocabSize,
        logits: (hidden) => gemm(hidden, embedding, false, true),
        pullback: (gradient) => gemm(gradient, embedding),
      },
    ],
  };
}
