/**
 * Compares arms over seeds: means with 95 % intervals, paired differences, a sign
 * test. Seeds are the independent units. Arms that share seeds share prompts and
 * uniforms, so their differences are taken seed by seed.
 */
import {
  average,
  tQuantile,
  twoSided,
  variance,
  type Estimate,
  type Interval,
} from '../learning/intervals.ts';

export { average, variance, type Estimate, type Interval } from '../learning/intervals.ts';

export class StatisticsError extends Error {
  override readonly name = 'StatisticsError';
}

/** Mean with Student's t interval; below two values the interval is unbounded. */
export function meanInterval(values: readonly number[], level = 0.95): Estimate {
  requireFinite(values);
  const n = values.length;
  const mean = average(values);
  if (n < 2) return { mean, interval: [-Infinity, Infinity], n };
  const half = tQuantile(n - 1, level) * Math.sqrt(variance(values) / n);
  return { mean, interval: [mean - half, mean + half], n };
}

export interface PairedComparison extends Estimate {
  /** b - a, pair by pair. */
  readonly differences: readonly number[];
  /** Two-sided sign test. */
  readonly signTest: number;
}

/**
 * What changes from arm a to arm b, seed by seed. @throws StatisticsError when the
 * arms do not have the same number of seeds
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): PairedComparison {
  if (a.length !== b.length) {
    throw new StatisticsError(
      `Paired arms need the same seeds; one has ${a.length} values, the other ${b.length}.`,
    );
  }
  const differences = b.map((value, i) => value - (a[i] ?? 0));
  const estimate = meanInterval(differences);
  const sign = signTest(differences);
  // Shares of a few tasks often differ by the same amount. That is no spread of zero: nothing is known of it.
  const isTied = estimate.mean !== 0 && variance(differences) < (1e-9 * estimate.mean) ** 2;
  const interval: Interval = isTied && sign > 0.05 ? [-Infinity, Infinity] : estimate.interval;
  return { ...estimate, interval, differences, signTest: sign };
}

/**
 * Two-sided exact sign test: the chance, were both signs equally likely, of a split
 * at least this uneven. Zeros are left out.
 */
export function signTest(differences: readonly number[]): number {
  requireFinite(differences);
  const positive = differences.filter((d) => d > 0).length;
  const n = positive + differences.filter((d) => d < 0).length;
  if (n === 0) return 1;
  const fewer = Math.min(positive, n - positive);
  let term = 2 ** -n;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += term;
    term = (term * (n - k)) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/**
 * Two-sided p of the paired t test, of the same assumptions as the interval. Below two values, and
 * where all differences are the same few, nothing is known of their spread: then that of the sign test.
 */
export function pairedP(differences: readonly number[]): number {
  const { mean, n } = meanInterval(differences);
  const spread = variance(differences);
  if (n < 2 || spread < (1e-9 * mean) ** 2 || (spread === 0 && mean === 0)) return signTest(differences);
  return 1 - twoSided(Math.abs(mean) / Math.sqrt(spread / n), n - 1);
}

/**
 * Holm's adjusted p values, in the order given: with all below .05 kept, the chance of one
 * false difference among them is at most .05, however they depend on each other (Holm 1979).
 */
export function holm(pValues: readonly number[]): number[] {
  requireFinite(pValues);
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]!);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[at]!));
    adjusted[at] = largest;
  });
  return adjusted;
}

function requireFinite(values: readonly number[]): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new StatisticsError(`Value ${at + 1} is ${values[at]}; statistics need finite numbers.`);
}
