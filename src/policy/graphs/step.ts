/**
 * One more token for every row, through the whole decoder, in as few operators as there are
 * (src/tensor/ops/fused.ts). The arithmetic is that of model/decoder.ts, which whole rows
 * and gradients use. What comes before and after the token (sampling, rounds) is decode.ts.
 */
import type { Tensor } from '../../tensor/graph.ts';
import { mul } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { cast, half } from '../../tensor/ops/compare.ts';
import { addAndNorm, canRotate, fusedRmsNorm, groupedAttention } from '../../tensor/ops/fused.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { concat, split } from '../../tensor/ops/layout.ts';
import { layerTensor, type LayerNorm, type Linear, type TensorName } from '../families/family.ts';
import { linearShape } from '../model/architecture.ts';
import { ACTIVATIONS } from '../model/activations.ts';
import {
  attentionScale,
  decoderLayers,
  finalNorm,
  hasLlamaLayers,
  rotaryOf,
  rotate,
} from '../model/decoder.ts';
import type { Model } from '../model/parts.ts';
import { sharedAttention, type LayerCache, type SharedPrompts } from './shared-attention.ts';

/** Where the token stands. */
export interface Place {
  /** int32 [rows], tokens of the row before it. */
  readonly lengths: Tensor;
  /** Where each row has all its tokens in its cache. */
  readonly whole?: {
    /** int32 [1], of the longest row, the token included. */
    readonly total: Tensor;
    /** What the caches that come out have room for, tokens. */
    readonly room: number;
  };
  /** Where rows share their prompts (shared-attention.ts). */
  readonly shared?: SharedPrompts;
  /** [positions, headDim / 2] */
  readonly cos: Tensor;
  readonly sin: Tensor;
  /** Cosines and sines for layers with rotary positions of their own. */
  readonly local?: { readonly cos: Tensor; readonly sin: Tensor };
  /** []: what the last hidden states are multiplied by. */
  readonly factor: Tensor;
}

/**
 * token int32 [rows] -> its normalised last hidden state [rows, hiddenSize], times the factor, and the caches
 * with it.
 */
export function decodeStep(
  model: Model,
  token: Tensor,
  caches: readonly LayerCache[],
  place: Place,
): { readonly hidden: Tensor; readonly caches: readonly LayerCache[] } {
  const { architecture } = model;
  if (!hasLlamaLayers(architecture)) return variedStep(model, token, caches, place);
  const { layers, normEps, family, intermediateSize } = architecture;
  const linears = family.linears as Readonly<Record<Linear, TensorName>>;
  const norms = family.norms as Readonly<Record<LayerNorm, TensorName>>;
  const activate = ACTIVATIONS[family.activation];
  const { graph } = model;
  // The factor is in the last norm's weight, which is made once and not for each token.
  const last = (): Tensor =>
    graph.outside(() =>
      graph.cached('last norm', () => mul(model.norm(family.finalNorm.name), place.factor)),
    );
  const weightOf = (layer: number, norm: keyof typeof norms): Tensor =>
    layer < layers ? model.norm(layerTensor(layer, norms[norm])) : last();
  const next: LayerCache[] = [];
  let hidden = model.embed(token);
  let normed = fusedRmsNorm(hidden, weightOf(0, 'beforeAttention'), normEps);
  for (let layer = 0; layer < layers; layer++) {
    const name = (which: keyof typeof linears): string => layerTensor(layer, linears[which]);
    const qkv = model.joined([name('q'), name('k'), name('v')], normed);
    const attended = attend(model, qkv, caches[layer]!, place, layer);
    next.push(attended.cache);
    const inner = addAndNorm(
      hidden,
      model.linear(name('o'), attended.mixed),
      weightOf(layer, 'beforeMlp'),
      normEps,
    );
    const [gate, up] = split(
      model.joined([name('gate'), name('up')], inner.normed),
      [intermediateSize, intermediateSize],
      1,
    );
    const down = model.linear(name('down'), mul(activate(gate!), up!));
    const outer = addAndNorm(inner.sum, down, weightOf(layer + 1, 'beforeAttention'), normEps);
    [hidden, normed] = [outer.sum, outer.normed];
  }
  return { hidden: normed, caches: next };
}

