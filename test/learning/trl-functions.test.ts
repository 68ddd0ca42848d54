/**
 * Advantages, policy losses with their normalisation, KL, entropy's tokens and sampling's correction
 * against TRL's own GRPOTrainer: scripts/vectors/trl_functions.py ran its code on inputs drawn beforehand.
 */
import { describe, expect, it } from 'vitest';
import { advantages, type Estimator, type RewardGroup } from '../../src/learning/advantages.ts';
import type { NormaliseSettings } from '../../src/learning/normalise.ts';
import type { ObjectiveName } from '../../src/learning/objectives/index.ts';
import { correctionFactors, entropyThreshold, type Correction } from '../../src/learning/reweigh.ts';
import {
  near,
  nearRows,
  readVectors,
  slopesOf,
  weightsOf,
  type LossInputs,
  type Rewards,
  type Rows,
} from './others.ts';

interface Vectors {
  readonly made: Readonly<Record<string, string>>;
  readonly advantages: {
    readonly eps: number;
    readonly weights: Readonly<Record<string, number>>;
    readonly parts: Readonly<Record<string, Rewards>>;
    readonly expected: Readonly<Record<string, Rows>>;
  };
  readonly losses: LossInputs & {
    readonly ref: Rows;
    readonly entropies: Rows;
    readonly budget: number;
    readonly beta: number;
    readonly share: number;
    readonly expected: Readonly<
      Record<string, { loss: number; gradient: Rows; metrics: Readonly<Record<string, number>> }>
    >;
  };
  readonly correction: {
    readonly cap: number;
    readonly trainer: Rows;
    readonly sampler: Rows;
    readonly factors: Readonly<Record<string, Rows>>;
  };
}

const vectors = readVectors('trl-functions') as Vectors;

it('was made by a TRL of 1.16 or later', () =>
  expect(vectors.made['trl']).toMatch(/^(1\.(1[6-9]|[2-9]\d)|[2-9])/));

describe('advantages as TRL has them', () => {
  const { parts, weights, eps, expected } = vectors.advantages;
  const names = Object.keys(parts);
  const groups = parts[names[0]!]!.map((first, g): RewardGroup => {
    // A rollout's reward is the weighted sum of what applies; null where nothing does
    // (TRL's nansum and its mask).
    const rewards = first.map((_, i) => {
      const present = names.flatMap((name) => {
        const value = parts[name]![g]![i]!;
        return value === null ? [] : [value * weights[name]!];
      });
      return present.length === 0 ? null : present.reduce((sum, one) => sum + one, 0);
    });
    const components = Object.fromEntries(names.map((name) => [name, parts[name]![g]!]));
    return { kind: 'code', rewards, components };
  });

  it('are of groups with a constant one and with rollouts that nothing rewards', () => {
    expect(groups.some(({ rewards }) => new Set(rewards).size === 1)).toBe(true);
    expect(groups.flatMap(({ rewards }) => rewards).filter((one) => one === null)).toHaveLength(2);
  });

  it.each(Object.keys(expected) as Estimator[])('%s', (estimator) => {
    // TRL computes them in 32 bits.
    nearRows(advantages(groups, { estimator, clip: 0, eps, weights }), expected[estimator]!, 5e-6);
  });
});

describe('losses as TRL has them, by autograd', () => {
  const given = vectors.losses;
  const lengths = given.old.map(({ length }) => length);
  const tokens = given.old.flat().length;

  it.each(Object.keys(given.expected))('%s', (title) => {
    const expected = given.expected[title]!;
    const [name, normalisation, further] = title.split(', ') as [
      ObjectiveName,
      NormaliseSettings['normalisation'],
      string | undefined,
    ];
    const hasKl = further === 'KL';
    const found = slopesOf(
      name,
      given,
      { klCoefficient: hasKl ? given.beta : 0, ...(further !== 'dual clip' && { dualClip: Infinity }) },
      given.ref,
    );
    const weights = weightsOf(lengths, normalisation, given.budget);
    const threshold =
      further === 'tokens of most entropy'
        ? entropyThreshold(given.entropies.flat(), given.share)
        : -Infinity;
    const kept = (i: number, t: number) => (given.entropies[i]![t]! >= threshold ? weights[i]! : 0);
    nearRows(
      found.rows.map((row, i) => row.map((slope, t) => slope * kept(i, t))),
      expected.gradient,
      1e-6,
    );
    if (found.losses) {
      const loss = found.losses.flatMap((row, i) => row.map((one, t) => one * kept(i, t)));
      near([loss.reduce((sum, one) => sum + one, 0)], [expected.loss]);
    }
    const { metrics } = expected;
    if (name === 'ppo') {
      near(
        [found.clippedLow / tokens, found.clippedHigh / tokens],
        [metrics['clip_ratio/low_mean']!, metrics['clip_ratio/high_mean']!],
      );
    }
    near([given.entropies.flat().reduce((sum, one) => sum + one, 0) / tokens], [metrics['entropy']!]);
  });
});

describe('sampling corrected as TRL corrects vLLM’s', () => {
  const { cap, trainer, sampler, factors } = vectors.correction;
  it.each(Object.keys(factors) as Correction[])('%s', (mode) => {
    nearRows(
      trainer.map((row, i) => correctionFactors(row, sampler[i]!, mode, cap)),
      factors[mode]!,
    );
  });
});
