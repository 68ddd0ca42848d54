/**
 * Attention of a decoded token where rollouts share their prompt's keys and values: each distinct
 * prompt is held once and copied by no token, and the rows that continue it are multiplied with
 * it together. Of its own a row has its prompt's last token and what it has written. Both parts
 * have a softmax of their own; their results are joined by how much of the whole softmax each is.
 * Used in the loop of a CPU (decode.ts); a graphics card has one operator for it all (step.ts).
 */
import type { Graph, Tensor } from '../../tensor/graph.ts';
import { add, log, mul, sigmoid, sub } from '../../tensor/ops/arithmetic.ts';
import { reshape } from '../../tensor/ops/broadcast.ts';
import { less, mask } from '../../tensor/ops/compare.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { concat, split, swapLast, transpose } from '../../tensor/ops/layout.ts';
import { softmax } from '../../tensor/ops/normal.ts';
import { reduceMax } from '../../tensor/ops/reduce.ts';
import type { Model } from '../model/parts.ts';

/**
 * Of a layer: [rows, keyValueHeads, room, headDim] both, each row's tokens in front (in a loop its own ones).
 */
export interface LayerCache {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** Sizes of the prompts that rows share, at least 1 each. */
export interface PromptShape {
  readonly prompts: number;
  readonly promptLength: number;
  /** Rows that continue a prompt, of the one with the most. */
  readonly perPrompt: number;
}

export interface SharedPrompts extends PromptShape {
  /** Of a layer: keys [prompts, keyValueHeads, headDim, promptLength], values with the last two swapped. */
  readonly layers: readonly LayerCache[];
  /** int32 [prompts * perPrompt], which row stands at a place beside its prompt; 0 where none does. */
  readonly toPrompt: Tensor;
  /** int32 [rows], at which of these places a row stands. */
  readonly fromPrompt: Tensor;
  /** Additive, [prompts, 1, 1, promptLength]: 0 where a prompt has a token that is not its last. */
  readonly bias: Tensor;
}

/** Additive mask of prompts of so many tokens (float32 [prompts]). */
export function promptBias(graph: Graph, tokens: Tensor, promptLength: number): Tensor {
  const values = Float32Array.from({ length: promptLength }, (_, i) => i);
  const places = graph.constant('float32', [1, promptLength], values);
  const there = mask(less(places, reshape(tokens, [tokens.dim(0), 1])));
  return reshape(mul(sub(1, there), -1e9), [tokens.dim(0), 1, 1, promptLength]);
}

/** Scores [..., keys] to their softmax and the logarithm of its sum [..., 1]. */
function normalised(scores: Tensor): { readonly p: Tensor; readonly sum: Tensor } {
  const p = softmax(scores);
  // The largest is exp(0) / sum.
  return { p, sum: sub(reduceMax(scores, [-1], true), log(reduceMax(p, [-1], true))) };
}

/**
 * Queries [rows, heads * headDim], keys and values [rows, keyValueHeads * headDim] of one token
 * per row, rotated -> [rows, heads * headDim], and the row's own cache with the token in it.
 */
export function sharedAttention(
  model: Model,
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  own: LayerCache,
  shared: SharedPrompts,
  layer: number,
  scale: number,
): { readonly mixed: Tensor; readonly cache: LayerCache } {
  const { heads, keyValueHeads, headDim } = model.architecture;
  const { prompts, perPrompt } = shared;
  const rows = q.dim(0);
  const each = heads / keyValueHeads;
  const queries = mul(q, scale);

  const beside = reshape(gather(queries, shared.toPrompt), [
    prompts,
    perPrompt,
    keyValueHeads,
    each,
    headDim,
  ]);
  const together = reshape(transpose(beside, [0, 2, 1, 3, 4]), [
    prompts,
    keyValueHeads,
    perPrompt * each,
    headDim,
  ]);
  const { key, value } = shared.layers[layer]!;
  const before = normalised(add(model.product(together, key), shared.bias));
  const answer = concat([model.product(before.p, value), before.sum], 3);
  const back = transpose(
    reshape(answer, [prompts, keyValueHeads, perPrompt, each, headDim + 1]),
    [0, 2, 1, 3, 4],
  );
  const byRow = gather(reshape(back, [prompts * perPrompt, heads * (headDim + 1)]), shared.fromPrompt);
  const [ofPrompt, promptSum] = split(
    reshape(byRow, [rows, keyValueHeads, each, headDim + 1]),
    [headDim, 1],
    3,
  );

  const newest = (x: Tensor): Tensor => reshape(model.cached(x), [rows, keyValueHeads, 1, headDim]);
  const cache = { key: concat([own.key, newest(k)], 2), value: concat([own.value, newest(v)], 2) };
  const after = normalised(
    model.product(reshape(queries, [rows, keyValueHeads, each, headDim]), swapLast(cache.key)),
  );
  const ofOwn = model.product(after.p, cache.value);

  const share = sigmoid(sub(promptSum!, after.sum));
  const mixed = add(ofOwn, mul(share, sub(ofPrompt!, ofOwn)));
  return { mixed: reshape(mixed, [rows, heads * headDim]), cache };
}
