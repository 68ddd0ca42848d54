/** Which device a command computes on, and how weights and products are held there: its options, read. */
import { precisionWish, type PrecisionWish } from '../policy/model/precision.ts';
import type { LinearFormat } from '../policy/model/weights.ts';
import { wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';

/** Options of every command that puts a model on a device, for `parseOptions`. */
export const DEVICE_OPTIONS = {
  weights: { type: 'string' },
  precision: { type: 'string' },
  device: { type: 'string' },
  threads: { type: 'string' },
} as const;

export type DeviceArguments = { readonly [K in keyof typeof DEVICE_OPTIONS]?: string | undefined };

/** What the options ask for; undefined: as it is by default. */
export interface DeviceSettings {
  readonly linears: LinearFormat | undefined;
  readonly precision: PrecisionWish | undefined;
  readonly device: CliDevice | undefined;
  /** Undefined: one per core. */
  readonly threads: number | undefined;
}

/** @throws UsageError */
export const deviceSettings = (options: DeviceArguments): DeviceSettings => ({
  linears: weightsOption(options.weights),
  precision: precisionOption(options.precision),
  device: deviceOption(options.device),
  threads: options.threads === undefined ? undefined : wholeNumber(options.threads, 'threads', 1, 1, 256),
});

export type CliDevice = 'wasm' | 'native';

/** @throws UsageError */
export function deviceOption(text: string | undefined): CliDevice | undefined {
  if (text === undefined || text === 'wasm' || text === 'native') return text;
  throw new UsageError(`--device is wasm or native, got ${JSON.stringify(text)}`);
}

/** @throws UsageError */
function precisionOption(text: string | undefined): PrecisionWish | undefined {
  if (text === undefined) return undefined;
  const wish = precisionWish(text);
  if (wish === undefined)
    throw new UsageError(`--precision is auto, fp32 or fp16, got ${JSON.stringify(text)}`);
  return wish;
}

const FORMATS: readonly LinearFormat[] = ['stored', 'fp32', 'int4', 'int8'];

/** @throws UsageError */
function weightsOption(text: string | undefined): LinearFormat | undefined {
  const format = FORMATS.find((known) => known === text);
  if (text !== undefined && format === undefined)
    throw new UsageError(`--weights is ${FORMATS.join(', ')}, got ${JSON.stringify(text)}`);
  return format;
}
