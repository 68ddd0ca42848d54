/** Metrics over tokens against TRL's definitions, written out over the whole batch. */
import { describe, expect, it } from 'vitest';
import { updateRows, type LossRollout, type NormaliseSettings } from '../../src/learning/normalise.ts';
import type { ObjectiveName } from '../../src/learning/objectives/index.ts';
import type { UpdatePart, UpdatePartResult } from '../../src/learning/split-update.ts';
import { tokenMetrics, unseen, type TokenMetricsInput } from '../../src/learning/token-metrics.ts';
import type { UpdateSettings } from '../../src/policy/types.ts';

const rollout = (
  kind: 'code' | 'alignment',
  group: number,
  advantage: LossRollout['advantage'],
  length = 5,
  finish: 'eos' | 'length' = 'eos',
): LossRollout => ({
  kind,
  group,
  prompt: [1],
  tokens: Array.from({ length }, (_, t) => t),
  advantage,
  finish,
  rewarded: true,
});
const rollouts = [
  rollout('code', 0, 1, 4),
  rollout('code', 0, -1, 7),
  rollout('code', 1, 0, 9),
  rollout('code', 1, 0, 3),
  rollout('alignment', 2, Float32Array.of(0.5, 0, -1, 0, 0)),
  rollout('alignment', 2, Float32Array.of(0.5, 1, 1, 0, 0)),
];
const settings: NormaliseSettings = {
  normalisation: 'per-kind',
  constantGroups: 'drop',
  truncated: 'keep',
  kindWeight: { code: 1, alignment: 1 },
  budget: { code: 10, alignment: 20 },
  withoutKl: [],
  regularised: [],
};

// A made-up policy: everything about a token follows from its place and how many updates there were.
const entropyAt = (index: number, t: number) => 1 + Math.sin(index * 5 + t);
const logProbAt = (index: number, t: number, update: number) =>
  -2 + Math.cos(index + 2 * t) + update * 0.7 * Math.sin(3 * index + t);
const sampledAt = (index: number, t: number) => logProbAt(index, t, 0) + 0.01 * Math.cos(t + index);
const refAt = (index: number, t: number) => logProbAt(index, t, 0) + 0.4 * Math.sin(t);

/** As the policy answers: one mean for the part, log-probabilities per row. */
function answer(part: UpdatePart, update: number): UpdatePartResult {
  const tokens = part.rows.flatMap(({ index, row }) => row.completion.map((_, t) => entropyAt(index, t)));
  return {
    part,
    result: {
      loss: 0,
      gradNorm: 0,
      entropy: tokens.reduce((a, b) => a + b, 0) / tokens.length,
      kl: 0,
      clipRatioLow: 0,
      clipRatioHigh: 0,
      logProbs: part.rows.map(({ index, row }) =>
        Float32Array.from(row.completion, (_, t) => logProbAt(index, t, update)),
      ),
    },
  };
}

interface Case {
  readonly own: boolean;
  readonly normalise?: Partial<NormaliseSettings>;
  readonly updates?: number;
  readonly of?: readonly LossRollout[];
  readonly objective?: ObjectiveName;
}

