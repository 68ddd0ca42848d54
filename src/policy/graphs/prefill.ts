/**
 * The prefill graph. It runs each distinct prompt through the decoder once, lays out keys and
 * values as a cache for every rollout that continues the prompt, and samples each rollout's first
 * token. Prompts stand in front of their rows; what follows a shorter one is never looked at.
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { mul, sub } from '../../tensor/ops/arithmetic.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { pad, swapLast } from '../../tensor/ops/layout.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { attendRows, causalMask, decoderLayers, finalNorm, splitHeads } from '../model/decoder.ts';
import { loraModel } from '../model/lora-model.ts';
import type { Attention } from '../model/parts.ts';
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
 * Inputs: `ids` int32 [prompts, promptLength], `rowPrompt` int32 [rows] (which prompt a
 * rollout continues), `last` int32 [rows] (where in `ids` its last token stands, counted
 * through), `uniforms` float32 [rows, 1], the sampler's scalars. Outputs: per layer keys and
 * values [rows, keyValueHeads, capacity, headDim]; `tokens` int32 [rows], `logProbs` [rows].
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
  const model = loraModel(graph, weights, settings, 'merged', precision);
  const ids = graph.input('ids', 'int32', [prompts, promptLength]);
  const rowPrompt = graph.input('rowPrompt', 'int32', [rows]);
  const last = graph.input('last', 'int32', [rows]);
  const bias = mul(sub(1, causalMask(graph, promptLength)), -1e9);
  const cache = (x: Tensor) => pad(gather(model.cached(x), rowPrompt), 2, 0, capacity - promptLength);

  // After the last layer's keys and values, prompts are asked for their last tokens alone.
  const wanted = (x: Tensor): Tensor => gather(x, last);
  const attend: Attention = (q, k, v, layer) => {
    const heads = splitHeads(model, q, k, v, prompts, promptLength, undefined, layer);
    graph.output(keyName(layer), cache(swapLast(heads.k)));
    graph.output(valueName(layer), cache(heads.v));
    const mixed = attendRows(model, heads, bias, prompts, promptLength);
    return layer === layers - 1 ? wanted(mixed) : mixed;
  };
  const hidden = finalNorm(model, decoderLayers(model, model.embed(ids), attend, 0, layers, wanted));
  const uniforms = graph.input('uniforms', 'float32', [rows, 1]);
  const { id, logProb } = sampleToken(model, hidden, uniforms, samplerInputs(model));
  graph.output('tokens', id);
  graph.output('logProbs', logProb);
  return graph;
}
