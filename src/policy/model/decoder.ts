/**
 * The arithmetic of a decoder as graph operators, as its family (families/) describes it, written once for every graph that needs it: a layer is
 * given its attention as a function, since scoring, prefilling and decoding differ in nothing else. Where weights come from is
 * the business of `Parts`.
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, mul, neg, silu } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { concat, split, swapLast, transpose } from '../../tensor/ops/layout.ts';
import { rmsNorm, softmax } from '../../tensor/ops/normal.ts';
import { layerTensor, type Family, type LayerNorm, type Linear } from '../families/family.ts';
import type { Architecture } from './architecture.ts';

/** How a decoder reaches its weights. Names as in weights.ts. */
export interface Parts {
  readonly graph: Graph;
  readonly architecture: Architecture;
  /** Token ids (int32, any shape) to rows [n, hiddenSize]. */
  embed(ids: Tensor): Tensor;
  /** x [n, in] -> [n, out], bias and adapter included. */
  linear(name: string, x: Tensor): Tensor;
  /** Two activations [..., m, k] and [..., k, n]: attention's products. */
  product(a: Tensor, b: Tensor): Tensor;
  /** Keys or values as a cache keeps them. */
  cached(x: Tensor): Tensor;
  /** A norm's weight [hiddenSize]. */
  norm(name: string): Tensor;
  /** Normalised hidden states [n, hiddenSize] -> logits [n, vocab]. */
  head(hidden: Tensor): Tensor;
  /** The same in pieces of the vocabulary, so that no tensor of tokens x vocabulary need exist; one piece where it is small. */
  headPieces(): readonly HeadPiece[];
}

/** Logits of some consecutive tokens of the vocabulary. */
export interface HeadPiece {
  readonly first: number;
  readonly size: number;
  /** [n, hiddenSize] -> [n, size] */
  logits(hidden: Tensor): Tensor;
  /** The gradient of logits [n, size] back to the hidden states [n, hiddenSize]. */
  pullback(gradient: Tensor): Tensor;
}

/** From q [n, heads * headDim], k and v [n, keyValueHeads * headDim] to [n, heads * headDim]. */
export type Attention = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

const ACTIVATIONS: Readonly<Record<Family['activation'], (x: Tensor) => Tensor>> = { silu };

/** Layers `from` (inclusive) to `to` (exclusive) over hidden states x [n, hiddenSize]. */
export function decoderLayers(
  parts: Parts,
  x: Tensor,
  attend: Attention,
  from = 0,
  to = parts.architecture.layers,
): Tensor {
  const { normEps, family } = parts.architecture;
  const { norms, linears } = family;
  const activate = ACTIVATIONS[family.activation];
  let hidden = x;
  for (let layer = from; layer < to; layer++) {
    const norm = (which: LayerNorm, x: Tensor) =>
      rmsNorm(x, parts.norm(layerTensor(layer, norms[which])), normEps);
    const linear = (which: Linear, x: Tensor) => parts.linear(layerTensor(layer, linears[which]), x);

    const normed = norm('beforeAttention', hidden);
    const [q, k, v] = [linear('q', normed), linear('k', normed), linear('v', normed)];
    hidden = add(hidden, linear('o', attend(q, k, v, layer)));

    const inner = norm('beforeMlp', hidden);
    const gate = activate(linear('gate', inner));
    hidden = add(hidden, linear('down', mul(gate, linear('up', inner))));
  }
  return hidden;
}

/** The norm after the last layer. */
export const finalNorm = (parts: Parts, hidden: Tensor): Tensor =>
  rmsNorm(hidden, parts.norm(parts.architecture.family.finalNorm.name), parts.architecture.normEps);

/** Rotary tables [positions, headDim] for positions first .. first + count - 1 (Su et al. 2021, half-split as in Llama). */
export function rotaryTables(
  architecture: Architecture,
  first: number,
  count: number,
): { cos: Float32Array; sin: Float32Array } {
  const { headDim, ropeTheta } = architecture;
  const half = headDim / 2;
  const cos = new Float32Array(count * headDim);
  const sin = new Float32Array(count * headDim);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < half; i++) {
      const angle = (first + p) * ropeTheta ** (-i / half);
      cos[p * headDim + i] = cos[p * headDim + half + i] = Math.cos(angle);
      sin[p * headDim + i] = sin[p * headDim + half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** x [..., headDim] rotated by tables that broadcast to it. */
export function rotate(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const half = x.dim(-1) / 2;
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

/** q, k, v [batch * sequenceLength, ...] to heads. @param positions int32 [batch * sequenceLength], below `sequenceLength`; absent: 0 .. sequenceLength - 1 in each row */
export function splitHeads(
  parts: Parts,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  batch: number,
  sequenceLength: number,
  positions?: Tensor,
): Heads {
  const { heads, keyValueHeads, headDim } = parts.architecture;
  const { graph } = parts;
  const inOrder = (which: 'cos' | 'sin') =>
    graph.cached(`rotary.${which}.${sequenceLength}`, () =>
      graph.constant(
        'float32',
        [sequenceLength, headDim],
        rotaryTables(parts.architecture, 0, sequenceLength)[which],
      ),
    );
  const table = (which: 'cos' | 'sin') =>
    positions
      ? graph.cached(`rotary.${which}.${sequenceLength}.placed`, () =>
          reshape(gather(inOrder(which), positions), [batch, 1, sequenceLength, headDim]),
        )
      : inOrder(which);
  const byHead = (x: Tensor, count: number) =>
    transpose(reshape(x, [batch, sequenceLength, count, headDim]), [0, 2, 1, 3]);
  const turn = (x: Tensor) => rotate(x, table('cos'), table('sin'));
  const queries = mul(turn(byHead(q, heads)), 1 / Math.sqrt(headDim));
  return {
    q: reshape(queries, [batch, keyValueHeads, (heads / keyValueHeads) * sequenceLength, headDim]),
    k: swapLast(turn(byHead(k, keyValueHeads))),
    v: byHead(v, keyValueHeads),
  };
}

/** 1 where a token may look at itself and what came before, 0 elsewhere; [1, 1, sequenceLength, sequenceLength]. */
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

/** Softmax attention of whole rows under an additive mask [batch, 1, sequenceLength, sequenceLength] -> [batch * sequenceLength, heads * headDim]. */
export function attendRows(
  parts: Parts,
  { q, k, v }: Heads,
  mask: Tensor,
  batch: number,
  sequenceLength: number,
): Tensor {
  const { heads, keyValueHeads, headDim } = parts.architecture;
  const grouped = [batch, keyValueHeads, (heads / keyValueHeads) * sequenceLength, sequenceLength];
  const scores = add(reshape(parts.product(q, k), [batch, heads, sequenceLength, sequenceLength]), mask);
  const mixed = parts.product(reshape(softmax(scores), grouped), v);
  const byToken = transpose(reshape(mixed, [batch, heads, sequenceLength, headDim]), [0, 2, 1, 3]);
  return reshape(byToken, [batch * sequenceLength, heads * headDim]);
}
