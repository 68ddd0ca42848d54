/**
 * A run's configuration: plain data with dotted keys, checked against the table in config-schema.ts.
 * Presets are overrides layered on the defaults; their names and contents are in src/experiment/presets.ts.
 */
import { oneLine, shown } from '../base/shown.ts';
import { SCHEMA, type ConfigKey, type Schema } from './config-schema.ts';
import { rewardProblem } from './reward-settings.ts';
import type { Setting } from './setting.ts';

export { CONFIG_VERSION, SCHEMA, type ConfigKey } from './config-schema.ts';
export type { Setting } from './setting.ts';

type ValueOf<S> = S extends { type: 'choice'; choices: readonly (infer T)[] }
  ? T
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'text' }
      ? string
      : number;

export type Config = { readonly [K in ConfigKey]: ValueOf<Schema[K]> };
export type ConfigOverrides = Partial<Config>;
/** How an answer about a program is rewarded (rewards.ts). */
export type RewardForm = Config['alignment.reward'];
export type ConfigValue = number | boolean | string;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly advice = 'Nothing was changed. Correct the setting, or leave it out for its default.';
  /** The key at fault, or the text that was to be `key=value`. */
  readonly key: string;
  /** The known key that looks most like an unknown one. */
  readonly nearest: string | undefined;
  constructor(message: string, key: string, nearest?: string) {
    super(oneLine(message));
    this.key = key;
    this.nearest = nearest;
  }
}

export const CONFIG_KEYS = Object.keys(SCHEMA) as readonly ConfigKey[];

export const DEFAULTS: Config = Object.freeze(
  Object.fromEntries(CONFIG_KEYS.map((key) => [key, SCHEMA[key].default])),
) as Config;

/** Forms whose advantage differs within an answer: by line or by token (credit.ts). */
export function hasCreditWithin(form: RewardForm): boolean {
  return form === 'line' || form === 'token';
}

export function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(SCHEMA, key);
}

/** Layers overrides on the defaults, later ones win; every key and value is checked. @throws ConfigError */
export function createConfig(...layers: readonly ConfigOverrides[]): Config {
  const merged: Record<string, ConfigValue> = { ...DEFAULTS };
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) merged[key] = checkValue(key, value);
  }
  const config = merged as Config;
  checkTogether(config);
  return Object.freeze(config);
}

/** Reads one `key=value`, as given on the command line or in an address. @throws ConfigError */
export function parseAssignment(text: string): { readonly key: ConfigKey; readonly value: ConfigValue } {
  const at = text.indexOf('=');
  if (at < 1) throw new ConfigError(`Expected key=value, got ${shown(text)}.`, text, nearestKey(text));
  const key = text.slice(0, at).trim();
  const setting = settingOf(key);
  return { key: key as ConfigKey, value: parseValue(key, setting, text.slice(at + 1).trim()) };
}

/** All assignments as one layer; the last of two for one key wins. @throws ConfigError */
export function parseAssignments(texts: readonly string[]): ConfigOverrides {
  return Object.fromEntries(
    texts.map((text) => {
      const { key, value } = parseAssignment(text);
      return [key, value];
    }),
  ) as ConfigOverrides;
}

/** Checks any JSON value as a complete or partial configuration, e.g. from a file. @throws ConfigError */
export function readConfig(data: unknown): Config {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new ConfigError('A configuration is an object of settings.', '');
  }
  return createConfig(data as ConfigOverrides);
}

/**
 * The keys in which a configuration differs from a preset (or another configuration),
 * in the order of the schema.
 */
export function diff(
  config: Config,
  preset: Config,
): readonly { key: ConfigKey; from: ConfigValue; to: ConfigValue }[] {
  return CONFIG_KEYS.filter((key) => config[key] !== preset[key]).map((key) => ({
    key,
    from: preset[key],
    to: config[key],
  }));
}

/**
 * The configuration with one key changed, as a running experiment may change it.
 * @throws ConfigError when the key is fixed for a run
 */
