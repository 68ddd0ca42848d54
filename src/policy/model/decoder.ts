/**
 * The whole decoder as graph operators, from token ids to logits: weights, layers (norm,
 * attention, norm, MLP), rotary positions, attention, head. Every graph of a policy is built
 * from it. What differs between families of models is data in families/. Decoding with a cache
 * has an attention of its own (graphs/decode.ts). Sampling and losses are in graphs/, too.
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, mul, neg } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { half } from '../../tensor/ops/compare.ts';
import { gather, gatherQuantised } from '../../tensor/ops/gather.ts';
import { linearHalf, matmulHalf } from '../../tensor/ops/half.ts';
import { concat, pad, split, swapLast, transpose } from '../../tensor/ops/layout.ts';
import { addProduct, gemm, matmul, matmulQuantised, pullbackQuantised } from '../../tensor/ops/matmul.ts';
import { rmsNorm, softmax } from '../../tensor/ops/normal.ts';
import { sizeOf } from '../../tensor/types.ts';
import { adapterMatrices, adapterScale, type AdapterSettings } from './adapter.ts';
import { parameterCount, type Architecture } from './architecture.ts';
import { joinedWeight } from './joined.ts';
import type { Attention, HeadPiece, Model } from './parts.ts';
import type { Precision } from './precision.ts';
import type { Rotary } from '../families/rotary.ts';
import { attentionScale, rotaryOf, scaled, usualRotary } from './layers.ts';
import { rowsOf, type LinearWeight, type Weights } from './weights.ts';

export type { Attention, HeadPiece, Model };

/** The norm after the last layer. */
export const finalNorm = (model: Model, hidden: Tensor): Tensor =>
  scaled(
    rmsNorm(hidden, model.norm(model.architecture.family.finalNorm.name), model.architecture.normEps),
    model.architecture.variation?.logitScale,
  );

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
  /** [batch, keyValueHeads, group * sequenceLength, headDim], scaled by 1/sqrt(headDim) */
  readonly q: Tensor;
  /** [batch, keyValueHeads, headDim, sequenceLength] */
  readonly k: Tensor;
  /** [batch, keyValueHeads, sequenceLength, headDim] */
  readonly v: Tensor;
}

/**
 * q, k, v [batch * sequenceLength, ...] to heads.
 * @param positions int32 [batch * sequenceLength], below `sequenceLength`; absent: 0
 * .. sequenceLength - 1 in each row
 */
export function splitHeads(
  model: Model,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  batch: number,
  sequenceLength: number,
  positions?: Tensor,
  layer = 0,
): Heads {
  const { heads, keyValueHeads, headDim } = model.architecture;
  const rotary = rotaryOf(model.architecture, layer);
  const rotated = rotary?.dims ?? headDim;
  const kind = rotary === model.architecture.variation?.local?.rotary ? 'local.' : '';
  const { graph } = model;
  const inOrder = (which: 'cos' | 'sin') =>
    graph.cached(`rotary.${kind}${which}.${sequenceLength}`, () =>
      graph.constant(
        'float32',
        [sequenceLength, rotated],
        rotaryTables(model.architecture, 0, sequenceLength, rotary ?? undefined)[which],
      ),
    );
  const table = (which: 'cos' | 'sin') =>
    positions
      ? graph.cached(`rotary.${kind}${which}.${sequenceLength}.placed`, () =>
          reshape(gather(inOrder(which), positions), [batch, 1, sequenceLength, rotated]),
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
 * @param mask additive, [batch, 1, sequenceLength, sequenceLength]
 */
export function attendRows(
  model: Model,
  { q, k, v }: Heads,
  mask: Tensor,
  batch: number,
  sequenceLength: number,
): Tensor {
  const { heads, keyValueHeads, headDim } = model.architecture;
  const grouped = [batch, keyValueHeads, (heads / keyValueHeads) * sequenceLength, sequenceLength];
  const scores = add(reshape(model.product(q, k), [batch, heads, sequenceLength, sequenceLength]), mask);
  const mixed = model.product(reshape(softmax(scores), grouped), v);
  const byToken = transpose(reshape(mixed, [batch, heads, sequenceLength, headDim]), [0, 2, 1, 3]);
  return reshape(byToken, [batch * sequenceLength, heads * headDim]);
}

/** Tokens of the vocabulary in one piece. */
export const HEAD_PIECE = 8192;

/** Whether logits are computed in pieces, and only where they are asked for. */
export const isLarge = ({ vocabSize }: Pick<Architecture, 'vocabSize'>): boolean => vocabSize > HEAD_PIECE;

/** Consecutive pieces of nearly equal size that cover the vocabulary. */
export function headPieces(vocabSize: number): readonly { readonly first: number; readonly size: number }[] {
  const count = Math.ceil(vocabSize / HEAD_PIECE);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * vocabSize) / count));
  return bounds.slice(0, -1).map((first, i) => ({ first, size: bounds[i + 1]! - first }));
}

/**
 * Models up to this size are merged: the sum is taken once per run, and costs as much
 * as reading every weight three times.
 */
const MERGED_PARAMETERS = 20e6;

const linearRows = (weight: LinearWeight): number =>
  weight.kind === 'dense' ? weight.outFeatures : weight.blocks.outFeatures;

/**
 * `separate` computes x W^T + scale (x A^T) B^T, which gradients need. `merged` computes x (W
 * + scale B A)^T and takes the sum once per run, which means fewer operators where a graph
 * decodes many tokens. Quantised weights cannot be merged. Weights in fp16 are not merged,
 * because the sum would round small changes away. The base model is the adapter with B = 0.
 */
