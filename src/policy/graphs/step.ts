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
import { layerTensor, type LayerNorm, type TensorName } from '../families/family.ts';
import { linearShape, type Architecture } from '../model/architecture.ts';
import { ACTIVATIONS } from '../model/activations.ts';
import { finalNorm, rotate, type Model } from '../model/decoder.ts';
import { attentionScale, isPlain, rotaryOf, variedLayers } from '../model/varied.ts';

/** Of a layer: [rows, keyValueHeads, room, headDim] both, each row's tokens in front. */
export interface LayerCache {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** Where the token stands. */
export interface Place {
  /** int32 [rows], tokens of the row before it. */
  readonly lengths: Tensor;
  /** int32 [1], of the longest row, the token included. */
  readonly total: Tensor;
  /** What the caches that come out have room for, tokens. */
  readonly room: number;
  /** [positions, headDim / 2] */
  readonly cos: Tensor;
  readonly sin: Tensor;
  /** The same of layers with rotary positions of their own. */
  readonly local?: { readonly cos: Tensor; readonly sin: Tensor };
}

/** token int32 [rows] -> its normalised last hidden state [rows, hiddenSize], and the caches with it. */
export function decodeStep(
  model: Model,
  token: Tensor,
  caches: readonly LayerCache[],
  place: Place,
): { readonly hidden: Tensor; readonly caches: readonly LayerCache[] } {
  const { architecture } = model;
  if (!isPlain(architecture)) return variedStep(model, token, caches, place);
  const { layers, normEps, family, intermediateSize } = architecture;
  const { linears } = family;
  const norms = family.norms as Readonly<Record<LayerNorm, TensorName>>;
  const activate = ACTIVATIONS[family.activation];
  const weightOf = (layer: number, norm: keyof typeof norms): Tensor =>
    model.norm(layer < layers ? layerTensor(layer, norms[norm]) : family.finalNorm.name);
  const next: LayerCache[] = [];
  let hidden = model.embed(token);
  let normed = fusedRmsNorm(hidden, weightOf(0, 'beforeAttention'), normEps);
  for (let layer = 0; layer < layers; layer++) {
    const name = (which: keyof typeof linears): string => layerTensor(layer, linears[which]);
    const qkv = model.joined([name('q'), name('k'), name('v')], normed);
    const attended = attend(model, qkv, caches[layer]!, place);
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

/**
 * qkv [rows, all heads], not rotated -> [rows, heads * headDim]. In fp16 attention takes and gives 16 bits.
 */
function attend(
  model: Model,
  qkv: Tensor,
  { key: pastKey, value: pastValue }: LayerCache,
  { lengths, total, room, cos, sin }: Place,
): { readonly mixed: Tensor; readonly cache: LayerCache } {
  const { architecture } = model;
  const { heads, keyValueHeads, headDim } = architecture;
  const isHalf = pastKey.dtype === 'float16';
  const turned = canRotate(headDim) ? qkv : rotated(architecture, qkv, { lengths, cos, sin });
  const { mixed, key, value } = groupedAttention(isHalf ? half(turned) : turned, {
    heads,
    keyValueHeads,
    headDim,
    pastKey,
    pastValue,
    lengths,
    total,
    room,
    ...(canRotate(headDim) && { cos: isHalf ? half(cos) : cos, sin: isHalf ? half(sin) : sin }),
  });
  return { mixed: isHalf ? cast(mixed, 'float32') : mixed, cache: { key, value } };
}

/** Queries and keys rotated to their places, for heads that the operator does not rotate itself. */
function rotated(
  architecture: Architecture,
  qkv: Tensor,
  { lengths, cos, sin }: Pick<Place, 'lengths' | 'cos' | 'sin'>,
): Tensor {
  const { headDim } = architecture;
  const rows = qkv.dim(0);
  const sizeOf = (linear: 'q' | 'k' | 'v') => linearShape(architecture, linear)[0];
  const [turning, values] = split(qkv, [sizeOf('q') + sizeOf('k'), sizeOf('v')], 1);
  const at = (table: Tensor): Tensor => {
    const rowsOf = gather(table, lengths);
    return reshape(concat([rowsOf, rowsOf], 1), [rows, 1, headDim]);
  };
  const byHead = reshape(turning!, [rows, turning!.dim(1) / headDim, headDim]);
  return concat([reshape(rotate(byHead, at(cos), at(sin)), turning!.dims), values!], 1);
}

/** The same for families whose layers are more than a Llama's, in plain operators but for attention. */
function variedStep(
  model: Model,
  token: Tensor,
  caches: readonly LayerCache[],
  place: Place,
): ReturnType<typeof decodeStep> {
  const { architecture } = model;
  const { heads, keyValueHeads, headDim, layers } = architecture;
  const next: LayerCache[] = [];
  const hidden = variedLayers(
    model,
    model.embed(token),
    (q, k, v, layer) => {
      const rotary = rotaryOf(architecture, layer);
      const tables = rotary === architecture.variation?.local?.rotary ? place.local! : place;
      const turn = (x: Tensor): Tensor => {
        if (!rotary) return x;
        const byHead = reshape(x, [x.dim(0), x.dim(1) / headDim, headDim]);
        const at = (table: Tensor): Tensor => {
          const found = gather(table, place.lengths);
          return reshape(concat([found, found], 1), [x.dim(0), 1, rotary.dims]);
        };
        return reshape(rotate(byHead, at(tables.cos), at(tables.sin)), x.dims);
      };
      const qkv = concat([turn(q), turn(k), v], 1);
      const { key: pastKey, value: pastValue } = caches[layer]!;
      const isHalf = pastKey.dtype === 'float16';
      const { mixed, key, value } = groupedAttention(isHalf ? half(qkv) : qkv, {
        heads,
        keyValueHeads,
        headDim,
        pastKey,
        pastValue,
        lengths: place.lengths,
        total: place.total,
        room: place.room,
        scale: attentionScale(architecture),
      });
      next.push({ key, value });
      return isHalf ? cast(mixed, 'float32') : mixed;
    },
    0,
    layers,
  );
  return { hidden: finalNorm(model, hidden), caches: next };
}
