/**
 * Compares two arms over seeds AND tasks. An interval over seeds on one fixed set of tasks says what other
 * seeds would give on these tasks. A claim about tasks of this kind must let the tasks vary as well. Seeds
 * and tasks are crossed: every seed is asked the same tasks. This file is plain arithmetic; the evaluation
 * says what a count means.
 */
import type { Random } from '../base/random.ts';
import type { Counts } from '../learning/events.ts';
import { average, percentiles, type Estimate } from '../learning/intervals.ts';

/** What both arms got right under one seed, by task. */
export interface SeedCounts {
  readonly a: Counts;
  readonly b: Counts;
}

/** Right and total by task, both arms, over the tasks that any seed has: columns of the same length. */
interface Columns {
  readonly a: readonly Float64Array[];
  readonly b: readonly Float64Array[];
}

function columns(seeds: readonly SeedCounts[]): {
  readonly bySeed: readonly Columns[];
  readonly tasks: number;
} {
  const ids = [...new Set(seeds.flatMap(({ a, b }) => [...Object.keys(a), ...Object.keys(b)]))].sort();
  const column = (counts: Counts, part: 0 | 1) => Float64Array.from(ids, (id) => counts[id]?.[part] ?? 0);
  const both = (counts: Counts) => [column(counts, 0), column(counts, 1)];
  return { bySeed: seeds.map(({ a, b }) => ({ a: both(a), b: both(b) })), tasks: ids.length };
}

/** Right over total with each task counted `weights` times; NaN when none has any. */
function ratio([right, total]: readonly Float64Array[], weights: Float64Array): number {
  let [r, n] = [0, 0];
  for (let t = 0; t < weights.length; t++) {
    r += weights[t]! * right![t]!;
    n += weights[t]! * total![t]!;
  }
  return n === 0 ? Number.NaN : r / n;
}

/**
 * b - a with the percentile interval of the pigeonhole bootstrap (Owen 2007, arXiv 0712.1111):
 * seeds and tasks are drawn with replacement independently, and a drawn seed is measured on the
 * drawn tasks. It is a little wider than it need be; with fewer than about five seeds it is too
 * narrow, as every percentile bootstrap is, and the t interval beside it is the one to believe.
 * @param seeds at least one, each with at least one task
 */
export function crossedBootstrap(
  seeds: readonly SeedCounts[],
  random: Random,
  resamples = 1000,
  level = 0.95,
): Estimate {
  const { bySeed, tasks } = columns(seeds);
  const differences = (weights: Float64Array) =>
    bySeed.map(({ a, b }) => ratio(b, weights) - ratio(a, weights));
  const mean = average(differences(new Float64Array(tasks).fill(1)).filter(Number.isFinite));
  if (tasks === 0) return { mean: 0, interval: [-Infinity, Infinity], n: 0 };
  const means: number[] = [];
  const draw = (n: number) => Math.min(n - 1, Math.floor(random.next() * n));
  for (let i = 0; i < resamples; i++) {
    const weights = new Float64Array(tasks);
    for (let t = 0; t < tasks; t++) weights[draw(tasks)]!++;
    const here = differences(weights);
    const drawn = here.map(() => here[draw(here.length)]!).filter(Number.isFinite);
    if (drawn.length > 0) means.push(average(drawn));
  }
  return { mean, interval: percentiles(means, level), n: seeds.length };
}

/**
 * Standard deviations of a difference between two arms: from seed to seed, from task
 * to task, and what is left of one seed on one task.
 */
export interface Components {
  readonly seed: number;
  readonly task: number;
  readonly rest: number;
}

/**
 * Of a pilot, by the method of moments of a two-way table without replication
 * (Searle, Casella, McCulloch, Variance Components, ch. 4): over the tasks that both
 * arms have under every seed. Null with fewer than two seeds or tasks.
 */
export function componentsOf(seeds: readonly SeedCounts[]): Components | null {
  const has = (counts: Counts, id: string) => (counts[id]?.[1] ?? 0) > 0;
  const ids = Object.keys(seeds[0]?.a ?? {}).filter((id) =>
    seeds.every(({ a, b }) => has(a, id) && has(b, id)),
  );
  const [n, m] = [seeds.length, ids.length];
  if (n < 2 || m < 2) return null;
  const share = (counts: Counts, id: string) => counts[id]![0] / counts[id]![1];
  const table = seeds.map(({ a, b }) => ids.map((id) => share(b, id) - share(a, id)));
  const bySeed = table.map((row) => average(row));
  const byTask = ids.map((_, t) => average(table.map((row) => row[t]!)));
  const grand = average(bySeed);
  const squares = (values: readonly number[]) => values.reduce((sum, v) => sum + v * v, 0);
  const ofSeeds = (m * squares(bySeed.map((v) => v - grand))) / (n - 1);
  const ofTasks = (n * squares(byTask.map((v) => v - grand))) / (m - 1);
  const rest =
    squares(table.flatMap((row, s) => row.map((d, t) => d - bySeed[s]! - byTask[t]! + grand))) /
    ((n - 1) * (m - 1));
  const root = (variance: number) => Math.sqrt(Math.max(0, variance));
  return { seed: root((ofSeeds - rest) / m), task: root((ofTasks - rest) / n), rest: root(rest) };
}
