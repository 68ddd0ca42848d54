import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_KEYS,
  ConfigError,
  createConfig,
  SCHEMA,
  type ConfigOverrides,
  type Setting,
} from '../../src/learning/config.ts';
import { presetConfig, PRESETS, type PresetName } from '../../src/experiment/presets.ts';
import { isSetupWord, parseSetup, printSetup } from '../../src/experiment/sharing.ts';

const BASE: ConfigOverrides = { 'eval.tasks': 40, 'eval.samples': 4, 'eval.k': 4 };

function valueOf(setting: Setting): fc.Arbitrary<number | boolean | string> {
  switch (setting.type) {
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...setting.choices);
    case 'integer':
      return fc.integer({ min: setting.min, max: setting.max });
    case 'text':
      // Any text is no reward function; what binds the two settings is tested where they are.
      return fc.constant('');
    case 'number':
      return fc.double({ min: setting.min, max: setting.max, noNaN: true });
  }
}

const layer = fc
  .subarray([...CONFIG_KEYS])
  .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, valueOf(SCHEMA[key])]))))
  .map((values) => values as ConfigOverrides);
const presets = fc.constantFrom(...(Object.keys(PRESETS) as PresetName[]));

/** A whole configuration, or null when two of its settings do not go together. */
function built(preset: PresetName, overrides: ConfigOverrides) {
  try {
    return createConfig(presetConfig(preset, BASE), overrides);
  } catch {
    return null;
  }
}

describe('a shared link', () => {
  it('restores every configuration exactly, through a real address', () => {
    fc.assert(
      fc.property(presets, layer, (preset, overrides) => {
        const config = built(preset, overrides);
        fc.pre(config !== null);
        const address = new URL('https://example.org/');
        for (const [name, value] of printSetup(config, preset, BASE))
          address.searchParams.append(name, value);
        const setup = parseSetup(new URL(address.href).searchParams, BASE);
        expect(setup.preset).toBe(preset);
        expect(createConfig(presetConfig(setup.preset, BASE), setup.overrides)).toEqual(config);
      }),
      { numRuns: 300 },
    );
  });

  it('says nothing of what is as it would be anyway', () => {
    expect(printSetup(presetConfig('coderl-plus', BASE), 'coderl-plus', BASE)).toEqual([]);
    expect(printSetup(presetConfig('rlvr', BASE, { seed: 4 }), 'rlvr', BASE)).toEqual([
      ['preset', 'rlvr'],
      ['seed', '4'],
      ['v', '1'],
    ]);
  });

  it('leaves words of others alone', () => {
    expect(parseSetup(new URLSearchParams('room=play&seed=2&device=wasm'), BASE).overrides).toEqual({
      seed: 2,
    });
    expect(['room', 'device', 'hide', 'embed', 'run', 'lang'].some(isSetupWord)).toBe(false);
  });

  it.each(['preset=nonsense', 'seed=many', 'code.groupSize=1', 'seed=2&v=99', 'eval.k=9'])(
    'that makes no sense is refused: %s',
    (query) => {
      expect(() => parseSetup(new URLSearchParams(query), BASE)).toThrow(ConfigError);
    },
  );
});
