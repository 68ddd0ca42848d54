/**
 * The whole decoder as graph operators, to be read from top to bottom: the layers (norm, attention, norm,
 * MLP), the final norm, heads and their rotation, attention. All families go through it. What differs between
 * them is data in families/: norms after a block, norms of queries and keys, factors on what a layer adds,
 * layers that are rotated otherwise or not at all. Where weights and the LoRA adapter come in is the `Model`
 * (parts.ts; lora-model.ts makes one). Decoding with a cache has an attention of its own (graphs/decode.ts).
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, mul, neg } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { concat, split, swapLast, transpose } from '../../tensor/ops/layout.ts';
import { layerNorm, rmsNorm, softmax } from '../../tensor/ops/normal.ts';
import { layerTensor, type LayerNorm, type Linear } from '../families/family.ts';
import type { Rotary } from '../families/rotary.ts';
import { ACTIVATIONS } from './activations.ts';
import { linearShape, type Architecture } from './architecture.ts';
import type { Attention, Model } from './parts.ts';

/**
 * Layers `from` (inclusive) to `to` (exclusive) over hidden states x [n, hiddenSize].
 * @param wanted of hidden states those that are asked for after the last layer of the model; `attend` answers
 * for them alone there, and nothing is computed for others
 */
export function decoderLayers(
  model: Model,
  x: Tensor,
  attend: Attention,
  from = 0,
  to = model.architecture.layers,
  wanted: (x: Tensor) => Tensor = (x) => x,
): Tensor {
  const { architecture } = model;
  const { family, variation } = architecture;
  const activate = ACTIVATIONS[family.activation];
  let hidden = x;
  for (let layer = from; layer < to; layer++) {
    const norm = (which: LayerNorm, x: Tensor): Tensor => {
      const tensor = family.norms[which];
      return tensor ? normed(model, layerTensor(layer, tensor), x) : x;
    };
    const linear = (which: Linear, x: Tensor) => model.linear(layerTensor(layer, family.linears[which]!), x);
    /** Several maps of one input; `whole` where the family keeps them as one. */
    const several = (which: readonly Linear[], whole: Linear, x: Tensor) => {
      const sizes = which.map((one) => linearShape(architecture, one)[0]);
      if (family.linears[whole]) return split(linear(whole, x), sizes, 1);
      const names = which.map((one) => layerTensor(layer, family.linears[one]!));
      return split(model.joined(names, x), sizes, 1);
    };
    const inner = (x: Tensor): Tensor => {
      if (!family.linears.gate && !family.linears.gateUp) return activate(linear('up', x));
      const [gate, up] = several(['gate', 'up'], 'gateUp', x);
      return mul(activate(gate!), up!);
    };
    const addTo = (residual: Tensor, change: Tensor) =>
      add(residual, scaled(change, variation?.residualScale));

    const [q, k, v] = several(['q', 'k', 'v'], 'qkv', norm('beforeAttention', hidden));
    const [queries, keys] = [normedHeads(model, q!, 'q', layer), normedHeads(model, k!, 'k', layer)];
    const mixed = linear('o', attend(queries, keys, v!, layer));
    const left = layer === architecture.layers - 1 ? wanted(hidden) : hidden;
    hidden = addTo(left, norm('afterAttention', mixed));

    const out = linear('down', inner(norm('beforeMlp', hidden)));
    hidden = addTo(hidden, norm('afterMlp', out));
  }
  return hidden;
}

/**
 * Queries or keys [n, heads * headDim] normed, each head by itself or all together, where the family does so.
 */
function normedHeads(model: Model, x: Tensor, which: 'q' | 'k', layer: number): Tensor {
  const { family, headDim, normEps } = model.architecture;
  const norms = family.queryKeyNorms;
  if (!norms) return x;
  const weight = model.norm(layerTensor(layer, norms[which]));
  if (norms.over === 'all') return rmsNorm(x, weight, normEps);
  const byHead = reshape(x, [x.dim(0) * (x.dim(1) / headDim), headDim]);
  return reshape(rmsNorm(byHead, weight, normEps), x.dims);
}

/** A norm over the whole width. @param name of the norm */
function normed(model: Model, name: string, x: Tensor): Tensor {
  const { family, normEps } = model.architecture;
  const weight = model.norm(name);
  if (family.normKind !== 'layer') return rmsNorm(x, weight, normEps);
  return layerNorm(x, weight, model.norm(`${name}.bias`), normEps);
}

/** The norm after the last layer. */
export const finalNorm = (model: Model, hidden: Tensor): Tensor =>
  scaled(
    normed(model, model.architecture.family.finalNorm.name, hidden),
    model.architecture.variation?.logitScale,
  );

/** Whether a layer is a Llama's: two norms, before the blocks, seven linear maps, and nothing else. */
export function hasLlamaLayers({ family, variation, rotary, headDim }: Architecture): boolean {
  const { norms, queryKeyNorms, linears, normKind } = family;
  const isUsual =
    norms.beforeAttention !== undefined &&
    norms.beforeMlp !== undefined &&
    linears.q !== undefined &&
    linears.gate !== undefined &&
    normKind === undefined;
  const hasMore = norms.afterAttention ?? norms.afterMlp ?? queryKeyNorms ?? variation;
  return isUsual && hasMore === undefined && (rotary?.dims ?? headDim) === headDim;
}

/** The rotary positions of most layers. */
const usualRotary = ({ ropeTheta, headDim, rotary }: Architecture): Rotary =>
  rotary ?? { theta: ropeTheta, dims: headDim };

