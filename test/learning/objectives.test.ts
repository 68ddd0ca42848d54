/** The policy losses that are coefficients, against their definitions; and how the loop uses them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBatch } from '../../src/learning/batch.ts';
import { Clock } from '../../src/learning/clock.ts';
import { createConfig } from '../../src/learning/config.ts';
import {
  OBJECTIVES,
  objectiveOf,
  type ObjectiveName,
  type ObjectiveRow,
} from '../../src/learning/objectives/index.ts';
import { updatePolicy } from '../../src/learning/update.ts';
import type { UpdateRow, UpdateSettings } from '../../src/policy/types.ts';
import { jsonFormat } from '../../src/tasks/alignment/index.ts';
import vectors from './vectors/objectives.json' with { type: 'json' };
import { characters, FakePolicy, updateResult } from './fake-policy.ts';

const bounds = { clipLow: 0.2, clipHigh: 0.28, sapoPositive: 1, sapoNegative: 1.05 };
const named = Object.keys(OBJECTIVES) as ObjectiveName[];

/** A row whose tokens have these ratios. */
const rowOf = (ratios: readonly number[], advantages: readonly number[]): ObjectiveRow => ({
  logProbs: Float32Array.from(ratios, (ratio) => Math.log(ratio) - 2),
  old: new Float32Array(ratios.length).fill(-2),
  advantages: Float32Array.from(advantages),
});

