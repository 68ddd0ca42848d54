import { describe, expect, it } from 'vitest';
import { klTerm, tokenLoss } from '../../src/learning/objective.ts';
import { updateRows, type LossRollout, type NormaliseSettings } from '../../src/learning/normalise.ts';

const settings: NormaliseSettings = {
  normalisation: 'token-mean',
  constantGroups: 'keep',
  truncated: 'keep',
  kindWeight: { code: 1, alignment: 0.4 },
  budget: { code: 10, alignment: 20 },
  withoutKl: [],
  regularised: ['code', 'alignment'],
};
const rollout = (
  kind: 'code' | 'alignment',
  group: number,
  length: number,
  advantage: LossRollout['advantage'],
  changes: Partial<LossRollout> = {},
): LossRollout => ({
  kind,
  group,
  prompt: [1],
  tokens: Array.from({ length }, (_, i) => i),
  advantage,
  finish: 'eos',
  rewarded: true,
  ...changes,
});
const batch = [
  rollout('code', 0, 2, 1),
  rollout('code', 0, 6, -1),
  rollout('alignment', 1, 12, 1),
  rollout('alignment', 1, 20, -1),
];
const weight = (rollouts: readonly LossRollout[], changes: Partial<NormaliseSettings>) =>
  updateRows(rollouts, { ...settings, ...changes }).map(({ row }) => row.weights[0] ?? 0);
const near = (values: readonly number[]) => values.map((v) => expect.closeTo(v, 7) as number);