/** How a layer's queries and keys are rotated; null: they are not. */
export function rotaryOf(architecture: Architecture, layer: number): Rotary | null {
  const { variation } = architecture;
  if (variation?.unrotated?.includes(layer)) return null;
  if (variation?.local?.layers.includes(layer)) return variation.local.rotary;
  return usualRotary(architecture);
}

/** What scores of attention are multiplied by. */
export const attentionScale = ({ headDim, variation }: Architecture): number =>
  variation?.attentionScale ?? 1 / Math.sqrt(headDim);

/** x itself where there is no factor. */
export const scaled = (x: Tensor, factor: number | undefined): Tensor =>
  factor === undefined || factor === 1 ? x : mul(x, factor);

/**
 * Rotary tables [positions, rotated values of a head] for positions first .. first +
 * count - 1 (Su et al. 2021, half-split as in Llama).
 */
export function rotaryTables(
  architecture: Architecture,
  first: number,
  count: number,
  { theta, dims, divisors, attention = 1 }: Rotary = usualRotary(architecture),
): { cos: Float32Array; sin: Float32Array } {
  const half = dims / 2;
  const cos = new Float32Array(count * dims);
  const sin = new Float32Array(count * dims);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < half; i++) {
      const angle = ((first + p) * theta ** (-i / half)) / (divisors?.[i] ?? 1);
      cos[p * dims + i] = cos[p * dims + half + i] = attention * Math.cos(angle);
      sin[p * dims + i] = sin[p * dims + half + i] = attention * Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** x [..., headDim] rotated by tables that broadcast to it; what they have no values for stays. */
export function rotate(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const rotated = cos.dim(-1);
  if (rotated < x.dim(-1)) {
    const [turning, rest] = split(x, [rotated, x.dim(-1) - rotated], -1);
    return concat([rotate(turning!, cos, sin), rest!], -1);
  }
  const half = rotated / 2;
  const [a, b] = split(x, [half, half], -1);
  return add(mul(x, cos), mul(concat([neg(b!), a!], -1), sin));
}

/** Queries, keys and values of whole rows, split into heads and rotated. */
export interface Heads {
  /** [batch, keyValueHeads, group * sequenceLength, headDim], scaled by `attentionScale` */
  readonly q: Tensor;
  /** [batch, keyValueHeads, headDim, keys], as many keys as tokens of a row or more */
  readonly k: Tensor;
  /** [batch, keyValueHeads, keys, headDim] */
  readonly v: Tensor;
}

/**
 * q, k, v [batch * sequenceLength, ...] to heads.
 * @param placed where the tokens of rows stand: `at` int32 [batch * sequenceLength],
 * below `room`; absent: from 0 on in each row
 */
export function splitHeads(
  model: Model,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  batch: number,
  sequenceLength: number,
  placed?: { readonly at: Tensor; readonly room: number },
  layer = 0,
): Heads {
  const { heads, keyValueHeads, headDim } = model.architecture;
  const rotary = rotaryOf(model.architecture, layer);
  const rotated = rotary?.dims ?? headDim;
  const kind = rotary === model.architecture.variation?.local?.rotary ? 'local.' : '';
  const { graph } = model;
  const room = placed?.room ?? sequenceLength;
  const inOrder = (which: 'cos' | 'sin') =>
    graph.cached(`rotary.${kind}${which}.${room}`, () =>
      graph.constant(
        'float32',
        [room, rotated],
        rotaryTables(model.architecture, 0, room, rotary ?? undefined)[which],
      ),
    );
  const table = (which: 'cos' | 'sin') =>
    placed
      ? graph.cached(`rotary.${kind}${which}.${room}.placed`, () =>
          reshape(gather(inOrder(which), placed.at), [batch, 1, sequenceLength, rotated]),
        )
      : inOrder(which);
  const byHead = (x: Tensor, count: number) =>
    transpose(reshape(x, [batch, sequenceLength, count, headDim]), [0, 2, 1, 3]);
  const turn = (x: Tensor) => (rotary ? rotate(x, table('cos'), table('sin')) : x);
  const queries = mul(turn(byHead(q, heads)), attentionScale(model.architecture));
  return {
    q: reshape(queries, [batch, keyValueHeads, (heads / keyValueHeads) * sequenceLength, headDim]),
    k: swapLast(turn(byHead(k, keyValueHeads))),
    v: byHead(v, keyValueHeads),
  };
}

/**
 * 1 where a token may look at itself and what came before, 0 elsewhere; [1, 1,
 * sequenceLength, sequenceLength].
 */
export const causalMask = (graph: Graph, sequenceLength: number): Tensor =>
  graph.cached(`causal${sequenceLength}`, () =>
    graph.constant(
      'float32',
      [1, 1, sequenceLength, sequenceLength],
      Float32Array.from({ length: sequenceLength * sequenceLength }, (_, i) =>
        i % sequenceLength <= Math.floor(i / sequenceLength) ? 1 : 0,
      ),
    ),
  );

/**
 * Softmax attention of whole rows -> [batch * sequenceLength, heads * headDim].
 * @param mask additive, [batch, 1, sequenceLength, keys]
 */
export function attendRows(
  model: Model,
  { q, k, v }: Heads,
  mask: Tensor,
  batch: number,
  sequenceLength: number,
): Tensor {
  const { heads, keyValueHeads, headDim } = model.architecture;
  const keys = k.dim(-1);
  const grouped = [batch, keyValueHeads, (heads / keyValueHeads) * sequenceLength, keys];
  const scores = add(reshape(model.product(q, k), [batch, heads, sequenceLength, keys]), mask);
  const mixed = model.product(reshape(softmax(scores), grouped), v);
  const byToken = transpose(reshape(mixed, [batch, heads, sequenceLength, headDim]), [0, 2, 1, 3]);
  return reshape(byToken, [batch * sequenceLength, heads * headDim]);
}
