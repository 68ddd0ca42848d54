import { describe, expect, it } from 'vitest';
import { shareOfItems, shareOfTasks, tQuantile, wilson } from '../../src/learning/intervals.ts';
import {
  StatisticsError,
  meanInterval,
  pairedDifference,
  signTest,
} from '../../src/experiment/statistics.ts';
import { findingOf } from '../../src/experiment/experiment.ts';
import { createRandom } from '../../src/base/random.ts';

describe("Student's t", () => {
  it('has the quantiles of the printed tables', () => {
    const table: [number, number][] = [
      [1, 12.7062],
      [2, 4.3027],
      [4, 2.7764],
      [9, 2.2622],
      [30, 2.0423],
      [120, 1.9799],
    ];
    for (const [degrees, t] of table) expect(tQuantile(degrees)).toBeCloseTo(t, 4);
    expect(tQuantile(9, 0.99)).toBeCloseTo(3.2498, 4);
  });
});

describe('intervals', () => {
  it('of five seeds use t with four degrees of freedom', () => {
    // mean 3, sample std 1.5811, 2.7764 * 1.5811 / sqrt 5 = 1.9632
    const { mean, interval, n } = meanInterval([1, 2, 3, 4, 5]);
    expect([mean, n]).toEqual([3, 5]);
    expect(interval[1]).toBeCloseTo(4.9632, 4);
  });

  it('of one seed know nothing', () => {
    expect(meanInterval([0.7]).interval).toEqual([-Infinity, Infinity]);
  });

  it('by Wilson are those of the formula', () => {
    // 8 of 10: (0.4902, 0.9433), e.g. Brown, Cai, DasGupta 2001
    const [low, high] = wilson(0.8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
  });

  it('of tasks are wider than intervals that mistake samples of one task for independent', () => {
    // Ten tasks with 8 samples each, either all right or nearly all wrong.
    const perTask = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0.125];
    const estimate = shareOfTasks(perTask);
    const [low, high] = wilson(estimate.mean, 80);
    expect(estimate.interval[0]).toBeLessThan(low);
    expect(estimate.interval[1]).toBeGreaterThan(high);
  });

  it('never shrink to a point because every task happened to pass', () => {
    expect(shareOfTasks([1, 1, 1, 1]).interval[0]).toBeLessThan(0.6);
    expect(shareOfTasks([]).interval).toEqual([0, 1]);
  });

  it('of items pool over records and let records vary', () => {
    const estimate = shareOfItems([
      { right: 3, total: 3 },
      { right: 0, total: 1 },
      { right: 1, total: 2 },
      { right: 0, total: 0 },
    ]);
    expect(estimate.mean).toBeCloseTo(4 / 6, 12);
    expect(estimate.n).toBe(3);
    // residuals 1, -2/3, -1/3: sum of squares 14/9; se = sqrt(14/9 * 3/2) / 6 = .25459; t(2) = 4.3027
    expect(estimate.interval).toEqual([0, 1]);
  });

  it('cover the true mean of uniform values about 95 times in 100', () => {
    const random = createRandom(3).fork('coverage');
    let covered = 0;
    for (let trial = 0; trial < 600; trial++) {
      const { interval } = meanInterval(Array.from({ length: 8 }, () => random.next()));
      if (interval[0] <= 0.5 && 0.5 <= interval[1]) covered++;
    }
    expect(covered / 600).toBeGreaterThan(0.92);
    expect(covered / 600).toBeLessThan(0.98);
  });
});

describe('comparing two arms', () => {
  it('pairs them seed by seed', () => {
    const comparison = pairedDifference([0.6, 0.7, 0.5, 0.8], [0.65, 0.74, 0.56, 0.85]);
    expect(comparison.mean).toBeCloseTo(0.05, 12);
    expect(comparison.interval[0]).toBeGreaterThan(0);
    // 4 of 4 positive: 2 * 1/16
    expect(comparison.signTest).toBeCloseTo(0.125, 12);
  });

  it('refuses arms with different seeds and numbers that are none', () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow(StatisticsError);
    expect(() => meanInterval([1, Number.NaN])).toThrow(/Value 2/);
  });

  it('take the same difference in a few seeds for no certainty', () => {
    const two = pairedDifference([5 / 12, 6 / 12], [6 / 12, 7 / 12]);
    expect(two).toMatchObject({ interval: [-Infinity, Infinity], signTest: 0.5 });
    expect(two.mean).toBeCloseTo(1 / 12);
    expect(findingOf(two)).toBe('no difference shown');
    // Six of six speak for themselves, and nothing different in any seed is no difference.
    const six = pairedDifference(Array<number>(6).fill(0.25), Array<number>(6).fill(0.5));
    expect([findingOf(six), findingOf(pairedDifference([0.1, 0.2], [0.1, 0.2]))]).toEqual([
      'higher',
      'no difference shown',
    ]);
  });

  it('by the sign test follows the binomial', () => {
    // 9 of 10 positive: 2 * (1 + 10) / 1024
    expect(signTest([1, 1, 1, 1, 1, 1, 1, 1, 1, -1])).toBeCloseTo(22 / 1024, 12);
    expect(signTest([1, -1])).toBe(1);
    expect(signTest([0, 0])).toBe(1);
  });
});
