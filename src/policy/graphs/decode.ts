/**
 * The decode graph. It is unrolled over several tokens per run, so that the cache crosses the border of the session once per chunk
 * and not once per token. Within a chunk, new keys and values stand beside the cache. At the end of the chunk the cache shifts left
 * and takes them in.
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../tensor/onnx/encode.ts';
import { add, mul } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { less, mask } from '../../tensor/ops/compare.ts';
import { concat, slice, split } from '../../tensor/ops/layout.ts';
import { softmax } from '../../tensor/ops/normal.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { decoderLayers, finalNorm, loraModel, rotate, type LoraModel } from '../model/decoder.ts';
import { cacheType, type Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';
import { keyName, valueName } from './prefill.ts';
import { sampleToken, samplerInputs } from './sample.ts';

export interface DecodeShape {
  readonly rows: number;
  readonly capacity: number;
  /** Tokens per run. */
  readonly chunk: number;
}

export const nextKeyName = (layer: number): string => `${keyName(layer)}.next`;
export const nextValueName = (layer: number): string => `${valueName(layer)}.next`;

interface ChunkCache {
  /** [rows, keyValueHeads, headDim, capacity] */
  readonly pastKey: Tensor;
  /** [rows, keyValueHeads, capacity, headDim] */
  readonly pastValue: Tensor;
  /** One [rows, keyValueHeads, headDim, 1] per token of the chunk so far. */
  readonly keys: Tensor[];
  /** One [rows, keyValueHeads, 1, headDim] per token of the chunk so far. */
  readonly values: Tensor[];
}

/**
 * Inputs: `tokens` int32 [rows] (the last sampled), caches as prefill.ts makes them, `firstSlot` float32 [rows] (first real slot of each
 * rollout), `rotaryCos` and `rotarySin` [chunk, headDim] for the positions of the chunk, `uniforms` [rows, chunk], the sampler's scalars.
 * Outputs: `sampled` int32 [rows, chunk], `logProbs` [rows, chunk], the shifted caches.
 */
export function decodeGraph(
  weights: Weights,
  settings: AdapterSettings,
  shape: DecodeShape,
  precision: Precision = 'fp32',
  device?: DeviceKind,
): EncodedGraph {
  const { rows, capacity, chunk } = shape;
  const { layers, keyValueHeads, headDim } = weights.architecture;
  const graph = new Graph(`decode ${rows}x${capacity} by ${chunk}`, device);
  const model = loraModel(graph, weights, settings, 'merged', precision);
  const held = cacheType(precision);
  const caches = Array.from({ length: layers }, (_, layer): ChunkCache => ({
    pastKey: graph.input(keyName(layer), held, [rows, keyValueHeads, headDim, capacity]),
    pastValue: graph.input(valueName(layer), held, [rows, keyValueHeads, capacity, headDim]),
    keys: [],
    values: [],
  }));
  const slots = graph.constant(
    'float32',
    [1, capacity],
    Float32Array.from({ length: capacity }, (_, i) => i),
  );
  const firstSlot = reshape(graph.input('firstSlot', 'float32', [rows]), [rows, 1]);
  const pastMask = reshape(mul(mask(less(slots, firstSlot)), -1e9), [rows, 1, 1, capacity]);
  const cos = split(graph.input('rotaryCos', 'float32', [chunk, headDim]), Array<number>(chunk).fill(1), 0);
  const sin = split(graph.input('rotarySin', 'float32', [chunk, headDim]), Array<number>(chunk).fill(1), 0);
  const uniforms = split(graph.input('uniforms', 'float32', [rows, chunk]), Array<number>(chunk).fill(1), 1);
  const sampler = samplerInputs(model);

  let token = graph.input('tokens', 'int32', [rows]);
  const tokens: Tensor[] = [];
  const logProbs: Tensor[] = [];
  for (let i = 0; i < chunk; i++) {
    const x = decoderLayers(model, model.embed(token), (q, k, v, layer) =>
      attendCached(model, { q, k, v }, caches[layer]!, pastMask, cos[i]!, sin[i]!),
    );
    const sampled = sampleToken(model, finalNorm(model, x), uniforms[i]!, sampler);
    token = sampled.id;
    tokens.push(reshape(sampled.id, [rows, 1]));
    logProbs.push(reshape(sampled.logProb, [rows, 1]));
  }
  caches.forEach((cache, layer) => {
    graph.output(nextKeyName(layer), concat([slice(cache.pastKey, 3, chunk, capacity), ...cache.keys], 3));
    graph.output(
      nextValueName(layer),
      concat([slice(cache.pastValue, 2, chunk, capacity), ...cache.values], 2),
    );
  });
  graph.output('sampled', concat(tokens, 1));
  graph.output('logProbs', concat(logProbs, 1));
  return encodeGraph(graph);
}

/** One token of every rollout against its cache and the chunk so far, itself included -> [rows, heads * headDim]. */
function attendCached(
  model: LoraModel,
  { q, k, v }: { q: Tensor; k: Tensor; v: Tensor },
  cache: ChunkCache,
  pastMask: Tensor,
  cos: Tensor,
  sin: Tensor,
): Tensor {
  const { heads, keyValueHeads, headDim } = model.architecture;
  const rows = q.dim(0);
  const turned = (x: Tensor, count: number) => rotate(reshape(x, [rows, count, headDim]), cos, sin);
  const query = mul(turned(q, heads), 1 / Math.sqrt(headDim));
  const grouped = reshape(query, [rows, keyValueHeads, heads / keyValueHeads, headDim]);
  cache.keys.push(model.cached(reshape(turned(k, keyValueHeads), [rows, keyValueHeads, headDim, 1])));
  cache.values.push(model.cached(reshape(v, [rows, keyValueHeads, 1, headDim])));

  const past = add(model.product(grouped, cache.pastKey), pastMask);
  const recent = model.product(grouped, concat(cache.keys, 3));
  const weights = softmax(concat([past, recent], 3));
  const [forPast, forRecent] = split(weights, [past.dim(3), recent.dim(3)], 3);
  const mixed = add(
    model.product(forPast!, cache.pastValue),
    model.product(forRecent!, concat(cache.values, 2)),
  );
  return reshape(mixed, [rows, heads * headDim]);
}
