import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { klTerm, tokenLoss, type ObjectiveSettings } from '../../src/learning/objective.ts';

const settings: ObjectiveSettings = {
  clipLow: 0.2,
  clipHigh: 0.28,
  dualClip: 3,
  klCoefficient: 0,
  klEstimator: 'k3',
};
const at = (ratio: number, advantage: number, changes: Partial<ObjectiveSettings> = {}) =>
  tokenLoss({ logp: Math.log(ratio), old: 0, ref: -0.3, advantage }, { ...settings, ...changes });

describe('the loss of a token', () => {
  it('on policy is minus the advantage, and so is its gradient', () => {
    expect(at(1, 0.7)).toMatchObject({ loss: -0.7, dLogp: -0.7, clipped: null });
    expect(at(1, -0.7)).toMatchObject({ loss: 0.7, dLogp: 0.7, clipped: null });
  });

  it('stops rewarding a token that has become likely enough', () => {
    expect(at(1.5, 1)).toMatchObject({ loss: -1.28, dLogp: 0, clipped: 'high' });
    expect(at(1.27, 1).dLogp).toBeCloseTo(-1.27, 12);
  });

  it('stops punishing a token that has become unlikely enough', () => {
    expect(at(0.5, -1)).toMatchObject({ loss: 0.8, dLogp: 0, clipped: 'low' });
  });

  it('acceptance vector 5: dual clip bounds the loss at a ratio above 3 with A < 0', () => {
    expect(at(4, -1)).toMatchObject({ loss: 3, dLogp: 0, dualClipped: true });
    expect(at(4, -1, { dualClip: Infinity }).loss).toBeCloseTo(4, 12);
    expect(at(4, -1, { dualClip: Infinity }).dLogp).toBeCloseTo(4, 12);
    expect(at(2.9, -1)).toMatchObject({ dualClipped: false });
    expect(at(2.9, -1).dLogp).toBeCloseTo(2.9, 12);
  });

  it('acceptance vector 5: its gradient equals finite differences, KL included', () => {
    const h = 1e-6;
    const kinks = [Math.log(0.8), Math.log(1.28), Math.log(3)];
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.constantFrom('k1' as const, 'k2' as const, 'k3' as const),
        fc.constantFrom(0, 0.001, 0.5),
        (logp, advantage, ref, klEstimator, klCoefficient) => {
          fc.pre(kinks.every((kink) => Math.abs(logp - kink) > 1e-4));
          const loss = (p: number) =>
            tokenLoss({ logp: p, old: 0, ref, advantage }, { ...settings, klEstimator, klCoefficient });
          const numeric = (loss(logp + h).loss - loss(logp - h).loss) / (2 * h);
          expect(Math.abs(loss(logp).dLogp - numeric)).toBeLessThan(1e-5 * Math.max(1, Math.abs(numeric)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('acceptance vector 5: without advantage has no gradient except that of the KL', () => {
    expect(at(1, 0).dLogp).toBeCloseTo(0, 15);
    const withKl = at(1, 0, { klCoefficient: 0.1 });
    expect(withKl.dLogp).toBeCloseTo(0.1 * (1 - Math.exp(-0.3)), 12);
  });

  it('stays finite at absurd log-ratios', () => {
    for (const logp of [-1e6, 1e6]) {
      const loss = tokenLoss({ logp, old: 0, ref: -logp, advantage: 1 }, { ...settings, klCoefficient: 1 });
      expect(Number.isFinite(loss.loss)).toBe(true);
      expect(Number.isFinite(loss.dLogp)).toBe(true);
    }
  });

  it('needs a reference for the KL', () => {
    expect(() => tokenLoss({ logp: 0, old: 0, advantage: 1 }, { ...settings, klCoefficient: 1 })).toThrow(
      RangeError,
    );
  });
});

describe('the KL estimators', () => {
  it('k1 and k3 average to the exact divergence, k2 is near it for close distributions', () => {
    const p = [0.5, 0.3, 0.2];
    const q = [0.4, 0.4, 0.2];
    const exact = p.reduce((s, pi, i) => s + pi * Math.log(pi / (q[i] ?? 1)), 0);
    const mean = (estimator: 'k1' | 'k2' | 'k3') =>
      p.reduce((s, pi, i) => s + pi * klTerm(Math.log(pi), Math.log(q[i] ?? 1), estimator).kl, 0);
    expect(mean('k1')).toBeCloseTo(exact, 12);
    expect(mean('k3')).toBeCloseTo(exact, 12);
    expect(Math.abs(mean('k2') - exact)).toBeLessThan(0.003);
  });

  it('k3 is never negative', () => {
    for (const d of [-3, -0.1, 0, 0.1, 3]) expect(klTerm(0, d, 'k3').kl).toBeGreaterThanOrEqual(0);
  });
});
