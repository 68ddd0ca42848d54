/** An adapter as one file, PEFT's adapter_model.safetensors with rank and alpha in its header, written by `run` and read by `eval`. */
import { parseArchitecture } from '../policy/architecture.ts';
import { adapterRank, exportAdapter, importAdapter } from '../policy/peft.ts';
import { parseSafetensors } from '../policy/safetensors.ts';
import type { PolicySnapshot } from '../policy/types.ts';
import { readModelFile } from './engine.ts';
import { UsageError } from './errors.ts';
import { readBytes } from './files.ts';

export interface AdapterFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly rank: number;
  readonly alpha: number;
}

/** @throws UsageError when the file is missing or is no adapter */
export async function readAdapterFile(path: string): Promise<AdapterFile> {
  const bytes = await readBytes(path);
  try {
    const alpha = Number(parseSafetensors(bytes, path).metadata['alpha']);
    if (!(alpha > 0 && alpha < Infinity))
      throw new UsageError(`${path}: its header does not say the adapter's alpha`);
    return { path, bytes, rank: adapterRank(bytes, path), alpha };
  } catch (error) {
    throw asUsageError(error);
  }
}

/** The adapter as a snapshot that a policy of the same model and rank restores. @throws UsageError */
export async function adapterSnapshot(
  file: AdapterFile,
  modelFolder: string | undefined,
): Promise<PolicySnapshot> {
  const architecture = parseArchitecture(await readJson(modelFolder));
  try {
    return importAdapter(file.bytes, architecture, { rank: file.rank }, file.path);
  } catch (error) {
    throw asUsageError(error);
  }
}

/** @param snapshot of nano */
export async function adapterBytes(
  snapshot: PolicySnapshot,
  rank: number,
  alpha: number,
): Promise<Uint8Array> {
  const architecture = parseArchitecture(await readJson(undefined));
  return exportAdapter(snapshot, architecture, { rank, alpha }, 'nano')['adapter_model.safetensors'];
}

async function readJson(modelFolder: string | undefined): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readModelFile(modelFolder, 'config.json'))) as unknown;
}

function asUsageError(error: unknown): unknown {
  return error instanceof Error ? new UsageError(error.message, { cause: error }) : error;
}