describe('every objective', () => {
  it('has the advantages as coefficients where nothing has moved', () => {
    const numbers = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(numbers, (advantages) => {
        const row = rowOf(
          advantages.map(() => 1),
          advantages,
        );
        for (const name of named) {
          const found = objectiveOf(name).coefficients?.(row, bounds);
          if (!found) continue;
          expect([...found.coefficients]).toEqual([...row.advantages]);
          expect([found.clippedLow, found.clippedHigh]).toEqual([0, 0]);
        }
      }),
    );
  });

  it('stays finite at absurd log-ratios', () => {
    const row = { logProbs: Float32Array.of(-1e6, 1e6), old: Float32Array.of(1e6, -1e6) };
    for (const name of named) {
      const found = objectiveOf(name).coefficients?.({ ...row, advantages: Float32Array.of(1, -1) }, bounds);
      if (found) expect([...found.coefficients].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('against derivatives of the losses as the papers have them', () => {
  const onTheHost = named.filter((name) => objectiveOf(name).coefficients !== null);
  it.each(onTheHost)('%s', (name) => {
    const { coefficients } = objectiveOf(name);
    const settings = { ...vectors.settings, ...(name === 'gspo' && vectors.gspo) };
    for (const { logProbs, old, advantage, coefficients: expected } of vectors.rows) {
      const row: ObjectiveRow = {
        logProbs: Float32Array.from(logProbs),
        old: Float32Array.from(old),
        advantages: new Float32Array(old.length).fill(advantage),
      };
      const found = [...coefficients!(row, settings).coefficients];
      found.forEach((coefficient, t) =>
        expect(coefficient).toBeCloseTo((expected as Readonly<Record<string, number[]>>)[name]![t]!, 4),
      );
    }
  });

  it('gspo leaves completions out on either side, and counts all their tokens', () => {
    const found = vectors.rows.map(({ logProbs, old, advantage }) =>
      OBJECTIVES.gspo.coefficients!(
        {
          logProbs: Float32Array.from(logProbs),
          old: Float32Array.from(old),
          advantages: new Float32Array(old.length).fill(advantage),
        },
        { ...vectors.settings, ...vectors.gspo },
      ),
    );
    expect(new Set(found.map(({ clippedLow }) => clippedLow))).toEqual(new Set([0, 7]));
    expect(new Set(found.map(({ clippedHigh }) => clippedHigh))).toEqual(new Set([0, 7]));
  });
});

describe('CISPO', () => {
  it('cuts the ratio from above alone, and no token out', () => {
    const found = OBJECTIVES.cispo.coefficients!(rowOf([0.5, 1.2, 2, 5], [1, 1, 1, -2]), bounds);
    // By hand: 0.5 * 1, 1.2 * 1, 1.28 * 1, 1.28 * -2.
    [0.5, 1.2, 1.28, -2.56].forEach((c, t) => expect(found.coefficients[t]).toBeCloseTo(c, 5));
    expect([found.clippedLow, found.clippedHigh]).toEqual([0, 2]);
  });
});

/** The first update moves every log-probability by `moved`, the second none. */
class MovingPolicy extends FakePolicy {
  constructor(private readonly moved: number) {
    super(() => []);
  }
  override async score(request: Parameters<FakePolicy['score']>[0]) {
    const scores = await super.score(request);
    return scores.map((score) => ({ ...score, logProbs: this.#now(score.logProbs) }));
  }
  override async update(rows: readonly UpdateRow[], settings: UpdateSettings) {
    const scores = await this.score({ sequences: rows, temperature: 1 });
    await super.update(rows, settings);
    return updateResult({ logProbs: scores.map(({ logProbs }) => logProbs) });
  }
  readonly #now = (logProbs: Float32Array) =>
    this.updates.length === 0 ? logProbs : logProbs.map((p) => p + this.moved);
}

describe('a second update on one batch', () => {
  const config = (objective: ObjectiveName) =>
    createConfig({ 'loss.objective': objective, 'loss.iterations': 2, 'loss.clipHigh': 0.28 });
  const rollout = (tokens: readonly number[], reward: number) => ({
    text: '',
    program: null,
    failing: [],
    promptTokens: [1],
    tokens,
    logProbs: tokens.map(() => -1),
    finish: 'eos' as const,
    verdict: reward === 1 ? ('pass' as const) : ('wrong' as const),
    reward,
  });
  const task = {
    id: 't',
    description: '',
    prompt: 'p',
    entryPoint: 'f',
    visible: [],
    hidden: [],
    split: 'train' as const,
    tags: [],
  };
  const twice = async (objective: ObjectiveName, moved: number) => {
    const policy = new MovingPolicy(moved);
    const groups = [{ task, rollouts: [rollout([2, 3], 1), rollout([4], 0)] }];
    const batch = makeBatch(groups, [], config(objective), jsonFormat, characters);
    const outcome = await updatePolicy(policy, batch, config(objective), 1, new Clock());
    return { ...outcome, updates: policy.updates.map(({ rows }) => rows) };
  };

  it('is held to the first one’s log-probabilities by the graph under ppo', async () => {
    const { updates } = await twice('ppo', Math.log(2));
    expect(updates[1]?.map(({ oldLogProbs }) => oldLogProbs?.length)).toEqual([2, 1]);
    expect(updates[1]?.map(({ advantages }) => advantages)).toEqual(
      updates[0]?.map(({ advantages }) => advantages),
    );
  });

  it('has coefficients in the place of advantages otherwise, and counts what was cut', async () => {
    const { updates, metrics } = await twice('cispo', Math.log(2));
    expect(updates[1]?.some(({ oldLogProbs }) => oldLogProbs !== undefined)).toBe(false);
    updates[1]?.forEach(({ advantages }, r) =>
      advantages.forEach((c, t) => expect(c / updates[0]![r]!.advantages[t]!).toBeCloseTo(1.28, 5)),
    );
    // All three tokens in the second update, none in the first.
    expect(metrics['clip_ratio/high_mean']).toBeCloseTo(0.5, 12);
    expect(metrics['clip_ratio/high_max']).toBeCloseTo(0.5, 12);
  });

  it('has the whole ratio where it is within its bound', async () => {
    const { updates } = await twice('cispo', Math.log(1.1));
    updates[1]?.forEach(({ advantages }, r) =>
      advantages.forEach((c, t) => expect(c / updates[0]![r]!.advantages[t]!).toBeCloseTo(1.1, 5)),
    );
  });
});
