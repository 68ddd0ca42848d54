/**
 * Mini-batches: which rollouts each update holds, how they weigh, and what it is held to. And settings
 * without effect: with a policy whose parameters can be followed, changing one of them changes nothing.
 */
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/learning/batch.ts';
import { Clock } from '../../src/learning/clock.ts';
import {
  CONFIG_KEYS,
  SCHEMA,
  createConfig,
  type Config,
  type ConfigKey,
  type ConfigOverrides,
  type ConfigValue,
  type Setting,
} from '../../src/learning/config.ts';
import { withoutEffect } from '../../src/learning/effects.ts';
import { deal, miniBatchRows } from '../../src/learning/mini-batches.ts';
import { updateRows, type LossRollout } from '../../src/learning/normalise.ts';
import { OBJECTIVES, type ObjectiveName } from '../../src/learning/objectives/index.ts';
import { normaliseSettings } from '../../src/learning/settings.ts';
import { updatePolicy } from '../../src/learning/update.ts';
import { TablePolicy } from './table-policy.ts';

const rollout = (
  kind: 'code' | 'alignment',
  group: number,
  advantage: number,
  tokens: readonly number[],
): LossRollout => ({ kind, group, prompt: [0], tokens, advantage, finish: 'eos', rewarded: true });

/** Four code groups, one of them without advantage, and two of alignment. */
const rollouts = [
  rollout('code', 0, 1, [0, 1]),
  rollout('code', 0, -1, [2, 3, 3]),
  rollout('code', 1, 0, [1, 1]),
  rollout('code', 1, 0, [2]),
  rollout('code', 2, 2, [0, 4]),
  rollout('code', 2, -2, [1]),
  rollout('code', 3, 0.5, [4, 4, 4]),
  rollout('code', 3, -0.5, [0, 3]),
  rollout('alignment', 4, 1, [2, 2]),
  rollout('alignment', 4, -1, [3]),
  rollout('alignment', 5, 1, [1, 4]),
  rollout('alignment', 5, -1, [2, 0]),
];
const start = [0.3, -0.2, 0.1, 0.6, -0.5];
const before = TablePolicy.logProbs(start);
const batch: Batch = {
  groups: [],
  rollouts,
  sampled: rollouts.map(({ tokens }) => tokens.map((token) => before[token]!)),
  means: {},
};
const fast: ConfigOverrides = { 'optimizer.learningRate': 2, 'metrics.tokens': 'update' };

async function updated(overrides: ConfigOverrides) {
  const config = createConfig({ ...fast, ...overrides });
  const policy = new TablePolicy(start);
  const { metrics, undone } = await updatePolicy(policy, batch, config, 1, new Clock());
  expect(undone).toBeNull();
  return { policy, metrics };
}

describe('the rollouts of a batch', () => {
  it('are dealt by group in turns, each kind on its own, groups that teach first', () => {
    // Code groups in order 0, 2, 3 and then 1; alignment groups 4, 5.
    expect(deal(rollouts, 2, new Set([0, 2, 3, 4, 5]))).toEqual([
      [0, 1, 6, 7, 8, 9],
      [2, 3, 4, 5, 10, 11],
    ]);
    expect(deal(rollouts, 9, new Set([0, 2, 3, 4, 5]))).toHaveLength(4);
  });

  it('weigh in their mini-batch as if it were the batch', () => {
    const settings = normaliseSettings(createConfig());
    const [first] = miniBatchRows(rollouts, settings, 2);
    const alone = updateRows(
      [0, 1, 6, 7, 8, 9].map((index) => rollouts[index]!),
      settings,
    );
    expect(first!.map(({ row }) => row)).toEqual(alone.map(({ row }) => row));
    expect(first!.map(({ index }) => index)).toEqual([0, 1, 6, 7, 8, 9]);
    expect(miniBatchRows(rollouts, settings, 1)).toEqual([updateRows(rollouts, settings)]);
  });
});

describe.each(['all', 'update'] as const)('updates on mini-batches, metrics over tokens %s', (metrics) => {
  const old = (tokens: readonly number[]) => Float32Array.from(tokens, (token) => before[token]!);

  it.each(['shared', 'own'] as const)(
    'are held to the policy before the first of them, in every pass, with optimizers %s',
    async (optimizer) => {
      const { policy } = await updated({
        'loss.miniBatches': 2,
        'loss.iterations': 2,
        'alignment.optimizer': optimizer,
        'metrics.tokens': metrics,
      });
      expect(policy.updates).toHaveLength(optimizer === 'own' ? 8 : 4);
      policy.updates.forEach(({ rows }, u) => {
        for (const { completion, oldLogProbs } of rows)
          expect(oldLogProbs).toEqual(u === 0 ? undefined : old(completion));
      });
      // Every row once in each pass.
      const seen = policy.updates.flatMap(({ rows }) => rows);
      expect(seen).toHaveLength(20);
    },
  );

  it('let the clip act in the second of them, and count what it cut', async () => {
    const clipped = await updated({ 'loss.miniBatches': 2, 'metrics.tokens': metrics });
    const free = await updated({
      'loss.miniBatches': 2,
      'loss.clipLow': 1,
      'loss.clipHigh': 10,
      'loss.dualClip': 0,
      'metrics.tokens': metrics,
    });
    expect(clipped.policy.logits).not.toEqual(free.policy.logits);
    expect(clipped.metrics['clip_ratio/region_mean']).toBeGreaterThan(0);
    expect(free.metrics['clip_ratio/region_mean']).toBe(0);
    const whole = await updated({ 'metrics.tokens': metrics });
    expect(whole.metrics['clip_ratio/region_mean']).toBe(0);
  });
});

