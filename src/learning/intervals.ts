/**
 * 95 % intervals of what an evaluation measures. The unit of independence is the task (or the
 * record), never the single sample: samples of one task share its difficulty, so an interval over
 * samples (Wilson's among them) would be too narrow. src/experiment/statistics.ts compares arms.
 */

export type Interval = readonly [low: number, high: number];

export interface Estimate {
  readonly mean: number;
  readonly interval: Interval;
  /** Independent units. */
  readonly n: number;
}

/** The percentile interval of values, those that are not finite left out; NaN without any. */
export function percentiles(values: readonly number[], level = 0.95): Interval {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

/**
 * Mean of one number per task with Student's t interval, cut to [0, 1]. With every number equal the t
 * interval would have no width and claim a certainty nobody has: then Wilson's for n tasks is given instead.
 */
export function shareOfTasks(perTask: readonly number[]): Estimate {
  const n = perTask.length;
  const mean = average(perTask);
  if (n === 0) return { mean, interval: [0, 1], n };
  const isBinary = perTask.every((value) => value === 0 || value === 1);
  const isConstant = perTask.every((value) => value === perTask[0]);
  // One trial per task, or no spread to estimate from: a proportion of n independent trials.
  if (isBinary || isConstant) return { mean, interval: wilson(mean, n), n };
  const half = tQuantile(n - 1) * Math.sqrt(variance(perTask) / n);
  return { mean, interval: unit(mean - half, mean + half), n };
}

/**
 * Right items over items, pooled over clusters (variables over records): the ratio estimator with its
 * linearised variance between clusters (Cochran, Sampling Techniques, ch. 6), t interval, cut to [0, 1].
 */
export function shareOfItems(
  clusters: readonly { readonly right: number; readonly total: number }[],
): Estimate {
  const used = clusters.filter((cluster) => cluster.total > 0);
  const n = used.length;
  const total = used.reduce((sum, cluster) => sum + cluster.total, 0);
  if (total === 0) return { mean: 0, interval: [0, 1], n };
  const mean = used.reduce((sum, cluster) => sum + cluster.right, 0) / total;
  if (n < 2 || mean === 0 || mean === 1) return { mean, interval: wilson(mean, n), n };
  const squares = used.reduce((sum, cluster) => sum + (cluster.right - mean * cluster.total) ** 2, 0);
  const error = Math.sqrt((squares * n) / (n - 1)) / total;
  const half = tQuantile(n - 1) * error;
  return { mean, interval: unit(mean - half, mean + half), n };
}

/** Wilson's score interval of a proportion of n independent trials. */
export function wilson(share: number, n: number, z = 1.959963984540054): Interval {
  if (n === 0) return [0, 1];
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return unit((centre - half) / scale, (centre + half) / scale);
}

export function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance (n - 1). */
export function variance(values: readonly number[]): number {
  const mean = average(values);
  return values.length < 2
    ? 0
    : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/**
 * The t for which a two-sided interval of Student's distribution holds `level`, by
 * bisection of its distribution function.
 */
export function tQuantile(degrees: number, level = 0.95): number {
  if (!(degrees >= 1)) return Infinity;
  let low = 0;
  let high = 1;
  while (twoSided(high, degrees) < level) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSided(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| <= t) = 1 - I(v / (v + t^2); v/2, 1/2). */
export function twoSided(t: number, degrees: number): number {
  return 1 - incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/**
 * Regularised incomplete beta function by its continued fraction (Abramowitz and
 * Stegun 26.5.8, modified Lentz).
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      result *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return result;
}

/** log Gamma for x > 0: upward recurrence to x >= 12, then Stirling's series. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 12) shift += Math.log(y++);
  const z = 1 / (y * y);
  const series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680)));
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series / y - shift;
}

function unit(low: number, high: number): Interval {
  return [Math.max(0, low), Math.min(1, high)];
}
