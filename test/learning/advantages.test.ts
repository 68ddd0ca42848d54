import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advantages,
  centred,
  ESTIMATORS,
  grpo,
  normalisedSum,
  rloo,
  type Estimator,
} from '../../src/learning/advantages.ts';
import vectors from './vectors/advantages.json' with { type: 'json' };

const oneWinner = [1, 0, 0, 0, 0, 0, 0, 0];
const estimators = Object.keys(ESTIMATORS) as Estimator[];
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('advantages', () => {
  it('of one winner among eight are those of TRL: +2.475 and -0.354', () => {
    // mean 1/8, sample std sqrt(8 * (1/8)(7/8) / 7) = 0.353553; (7/8) / 0.353553 = 2.474874
    const a = grpo(oneWinner, 1e-6);
    expect(a[0]).toBeCloseTo(2.47487, 4);
    expect(a[1]).toBeCloseTo(-0.35355, 4);
    // TRL's eps of 1e-4 on the same group: (7/8) / 0.353653
    expect(grpo(oneWinner, 1e-4)[0]).toBeCloseTo(2.474174, 5);
  });

  it('acceptance vector 5: of a group sum to 0', () => {
    const reward = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(reward, { minLength: 2, maxLength: 16 }), (rewards) => {
        expect(Math.abs(sum(grpo(rewards, 1e-4)))).toBeLessThan(1e-9);
        expect(Math.abs(sum(centred(rewards)))).toBeLessThan(1e-9);
        expect(Math.abs(sum(rloo(rewards)))).toBeLessThan(1e-9);
      }),
    );
  });

  it('of a group of equal rewards are zero', () => {
    for (const r of [0, 1, 0.1, 1 / 3]) {
      const rewards = Array.from({ length: 7 }, () => r);
      for (const estimate of [centred, rloo, (x: number[]) => grpo(x, 0)])
        expect(estimate(rewards)).toEqual(rewards.map(() => 0));
    }
  });

  it('by RLOO compare each reward with the mean of the others', () => {
    const rewards = [0.9, 0.1, 0.5, 0.3];
    rloo(rewards).forEach((a, i) => {
      const others = rewards.filter((_, j) => j !== i);
      expect(a).toBeCloseTo((rewards[i] ?? 0) - sum(others) / 3, 12);
    });
  });

  it('by Dr.GRPO keep the size of the reward', () => {
    expect(centred(oneWinner)).toEqual([0.875, ...Array.from({ length: 7 }, () => -0.125)]);
  });

  it('leave out rollouts without a reward', () => {
    const a = grpo([1, null, 0, null], 0);
    expect(a).toEqual(grpo([1, 0], 0).flatMap((value) => [value, 0]));
    expect(grpo([null, 1, null], 0)).toEqual([0, 0, 0]);
    for (const estimator of estimators) {
      const groups = [
        { kind: 'code', rewards: [1, null, 0, 0] },
        { kind: 'code', rewards: [null, null, null, null] },
      ];
      const [first, second] = advantages(groups, { estimator, eps: 1e-4, clip: 0 });
      expect(first?.[1]).toBe(0);
      expect(second).toEqual([0, 0, 0, 0]);
    }
  });

  it('by REINFORCE++ whiten each kind on its own, so that an easy kind gets nothing for being easy', () => {
    const groups = [
      { kind: 'code', rewards: [0, 1, 0, 0] },
      { kind: 'alignment', rewards: [0.9, 1, 0.9, 0.9] },
      { kind: 'code', rewards: [0, 0, 0, 1] },
    ];
    for (const estimator of ['reinforce++', 'reinforce++-baseline'] as const) {
      const [a, b, c] = advantages(groups, { estimator, eps: 0, clip: 0 });
      expect(sum([...(a ?? []), ...(c ?? [])])).toBeCloseTo(0, 12);
      expect(sum(b ?? [])).toBeCloseTo(0, 12);
      // Hand value for the code kind: mean .25, sample std of [0,1,0,0,0,0,0,1] = 0.46291.
      expect(a?.[1]).toBeCloseTo(0.75 / 0.4629100498862757, 10);
      expect(c?.[3]).toBeCloseTo(0.75 / 0.4629100498862757, 10);
    }
  });

  it('by GDPO normalise each component, then sum with weights', () => {
    const components = { values: [0, 0.5, 1], returned: [0, 0, 1] };
    const group = { kind: 'alignment', rewards: [0, 0.25, 1], components };
    const a = normalisedSum(group, 0);
    // values: (-1, 0, 1); returned: mean 1/3, std 0.57735: (-0.57735, -0.57735, 1.1547)
    expect(a[0]).toBeCloseTo(-1.57735, 5);
    expect(a[1]).toBeCloseTo(-0.57735, 5);
    expect(a[2]).toBeCloseTo(2.1547, 4);
    expect(normalisedSum(group, 0, { returned: 0.5 })[2]).toBeCloseTo(1 + 0.57735, 4);
  });

  it('by GDPO and by REINFORCE++ with a baseline are those of the definitions (scripts/vectors/advantages.py)', () => {
    const { parts, weights, eps } = vectors;
    const groups = parts.variables.map((rewards, g) => ({
      kind: 'alignment',
      rewards,
      components: {
        variables: rewards,
        returned: parts.returned[g]!,
        trajectory: parts.trajectory[g]!,
      },
    }));
    for (const [estimator, expected] of [
      ['gdpo', vectors.gdpo],
      ['reinforce++-baseline', vectors.baseline],
    ] as const) {
      const found = advantages(groups, { estimator, eps, clip: 0, weights });
      expect(found).toEqual(expected.map((group) => group.map((a) => expect.closeTo(a, 9) as number)));
      // A group of one opinion has exactly none: what is dropped is told from this.
      expect(found[1]).toEqual(Array<number>(8).fill(0));
    }
  });

  it('by GDPO are whitened by kind, so that the kind with more components is not louder', () => {
    const components = { a: [0, 1, 0, 1], b: [0, 1, 0, 1], c: [0, 1, 0, 1] };
    const groups = [
      { kind: 'code', rewards: [0, 1, 0, 1] },
      { kind: 'alignment', rewards: [0, 1, 0, 1], components },
    ];
    const [code, alignment] = advantages(groups, { estimator: 'gdpo', eps: 0, clip: 0 });
    // Sample deviation of four whitened values: +-sqrt(3) / 2.
    for (const found of [code, alignment]) expect(found?.[1]).toBeCloseTo(Math.sqrt(3) / 2, 12);
  });

  it('are bounded when asked', () => {
    const [a] = advantages([{ kind: 'code', rewards: oneWinner }], { estimator: 'grpo', eps: 0, clip: 2 });
    expect(a?.[0]).toBe(2);
    expect(a?.[1]).toBeCloseTo(-0.35355, 4);
  });
});