export function changeWhileRunning(config: Config, key: string, value: ConfigValue): Config {
  if (!settingOf(key).runtime) {
    throw new ConfigError(`"${key}" cannot change during a run; start a new run with it.`, key);
  }
  return createConfig(config, { [key]: value } as ConfigOverrides);
}

function settingOf(key: string): Setting {
  if (isConfigKey(key)) return SCHEMA[key];
  const nearest = nearestKey(key);
  throw new ConfigError(
    `Unknown setting ${shown(key)}${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
    key,
    nearest,
  );
}

function parseValue(key: string, setting: Setting, text: string): ConfigValue {
  if (setting.type === 'boolean') {
    if (text !== 'true' && text !== 'false')
      throw new ConfigError(`"${key}" is true or false, got ${shown(text)}.`, key);
    return text === 'true';
  }
  if (setting.type === 'choice' || setting.type === 'text') return checkValue(key, text);
  const value = text === '' ? Number.NaN : Number(text);
  return checkValue(key, value, text);
}

function checkValue(key: string, value: unknown, given: unknown = value): ConfigValue {
  const setting = settingOf(key);
  const got = `got ${shown(given)}`;
  switch (setting.type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw new ConfigError(`"${key}" is true or false, ${got}.`, key);
      return value;
    case 'choice':
      if (typeof value !== 'string' || !setting.choices.includes(value)) {
        throw new ConfigError(`"${key}" is one of ${setting.choices.join(', ')}; ${got}.`, key);
      }
      return value;
    case 'text':
      if (typeof value !== 'string' || value.length > setting.longest)
        throw new ConfigError(`"${key}" is a text of at most ${setting.longest} characters, ${got}.`, key);
      return value.trim();
    default: {
      const { min, max, above, type } = setting;
      const kind = type === 'integer' ? 'a whole number' : 'a number';
      const fits = typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
      if (!fits || (type === 'integer' && !Number.isInteger(value))) {
        throw new ConfigError(`"${key}" is ${kind} from ${min} to ${max}, ${got}.`, key);
      }
      if (above !== undefined && value !== min && value <= above) {
        throw new ConfigError(`"${key}" is ${min} (off) or above ${above}, ${got}.`, key);
      }
      // No setting is minus zero, which JSON would turn into another number than it is.
      return value === 0 ? 0 : value;
    }
  }
}

/** Rules that bind two keys. */
function checkTogether(config: Config): void {
  if (config['eval.k'] > config['eval.samples']) {
    throw new ConfigError(
      `"eval.k" (${config['eval.k']}) needs at least as many samples; "eval.samples" is ${config['eval.samples']}.`,
      'eval.k',
    );
  }
  const reward = rewardProblem(config);
  if (reward !== null) throw new ConfigError(`"${reward.key}" ${reward.message}.`, reward.key);
  const form = config['alignment.reward'];
  const trajectory = form === 'prefix' || hasCreditWithin(form);
  if (trajectory && config['alignment.format'] !== 'trace') {
    throw new ConfigError(
      `"alignment.reward" ${config['alignment.reward']} grades a trajectory and needs "alignment.format" trace.`,
      'alignment.reward',
    );
  }
}

/** The known key with the smallest edit distance, when it is near enough to be meant. */
export function nearestKey(key: string): ConfigKey | undefined {
  let best: ConfigKey | undefined;
  let bestDistance = Infinity;
  for (const known of CONFIG_KEYS) {
    // The last part alone is what people remember: `learningRate` means `optimizer.learningRate`.
    const tail = known.slice(known.lastIndexOf('.') + 1);
    const distance = Math.min(editDistance(key, known), editDistance(key, tail) + 0.5);
    if (distance < bestDistance) [best, bestDistance] = [known, distance];
  }
  return bestDistance <= Math.max(3, Math.min(key.length, longestCompared) / 2) ? best : undefined;
}

const longestCompared = 80;

function editDistance(a: string, b: string): number {
  const x = a.slice(0, longestCompared).toLowerCase();
  const y = b.toLowerCase();
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      const swap = (row[j - 1] ?? 0) + (x[i - 1] === y[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[y.length] ?? 0;
}
