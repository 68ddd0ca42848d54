/**
 * The page's address: reading its words, and the same address with some of them changed.
 * `?room=play&preset=rlvr&seed=3&v=1`. Pure: it touches neither the page nor its history.
 */
import { parseAssignments, type Config, type ConfigOverrides } from '../../learning/config.ts';
import { DEFAULT_PRESET, isSetupWord, parseSetup, printSetup, type Setup } from '../../experiment/sharing.ts';
import type { PresetName } from '../../experiment/presets.ts';
import { precisionWish, type PrecisionWish } from '../../policy/model/precision.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import type { DeviceWish } from '../../learner/protocol.ts';
import { PAGE_EVALUATION } from './page-evaluation.ts';
import { s } from '../strings/index.ts';

/** The first value of a name in a query text, or null. */
export const wordOf = (search: string, name: string): string | null => new URLSearchParams(search).get(name);

/** The same address with one word set (null: taken out), all others as they were. */
export function withWord(href: string, name: string, value: string | null): string {
  const url = new URL(href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}

/** The same address with some words in place of those that it had of their kind. */
export function withWords(
  href: string,
  isReplaced: (name: string) => boolean,
  words: readonly (readonly [name: string, value: string])[],
): string {
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()]) if (isReplaced(name)) url.searchParams.delete(name);
  for (const [name, value] of words) url.searchParams.append(name, value);
  return url.href;
}

/** Settings as the address says them. */
export interface AddressSetup {
  readonly config: Config;
  readonly preset: PresetName;
  /** What the model in use asks for, below what the visitor changed. */
  readonly modelLayer: ConfigOverrides;
}

/**
 * The same address saying a configuration instead of the one it said. What a model of the visitor's asks for
 * is not said: the address does not say the model, and another one would be asked in the wrong way.
 */
export function withSetup(href: string, { config, preset, modelLayer }: AddressSetup): string {
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()])
    if (isSetupWord(name) || name === 'set') url.searchParams.delete(name);
  for (const [name, value] of printSetup(config, preset, { ...PAGE_EVALUATION, ...modelLayer }))
    url.searchParams.append(name, value);
  return url.href;
}

/** What an address says beside room, language and layout. */
export interface AddressSettings {
  readonly device: DeviceWish;
  /** `precision=fp32` where an adapter's 16 bits are too few for a model. */
  readonly precision: PrecisionWish;
  /** `set=key=value`: settings that are part of what every preset means during this visit. */
  readonly given: ConfigOverrides;
  readonly setup: Setup;
  /** Id of a shipped recording to show. */
  readonly recording: string | null;
  /** A server that speaks the Hub's protocol (a mirror), in place of the Hub. */
  readonly hub: string | null;
  /** Settings that made no sense were left out; this says which. */
  readonly error: ErrorData | null;
}

export function readAddress(search: string): AddressSettings {
  const words = new URLSearchParams(search);
  const wish = words.get('device');
  const nothing: Setup = { preset: DEFAULT_PRESET, overrides: {} };
  const device: DeviceWish = wish === 'wasm' || wish === 'webgpu' ? wish : 'auto';
  const rest = {
    device,
    precision: precisionWish(words.get('precision') ?? '') ?? 'auto',
    recording: words.get('run'),
    hub: words.get('hub'),
  };
  try {
    const given = parseAssignments(words.getAll('set'));
    return { ...rest, given, setup: parseSetup(words, { ...PAGE_EVALUATION, ...given }), error: null };
  } catch (cause) {
    const error = toErrorData(cause, { kept: s.error.linkKept, advice: s.error.linkAdvice });
    return { ...rest, given: {}, setup: nothing, error };
  }
}
