/**
 * An adapter as one file, PEFT's adapter_model.safetensors with rank and alpha in its
 * header, written by `run` and read by `eval`.
 */
import type { LoraPolicy } from '../policy/lora/policy.ts';
import {
  adapterFirstLayer,
  adapterRank,
  exportAdapter,
  importAdapter,
  type PeftFiles,
} from '../policy/lora/peft.ts';
import { parseSafetensors } from '../policy/files/safetensors.ts';
import { OtherModelError } from '../policy/lora/same-model.ts';
import type { PolicySnapshot } from '../policy/types.ts';
import { UsageError } from './errors.ts';
import { readFileBytes } from './files.ts';

export interface AdapterToLoad {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly rank: number;
  readonly alpha: number;
  /** The first layer it adapts. */
  readonly firstLayer: number;
}

/** @throws UsageError when the file is missing or is no adapter */
export async function readAdapterFile(path: string): Promise<AdapterToLoad> {
  const bytes = await readFileBytes(path);
  try {
    const alpha = Number(parseSafetensors(bytes, path).metadata['alpha']);
    if (!(alpha > 0 && alpha < Infinity))
      throw new UsageError(`${path}: its header does not say the adapter's alpha`);
    return { path, bytes, rank: adapterRank(bytes, path), alpha, firstLayer: adapterFirstLayer(bytes, path) };
  } catch (error) {
    throw asUsageError(error);
  }
}

/** The adapter as a snapshot that `policy` restores. @throws UsageError when it belongs to another model */
export function adapterSnapshot(
  file: AdapterToLoad,
  { architecture, adapter, info }: LoraPolicy,
): PolicySnapshot {
  try {
    return importAdapter(file.bytes, architecture, adapter, file.path, info);
  } catch (error) {
    throw asUsageError(error);
  }
}

/** What `policy` has learned, as PEFT's files. */
export async function peftFiles(policy: LoraPolicy): Promise<PeftFiles> {
  const { architecture, adapter, info } = policy;
  return exportAdapter(await policy.snapshot(), architecture, adapter, info);
}

/** The same as one file. */
export async function adapterBytes(policy: LoraPolicy): Promise<Uint8Array> {
  return (await peftFiles(policy))['adapter_model.safetensors'];
}

function asUsageError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const advice = error instanceof OtherModelError ? ` ${error.advice}` : '';
  return new UsageError(`${error.message}${advice}`, { cause: error });
}
