/**
 * Every setting of a run either reaches TRL and verl or is named as one that does not: for each,
 * another value makes another file. And the values under their names are those of their documentation.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOP_KEYS } from '../../../src/experiment/export/loop-files.ts';
import { loopPackage } from '../../../src/experiment/export/loop-package.ts';
import { lostInTrl, lostInVerl } from '../../../src/experiment/export/lost.ts';
import { runData } from '../../../src/experiment/export/run-data.ts';
import { trlFiles } from '../../../src/experiment/export/trl.ts';
import { verlFiles } from '../../../src/experiment/export/verl.ts';
import { presetConfig } from '../../../src/experiment/presets.ts';
import {
  CONFIG_KEYS,
  SCHEMA,
  createConfig,
  type Config,
  type ConfigKey,
  type ConfigOverrides,
  type ConfigValue,
  type Setting,
} from '../../../src/learning/config.ts';
import { withoutEffect } from '../../../src/learning/effects.ts';
import { OBJECTIVES, type Objective, type ObjectiveName } from '../../../src/learning/objectives/index.ts';
import { aRun, theTasks } from './a-run.ts';

const run = runData(aRun());
/** What is the same for every run tells nothing. */
const whole = (files: ReadonlyMap<string, string>): string =>
  [...files].filter(([path]) => !path.startsWith('tracewise_rl/')).join('\n');
const exporters = {
  TRL: (config: Config) => whole(trlFiles({ ...run, config }, theTasks)),
  verl: (config: Config) => whole(verlFiles({ ...run, config }, theTasks)),
};

/** Every other choice; a number a little larger and one a little smaller, where the range has them. */
function others(key: ConfigKey, value: ConfigValue): ConfigValue[] {
  const setting: Setting = SCHEMA[key];
  if (setting.type === 'boolean') return [!(value as boolean)];
  if (setting.type === 'choice') return setting.choices.filter((choice) => choice !== value);
  if (setting.type === 'text')
    return key === 'reward.functions' ? ['def own_reward(*a):\n    return 1'] : ['tests_reward=2'];
  const step = setting.type === 'integer' ? 1 : Math.max(1e-9, Math.abs(value as number) / 3);
  return [(value as number) + step, (value as number) - step].filter(
    (next) => next >= setting.min && next <= setting.max,
  );
}

/** All kinds of rollouts and terms, under three ways of estimating and normalising. */
const bases: readonly ConfigOverrides[] = [
  { 'alignment.weight': 0.4, 'alignment.optimizer': 'shared' },
  { 'loss.normalisation': 'constant', 'advantage.estimator': 'reinforce++' },
  { 'loss.normalisation': 'token-mean', 'advantage.estimator': 'gdpo', 'loss.truncated': 'mask' },
  // With more than one update on a batch, objectives and what they read have an effect.
  ...Object.keys(OBJECTIVES).map((name) => ({ 'loss.objective': name, 'loss.miniBatches': 4 })),
].map((base): ConfigOverrides => ({
  'kl.coefficient': 0.1,
  'entropy.coefficient': 0.01,
  'loss.dualClip': 3,
  'eval.k': 4,
  ...(base as ConfigOverrides),
}));

describe.each(Object.keys(exporters) as (keyof typeof exporters)[])('for %s', (name) => {
  const exported = exporters[name];

  test.each(CONFIG_KEYS)('%s is passed on or named', (key) => {
    for (const base of bases) {
      const config = presetConfig('coderl-plus', base);
      for (const value of others(key, config[key])) {
        let changed: Config;
        try {
          changed = createConfig(config, { [key]: value } as ConfigOverrides);
        } catch {
          continue; // the two do not go together
        }
        // What has no effect in either is neither passed on nor lost.
        if (withoutEffect(key, config).length > 0 && withoutEffect(key, changed).length > 0) continue;
        expect(exported(changed) === exported(config), `${key}=${value} beside ${JSON.stringify(base)}`).toBe(
          false,
        );
      }
    }
  });
});

