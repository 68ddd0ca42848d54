/**
 * The optimizer as graph operators: global-norm clipping and AdamW (Loshchilov &
 * Hutter 2019, decoupled weight decay), so that parameters and moments never have to
 * leave the device. Step-dependent numbers are inputs, not constants.
 */
import type { Graph, Tensor } from '../graph.ts';
import { add, div, mul, sqrt, sub } from '../ops/arithmetic.ts';
import { minimum } from '../ops/compare.ts';
import { sumAll } from '../ops/broadcast.ts';

/** Scalars that change from step to step, float32 []. */
export interface AdamScalars {
  readonly learningRate: Tensor;
  readonly weightDecay: Tensor;
  readonly beta1: Tensor;
  readonly beta2: Tensor;
  readonly eps: Tensor;
  /** 1 - beta1^t and 1 - beta2^t, t counted from 1. */
  readonly correction1: Tensor;
  readonly correction2: Tensor;
  readonly maxGradNorm: Tensor;
}

const ADAM_SCALARS = [
  'learningRate',
  'weightDecay',
  'beta1',
  'beta2',
  'eps',
  'correction1',
  'correction2',
  'maxGradNorm',
] as const satisfies readonly (keyof AdamScalars)[];

export function adamScalarInputs(graph: Graph): AdamScalars {
  const entries = ADAM_SCALARS.map((name) => [name, graph.input(name, 'float32', [])] as const);
  return Object.fromEntries(entries) as unknown as AdamScalars;
}

/** Values for the inputs at optimizer step `t` (from 1). */
export function adamScalarValues(
  t: number,
  settings: {
    readonly learningRate: number;
    readonly weightDecay: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly adamEps: number;
    readonly maxGradNorm: number;
  },
): Record<(typeof ADAM_SCALARS)[number], number> {
  return {
    learningRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    beta1: settings.beta1,
    beta2: settings.beta2,
    eps: settings.adamEps,
    correction1: 1 - settings.beta1 ** t,
    correction2: 1 - settings.beta2 ** t,
    maxGradNorm: settings.maxGradNorm,
  };
}

/** sqrt of the sum of all squares, a scalar. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((gradient) => sumAll(mul(gradient, gradient)));
  return sqrt(squares.reduce((total, square) => add(total, square)));
}

/** The factor that brings a gradient of norm `norm` down to `maxNorm`, at most 1. */
export function clipFactor(norm: Tensor, maxNorm: Tensor): Tensor {
  return minimum(div(maxNorm, add(norm, 1e-6)), 1);
}

export interface AdamState {
  readonly parameter: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/** One AdamW step for one parameter; `decay` false leaves weight decay out (norms, biases). */
export function adamW(state: AdamState, gradient: Tensor, s: AdamScalars, decay = true): AdamState {
  const firstMoment = add(mul(state.firstMoment, s.beta1), mul(gradient, sub(1, s.beta1)));
  const secondMoment = add(mul(state.secondMoment, s.beta2), mul(mul(gradient, gradient), sub(1, s.beta2)));
  const direction = div(div(firstMoment, s.correction1), add(sqrt(div(secondMoment, s.correction2)), s.eps));
  const kept = decay ? mul(state.parameter, sub(1, mul(s.learningRate, s.weightDecay))) : state.parameter;
  return { parameter: sub(kept, mul(direction, s.learningRate)), firstMoment, secondMoment };
}
