/**
 * A configuration as words of an address: the preset and what differs from it, and the
 * way back, exactly. It knows no rooms or panels and does not touch the page's address.
 */
import {
  CONFIG_VERSION,
  ConfigError,
  createConfig,
  diff,
  isConfigKey,
  parseAssignments,
  type Config,
  type ConfigOverrides,
} from '../learning/config.ts';
import { presetConfig, PRESETS, UnknownPresetError, type PresetName } from './presets.ts';

export interface Setup {
  readonly preset: PresetName;
  /** What differs from the preset on its base layer. */
  readonly overrides: ConfigOverrides;
}

/** Preset that an address without a word about it means. */
export const DEFAULT_PRESET: PresetName = 'coderl-plus';

/** An address made for another meaning of the settings. */
export class LinkVersionError extends ConfigError {
  constructor(version: string) {
    super(
      `The link was made for version ${version} of the settings; this page has version ${CONFIG_VERSION}. Its settings were left out.`,
      'v',
    );
  }
}

type Word = readonly [name: string, value: string];

/**
 * The words for a configuration: `preset`, one word for each setting that differs from
 * the preset on `base`, and the version of the settings when there are such words.
 */
export function printSetup(config: Config, preset: PresetName, base: ConfigOverrides): readonly Word[] {
  const changes = diff(config, presetConfig(preset, base)).map(({ key, to }): Word => [key, String(to)]);
  return [
    ...(preset === DEFAULT_PRESET ? [] : [['preset', preset] as const]),
    ...changes,
    ...(changes.length === 0 ? [] : [['v', String(CONFIG_VERSION)] as const]),
  ];
}

/** Whether a name in an address is one of `printSetup`'s. */
export const isSetupWord = (name: string): boolean => name === 'preset' || name === 'v' || isConfigKey(name);

/**
 * Reads what `printSetup` wrote, checked on `base`. @throws ConfigError, UnknownPresetError, LinkVersionError
 */
export function parseSetup(words: Iterable<Word>, base: ConfigOverrides): Setup {
  const all = [...words];
  const valueOf = (name: string): string | undefined => all.find(([word]) => word === name)?.[1];
  const preset = valueOf('preset') ?? DEFAULT_PRESET;
  if (!Object.hasOwn(PRESETS, preset)) throw new UnknownPresetError(preset);
  const version = valueOf('v');
  const assignments = all.filter(([name]) => isConfigKey(name)).map(([name, value]) => `${name}=${value}`);
  if (assignments.length > 0 && version !== undefined && version !== String(CONFIG_VERSION))
    throw new LinkVersionError(version);
  const overrides = parseAssignments(assignments);
  createConfig(presetConfig(preset, base), overrides); // what binds two settings
  return { preset: preset as PresetName, overrides };
}
