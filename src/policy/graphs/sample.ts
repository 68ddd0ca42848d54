/**
 * Sampling inside a graph: logits and a uniform number become a token and its
 * log-probability, so that only ids and log-probabilities leave the device.
 */
import type { Tensor } from '../../tensor/graph.ts';
import { add, log, mul } from '../../tensor/ops/arithmetic.ts';
import { cast, less, where } from '../../tensor/ops/compare.ts';
import {
  argMax,
  cumulativeSum,
  cumulativeSumInBlocks,
  elementAt,
  firstWhere,
} from '../../tensor/ops/gather.ts';
import { slice } from '../../tensor/ops/layout.ts';
import { softmax } from '../../tensor/ops/normal.ts';
import { isLarge } from '../model/lora-model.ts';
import type { Model } from '../model/parts.ts';

export interface SamplerInputs {
  readonly inverseTemperature: Tensor;
  /** 1.0 takes the most probable token instead of sampling. */
  readonly greedy: Tensor;
}

export function samplerInputs(model: Model): SamplerInputs {
  return {
    inverseTemperature: model.graph.input('inverseTemperature', 'float32', []),
    greedy: model.graph.input('greedy', 'float32', []),
  };
}

/**
 * Next to nothing beside any probability that is drawn; the logarithm of it is a
 * number. Added, so that NaN stays NaN.
 */
const SMALLEST = 1e-37;

/**
 * hidden [rows, hiddenSize], times the inverse temperature, and uniform [rows, 1] to the sampled id (int32
 * [rows]) and its probability [rows]: the inverse of the cumulative distribution, i.e. the first token
 * whose cumulative probability exceeds the uniform. Few operators, since each is a launch on a card for
 * every token: the softmax is one, and logarithms are for the caller, once for many tokens (`logOf`).
 */
export function sampleToken(
  model: Model,
  hidden: Tensor,
  uniform: Tensor,
  { greedy }: Pick<SamplerInputs, 'greedy'>,
): { id: Tensor; probability: Tensor } {
  const logits = model.head(hidden);
  const vocab = logits.dim(1);
  const probabilities = softmax(logits);
  const [sums, threshold] = isLarge(model.architecture)
    ? outOfMany(probabilities, uniform)
    : [cumulativeSum(probabilities), uniform];
  const sampled = firstWhere(less(threshold, sums), vocab);
  const id = cast(where(less(greedy, 0.5), sampled, argMax(logits)), 'int32');
  return { id, probability: elementAt(probabilities, id) };
}

/** Logarithms of probabilities, which are numbers. */
export const logOf = (probabilities: Tensor): Tensor => log(add(probabilities, SMALLEST));

/**
 * The running sums over a large vocabulary, and the uniform number scaled to their
 * total. Many roundings leave that total below 1. A uniform number between the total
 * and 1 would fall to the last id, which may be no token.
 */
function outOfMany(probabilities: Tensor, uniform: Tensor): [sums: Tensor, threshold: Tensor] {
  const sums = cumulativeSumInBlocks(probabilities);
  const total = slice(sums, 1, sums.dim(1) - 1, sums.dim(1));
  return [sums, mul(uniform, total)];
}