describe('the weight of a token in the loss', () => {
  it('by token-mean is one over the tokens of the whole batch', () => {
    expect(weight(batch, {})).toEqual(near([1 / 40, 1 / 40, 1 / 40, 1 / 40]));
  });

  it('by sequence-mean gives every completion the same say', () => {
    expect(weight(batch, { normalisation: 'sequence-mean' })).toEqual(near([1 / 8, 1 / 24, 1 / 48, 1 / 80]));
  });

  it('by a constant divides by the budget, whatever was written (Dr.GRPO)', () => {
    expect(weight(batch, { normalisation: 'constant' })).toEqual(near([1 / 40, 1 / 40, 1 / 80, 1 / 80]));
  });

  it('by kind does not let long alignment answers drown short programs', () => {
    const weights = weight(batch, { normalisation: 'per-kind' });
    expect(weights).toEqual(near([1 / 8, 1 / 8, 0.4 / 32, 0.4 / 32]));
    const total = (kind: string) =>
      batch.reduce((s, r, i) => s + (r.kind === kind ? r.tokens.length * (weights[i] ?? 0) : 0), 0);
    expect(total('code')).toBeCloseTo(1, 6);
    expect(total('alignment')).toBeCloseTo(0.4, 6);
  });

  it('leaves out rollouts without a reward, and their tokens', () => {
    const without = { ...settings, regularised: [] };
    const rows = updateRows([...batch, rollout('code', 0, 100, 0, { rewarded: false })], without);
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(rows[0]?.row.weights[0]).toBeCloseTo(1 / 40, 7);
  });

  it('drops groups without advantage from the mean when asked (DAPO)', () => {
    const withConstant = [...batch, rollout('code', 2, 30, 0), rollout('code', 2, 30, 0)];
    expect(weight(withConstant, { constantGroups: 'drop', regularised: [] })).toEqual(
      near([1 / 40, 1 / 40, 1 / 40, 1 / 40]),
    );
    expect(weight(withConstant, { constantGroups: 'keep' })).toHaveLength(6);
    expect(weight(withConstant, { constantGroups: 'keep' })[0]).toBeCloseTo(1 / 100, 7);
  });

  it('does not send rows that cannot move a parameter, but counts them', () => {
    const withConstant = [...batch, rollout('code', 2, 60, 0)];
    const rows = updateRows(withConstant, { ...settings, regularised: [] });
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(rows[0]?.row.weights[0]).toBeCloseTo(1 / 100, 7);
    expect(
      weight(batch, {
        normalisation: 'per-kind',
        kindWeight: { code: 1, alignment: 0 },
        regularised: [],
      }),
    ).toHaveLength(2);
  });

  it('does not send what follows the last token with an advantage, but counts it', () => {
    const untilWrong = [
      rollout('alignment', 0, 5, Float32Array.of(0.5, 0, -1, 0, 0)),
      rollout('alignment', 0, 3, Float32Array.of(0.5, 0, 1)),
    ];
    const sent = updateRows(untilWrong, { ...settings, regularised: [] }).map(({ row }) => row);
    expect(sent.map(({ completion }) => completion)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(sent.map(({ advantages }) => [...advantages])).toEqual([
      [0.5, 0, -1],
      [0.5, 0, 1],
    ]);
    expect(sent.map(({ weights }) => [...weights])).toEqual([
      near(Array(3).fill(1 / 8)),
      near(Array(3).fill(1 / 8)),
    ]);
    expect(updateRows(untilWrong, settings)[0]?.row.completion).toHaveLength(5);
  });

  it('masks truncated completions when asked, never silently', () => {
    const truncated = [rollout('code', 0, 4, 1), rollout('code', 0, 4, -1, { finish: 'length' })];
    expect(weight(truncated, { truncated: 'mask' })).toEqual(near([1 / 4]));
    expect(weight(truncated, {})).toEqual(near([1 / 8, 1 / 8]));
  });

  it('marks the rows of kinds that the KL term leaves free', () => {
    const rows = updateRows(batch, { ...settings, withoutKl: ['code'] });
    expect(rows.map(({ row }) => row.klCoefficient)).toEqual([0, 0, undefined, undefined]);
  });

  it('carries advantages per token through', () => {
    const perToken = Float32Array.of(0, 0, 0.5, -1);
    const [row] = updateRows([rollout('alignment', 0, 4, perToken)], settings);
    expect(row?.row.advantages).toEqual(perToken);
    expect(() => updateRows([rollout('alignment', 0, 3, perToken)], settings)).toThrow(RangeError);
  });
});

describe('what Dr.GRPO divides by', () => {
  const constant = { normalisation: 'constant', regularised: [] } as const;
  const withConstantGroup = [...batch, rollout('code', 2, 30, 0), rollout('code', 2, 30, 0)];

  it('is all rollouts of the batch times the budget, dropped or not', () => {
    // Six rollouts: 1 / (6 * 10) for code, 1 / (6 * 20) for alignment, as TRL's
    // size(0) * max_completion_length.
    const expected = near([1 / 60, 1 / 60, 1 / 120, 1 / 120]);
    for (const constantGroups of ['drop', 'keep'] as const)
      expect(weight(withConstantGroup, { ...constant, constantGroups })).toEqual(expected);
  });

  it('is not changed by masked completions or missing rewards', () => {
    const rollouts = [
      ...batch,
      rollout('code', 0, 9, 1, { finish: 'length' }),
      rollout('code', 0, 9, 0, { rewarded: false }),
    ];
    expect(weight(rollouts, { ...constant, truncated: 'mask' })).toEqual(
      near([1 / 60, 1 / 60, 1 / 120, 1 / 120]),
    );
  });
});

describe('KL and entropy', () => {
  const rollouts = [
    ...batch,
    rollout('code', 2, 30, 0),
    rollout('code', 2, 10, 0),
    rollout('code', 0, 7, 0, { rewarded: false }),
    rollout('alignment', 3, 15, 0),
  ];
  const beta = 0.3;
  const clipping = { clipLow: 0.2, clipHigh: 0.28, dualClip: 3, klEstimator: 'k3' } as const;
  const logp = (index: number, t: number) => Math.sin(1 + index * 7 + t) - 1.5;
  const old = (index: number, t: number) => logp(index, t) + 0.6 * Math.cos(index + 3 * t);
  const ref = (index: number, t: number) => logp(index, t) + 0.5 * Math.sin(index * t);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const tokensOf = (pick: (r: LossRollout) => boolean, value: (index: number, t: number) => number) =>
    rollouts.flatMap((r, index) => (pick(r) ? r.tokens.map((_, t) => value(index, t)) : []));

  /** What the gradient graph sums: each token's terms times its row's weight. */
  const lossOf = (changes: Partial<NormaliseSettings>) =>
    updateRows(rollouts, { ...settings, constantGroups: 'drop', ...changes }).reduce(
      (sum, { index, row }) =>
        sum +
        row.completion.reduce((total, _, t) => {
          const token = { logp: logp(index, t), old: old(index, t), ref: ref(index, t) };
          const klCoefficient = row.klCoefficient ?? beta;
          const terms = tokenLoss(
            { ...token, advantage: row.advantages[t]! },
            { ...clipping, klCoefficient },
          );
          return total + row.weights[t]! * terms.loss;
        }, 0),
      0,
    );
  const policy = (index: number, t: number) =>
    tokenLoss(
      { logp: logp(index, t), old: old(index, t), advantage: rollouts[index]!.advantage as number },
      { ...clipping, klCoefficient: 0 },
    ).loss;
  const kl = (index: number, t: number) => klTerm(logp(index, t), ref(index, t), 'k3').kl;
  const hasAdvantage = (r: LossRollout) => r.group < 2 && r.rewarded;

  it('are means over all rollouts also where groups of equal rewards are dropped from the policy term', () => {
    const expected = mean(tokensOf(hasAdvantage, policy)) + beta * mean(tokensOf(() => true, kl));
    expect(lossOf({})).toBeCloseTo(expected, 6);
  });

  it('are so by kind, too', () => {
    const both = (kind: string) =>
      mean(tokensOf((r) => hasAdvantage(r) && r.kind === kind, policy)) +
      beta * mean(tokensOf((r) => r.kind === kind, kl));
    expect(lossOf({ normalisation: 'per-kind' })).toBeCloseTo(both('code') + 0.4 * both('alignment'), 6);
  });

  it('hold the kind that they are about, and leave the rows of the other as they are', () => {
    const only = { regularised: ['alignment'], withoutKl: ['code'], normalisation: 'per-kind' } as const;
    const code = mean(tokensOf((r) => hasAdvantage(r) && r.kind === 'code', policy));
    const alignment =
      mean(tokensOf((r) => hasAdvantage(r) && r.kind === 'alignment', policy)) +
      beta * mean(tokensOf((r) => r.kind === 'alignment', kl));
    expect(lossOf(only)).toBeCloseTo(code + 0.4 * alignment, 6);
    const sent = updateRows(rollouts, { ...settings, constantGroups: 'drop', ...only });
    expect(sent.map(({ index }) => index)).toEqual([0, 1, 2, 3, 7]);
    expect(sent[0]!.row.advantages).toEqual(new Float32Array([1, 1]));
  });

  it('still act when no group has an advantage', () => {
    const idle = [rollout('code', 0, 4, 0), rollout('code', 0, 6, 0)];
    const rows = updateRows(idle, { ...settings, constantGroups: 'drop' });
    expect(rows.map(({ row }) => row.weights[0])).toEqual(near([1 / 10, 1 / 10]));
    expect(updateRows(idle, { ...settings, constantGroups: 'drop', regularised: [] })).toEqual([]);
  });

  it('leave out completions that are masked for being cut', () => {
    const cut = [...batch, rollout('code', 0, 9, 1, { finish: 'length' })];
    expect(updateRows(cut, { ...settings, truncated: 'mask' }).map(({ index }) => index)).toEqual([
      0, 1, 2, 3,
    ]);
  });
});