describe('the settings that the loop is given', () => {
  const sources = [...loopPackage]
    .flatMap(([path, text]) => (path.includes('/harness/') ? [] : [text]))
    .join('\n');

  test.each(LOOP_KEYS)('%s is read by the package under its name', (key) => {
    expect(sources).toMatch(
      new RegExp(`(settings|limits)\\["${key}"\\]|\\(("sandbox\\.\\w+", )*"${key}"[,)]`),
    );
  });

  test('are all that the package reads', () => {
    const read = [...sources.matchAll(/settings\["([^"]+)"\]/g)].map(([, key]) => key!);
    expect(read.filter((key) => !(LOOP_KEYS as readonly string[]).includes(key))).toEqual([]);
    expect(read.length).toBeGreaterThan(20);
  });
});

describe('what verl is given', () => {
  const given = (overrides: ConfigOverrides): string => exporters.verl(presetConfig('rlvr', overrides));

  test('AdamW’s own numbers, quoted for the shell', () => {
    const text = given({
      'optimizer.beta1': 0.8,
      'optimizer.beta2': 0.97,
      'optimizer.weightDecay': 0.02,
      'optimizer.eps': 1e-7,
    });
    expect(text).toContain('  actor_rollout_ref.actor.optim.betas="[0.8,0.97]" \\\n');
    expect(text).toContain('  actor_rollout_ref.actor.optim.weight_decay=0.02 \\\n');
    expect(text).toContain('  actor_rollout_ref.actor.optim.override_optimizer_config="{eps: 1e-7}" \\\n');
  });

  test('no dual clip where the run had none, though verl’s default is 3', () => {
    expect(given({ 'loss.dualClip': 0 })).toMatch(/clip_ratio_c=1000000000 /);
    expect(given({ 'loss.dualClip': 5 })).toMatch(/clip_ratio_c=5 /);
  });

  test.each([
    ['k1', 'kl'],
    ['k2', 'mse'],
    ['k3', 'low_var_kl'],
  ] as const)('the estimator %s under its name there', (ours, theirs) => {
    expect(given({ 'kl.coefficient': 0.1, 'kl.estimator': ours })).toContain(`kl_loss_type=${theirs} `);
  });

  test('notes where verl averages otherwise, and none where it averages as asked', () => {
    const said = (loss: ConfigOverrides) =>
      lostInVerl(createConfig({ 'loss.miniBatches': 2, ...loss })).join('\n');
    const constant = { 'loss.normalisation': 'constant' } as const;
    expect(said({ ...constant, 'loss.objective': 'sapo' })).toMatch(
      /^loss\.normalisation constant beside sapo/m,
    );
    // Of 0.9 on, its GSPO averages by loss_agg_mode, and a batch's constant is that of all its rollouts.
    for (const name of ['gspo', 'ppo'] as const)
      expect(said({ ...constant, 'loss.objective': name })).not.toMatch(/^loss\.normalisation/m);
  });

  test('a note about GDPO and about masked completions', () => {
    const said = lostInVerl(
      presetConfig('rlvr', {
        'advantage.estimator': 'gdpo',
        'loss.truncated': 'mask',
        'entropy.coefficient': 1,
      }),
    ).join('\n');
    expect(said).toMatch(/^advantage\.estimator gdpo; verl’s own wants.*grpo is used: it normalises/m);
    expect(said).toMatch(/^loss\.truncated mask;/m);
    expect(said).not.toMatch(/TRL/);
  });
});

describe('objectives and mini-batches', () => {
  const of = (overrides: ConfigOverrides): ConfigOverrides => ({
    steps: 10,
    'loss.miniBatches': 4,
    ...overrides,
  });

  test('are TRL’s, with optimizer steps counted as it counts them', () => {
    const given = (overrides: ConfigOverrides): string => exporters.TRL(presetConfig('rlvr', of(overrides)));
    // 16 prompts: 4 in each of 4 updates a batch, 40 in 10 batches.
    const text = given({ 'loss.objective': 'gspo', 'loss.normalisation': 'sequence-mean' });
    expect(text).toMatch(/^importance_sampling_level: "sequence"$/m);
    expect(text).toMatch(/^loss_type: "grpo"$/m);
    expect(text).toMatch(/^gradient_accumulation_steps: 4$/m);
    expect(text).toMatch(/^steps_per_generation: 16$/m);
    expect(text).toMatch(/^max_steps: 40$/m);
    const cispo = given({
      'loss.objective': 'cispo',
      'loss.clipHigh': 4,
      'loss.normalisation': 'token-mean',
    });
    // TRL clamps the ratio at epsilon_high itself.
    expect(cispo).toMatch(/^epsilon_high: 5$/m);
    expect(cispo).toMatch(/^loss_type: "cispo"$/m);
    expect(given({ 'loss.objective': 'sapo', 'sapo.negative': 1.1 })).toMatch(
      /^sapo_temperature_neg: 1\.1$/m,
    );
    expect(given({ 'loss.objective': 'reinforce' })).toMatch(
      /^# Not carried over: loss\.objective reinforce;/m,
    );
  });

  test('are verl’s', () => {
    const given = (overrides: ConfigOverrides): string => exporters.verl(presetConfig('rlvr', of(overrides)));
    expect(given({ 'loss.objective': 'gspo' })).toMatch(/policy_loss\.loss_mode=gspo /);
    expect(given({})).toMatch(/ppo_mini_batch_size=4 /);
    expect(given({ 'loss.objective': 'cispo' })).toMatch(/clip_ratio_low=1 /);
    expect(given({ 'loss.objective': 'sapo' })).toMatch(/actor\.tau_neg=1\.05 /);
    expect(given({ 'loss.miniBatches': 3 })).toMatch(/3 do not divide 16 prompts/);
  });
});

describe('an objective that neither TRL nor verl has', () => {
  const registry: Record<string, Objective> = OBJECTIVES;
  const madeUp = 'made-up' as ObjectiveName;
  beforeAll(() => {
    registry[madeUp] = { ...OBJECTIVES.cispo, elsewhere: { trl: null, verl: null } };
  });
  afterAll(() => {
    delete registry[madeUp];
  });
  const config = (miniBatches: number): Config => ({
    ...presetConfig('rlvr', { 'loss.miniBatches': miniBatches }),
    'loss.objective': madeUp,
  });

  test('is named in NOT-CARRIED.md, and the clipped loss stands in its place', () => {
    const files = {
      TRL: trlFiles({ ...run, config: config(4) }, theTasks),
      verl: verlFiles({ ...run, config: config(4) }, theTasks),
    };
    for (const [trainer, of] of Object.entries(files))
      expect(of.get('NOT-CARRIED.md')).toContain(
        `loss.objective made-up; ${trainer} lacks it, its clipped loss is used.`,
      );
    expect(files.TRL.get('grpo.yaml')).toMatch(/^loss_type: "dapo"$/m);
    expect(files.verl.get('launch.sh')).toMatch(/policy_loss\.loss_mode=vanilla /);
  });

  test('is not lost where one update a batch makes all objectives the same', () => {
    for (const lost of [lostInTrl, lostInVerl])
      expect(lost(config(1)).join()).not.toContain('loss.objective');
  });

  test.each(['ppo', 'cispo', 'gspo', 'sapo'] as const)('%s, which they have, is not named', (objective) => {
    const both = [lostInTrl, lostInVerl].flatMap((lost) =>
      lost({ ...config(4), 'loss.objective': objective }),
    );
    expect(both.join()).not.toContain('loss.objective');
  });
});

describe('what TRL is given', () => {
  test('a note that no estimator of its is reinforce++-baseline', () => {
    const config = presetConfig('rlvr', { 'advantage.estimator': 'reinforce++-baseline' });
    expect(lostInTrl(config).join('\n')).toMatch(
      /^advantage\.estimator reinforce\+\+-baseline; scale_rewards batch/m,
    );
  });

  test('the entropy bonus under its name', () => {
    expect(exporters.TRL(presetConfig('rlvr', { 'entropy.coefficient': 0.02 }))).toMatch(
      /^entropy_coef: 0\.02$/m,
    );
    expect(exporters.TRL(presetConfig('rlvr'))).not.toContain('entropy_coef:');
  });
});
