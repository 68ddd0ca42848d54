/**
 * Resampling for instruments: how often each unit is drawn, and the interval of what came of it. What a
 * unit is (a task, a program) and what is computed from it is the caller's.
 */
import type { Random } from '../base/random.ts';
import { percentiles, type Interval } from '../learning/intervals.ts';

/** Resamples of an interval, where nothing else is asked for. */
export const RESAMPLES = 1000;

/** How often each of `n` units is in a sample of `n` drawn with replacement. */
export function drawWeights(n: number, random: Random): Float64Array {
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) weights[random.int(n)]!++;
  return weights;
}

/**
 * A statistic of weighted units with its percentile bootstrap interval; at `weights` of 1 it is the estimate.
 * @param n units, drawn with replacement
 */
export function bootstrap(
  n: number,
  statistic: (weights: Float64Array) => number,
  random: Random,
  resamples = RESAMPLES,
): { readonly mean: number; readonly interval: Interval } {
  const mean = statistic(new Float64Array(n).fill(1));
  const values = Array.from({ length: resamples }, () => statistic(drawWeights(n, random)));
  return { mean, interval: percentiles(values) };
}

/** Mean of one number per unit under weights. */
export function weightedMean(values: readonly number[], weights: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return total === 0 ? Number.NaN : sum / total;
}
