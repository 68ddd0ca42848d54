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
  /** Token ids (int32, any shape) to rows [n, width]. */
  embed(ids: Tensor): Tensor;
  /** x [n, in] -> [n, out], bias and adapter included. */
  linear(name: string, x: Tensor): Tensor;
  /** Two activations [..., m, k] and [..., k, n]: attention's products. */
  product(a: Tensor, b: Tensor): Tensor;
  /** Keys or values as a cache keeps them. */
  cached(x: Tensor): Tensor;
  /** A norm's weight [width]. */
  norm(name: string): Tensor;
  /** Normalised hidden states [n, width] -> logits [n, vocab]. */
  head(hidden: Tensor): Tensor;
  /** The same in pieces of the vocabulary, so that no tensor of tokens x vocabulary need exist; one piece where it is small. */
  headPieces(): readonly HeadPiece[];
}

/** Logits of some consecutive tokens of the vocabulary. */
export interface HeadPiece {
  readonly first: number;
  readonly size: number;
  /** [n, width] -> [n, size] */
  logits(hidden: Tensor): Tensor;
  /** The gradient of logits [n, size] back to the hidden states [n, width]. */
  pullback(gradient: Tensor): Tensor;
}

/** From q [n, heads * headWidth], k and v [n, keyValueHeads * headWidth] to [n, heads * headWidth]. */
export type Attention = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

const ACTIVATIONS: Readonly<Record<Family['activation'], (x: Tensor) => Tensor>> = { silu };

/** Layers `from` (inclusive) to `to` (exclusive) over hidden states x [n, width]. */
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

/** Rotary tables [positions, headWidth] for positions first .. first + count - 1 (Su et al. 2021, half-split as in Llama). */
export function rotaryTables(
  architecture: Architecture,
  first: number,
  count: number,
): { cos: Float32Array; sin: Float32Array } {
  const { headWidth, ropeTheta } = architecture;
  const half = headWidth / 2;
  const cos = new Float32Array(count * headWidth);
  const sin = new Float32Array(count * headWidth);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < half; i++) {
      const angle = (first + p) * ropeTheta ** (-i / half);
      cos[p * headWidth + i] = cos[p * headWidth + half + i] = Math.cos(angle);
      sin[p * headWidth + i] = sin[p * headWidth + half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** x [..., headWidth] rotated by tables that broadcast to it. */
export function rotate(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const half = x.dim(-1) / 2;
  const [a, b] = split(x, [half, half], -1);
  return add(mul(x, cos), mul(concat([neg(b!), a!], -1), sin));
}

/** Queries, keys and values of whole rows, split into heads and rotated. */
export interface Heads {
  /** [batch, keyValueHeads, group * time, headWidth], scaled by 1/sqrt(headWidth) */
  readonly q: Tensor;
  /** [batch, keyValueHeads, headWidth, time] */
  readonly k: Tensor;
  /** [batch, keyValueHeads, time, headWidth] */
  readonly v: Tensor;
}

/** q, k, v [batch * time, ...] to heads. @param positions int32 [batch * time], below `time`; absent: 0 .. time - 1 in each row */
export function splitHeads(
  parts: Parts,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  batch: number,
  time: number,
  positions?: Tensor,
): Heads {
  const { heads, keyValueHeads, headWidth } = parts.architecture;
  const { graph } = parts;
  const inOrder = (which: 'cos' | 'sin') =>
    graph.cached(`rotary.${which}.${time}`, () =>
      graph.constant('float32', [time, headWidth], rotaryTables(parts.architecture, 0, time)[which]),
    );
  const table = (which: 'cos' | 'sin') =>
    positions
      ? graph.cached(`rotary.${which}.${time}.placed`, () =>
          reshape(gather(inOrder(which), positions), [batch, 1, time, headWidth]),
        )
      : inOrder(which);
  const byHead = (x: Tensor, count: number) =>
    transpose(reshape(x, [batch, time, count, headWidth]), [0, 2, 1, 3]);
  const turn = (x: Tensor) => rotate(x, table('cos'), table('sin'));
  const queries = mul(turn(byHead(q, heads)), 1 / Math.sqrt(headWidth));
  return {
    q: reshape(queries, [batch, keyValueHeads, (heads / keyValueHeads) * time, headWidth]),
    k: swapLast(turn(byHead(k, keyValueHeads))),
    v: byHead(v, keyValueHeads),
  };
}

/** 1 where a token may look at itself and what came before, 0 elsewhere; [1, 1, time, time]. */
export const causalMask = (graph: Graph, time: number): Tensor =>
  graph.cached(`causal${time}`, () =>
    graph.constant(
      'float32',
      [1, 1, time, time],
      Float32Array.from({ length: time * time }, (_, i) => (i % time <= Math.floor(i / time) ? 1 : 0)),
    ),
  );

/** Softmax attention of whole rows under an additive mask [batch, 1, time, time] -> [batch * time, heads * headWidth]. */
export function attendRows(
  parts: Parts,
  { q, k, v }: Heads,
  mask: Tensor,
  batch: number,
  time: number,
): Tensor {
  const { heads, keyValueHeads, headWidth } = parts.architecture;
  const grouped = [batch, keyValueHeads, (heads / keyValueHeads) * time, time];
  const scores = add(reshape(parts.product(q, k), [batch, heads, time, time]), mask);
  const mixed = parts.product(reshape(softmax(scores), grouped), v);
  const byTime = transpose(reshape(mixed, [batch, heads, time, headWidth]), [0, 2, 1, 3]);
  return reshape(byTime, [batch * time, heads * headWidth]);
}