function input({
  own,
  normalise = {},
  updates = 1,
  of = rollouts,
  objective = 'ppo',
}: Case): TokenMetricsInput {
  const used = { ...settings, ...normalise };
  const rows = updateRows(of, used).map(({ index, row }) => ({
    index,
    row: used.regularised.includes(of[index]!.kind)
      ? { ...row, refLogProbs: Float32Array.from(row.completion, (_, t) => refAt(index, t)) }
      : row,
  }));
  const nothing = {} as UpdateSettings;
  const parts = own
    ? (['code', 'alignment'] as const)
        .map((kind) => ({ rows: rows.filter(({ index }) => of[index]!.kind === kind), settings: nothing }))
        .filter((part) => part.rows.length > 0)
    : [{ rows, settings: nothing }];
  const scored = unseen(of, parts, used.truncated).map(
    (index) =>
      [
        index,
        {
          logProbs: Float32Array.from(of[index]!.tokens, (_, t) => logProbAt(index, t, 0)),
          entropy: Float32Array.from(of[index]!.tokens, (_, t) => entropyAt(index, t)),
        },
      ] as const,
  );
  return {
    rollouts: of,
    sampled: of.map(({ tokens }, index) => tokens.map((_, t) => sampledAt(index, t))),
    scored: new Map(scored),
    updates: Array.from({ length: updates }, (_, u) =>
      parts.map((part) => ({
        ...answer(part, u),
        ...(u > 0 && { old: answer(part, 0).result.logProbs }),
      })),
    ),
    objective,
    clip: { clipLow: 0.2, clipHigh: 0.2, sapoPositive: 1, sapoNegative: 1.05 },
    heldTo: used.regularised,
    truncated: used.truncated,
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const over = (value: (index: number, t: number) => number, pick = (_: LossRollout) => true, of = rollouts) =>
  of.flatMap((r, index) => (pick(r) ? r.tokens.map((_, t) => value(index, t)) : []));

describe.each([true, false])('with an optimizer of its own: %s', (own) => {
  it('entropy is the mean over all tokens of the batch, and by kind beside it', () => {
    const found = tokenMetrics(input({ own }));
    expect(found['entropy']).toBeCloseTo(mean(over(entropyAt)), 5);
    for (const kind of ['code', 'alignment'] as const)
      expect(found[`${kind}/entropy`]).toBeCloseTo(mean(over(entropyAt, (r) => r.kind === kind)), 5);
  });

  it('sampling differences are over all tokens', () => {
    const found = tokenMetrics(input({ own }));
    const differences = over((i, t) => Math.abs(logProbAt(i, t, 0) - sampledAt(i, t)));
    expect(found['sampling/sampling_logp_difference/mean']).toBeCloseTo(mean(differences), 6);
    expect(found['sampling/sampling_logp_difference/max']).toBeCloseTo(Math.max(...differences), 6);
    const ratios = over((i, t) => Math.exp(logProbAt(i, t, 0) - sampledAt(i, t)));
    expect(found['sampling/importance_sampling_ratio/mean']).toBeCloseTo(mean(ratios), 6);
    expect(found['sampling/importance_sampling_ratio/min']).toBeCloseTo(Math.min(...ratios), 6);
  });

  it('clip ratios count all tokens; low_min and high_max are over completions, updates are averaged', () => {
    const found = tokenMetrics(input({ own, updates: 2 }));
    const advantageAt = (i: number, t: number) => {
      const { advantage } = rollouts[i]!;
      return typeof advantage === 'number' ? advantage : advantage[t]!;
    };
    const ratio = (i: number, t: number) => Math.exp(logProbAt(i, t, 1) - logProbAt(i, t, 0));
    const low = (i: number, t: number) => Number(ratio(i, t) < 0.8 && advantageAt(i, t) < 0);
    const high = (i: number, t: number) => Number(ratio(i, t) > 1.2 && advantageAt(i, t) > 0);
    const shares = (is: typeof low) => rollouts.map(({ tokens }, i) => mean(tokens.map((_, t) => is(i, t))));
    expect(mean(over(low))).toBeGreaterThan(0);
    expect(mean(over(high))).toBeGreaterThan(0);
    // The first of the two updates clips nothing.
    expect(found['clip_ratio/low_mean']).toBeCloseTo(mean(over(low)) / 2, 9);
    expect(found['clip_ratio/high_mean']).toBeCloseTo(mean(over(high)) / 2, 9);
    expect(found['clip_ratio/region_mean']).toBeCloseTo(mean(over((i, t) => low(i, t) + high(i, t))) / 2, 9);
    expect(found['clip_ratio/low_min']).toBeCloseTo(Math.min(...shares(low)) / 2, 9);
    expect(found['clip_ratio/high_max']).toBeCloseTo(Math.max(...shares(high)) / 2, 9);
  });

  it('clip ratios of GSPO are over completions, whatever their lengths', () => {
    const gspo = { own, updates: 2, objective: 'gspo', normalise: { wholeRows: true } } as const;
    const found = tokenMetrics(input(gspo));
    const ratio = (i: number) =>
      Math.exp(mean(rollouts[i]!.tokens.map((_, t) => logProbAt(i, t, 1) - logProbAt(i, t, 0))));
    const share = (is: (i: number, advantage: number) => boolean) =>
      mean(
        rollouts.map(({ advantage, tokens }, i) =>
          mean(
            tokens.map((_, t) => Number(is(i, typeof advantage === 'number' ? advantage : advantage[t]!))),
          ),
        ),
      );
    const low = share((i, advantage) => advantage < 0 && ratio(i) < 0.8);
    const high = share((i, advantage) => advantage > 0 && ratio(i) > 1.2);
    expect(low + high).toBeGreaterThan(0);
    expect(found['clip_ratio/low_mean']).toBeCloseTo(low / 2, 9);
    expect(found['clip_ratio/high_mean']).toBeCloseTo(high / 2, 9);
    expect(found['clip_ratio/region_mean']).toBeCloseTo((low + high) / 2, 9);
  });

  it('clip ratios of CISPO count what it cuts: ratios above the bound, whatever the advantage’s sign', () => {
    const found = tokenMetrics(input({ own, updates: 2, objective: 'cispo' }));
    const cut = (i: number, t: number) => {
      const { advantage } = rollouts[i]!;
      const ratio = Math.exp(logProbAt(i, t, 1) - logProbAt(i, t, 0));
      return Number(ratio > 1.2 && (typeof advantage === 'number' ? advantage : advantage[t]!) !== 0);
    };
    const high = mean(over(cut));
    expect(found['clip_ratio/high_mean']).toBeCloseTo(high / 2, 9);
    expect(found['clip_ratio/region_mean']).toBeCloseTo(high / 2, 9);
    expect(found['clip_ratio/low_mean']).toBe(0);
    // More than PPO counts: it lets large ratios of negative advantages pass.
    expect(high / 2).toBeGreaterThan(tokenMetrics(input({ own, updates: 2 }))['clip_ratio/high_mean']!);
  });
});

describe('kl', () => {
  const k3 = (i: number, t: number) => {
    const d = refAt(i, t) - logProbAt(i, t, 0);
    return Math.exp(d) - d - 1;
  };

  it('is k3 over all tokens where the term holds them, and is not there without one', () => {
    const regularised = ['code', 'alignment'] as const;
    const found = tokenMetrics(input({ own: false, normalise: { regularised } }));
    expect(found['kl']).toBeCloseTo(mean(over(k3)), 5);
    expect(found['alignment/kl']).toBeCloseTo(mean(over(k3, (r) => r.kind === 'alignment')), 5);
    expect(tokenMetrics(input({ own: false }))).not.toHaveProperty('kl');
  });

  it('of one kind has that kind’s name alone', () => {
    const found = tokenMetrics(input({ own: true, normalise: { regularised: ['alignment'] } }));
    expect(found).not.toHaveProperty('kl');
    expect(found).not.toHaveProperty('code/kl');
    expect(found['alignment/kl']).toBeCloseTo(mean(over(k3, (r) => r.kind === 'alignment')), 5);
  });
});

describe('which tokens', () => {
  it('masked completions are in no mean', () => {
    const of = [...rollouts.slice(0, 2), rollout('code', 0, 1, 6, 'length')];
    const found = tokenMetrics(input({ own: false, of, normalise: { truncated: 'mask' } }));
    expect(found['entropy']).toBeCloseTo(mean(over(entropyAt, (r) => r.finish === 'eos', of)), 5);
  });

  it('one kind is not said twice', () => {
    const found = tokenMetrics(input({ own: false, of: rollouts.slice(0, 4) }));
    expect(Object.keys(found).filter((name) => name.startsWith('code/'))).toEqual([]);
  });

  it('a batch without an update has an entropy all the same', () => {
    const found = tokenMetrics(input({ own: false, of: rollouts.slice(2, 4), updates: 0 }));
    expect(found['entropy']).toBeCloseTo(
      mean([...Array(9).keys()].map((t) => entropyAt(0, t)).concat([0, 1, 2].map((t) => entropyAt(1, t)))),
      5,
    );
  });

  it('those of the update alone stand under another name', () => {
    const found = tokenMetrics({ ...input({ own: true }), scored: null });
    expect(found).not.toHaveProperty('entropy');
    expect(found['update/entropy']).toBeCloseTo(mean(over(entropyAt, (r) => r.group === 0)), 5);
  });
});
