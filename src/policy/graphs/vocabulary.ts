/**
 * Log-probabilities and entropies over a large vocabulary in pieces, so that no tensor of tokens x
 * vocabulary exists, neither forward nor backward. The backward pass computes the logits of a piece
 * again instead of keeping them. A small vocabulary is one piece, for which rows.ts has a plainer way.
 */
import type { Tensor } from '../../tensor/graph.ts';
import { add, exp, log, mul, neg, sub } from '../../tensor/ops/arithmetic.ts';
import { cast, maximum } from '../../tensor/ops/compare.ts';
import { oneHot, pick } from '../../tensor/ops/gather.ts';
import { reduceSum, reshape } from '../../tensor/ops/broadcast.ts';
import { logSumExp } from '../../tensor/ops/reduce.ts';
import type { HeadPiece } from '../model/parts.ts';

/**
 * A copy of x that can only be computed after `earlier` [n, 1]: adds 0 times it.
 * Without it the runtime is free to compute all pieces first and the sums after, and
 * finds the backward pass's logits equal to the forward pass's and keeps them.
 */
const after = (x: Tensor, earlier: Tensor): Tensor => add(x, mul(earlier, 0));

/** log(exp(a) + exp(b)), without overflow. */
function logAdd(a: Tensor, b: Tensor): Tensor {
  const top = maximum(a, b);
  return add(top, log(add(exp(sub(a, top)), exp(sub(b, top)))));
}

/**
 * Log-probability and entropy of targets int32 [n], both [n], and log sum exp [n, 1], which has no gradient.
 * @param hidden [n, hiddenSize], already divided by the temperature
 */
export function statisticsByPiece(
  pieces: readonly HeadPiece[],
  hidden: Tensor,
  targets: Tensor,
): { readonly logProb: Tensor; readonly entropy: Tensor; readonly normaliser: Tensor } {
  const { graph } = hidden;
  const n = hidden.dim(0);
  const hotOf = ({ first, size }: HeadPiece): Tensor =>
    oneHot(
      sub(
        graph.cached(`${targets.name}.float`, () => cast(targets, 'float32')),
        first,
      ),
      size,
    );

  const forward = graph.withoutRecording(() => {
    let normaliser: Tensor | null = null;
    // Sum of softmax times logit over the pieces so far.
    let expected: Tensor | null = null;
    let chosen: Tensor | null = null;
    for (const piece of pieces) {
      const logits = piece.logits(normaliser && expected ? after(hidden, add(normaliser, expected)) : hidden);
      const own = logSumExp(logits);
      const ownExpected = reduceSum(mul(exp(sub(logits, own)), logits), [-1], true);
      const ownChosen = reshape(pick(logits, hotOf(piece)), [n, 1]);
      if (!normaliser || !expected || !chosen) {
        [normaliser, expected, chosen] = [own, ownExpected, ownChosen];
        continue;
      }
      const both = logAdd(normaliser, own);
      expected = add(mul(expected, exp(sub(normaliser, both))), mul(ownExpected, exp(sub(own, both))));
      chosen = add(chosen, ownChosen);
      normaliser = both;
    }
    return { normaliser: normaliser!, expected: expected!, chosen: chosen! };
  });
  const { normaliser, expected, chosen } = forward;
  const [logProb, entropy] = graph.withoutRecording(() => [
    reshape(sub(chosen, normaliser), [n]),
    reshape(sub(normaliser, expected), [n]),
  ]);
  for (const out of [logProb!, entropy!]) out.needsGradient = hidden.needsGradient;

  // d logProb / d logit_j = hot_j - p_j, d entropy / d logit_j = -p_j (logit_j - expected)
  graph.record([hidden], [logProb!, entropy!], ([forLogProb, forEntropy]) => {
    let sum: Tensor | null = null;
    for (const piece of pieces) {
      const ready = sum ? reduceSum(sum, [-1], true) : expected;
      const logits = piece.logits(after(hidden, ready));
      const p = exp(sub(logits, normaliser));
      const model: Tensor[] = [];
      if (forLogProb) model.push(mul(sub(hotOf(piece), p), reshape(forLogProb, [n, 1])));
      if (forEntropy) model.push(mul(neg(mul(p, sub(logits, expected))), reshape(forEntropy, [n, 1])));
      const gradient = piece.pullback(model.length > 1 ? add(model[0]!, model[1]!) : model[0]!);
      sum = sum ? add(sum, gradient) : gradient;
    }
    return [sum!];
  });
  return { logProb: logProb!, entropy: entropy!, normaliser };
}
