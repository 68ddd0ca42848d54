import { describe, expect, it } from 'vitest';
import {
  CONFIG_KEYS,
  ConfigError,
  DEFAULTS,
  SCHEMA,
  changeWhileRunning,
  createConfig,
  diff,
  nearestKey,
  parseAssignment,
  parseAssignments,
  readConfig,
} from '../../src/learning/config.ts';
import { withoutEffect } from '../../src/learning/effects.ts';
import { PRESETS, UnknownPresetError, presetConfig } from '../../src/experiment/presets.ts';

describe('configuration', () => {
  it('has a default inside its own range for every setting', () => {
    for (const key of CONFIG_KEYS)
      expect(createConfig({ [key]: SCHEMA[key].default })[key]).toBe(DEFAULTS[key]);
  });

  it('has one sentence of help for every setting', () => {
    for (const key of CONFIG_KEYS) expect(SCHEMA[key].help, key).toMatch(/^\S.{10,}\.$/);
  });

  it('reads assignments by the type of the setting', () => {
    expect(parseAssignment('optimizer.learningRate=1e-3')).toEqual({
      key: 'optimizer.learningRate',
      value: 1e-3,
    });
    expect(parseAssignment('eval.baseline=false')).toEqual({ key: 'eval.baseline', value: false });
    expect(parseAssignment('records.source = all')).toEqual({ key: 'records.source', value: 'all' });
    expect(parseAssignments(['steps=3', 'steps=4'])).toEqual({ steps: 4 });
  });

  it.each([
    ['optimizer.learnrate=1', /did you mean "optimizer.learningRate"/],
    ['learningRate=1', /did you mean "optimizer.learningRate"/],
    ['seed', /Expected key=value/],
    ['seed=', /whole number/],
    ['seed=1.5', /whole number/],
    ['seed=-1', /from 0 to/],
    ['loss.dualClip=0.5', /"loss.dualClip" is 0 \(off\) or above 1, got/],
    ['loss.dualClip=1', /is 0 \(off\) or above 1/],
    ['seed=NaN', /whole number/],
    ['seed=1e999', /whole number/],
    ['eval.baseline=yes', /true or false/],
    ['records.source=none', /one of failed, passed, all/],
    ['=1', /Expected key=value/],
    ['__proto__=1', /Unknown setting/],
  ])('refuses %s with an error that names the place', (text, message) => {
    expect(() => parseAssignment(text)).toThrow(ConfigError);
    expect(() => parseAssignment(text)).toThrow(message);
  });

  it('names no neighbour for a key that resembles none', () => {
    expect(nearestKey('zzzzzzzzzzzzzzzz')).toBeUndefined();
  });

  it('refuses settings that do not go together', () => {
    expect(() => createConfig({ 'eval.k': 9, 'eval.samples': 8 })).toThrow(/eval.k/);
    expect(() => createConfig({ 'alignment.reward': 'line', 'alignment.format': 'json' })).toThrow(
      /trajectory/,
    );
  });

  it('changes during a run only what may change', () => {
    expect(changeWhileRunning(DEFAULTS, 'optimizer.learningRate', 1e-4)['optimizer.learningRate']).toBe(1e-4);
    expect(() => changeWhileRunning(DEFAULTS, 'seed', 2)).toThrow(/cannot change during a run/);
  });

  it('survives a round trip through JSON and refuses what is not a configuration', () => {
    const config = presetConfig('coderl-plus', { seed: 7 });
    expect(readConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
    for (const data of [null, 3, [], 'x', { sed: 1 }, { seed: '1' }])
      expect(() => readConfig(data)).toThrow(ConfigError);
  });
});

describe('presets', () => {
  it('say what differs from them', () => {
    const preset = presetConfig('coderl-plus');
    expect(diff(presetConfig('coderl-plus', { steps: 10, seed: 1 }), preset)).toEqual([
      { key: 'steps', from: 60, to: 10 },
    ]);
  });

  it('give both arms the same code rollouts', () => {
    const arms = [presetConfig('rlvr'), presetConfig('coderl-plus')];
    expect(arms.map((c) => c['code.prompts'] * c['code.groupSize'])).toEqual([128, 128]);
    expect(arms.map((c) => c['alignment.prompts'] * c['alignment.groupSize'])).toEqual([0, 128]);
  });

  it('of the equal-total pair give both arms the same rollouts in all', () => {
    const total = (name: string) => {
      const c = presetConfig(name);
      return c['code.prompts'] * c['code.groupSize'] + c['alignment.prompts'] * c['alignment.groupSize'];
    };
    expect(total('rlvr-equal-total')).toBe(256);
    expect(presetConfig('coderl-plus-equal-total')['code.prompts']).toBe(16);
    expect(total('coderl-plus-equal-total')).toBe(256);
    expect(presetConfig('coderl-plus-equal-total')['alignment.fill']).toBe('code');
  });

  it.each(['grpo', 'ppo', 'reinforce++', 'dapo'])(
    '%s with CodeRL+ adds alignment rollouts and changes nothing else of it',
    (name) => {
      const [plain, aligned] = [presetConfig(name), presetConfig(`${name}-coderl-plus`)];
      const changed = diff(aligned, plain).map(({ key }) => key);
      expect(changed).toContain('alignment.prompts');
      expect(changed.filter((key) => !key.startsWith('alignment.'))).toEqual([]);
      // Bounds on the ratio act in it.
      expect(withoutEffect('loss.clipHigh', plain)).toEqual([]);
    },
  );

  it('dapo has the four parts of its paper (arXiv 2503.14476)', () => {
    expect(presetConfig('dapo')).toMatchObject({
      'loss.clipLow': 0.2,
      'loss.clipHigh': 0.28,
      'loss.normalisation': 'token-mean',
      'kl.coefficient': 0,
    });
    expect(presetConfig('dapo')['code.refills']).toBeGreaterThan(0);
    // 4096 of 16384 + 4096 tokens.
    expect(presetConfig('dapo')['code.overlongCache']).toBe(
      Math.round(presetConfig('dapo')['code.maxNewTokens'] / 5),
    );
  });

  it('are all valid, and an unknown one is named with those there are', () => {
    for (const name of Object.keys(PRESETS)) expect(presetConfig(name).seed).toBe(1);
    expect(() => presetConfig('q-learning')).toThrow(UnknownPresetError);
    expect(() => presetConfig('q-learning')).toThrow(/rlvr, coderl-plus/);
    expect(() => presetConfig('toString')).toThrow(UnknownPresetError);
  });
});
