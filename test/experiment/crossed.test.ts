/**
 * Comparing over seeds and tasks: against the variance it must have, and against components that were put in.
 */
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/base/random.ts';
import { componentsOf, crossedBootstrap, type SeedCounts } from '../../src/experiment/crossed.ts';
import { detectable } from '../../src/experiment/planner.ts';
import { holm, meanInterval, pairedP, StatisticsError } from '../../src/experiment/statistics.ts';

/** A standard normal number by Box and Muller. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Differences effect + seed + task + rest, as counts out of one. */
function crossed(
  random: Random,
  [seeds, tasks]: readonly [number, number],
  sd: { readonly seed: number; readonly task: number; readonly rest: number },
  effect = 0.1,
): SeedCounts[] {
  const byTask = Array.from({ length: tasks }, () => sd.task * normal(random));
  return Array.from({ length: seeds }, () => {
    const own = sd.seed * normal(random);
    const entry = (value: number, t: number) => [`t${t}`, [value, 1] as const] as const;
    return {
      a: Object.fromEntries(byTask.map((_, t) => entry(0.3, t))),
      b: Object.fromEntries(
        byTask.map((task, t) => entry(0.3 + effect + own + task + sd.rest * normal(random), t)),
      ),
    };
  });
}
const differences = (seeds: readonly SeedCounts[]): number[] =>
  seeds.map(({ a, b }) => {
    const ids = Object.keys(a);
    return ids.reduce((sum, id) => sum + b[id]![0] - a[id]![0], 0) / ids.length;
  });

describe('the bootstrap over seeds and tasks', () => {
  it('is as wide as the variance of crossed effects says, and wider than the interval over seeds', () => {
    const sd = { seed: 0.02, task: 0.3, rest: 0.2 };
    const seeds = crossed(createRandom(1), [30, 80], sd);
    const { mean, interval } = crossedBootstrap(seeds, createRandom(2), 2000);
    const error = Math.sqrt(sd.seed ** 2 / 30 + sd.task ** 2 / 80 + sd.rest ** 2 / (30 * 80));
    const width = interval[1] - interval[0];
    expect(width / (2 * 1.96 * error)).toBeGreaterThan(0.8);
    expect(width / (2 * 1.96 * error)).toBeLessThan(1.25);
    const overSeeds = meanInterval(differences(seeds));
    expect(mean).toBeCloseTo(overSeeds.mean, 12);
    expect(width).toBeGreaterThan(3 * (overSeeds.interval[1] - overSeeds.interval[0]));
    expect(crossedBootstrap(seeds, createRandom(2), 2000).interval).toEqual(interval);
  });

  it('covers the true difference about 95 times in 100, where the interval over seeds covers it rarely', () => {
    const random = createRandom(3);
    const sd = { seed: 0.03, task: 0.3, rest: 0.1 };
    let [both, seedsAlone] = [0, 0];
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const seeds = crossed(random, [10, 40], sd);
      const covers = ([low, high]: readonly [number, number]) => low <= 0.1 && 0.1 <= high;
      if (covers(crossedBootstrap(seeds, random, 200).interval)) both++;
      if (covers(meanInterval(differences(seeds)).interval)) seedsAlone++;
    }
    expect(both / trials).toBeGreaterThan(0.88);
    expect(seedsAlone / trials).toBeLessThan(0.7);
  });

  it('pools items over tasks that are not asked the same number of times', () => {
    const seeds = [{ a: { x: [1, 4], y: [0, 1] }, b: { x: [3, 4], y: [1, 1] } }] as const;
    expect(crossedBootstrap(seeds, createRandom(1)).mean).toBeCloseTo(4 / 5 - 1 / 5, 12);
  });
});

describe('a pilot', () => {
  it('gives back the deviations it was made with', () => {
    const sd = { seed: 0.05, task: 0.2, rest: 0.1 };
    const found = componentsOf(crossed(createRandom(5), [60, 200], sd))!;
    for (const name of ['seed', 'task', 'rest'] as const) expect(found[name] / sd[name]).toBeCloseTo(1, 0.5);
  });

  it('of one seed or one task says nothing', () => {
    const sd = { seed: 0.05, task: 0.2, rest: 0.1 };
    expect(componentsOf(crossed(createRandom(5), [1, 20], sd))).toBeNull();
    expect(componentsOf(crossed(createRandom(5), [4, 1], sd))).toBeNull();
  });
});

describe('a plan', () => {
  it('is the quantiles of the tables times the standard error', () => {
    // Five seeds: t(.975, 4) = 2.7764, t(.8, 4) = .9410; error sqrt(.02^2 / 5 + .1^2
    // / 500) = .010 on these tasks.
    const found = detectable({ seed: 0.02, task: 0.3, rest: 0.1 }, { seeds: 5, tasks: 100 });
    expect(found.onTheseTasks).toBeCloseTo(3.7174 * 0.01, 5);
    expect(found.onSuchTasks).toBeCloseTo(3.7174 * Math.sqrt(0.0001 + 0.0009), 5);
  });

  it('of that size is shown about as often as it says', () => {
    const sd = { seed: 0.03, task: 0, rest: 0.1 };
    const { onTheseTasks } = detectable(sd, { seeds: 6, tasks: 50 });
    const random = createRandom(9);
    let shown = 0;
    for (let trial = 0; trial < 400; trial++)
      if (meanInterval(differences(crossed(random, [6, 50], sd, onTheseTasks))).interval[0] > 0) shown++;
    expect(shown / 400).toBeGreaterThan(0.73);
    expect(shown / 400).toBeLessThan(0.9);
  });

  it('needs two seeds', () => {
    expect(() => detectable({ seed: 1, task: 1, rest: 1 }, { seeds: 1, tasks: 5 })).toThrow(StatisticsError);
  });
});

describe('nine measures', () => {
  it('are adjusted as Holm does', () => {
    // Sorted .01 .02 .03 .04 by 4 3 2 1: .04 .06 .06 .06, each at least the one before.
    expect(holm([0.04, 0.01, 0.03, 0.02])).toEqual(
      [0.06, 0.04, 0.06, 0.06].map((p) => expect.closeTo(p, 12) as number),
    );
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('have the p of a paired t test', () => {
    // t = mean 3 / (1.5811 / sqrt 5) = 4.2426 with 4 degrees: p = .01324
    expect(pairedP([1, 2, 3, 4, 5])).toBeCloseTo(0.01324, 5);
    expect(pairedP([0, 0, 0])).toBe(1);
    expect(pairedP([0.2])).toBe(1);
  });
});
