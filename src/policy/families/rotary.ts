/**
 * What config.json says of rotary positions (Su et al. 2021): the base, how many values of
 * a head are rotated, and how each frequency is scaled. `rope_parameters` is transformers
 * 5's name, `rope_scaling` with `rope_theta` the one before. decoder.ts makes tables of it.
 */
import { isRecord } from '../../base/is-record.ts';
import type { JsonObject } from '../../base/json-object.ts';
import { shown } from '../../base/shown.ts';

export interface Rotary {
  readonly theta: number;
  /** Values of a head that are rotated, the first ones; the others stay. */
  readonly dims: number;
  /** What each of the dims / 2 frequencies is divided by; absent: 1. */
  readonly divisors?: readonly number[];
  /** Sines and cosines are multiplied by it; absent: 1. */
  readonly attention?: number;
  /** Tokens up to which this holds, where others hold beyond. */
  readonly mostTokens?: number;
}

/** @throws always */
export type Refuse = (problem: string, advice: string) => never;

const COMPLETE = 'Use a complete checkpoint.';

/** The fields of both names together. @param kind of layer, where `rope_parameters` has an entry for each */
function parametersOf(config: JsonObject, kind: string | undefined, refuse: Refuse): JsonObject {
  const [scaling, own] = [config['rope_scaling'] ?? {}, config['rope_parameters'] ?? {}];
  if (!isRecord(scaling)) return refuse(`rope_scaling is ${shown(scaling)}, not an object`, COMPLETE);
  if (!isRecord(own)) return refuse(`rope_parameters is ${shown(own)}, not an object`, COMPLETE);
  const nested = kind === undefined ? undefined : own[kind];
  return { ...scaling, ...(isRecord(nested) ? nested : own) };
}

/**
 * @param headDim values of a head
 * @param contextLength of the model, tokens
 * @param kind of layer, where layers differ
 */
export function readRotary(
  config: JsonObject,
  headDim: number,
  contextLength: number,
  refuse: Refuse,
  kind?: string,
): Rotary {
  const parameters = parametersOf(config, kind, refuse);
  const positive = (key: string, fallback?: unknown): number => {
    const value = parameters[key] ?? fallback;
    return typeof value === 'number' && value > 0 && value < Infinity
      ? value
      : refuse(`${key} of its rotary positions is ${shown(value)}, not a positive number`, COMPLETE);
  };
  const theta = positive('rope_theta', config['rope_theta'] ?? 10000);
  const share = positive('partial_rotary_factor', config['partial_rotary_factor'] ?? 1);
  const dims = Math.floor(headDim * share);
  if (share > 1 || dims % 2 !== 0 || dims === 0)
    refuse(
      `partial_rotary_factor is ${share}, of heads of ${headDim} values`,
      'Rotary positions need pairs.',
    );
  const frequencies = Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));
  const original = () =>
    positive(
      'original_max_position_embeddings',
      config['original_max_position_embeddings'] ?? config['max_position_embeddings'] ?? contextLength,
    );
  const plain = { theta, dims };
  const type = parameters['rope_type'] ?? parameters['type'] ?? 'default';
  switch (type) {
    case 'default':
    // Within the context that the model was trained for it scales nothing.
    case 'dynamic':
      return plain;
    case 'linear':
      return { ...plain, divisors: frequencies.map(() => positive('factor')) };
    case 'llama3':
      return { ...plain, divisors: llama3(frequencies, positive, original()) };
    case 'yarn':
      return { ...plain, ...yarn(plain, parameters, positive, original()) };
    // Its first name.
    case 'su':
    case 'longrope': {
      const divisors = listOf(parameters['short_factor'], dims / 2, refuse);
      const factor = positive('factor', contextLength / original());
      const attention = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original()));
      return {
        ...plain,
        divisors,
        attention: positive('attention_factor', attention),
        mostTokens: original(),
      };
    }
    // Of GGUF: the divisors as a tensor.
    case 'divisors':
      return { ...plain, divisors: listOf(parameters['divisors'], dims / 2, refuse) };
    default:
      return refuse(
        `its rotary positions are scaled by ${shown(type)}`,
        'Supported: default, linear, dynamic, llama3, yarn, longrope.',
      );
  }
}

function listOf(value: unknown, length: number, refuse: Refuse): readonly number[] {
  const isDivisor = (one: unknown): one is number => typeof one === 'number' && one > 0 && one < Infinity;
  return Array.isArray(value) && value.length === length && value.every(isDivisor)
    ? value
    : refuse(`the factors of its rotary positions are not ${length} positive numbers`, COMPLETE);
}

type Positive = (key: string, fallback?: unknown) => number;

/** Long waves are stretched by the factor, short ones not, those between by what lies between (Llama 3.1). */
function llama3(frequencies: readonly number[], positive: Positive, original: number): readonly number[] {
  const [factor, low, high] = [positive('factor'), positive('low_freq_factor'), positive('high_freq_factor')];
  return frequencies.map((frequency) => {
    const turns = (original * frequency) / (2 * Math.PI);
    if (turns < low) return factor;
    if (turns > high) return 1;
    const smooth = (turns - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/**
 * YaRN (Peng et al. 2023): by how often a pair turns within the original context,
 * stretched or not; and a warmer softmax.
 */
function yarn(
  { theta, dims }: Rotary,
  parameters: JsonObject,
  positive: Positive,
  original: number,
): Pick<Rotary, 'divisors' | 'attention'> {
  const factor = positive('factor');
  const mscale = (by = 1): number => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1);
  const [over, under] = [parameters['mscale'], parameters['mscale_all_dim']];
  const attention =
    typeof over === 'number' && typeof under === 'number' && over !== 0 && under !== 0
      ? mscale(over) / mscale(under)
      : mscale();
  /** The pair that turns so often within the original context. */
  const pairOf = (turns: number): number =>
    (dims * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const cut = parameters['truncate'] !== false;
  const ends = [pairOf(positive('beta_fast', 32)), pairOf(positive('beta_slow', 1))] as const;
  const first = Math.max(0, cut ? Math.floor(ends[0]) : ends[0]);
  const last = Math.min(dims - 1, cut ? Math.ceil(ends[1]) : ends[1]);
  const divisors = Array.from({ length: dims / 2 }, (_, i) => {
    const ramp = Math.min(1, Math.max(0, (i - first) / (first === last ? 0.001 : last - first)));
    return 1 / (ramp / factor + (1 - ramp));
  });
  return { divisors, attention: positive('attention_factor', attention) };
}
