/** The seeded generator: reproducible, forked by name, uniform enough to draw tasks with. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';

const draw = (random: { next(): number }, count: number): number[] =>
  Array.from({ length: count }, () => random.next());

describe('createRandom', () => {
  it('gives equal streams for equal seeds and different ones for different seeds', () => {
    expect(draw(createRandom(7), 20)).toEqual(draw(createRandom(7), 20));
    expect(draw(createRandom(7), 20)).not.toEqual(draw(createRandom(8), 20));
  });

  it('forks by name: what was drawn before makes no difference', () => {
    const fresh = createRandom(1).fork('sampling');
    const used = createRandom(1);
    draw(used, 100);
    used.fork('other').next();
    expect(draw(used.fork('sampling'), 10)).toEqual(draw(fresh, 10));
  });

  it('keeps forks of different names, and forks of forks, apart', () => {
    const random = createRandom(1);
    const streams = [random.fork('a'), random.fork('b'), random.fork('a').fork('b'), random.fork('a/b ')].map(
      (r) => draw(r, 5).join(),
    );
    expect(new Set(streams).size).toBe(4);
  });

  it('is uniform: a chi-square test over 16 cells of 64,000 draws', () => {
    const random = createRandom('uniformity');
    const cells = new Array<number>(16).fill(0);
    for (let i = 0; i < 64000; i++) cells[random.int(16)]!++;
    const chi = cells.reduce((sum, n) => sum + (n - 4000) ** 2 / 4000, 0);
    // 99.9 % quantile of chi-square with 15 degrees of freedom.
    expect(chi).toBeLessThan(37.7);
    expect(Math.min(...draw(random, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draw(random, 1000))).toBeLessThan(1);
  });

  it('has no correlation between neighbouring draws or sibling forks', () => {
    const a = draw(createRandom(3).fork('0'), 5000);
    const b = draw(createRandom(3).fork('1'), 5000);
    const correlation = (x: number[], y: number[]): number =>
      x.reduce((s, v, i) => s + (v - 0.5) * (y[i]! - 0.5), 0) / (x.length / 12);
    expect(Math.abs(correlation(a, b))).toBeLessThan(0.06);
    expect(Math.abs(correlation(a.slice(1), a.slice(0, -1)))).toBeLessThan(0.06);
  });

  it('shuffles to a permutation and leaves the original alone', () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = createRandom(5).shuffle(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...shuffled].sort()).toEqual(items);
    expect(shuffled).not.toEqual(items);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});
