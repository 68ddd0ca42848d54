/**
 * An experiment as words of an address, and the way back, exactly: hypothesis, arms, seeds, and the settings
 * that all arms share. `hypothesis=...&arm=RLVR=rlvr&arm=own=coderl-plus,alignment.weight=0.5&seeds=51-55&
 * shared=steps=60&lab=1`. It knows no page and runs nothing.
 */
import {
  CONFIG_VERSION,
  ConfigError,
  parseAssignments,
  type ConfigKey,
  type ConfigOverrides,
} from '../learning/config.ts';
import { armConfig, type Arm } from './experiment.ts';
import { PRESETS, UnknownPresetError } from './presets.ts';
import { LinkVersionError } from './sharing.ts';

/** Fewer arms cannot be compared; more, and more seeds, are more than a page shows or runs. */
export const ARMS = { min: 2, max: 8 } as const;
export const SEEDS = { min: 1, max: 20 } as const;
/** The largest seed there is. */
export const LAST_SEED = 2 ** 31 - 1;
export const LONGEST_HYPOTHESIS = 2000;
/** Names of arms are file names as well. */
export const ARM_NAME = /^[\p{L}\p{N}.+-]+$/u;

export interface SharedExperiment {
  /** In free words; empty: nothing was said. */
  readonly hypothesis: string;
  readonly arms: readonly Arm[];
  /** Rising, each once. */
  readonly seeds: readonly number[];
  /** Layered on every arm. */
  readonly overrides: ConfigOverrides;
}

type LinkWord = readonly [name: string, value: string];

const NAMES: readonly string[] = ['hypothesis', 'arm', 'seeds', 'shared', 'lab'];

/** Whether a name in an address is one of `printExperiment`'s. */
export const isExperimentWord = (name: string): boolean => NAMES.includes(name);

const settings = (overrides: ConfigOverrides): string[] =>
  Object.entries(overrides).map(([key, value]) => `${key}=${String(value)}`);

export function printExperiment({
  hypothesis,
  arms,
  seeds,
  overrides,
}: SharedExperiment): readonly LinkWord[] {
  return [
    ...(hypothesis === '' ? [] : [['hypothesis', hypothesis] as const]),
    ...arms.map(
      (arm) => ['arm', [`${arm.name}=${arm.preset}`, ...settings(arm.overrides)].join(',')] as const,
    ),
    ['seeds', printSeeds(seeds)],
    ...settings(overrides).map((text) => ['shared', text] as const),
    ['lab', String(CONFIG_VERSION)],
  ];
}

/**
 * Reads what `printExperiment` wrote; null where an address says no arms.
 * @throws ConfigError, UnknownPresetError, LinkVersionError naming what does not fit
 */
export function parseExperiment(words: Iterable<LinkWord>): SharedExperiment | null {
  const all = [...words];
  const valuesOf = (name: string) => all.filter(([word]) => word === name).map(([, value]) => value);
  const texts = valuesOf('arm');
  if (texts.length === 0) return null;
  const [version] = valuesOf('lab');
  if (version !== undefined && version !== String(CONFIG_VERSION)) throw new LinkVersionError(version);
  if (texts.length < ARMS.min || texts.length > ARMS.max)
    throw new ConfigError(`The link has ${texts.length} arms; there are ${ARMS.min} to ${ARMS.max}.`, 'arm');
  const arms = texts.map(parseArm);
  const names = arms.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError(`Two arms of the link are named "${twice}".`, 'arm');
  const seeds = parseSeeds(valuesOf('seeds')[0] ?? `1-3`);
  const overrides = parseAssignments(valuesOf('shared'));
  if ('seed' in overrides) throw new ConfigError('The seeds of a link are said by "seeds".', 'seed');
  const hypothesis = (valuesOf('hypothesis')[0] ?? '').slice(0, LONGEST_HYPOTHESIS);
  // What binds two settings.
  for (const arm of arms) armConfig({ title: '', arms, seeds, overrides }, arm, seeds[0]!);
  return { hypothesis, arms, seeds, overrides };
}

/** The words as the query of an address, and an experiment from one. @throws as `parseExperiment` */
export const experimentQuery = (words: readonly LinkWord[]): string =>
  new URLSearchParams(words.map(([name, value]) => [name, value])).toString();
export const parseExperimentQuery = (query: string): SharedExperiment | null =>
  parseExperiment(new URLSearchParams(query));

function parseArm(text: string): Arm {
  const [head = '', ...rest] = text.split(',');
  const at = head.indexOf('=');
  const [name, preset] = [head.slice(0, at), head.slice(at + 1)];
  if (at < 1 || !ARM_NAME.test(name))
    throw new ConfigError(`An arm is NAME=PRESET,key=value,...; got "${text}".`, 'arm');
  if (!Object.hasOwn(PRESETS, preset)) throw new UnknownPresetError(preset);
  return { name, preset, overrides: parseAssignments(rest) };
}

/** `1-3,7`. */
export function printSeeds(seeds: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const seed of seeds) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === seed - 1) last[1] = seed;
    else parts.push([seed, seed]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** @throws ConfigError naming the part that is no seed, or how many seeds there may be */
export function parseSeeds(text: string): readonly number[] {
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^\s*(\d{1,10})(?:\s*-\s*(\d{1,10}))?\s*$/.exec(part);
    const [from, to] = [Number(found?.[1] ?? Number.NaN), Number(found?.[2] ?? found?.[1] ?? Number.NaN)];
    if (!(from <= to && to <= LAST_SEED))
      throw new ConfigError(
        `"${part.trim()}" is no seed: 0 to ${LAST_SEED}, or a range such as 1-3.`,
        'seeds',
      );
    if (to - from >= SEEDS.max) throw tooMany(to - from + 1);
    for (let seed = from; seed <= to; seed++) seeds.add(seed);
  }
  if (seeds.size > SEEDS.max) throw tooMany(seeds.size);
  return [...seeds].sort((a, b) => a - b);
}

const tooMany = (n: number): ConfigError =>
  new ConfigError(`${n} seeds are more than the ${SEEDS.max} that an experiment may have.`, 'seeds');

/** Keys that belong to an experiment as a whole and are no arm's to change. */
export const isOfWhole = (key: ConfigKey): boolean =>
  /^(seed|steps|eval\.|adapter\.|save\.|memory\.|reward\.functions)/.test(key);
