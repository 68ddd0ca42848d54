/**
 * The prefill graph. It runs each distinct prompt through the decoder once, gives its
 * keys and values to the rollouts that continue it (a copy for each, or one that they
 * share where decoding is a loop), and samples each rollout's first token. Prompts
 * stand in front of their rows; what follows a shorter one is never looked at.
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { mul, sub } from '../../tensor/ops/arithmetic.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { pad, swapLast, transpose } from '../../tensor/ops/layout.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { attendRows, causalMask, decoderLayers, finalNorm, splitHeads } from '../model/decoder.ts';
import { loraModel } from '../model/lora-model.ts';
import type { Attention } from '../model/parts.ts';
import type { Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';
import { logOf, sampleToken, samplerInputs } from './sample.ts';

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

/** Whether decoding is a loop, in which rows share their prompts' caches (decode.ts). */
export const decodesInLoop = (device: DeviceKind): boolean => device !== 'webgpu';

export const promptKeyName = (layer: number): string => `cache.${layer}.prompt.key`;
export const promptValueName = (layer: number): string => `cache.${layer}.prompt.value`;
/** Whether an output is a prompt's, and not a row's. */
export const isOfPrompt = (output: string): boolean => output.includes('.prompt.');
export const keyName = (layer: number): string => `cache.${layer}.key`;
export const valueName = (layer: number): string => `cache.${layer}.value`;

/** A shape, and another of the same graph that differs in all its sizes. */
export const prefillShapes = (shape: PrefillShape) => {
  const { prompts, promptLength, rows, capacity } = shape;
  const longer = promptLength + 3;
  return {
    shape,
    other: {
      prompts: prompts + 1,
      promptLength: longer,
      rows: rows + 2,
      capacity: capacity === promptLength ? longer : capacity + 8,
    },
  };
};

/**
 * Inputs: `ids` int32 [prompts, promptLength], `rowPrompt` int32 [rows] (which prompt a rollout
 * continues), `last` int32 [rows] (where in `ids` its last token stands, counted through), `uniforms`
 * float32 [rows, 1], the sampler's scalars. Outputs: `tokens` int32 [rows], `logProbs` [rows]; per layer
 * keys and values [rows, keyValueHeads, capacity, headDim]. Where decoding is a loop these are of the
 * prompt's last token alone, [rows, keyValueHeads, 1, headDim], and beside them stand those of each prompt
 * once, keys [prompts, keyValueHeads, headDim, promptLength] and values with the last two axes swapped.
 */
export function prefillGraph(
  weights: Weights,
  settings: AdapterSettings,
  shape: PrefillShape,
  precision: Precision = 'fp32',
  device?: DeviceKind,
): Graph {
  const { prompts, promptLength, rows, capacity } = shape;
  const { layers } = weights.architecture;
  const graph = new Graph(`prefill ${prompts}x${promptLength} to ${rows}x${capacity}`, device);
  const model = loraModel(graph, weights, settings, 'made', precision);
  const ids = graph.input('ids', 'int32', [prompts, promptLength]);
  const inLoop = decodesInLoop(graph.device);
  const last = graph.input('last', 'int32', [rows]);
  const bias = mul(sub(1, causalMask(graph, promptLength)), -1e9);
  const { keyValueHeads, headDim } = weights.architecture;
  const rowPrompt = inLoop ? null : graph.input('rowPrompt', 'int32', [rows]);
  /** What rows begin with, of x [prompts, keyValueHeads, promptLength, headDim]. */
  const cache = (x: Tensor): Tensor => {
    if (rowPrompt) return pad(gather(model.cached(x), rowPrompt), 2, 0, capacity - promptLength);
    const flat = reshape(transpose(x, [0, 2, 1, 3]), [prompts * promptLength, keyValueHeads * headDim]);
    return reshape(gather(model.cached(flat), last), [rows, keyValueHeads, 1, headDim]);
  };

  // After the last layer's keys and values, prompts are asked for their last tokens alone.
  const wanted = (x: Tensor): Tensor => gather(x, last);
  const attend: Attention = (q, k, v, layer) => {
    const heads = splitHeads(model, q, k, v, prompts, promptLength, undefined, layer);
    graph.output(keyName(layer), cache(swapLast(heads.k)));
    graph.output(valueName(layer), cache(heads.v));
    if (inLoop) {
      graph.output(promptKeyName(layer), model.cached(heads.k));
      graph.output(promptValueName(layer), model.cached(heads.v));
    }
    const mixed = attendRows(model, heads, bias, prompts, promptLength);
    return layer === layers - 1 ? wanted(mixed) : mixed;
  };
  const hidden = finalNorm(model, decoderLayers(model, model.embed(ids), attend, 0, layers, wanted));
  const uniforms = graph.input('uniforms', 'float32', [rows, 1]);
  const sampler = samplerInputs(model);
  const { id, probability } = sampleToken(model, mul(hidden, sampler.inverseTemperature), uniforms, sampler);
  graph.output('tokens', id);
  graph.output('logProbs', logOf(probability));
  return graph;
}
