/**
 * The prefill graph. It runs each distinct prompt through the decoder once, lays out keys and values as a cache for every rollout
 * that continues the prompt, and samples each rollout's first token.
 *
 * Prompts are right-aligned, so that all rollouts write their next token at one place. A cache always ends with the newest token
 * and grows leftwards by shifting (decode.ts).
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../tensor/onnx/encode.ts';
import { mul, sub } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { greaterOrEqual, mask } from '../../tensor/ops/compare.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { pad, slice } from '../../tensor/ops/layout.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { attendRows, causalMask, decoderLayers, finalNorm, loraModel, splitHeads } from '../model/decoder.ts';
import type { Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';
import { sampleToken, samplerInputs } from './sample.ts';

export interface PrefillShape {
  /** Distinct prompts. */
  readonly prompts: number;
  /** Prompt length, padding included. */
  readonly promptLength: number;
  /** Rollouts. */
  readonly rows: number;
  /** Cache slots per rollout, at least promptLength. */
  readonly capacity: number;
}

export const keyName = (layer: number): string => `cache.${layer}.key`;
export const valueName = (layer: number): string => `cache.${layer}.value`;

/**
 * Inputs: `ids` int32 [prompts, promptLength] right-aligned, `padding` float32 [prompts] (pads before each prompt), `rowPrompt`
 * int32 [rows] (which prompt a rollout continues), `uniforms` float32 [rows, 1], the sampler's scalars. Outputs: per layer keys
 * [rows, keyValueHeads, headDim, capacity] and values [rows, keyValueHeads, capacity, headDim]; `tokens` int32 [rows], `logProbs` [rows].
 */
export function prefillGraph(
  weights: Weights,
  settings: AdapterSettings,
  shape: PrefillShape,
  precision: Precision = 'fp32',
  device?: DeviceKind,
): EncodedGraph {
  const { prompts, promptLength, rows, capacity } = shape;
  const graph = new Graph(`prefill ${prompts}x${promptLength} to ${rows}x${capacity}`, device);
  const model = loraModel(graph, weights, settings, 'merged', precision);
  const ids = graph.input('ids', 'int32', [prompts, promptLength]);
  const rowPrompt = graph.input('rowPrompt', 'int32', [rows]);
  const bias = paddedCausalMask(graph, graph.input('padding', 'float32', [prompts]), prompts, promptLength);

  const x = decoderLayers(model, model.embed(ids), (q, k, v, layer) => {
    const heads = splitHeads(model, q, k, v, prompts, promptLength);
    graph.output(
      keyName(layer),
      pad(gather(model.cached(heads.k), rowPrompt), 3, capacity - promptLength, 0),
    );
    graph.output(
      valueName(layer),
      pad(gather(model.cached(heads.v), rowPrompt), 2, capacity - promptLength, 0),
    );
    return attendRows(model, heads, bias, prompts, promptLength);
  });
  const { hiddenSize } = weights.architecture;
  const last = slice(reshape(x, [prompts, promptLength, hiddenSize]), 1, promptLength - 1, promptLength);
  const hidden = gather(finalNorm(model, reshape(last, [prompts, hiddenSize])), rowPrompt);
  const uniforms = graph.input('uniforms', 'float32', [rows, 1]);
  const { id, logProb } = sampleToken(model, hidden, uniforms, samplerInputs(model));
  graph.output('tokens', id);
  graph.output('logProbs', logProb);
  return encodeGraph(graph);
}

/** Additive mask [prompts, 1, sequenceLength, sequenceLength]: 0 for tokens at or before, and after the padding. */
function paddedCausalMask(graph: Graph, padding: Tensor, prompts: number, sequenceLength: number): Tensor {
  const positions = graph.constant(
    'float32',
    [1, 1, 1, sequenceLength],
    Float32Array.from({ length: sequenceLength }, (_, i) => i),
  );
  const real = mask(greaterOrEqual(positions, reshape(padding, [prompts, 1, 1, 1])));
  return mul(sub(1, mul(real, causalMask(graph, sequenceLength))), -1e9);
}