/** qkv [rows, all heads], not rotated -> [rows, heads * headDim]. */
function attend(model: Model, qkv: Tensor, cache: LayerCache, place: Place, layer: number): Attended {
  const { architecture } = model;
  const { headDim } = architecture;
  if (!place.shared && canRotate(headDim))
    return attendRotated(model, qkv, cache, place, { cos: place.cos, sin: place.sin });
  // The operator does not rotate such heads itself.
  const sizeOf = (linear: 'q' | 'k' | 'v') => linearShape(architecture, linear)[0];
  const [turning, values] = split(qkv, [sizeOf('q') + sizeOf('k'), sizeOf('v')], 1);
  const turned = rotated(turning!, place, place.lengths, headDim, headDim);
  if (!place.shared) return attendRotated(model, concat([turned, values!], 1), cache, place);
  const [q, k] = split(turned, [sizeOf('q'), sizeOf('k')], 1);
  return sharedAttention(model, [q!, k!, values!], cache, place.shared, layer, attentionScale(architecture));
}

interface Attended {
  readonly mixed: Tensor;
  readonly cache: LayerCache;
}

/**
 * Attention over the cache, in fp16 with 16 bits in and out.
 * @param extra tables where the operator is to rotate, or a scale of the scores
 */
function attendRotated(
  { architecture }: Model,
  qkv: Tensor,
  { key: pastKey, value: pastValue }: LayerCache,
  { lengths, whole }: Place,
  { cos, sin, scale }: { readonly cos?: Tensor; readonly sin?: Tensor; readonly scale?: number } = {},
): Attended {
  const { heads, keyValueHeads, headDim } = architecture;
  const isHalf = pastKey.dtype === 'float16';
  const inPrecision = (x: Tensor): Tensor => (isHalf ? half(x) : x);
  const { mixed, key, value } = groupedAttention(inPrecision(qkv), {
    heads,
    keyValueHeads,
    headDim,
    pastKey,
    pastValue,
    lengths,
    ...whole!,
    ...(cos && sin && { cos: inPrecision(cos), sin: inPrecision(sin) }),
    ...(scale !== undefined && { scale }),
  });
  return { mixed: isHalf ? cast(mixed, 'float32') : mixed, cache: { key, value } };
}

/** Queries or keys [rows, heads * headDim], or both side by side, rotated to their places. */
function rotated(
  x: Tensor,
  { cos, sin }: { readonly cos: Tensor; readonly sin: Tensor },
  lengths: Tensor,
  headDim: number,
  /** Values of a head that are rotated. */
  dims: number,
): Tensor {
  const rows = x.dim(0);
  const at = (table: Tensor): Tensor => {
    const found = gather(table, lengths);
    return reshape(concat([found, found], 1), [rows, 1, dims]);
  };
  const byHead = reshape(x, [rows, x.dim(1) / headDim, headDim]);
  return reshape(rotate(byHead, at(cos), at(sin)), x.dims);
}

/** A step for families whose layers are more than a Llama's, in plain operators but for attention. */
function variedStep(
  model: Model,
  token: Tensor,
  caches: readonly LayerCache[],
  place: Place,
): ReturnType<typeof decodeStep> {
  const { architecture } = model;
  const next: LayerCache[] = [];
  const hidden = decoderLayers(model, model.embed(token), (q, k, v, layer) => {
    const rotary = rotaryOf(architecture, layer);
    const tables = rotary === architecture.variation?.local?.rotary ? place.local! : place;
    const turn = (x: Tensor): Tensor =>
      rotary ? rotated(x, tables, place.lengths, architecture.headDim, rotary.dims) : x;
    const scale = attentionScale(architecture);
    const own = caches[layer]!;
    const { mixed, cache } = place.shared
      ? sharedAttention(model, [turn(q), turn(k), v], own, place.shared, layer, scale)
      : attendRotated(model, concat([turn(q), turn(k), v], 1), own, place, { scale });
    next.push(cache);
    return mixed;
  });
  return { hidden: mul(finalNorm(model, hidden), place.factor), caches: next };
}