export type AdapterUse = 'merged' | 'separate';

export interface LoraModel extends Model {
  /** The adapter's matrices as graph inputs, in the order of `adapterMatrices`. */
  readonly adapter: readonly Tensor[];
}

/** Weights frozen in the graph, the LoRA adapter (Hu et al. 2021) as inputs: the policy. */
export function loraModel(
  graph: Graph,
  weights: Weights,
  settings: AdapterSettings,
  use: AdapterUse,
  precision: Precision = 'fp32',
): LoraModel {
  const { architecture } = weights;
  const matrices = adapterMatrices(architecture, settings);
  const inputs = new Map(matrices.map(({ name, dims }) => [name, graph.parameter(name, dims)] as const));
  const table = (name: string, dims: readonly number[], data: Float32Array) =>
    graph.cached(name, () => graph.constant('float32', dims, data, name));
  const { embedding: embeddingName, head: ownHead } = architecture.family;
  const headName = (architecture.tiedHead ? embeddingName : ownHead).name;
  const scale = adapterScale(settings);
  const inHalf = precision === 'fp16';

  /** x [n, in] times the transpose of a weight held under `name`. */
  const times = (x: Tensor, name: string, weight: LinearWeight, rounded = false): Tensor => {
    if (weight.kind === 'quantised') return matmulQuantised(x, weight.blocks, name, rounded);
    const held = table(name, [weight.outFeatures, weight.inFeatures], weight.data);
    return rounded ? linearHalf(x, held) : gemm(x, held, false, true);
  };
  const mayMerge = use === 'merged' && !inHalf && parameterCount(architecture) <= MERGED_PARAMETERS;

  /** Maps of one input whose matrix is `weight`, with what the adapter adds to each. */
  const adapted = (names: readonly string[], weight: LinearWeight, x: Tensor): Tensor => {
    const key = names.join('+');
    const pairs = names.flatMap((name) => {
      const [a, b] = [inputs.get(`${name}.lora_A`), inputs.get(`${name}.lora_B`)];
      return a && b ? [{ a, b }] : [];
    });
    // Layers are adapted whole or not at all.
    if (pairs.length < names.length) return times(x, key, weight, inHalf);
    const once = (what: string, make: () => Tensor) =>
      graph.outside(() => graph.cached(`${key}.${what}`, make));
    if (mayMerge && weight.kind === 'dense') {
      const merged = once('merged', () => {
        const fixed = table(key, [weight.outFeatures, weight.inFeatures], weight.data);
        const changes = pairs.map(({ a, b }) => gemm(b, a));
        return add(fixed, mul(concat(changes, 0), scale));
      });
      return gemm(x, merged, false, true);
    }
    const base = times(x, key, weight, inHalf);
    const down = once('lora_A', () =>
      concat(
        pairs.map(({ a }) => a),
        0,
      ),
    );
    const up = once('lora_B', () =>
      concat(
        pairs.map(({ b }, i) => pad(b, 1, i * settings.rank, (pairs.length - 1 - i) * settings.rank)),
        0,
      ),
    );
    return addProduct(base, gemm(x, down, false, true), up, scale);
  };

  const biased = (names: readonly string[], out: Tensor): Tensor => {
    if (!names.some((name) => weights.biases.has(name))) return out;
    const parts = names.map(
      (name) => weights.biases.get(name) ?? new Float32Array(linearRows(weights.linears.get(name)!)),
    );
    const values = parts.length === 1 ? parts[0]! : Float32Array.from(parts.flatMap((part) => [...part]));
    return add(
      out,
      graph.cached(`${names.join('+')}.bias`, () => graph.constant('float32', [values.length], values)),
    );
  };
  const linear = (name: string, x: Tensor): Tensor =>
    biased([name], adapted([name], weights.linears.get(name)!, x));

  return {
    graph,
    architecture,
    adapter: [...inputs.values()],
    embed(ids) {
      const { embedding } = weights;
      const flat = reshape(ids, [sizeOf(ids.dims)]);
      const found =
        embedding.kind === 'quantised'
          ? gatherQuantised(flat, embedding.blocks, `${embeddingName.name}.rows`)
          : gather(
              table(embeddingName.name, [architecture.vocabSize, architecture.hiddenSize], embedding.data),
              flat,
            );
      return scaled(found, architecture.variation?.embeddingScale);
    },
    linear,
    joined(names, x) {
      const weight = joinedWeight(weights, names);
      return weight
        ? biased(names, adapted(names, weight, x))
        : concat(
            names.map((name) => linear(name, x)),
            1,
          );
    },
    product: inHalf ? matmulHalf : matmul,
    cached: inHalf ? half : (x) => x,
    norm: (name) => table(name, [weights.norms.get(name)!.length], weights.norms.get(name)!),
    head: (hidden) => times(hidden, headName, weights.head),
    headPieces: () =>
      headPieces(architecture.vocabSize).map(({ first, size }): HeadPiece => {
        const name = size === architecture.vocabSize ? headName : `${headName}.${first}`;
        const piece = rowsOf(weights.head, first, size);
        return {
          first,
          size,
          logits: (hidden) => times(hidden, name, piece),
          pullback: (gradient) =>
            piece.kind === 'quantised'
              ? pullbackQuantised(gradient, piece.blocks, name)
              : gemm(gradient, table(name, [piece.outFeatures, piece.inFeatures], piece.data)),
        };
      }),
  };
}
