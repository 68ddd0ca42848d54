import { describe, expect, it } from 'vitest';
import { lineAdvantages, linesOfTokens, rightShare } from '../../src/learning/credit.ts';
import { predictTokens } from '../../src/learning/grade.ts';

const settings = { eps: 0, clip: 0, rightLines: 'reinforce', prior: { count: 0, mean: 0 } } as const;
const near = (values: readonly number[]) => values.map((v) => expect.closeTo(v, 5) as number);

describe('credit by line', () => {
  it('blames the first wrong line alone, and rewards those who got it right', () => {
    // Three lines of two tokens each. Rollouts: all right; wrong at line 1; wrong at line 1; wrong at line 2.
    const lineOfToken = [0, 0, 1, 1, 2, 2];
    const [all, second, , third] = lineAdvantages(
      [3, 1, 1, 2].map((right) => ({ right, lineOfToken })),
      3,
      settings,
    );
    // Line 0: all right, nothing to learn. Line 1: outcomes 1 0 0 1, sample std
    // .57735. Line 2: reached by two, 1 and 0, std .70711.
    expect([...(all ?? [])]).toEqual(near([0, 0, 0.866025, 0.866025, 0.707107, 0.707107]));
    expect([...(second ?? [])]).toEqual(near([0, 0, -0.866025, -0.866025, 0, 0]));
    expect([...(third ?? [])]).toEqual(near([0, 0, 0.866025, 0.866025, -0.707107, -0.707107]));
  });

  it('can leave the right lines alone', () => {
    const [good, bad] = lineAdvantages(
      [
        { right: 1, lineOfToken: [0, 0] },
        { right: 0, lineOfToken: [0, 1] },
      ],
      1,
      { ...settings, rightLines: 'leave' },
    );
    expect([...(good ?? [])]).toEqual([0, 0]);
    expect([...(bad ?? [])]).toEqual(near([-0.707107, 0]));
  });

  it('has nothing to say at a line that one rollout alone reaches', () => {
    const [lonely] = lineAdvantages(
      [
        { right: 1, lineOfToken: [0, 1] },
        { right: 0, lineOfToken: [0, 1] },
      ],
      2,
      settings,
    );
    expect(lonely?.[1]).toBe(0);
  });

  it('gives rollouts without a reward no credit and lets them shift no baseline', () => {
    const rollouts = [2, 0].map((right) => ({ right, lineOfToken: [0, 1] }));
    const [a, none, b] = lineAdvantages([rollouts[0] ?? null, null, rollouts[1] ?? null], 2, settings);
    expect(none).toBeNull();
    expect([a, b]).toEqual(lineAdvantages(rollouts, 2, settings));
  });
});

describe('a baseline drawn towards the step', () => {
  const unanimous = (right: number) => [right, right].map((r) => ({ right: r, lineOfToken: [0, 1] }));
  const prior = { count: 2, mean: 0.75 };

  it('gives a group of one opinion an advantage', () => {
    const alone = lineAdvantages(unanimous(1), 2, settings);
    expect([...(alone[0] ?? [])]).toEqual([0, 0]);
    // Line 0: both right, baseline (2 + 1.5) / 4 = .875, deviation .330719. Line 1:
    // both wrong, baseline 1.5 / 4 = .375, deviation .484123.
    const drawn = lineAdvantages(unanimous(1), 2, { ...settings, prior });
    for (const credit of drawn) expect([...(credit ?? [])]).toEqual(near([0.377964, -0.774597]));
  });

  it('says something also where one rollout alone is', () => {
    const [lonely] = lineAdvantages(
      [
        { right: 1, lineOfToken: [0, 1] },
        { right: 0, lineOfToken: [0, 1] },
      ],
      2,
      { ...settings, prior },
    );
    expect(lonely?.[1]).toBeCloseTo(-1, 5); // one wrong: baseline 1.5 / 3
  });

  it('is the mean over lines that were reached, whole answers included', () => {
    // Of two lines: 1 right of 2 reached; 2 of 2; 0 of 1; the answer without a reward does not count.
    const line = (right: number) => ({ right, lineOfToken: [] });
    expect(
      rightShare(
        [
          [line(1), line(2)],
          [line(0), null],
        ],
        [2, 2],
      ),
    ).toBeCloseTo(3 / 5, 12);
    expect(rightShare([], [])).toBe(0);
  });
});

