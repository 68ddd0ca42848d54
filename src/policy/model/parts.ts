/** What a decoder is made of, as types: a model in a graph, and attention as its layers ask for it. */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import type { Architecture } from './architecture.ts';

/**
 * A model in a graph: its operations that touch weights, or whose precision it
 * decides. Names of weights as in weights.ts.
 */
export interface Model {
  readonly graph: Graph;
  readonly architecture: Architecture;
  /** Token ids (int32, any shape) to rows [n, hiddenSize]. */
  embed(ids: Tensor): Tensor;
  /** x [n, in] -> [n, out], bias and adapter included. */
  linear(name: string, x: Tensor): Tensor;
  /** Several linear maps of one x: [n, in] -> [n, sum of out], one beside the other. */
  joined(names: readonly string[], x: Tensor): Tensor;
  /** Two activations [..., m, k] and [..., k, n]: attention's products. */
  product(a: Tensor, b: Tensor): Tensor;
  /** Keys or values as a cache keeps them. */
  cached(x: Tensor): Tensor;
  /** A norm's weight [hiddenSize]; its bias by `NAME.bias`. */
  norm(name: string): Tensor;
  /** Normalised hidden states [n, hiddenSize] -> logits [n, vocab]. */
  head(hidden: Tensor): Tensor;
  /**
   * `head` in pieces of the vocabulary, so that no tensor of tokens x vocabulary need
   * exist. A small vocabulary is one piece.
   */
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

/**
 * From q [n, heads * headDim], k and v [n, keyValueHeads * headDim] to [n, heads * headDim]; after the last
 * layer only those rows that are asked for.
 */
export type Attention = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;
