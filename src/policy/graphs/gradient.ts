/**
 * The gradient of the policy-gradient loss as one graph: packed sequences go in, and the adapter's
 * gradient comes out added to an accumulator, with the statistics of the step. The formulas are
 * those of src/learning/objective.ts (docs/method.md, "Objective"). A test holds the graph to them.
 */
import { gradients } from '../../tensor/training/autodiff.ts';
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { add, exp, mul, neg, sub } from '../../tensor/ops/arithmetic.ts';
import { clamp, greater, less, mask, maximum, minimum, where } from '../../tensor/ops/compare.ts';
import { sumAll } from '../../tensor/ops/broadcast.ts';
import type { DeviceKind } from '../../tensor/types.ts';
import { MAX_LOG_RATIO } from '../log-ratio.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import { loraModel } from '../model/lora-model.ts';
import type { Precision } from '../model/precision.ts';
import type { UpdateSettings } from '../types.ts';
import type { Weights } from '../model/weights.ts';
import { tokenStatistics } from './rows.ts';
import { spanHidden, spanInputs, type SpanShape } from './spans.ts';

export interface GradientShape extends SpanShape {
  /** `none` leaves the reference out of the graph. */
  readonly kl: 'none' | UpdateSettings['klEstimator'];
  readonly entropyBonus: boolean;
}

export const accumulatorName = (parameter: string): string => `${parameter}.gradient`;
export const nextAccumulatorName = (parameter: string): string => `${parameter}.gradient.next`;

/** The value without its history: no gradient flows through it. */
function stopGradient(x: Tensor): Tensor {
  return x.graph.withoutRecording(() => x.graph.node('Identity', [x], x.dims));
}

/**
 * Schulman's estimators of KL(policy || reference) from one sample, d = log pi_ref - log pi clamped: k1 = -d,
 * k2 = d^2 / 2, k3 = exp(d) - d - 1; k3+ is k3 with the gradient of k2.
 */
function klEstimate(kind: UpdateSettings['klEstimator'], logProb: Tensor, reference: Tensor): Tensor {
  const d = clamp(sub(reference, logProb), -MAX_LOG_RATIO, MAX_LOG_RATIO);
  if (kind === 'k1') return neg(d);
  const k2 = (): Tensor => mul(mul(d, d), 0.5);
  const k3 = (): Tensor => sub(sub(exp(d), d), 1);
  if (kind === 'k2') return k2();
  if (kind === 'k3') return k3();
  // Straight-through: the value of k3, the gradient of k2.
  const backward = k2();
  return add(sub(backward, stopGradient(backward)), stopGradient(k3()));
}

/**
 * Inputs besides those of spans.ts. Per token of own parts: `advantages`, `weights` (0 outside
 * completions), `completion` (1 on completion tokens), `oldLogProb`, `onPolicy` (1 where
 * the ratio is 1 by construction); with KL also `refLogProb` and `klCoefficient`.
 * Scalars: `inverseTemperature`, `clipLow`, `clipHigh`, `dualClip`, `entropyCoefficient`.
 */
export function gradientGraph(
  weights: Weights,
  settings: AdapterSettings,
  shape: GradientShape,
  precision: Precision = 'fp32',
  device?: DeviceKind,
): Graph {
  const { own, shared } = shape;
  const graph = new Graph(`update ${own}+${shared} kl=${shape.kl}`, device);
  const model = loraModel(graph, weights, settings, 'separate', precision);
  const inputs = spanInputs(graph, shape);
  const vector = (name: string) => graph.input(name, 'float32', [own]);
  const scalar = (name: string) => graph.input(name, 'float32', []);

  const hidden = spanHidden(model, inputs);
  const { logProb, entropy } = tokenStatistics(model, hidden, inputs.targets, scalar('inverseTemperature'));

  const advantages = vector('advantages');
  const tokenWeights = vector('weights');
  const completion = vector('completion');
  const onPolicy = vector('onPolicy');
  const current = stopGradient(logProb);
  const old = add(mul(onPolicy, current), mul(sub(1, onPolicy), vector('oldLogProb')));
  const ratio = exp(clamp(sub(logProb, old), -MAX_LOG_RATIO, MAX_LOG_RATIO));

  const [low, high] = [sub(1, scalar('clipLow')), add(scalar('clipHigh'), 1)];
  const plain = neg(mul(advantages, ratio));
  const clipped = neg(mul(advantages, clamp(ratio, low, high)));
  const pessimistic = maximum(plain, clipped);
  const isNegative = less(advantages, 0);
  const bounded = where(
    isNegative,
    minimum(pessimistic, neg(mul(advantages, scalar('dualClip')))),
    pessimistic,
  );

  let perToken = bounded;
  let kl: Tensor | null = null;
  if (shape.kl !== 'none') {
    const klCoefficient = vector('klCoefficient');
    kl = klEstimate(shape.kl, logProb, vector('refLogProb'));
    perToken = add(perToken, mul(kl, klCoefficient));
    // Tokens that are not held to the reference have none to be measured against.
    kl = mul(kl, mask(greater(klCoefficient, 0)));
  }
  if (shape.entropyBonus) perToken = sub(perToken, mul(entropy, scalar('entropyCoefficient')));
  const loss = sumAll(mul(perToken, tokenWeights));

  gradients(loss, model.adapter).forEach((gradient, i) => {
    const { name, dims } = model.adapter[i]!;
    graph.output(
      nextAccumulatorName(name),
      add(graph.input(accumulatorName(name), 'float32', dims), gradient),
    );
  });
  graph.withoutRecording(() => {
    const count = (marked: Tensor) => sumAll(mul(marked, completion));
    const isPositive = mask(greater(advantages, 0));
    graph.output('loss', loss);
    graph.output('entropy', count(entropy));
    if (kl) graph.output('kl', count(kl));
    graph.output('clippedLow', count(mul(mask(less(ratio, low)), mask(isNegative))));
    graph.output('clippedHigh', count(mul(mask(less(mul(ratio, -1), neg(high))), isPositive)));
    graph.output('logProb', current);
  });
  return graph;
}