describe('credit by token', () => {
  it('is right as far as the answer is the true one, its end included', () => {
    const truth = [5, 6, 7, 0];
    expect(predictTokens({ tokens: [5, 6, 7, 0] }, truth).right).toBe(4);
    expect(predictTokens({ tokens: [5, 9, 7, 0] }, truth).right).toBe(1);
    expect(predictTokens({ tokens: [5, 6] }, truth).right).toBe(2);
    expect(predictTokens({ tokens: [5, 6, 7, 8] }, truth).right).toBe(3);
  });

  it('does not blame the faithful copy of a wrong value', () => {
    // Two tokens of one line: a wrong sum, then its copy.
    const truth = [1, 2, 2, 0];
    const answers = [
      [1, 2, 2, 0],
      [1, 3, 3, 0],
    ];
    const [right, wrong] = lineAdvantages(
      answers.map((tokens) => predictTokens({ tokens }, truth)),
      truth.length,
      settings,
    );
    expect([...(right ?? [])]).toEqual(near([0, 0.707107, 0, 0]));
    expect([...(wrong ?? [])]).toEqual(near([0, -0.707107, 0, 0]));
  });
});

describe('the line of a token', () => {
  it('is the one that holds its last character', () => {
    // "ab|cd|e": lines end after 3, 6 and 7 characters; tokens end after 1, 3, 4, 6, 7.
    expect(linesOfTokens([1, 3, 4, 6, 7], [3, 6, 7])).toEqual([0, 0, 1, 1, 2]);
    expect(linesOfTokens([2, 9], [3, 6])).toEqual([0, 2]);
  });
});

describe('what the prior does to the expected push', () => {
  /**
   * E[mean of A (outcome - p)] over all groups of n rollouts: the gradient of
   * expected reward on the logit of the right outcome.
   */
  const push = (p: number, prior: { readonly count: number; readonly mean: number }, n = 8): number => {
    let expected = 0;
    let ways = 1;
    for (let right = 0; right <= n; right++) {
      const outcomes = Array.from({ length: n }, (_, i) => (i < right ? 1 : 0));
      const found = lineAdvantages(
        outcomes.map((outcome) => ({ right: outcome, lineOfToken: [0] })),
        1,
        { ...settings, prior },
      );
      const mean = found.reduce((sum, a, i) => sum + a![0]! * (outcomes[i]! - p), 0) / n;
      expected += ways * p ** right * (1 - p) ** (n - right) * mean;
      ways = (ways * (n - right)) / (right + 1);
    }
    return expected;
  };

  it.each([
    // The closed form without a prior is sqrt((n - 1) / n) E[sqrt(k / n (1 - k /
    // n))], here by hand for n = 8.
    [0.5, 0.434, 0.477],
    [0.05, 0.11, 0.0945],
    [0.001, 0.00247, 0.00204],
  ])('a right answer of probability %f: %f under the own mean, %f with two at .97', (p, own, drawn) => {
    expect(push(p, { count: 0, mean: 0 }) / own).toBeCloseTo(1, 2);
    expect(push(p, { count: 2, mean: 0.97 }) / drawn).toBeCloseTo(1, 2);
  });

  it('is not a stronger push out of a mistake that nearly all share', () => {
    for (const p of [0.001, 0.01, 0.05])
      expect(push(p, { count: 2, mean: 0.97 })).toBeLessThan(push(p, { count: 0, mean: 0 }));
  });
});