describe('every objective', () => {
  const logitsOf = async (overrides: ConfigOverrides) => (await updated(overrides)).policy.logits;
  const names = Object.keys(OBJECTIVES) as ObjectiveName[];

  it('is the same with one update, and another with mini-batches', async () => {
    const once = await Promise.all(names.map((name) => logitsOf({ 'loss.objective': name })));
    once.forEach((logits) => expect(logits).toEqual(once[0]));
    const split = await Promise.all(
      names.map((name) => logitsOf({ 'loss.objective': name, 'loss.miniBatches': 3 })),
    );
    expect(new Set(split.map((logits) => JSON.stringify(logits))).size).toBe(names.length);
  });
});

describe('a setting without effect', () => {
  /** Every other choice; a number a little larger and one a little smaller, where the range has them. */
  function others(key: ConfigKey, value: ConfigValue): ConfigValue[] {
    const setting: Setting = SCHEMA[key];
    if (setting.type === 'boolean') return [!(value as boolean)];
    if (setting.type === 'choice') return setting.choices.filter((choice) => choice !== value);
    if (setting.type === 'text')
      return key === 'reward.functions' ? ['def own_reward(*a):\n    return 1'] : ['tests_reward=2'];
    const step = setting.type === 'integer' ? 1 : Math.max(0.05, Math.abs(value as number) / 2);
    return [(value as number) + step, (value as number) - step].filter(
      (next) => next >= setting.min && next <= setting.max,
    );
  }
  /** Keys that the update of a batch reads. */
  const read = CONFIG_KEYS.filter((key) => /^(loss|sapo|kl)\.|^alignment\.(weight|optimizer)$/.test(key));
  const bases: readonly ConfigOverrides[] = [
    {},
    { 'loss.miniBatches': 3 },
    { 'loss.iterations': 2, 'kl.coefficient': 0.1, 'alignment.prompts': 2 },
    ...(Object.keys(OBJECTIVES) as ObjectiveName[]).map((name): ConfigOverrides => ({
      'loss.miniBatches': 3,
      'loss.objective': name,
      'alignment.prompts': 2,
      'loss.normalisation': 'token-mean',
    })),
    { 'loss.normalisation': 'constant', 'entropy.coefficient': 0.1 },
  ];
  /** Where there are no alignment prompts, there are no rollouts of that kind. */
  const kinds = (config: Config): Batch => {
    const kept = rollouts.filter(({ kind }) => kind === 'code' || config['alignment.prompts'] > 0);
    return { ...batch, rollouts: kept, sampled: batch.sampled.slice(0, kept.length) };
  };
  async function learned(config: Config): Promise<string> {
    const policy = new TablePolicy(start);
    const { metrics } = await updatePolicy(policy, kinds(config), config, 1, new Clock());
    return JSON.stringify([policy.logits, metrics]);
  }

  it.each(bases)('changes nothing beside %j', async (base) => {
    const config = createConfig(fast, base);
    const standing = await learned(config);
    let idle = 0;
    for (const key of read.filter((name) => withoutEffect(name, config).length > 0)) {
      idle++;
      for (const value of others(key, config[key])) {
        let changed: Config;
        try {
          changed = createConfig(config, { [key]: value } as ConfigOverrides);
        } catch {
          continue; // the two do not go together
        }
        expect(await learned(changed), `${key}=${value}`).toBe(standing);
      }
    }
    expect(idle).toBeGreaterThan(0);
  });

  it('is told with what keeps it from one', () => {
    const config = createConfig();
    expect(withoutEffect('loss.clipHigh', config)).toEqual(['loss.miniBatches', 'loss.iterations']);
    expect(withoutEffect('loss.clipHigh', createConfig({ 'loss.miniBatches': 2 }))).toEqual([]);
    const sapo = createConfig({ 'loss.miniBatches': 2, 'loss.objective': 'sapo' });
    expect(withoutEffect('loss.clipHigh', sapo)).toEqual(['loss.objective']);
    expect(withoutEffect('sapo.positive', sapo)).toEqual([]);
    expect(withoutEffect('kl.on', config)).toEqual(['kl.coefficient']);
    expect(withoutEffect('optimizer.learningRate', config)).toEqual([]);
  });
});
