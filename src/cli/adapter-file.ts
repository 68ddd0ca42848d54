/**
 * Adapters on disk: a folder as PEFT saves it, its safetensors file alone, or a GGUF file. `run` writes one
 * as a single file with rank and alpha in its header.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fitAdapter } from '../policy/lora/fit-adapter.ts';
import { openAdapter } from '../policy/lora/open-adapter.ts';
import { exportAdapter } from '../policy/lora/peft.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  saysAlpha,
  type OpenedAdapter,
} from '../policy/lora/read-adapter.ts';
import { OtherModelError } from '../policy/lora/same-model.ts';
import type { PolicySnapshot } from '../policy/types.ts';
import { UsageError } from './errors.ts';
import { fromWhereTheUserIs, readFileBytes, readFileText } from './files.ts';

/**
 * @param path a folder, or a file with adapter_config.json beside it, which is read
 * where the file is named as PEFT names it or does not say its alpha
 * @throws UsageError when it is missing or no adapter that is read
 */
export async function readAdapterFile(path: string): Promise<OpenedAdapter> {
  const isFolder = await isA('folder', path);
  if (isFolder && !(await isA('file', join(path, ADAPTER_WEIGHTS)))) throw await noWeights(path);
  const file = isFolder ? join(path, ADAPTER_WEIGHTS) : path;
  const beside = join(dirname(file), ADAPTER_CONFIG);
  const bytes = await readFileBytes(file);
  try {
    const needsConfig = basename(file) === ADAPTER_WEIGHTS || !saysAlpha(bytes);
    const hasConfig = needsConfig && (await isA('file', beside));
    return await openAdapter({ name: path, bytes, ...(hasConfig && { config: await readFileText(beside) }) });
  } catch (error) {
    throw asUsageError(error);
  }
}

/**
 * Says why a folder is none of an adapter: a pickle, or adapters with names, which
 * PEFT saves in folders of it.
 */
async function noWeights(path: string): Promise<UsageError> {
  if (await isA('file', join(path, 'adapter_model.bin')))
    return new UsageError(
      `${path}: its adapter_model.bin is a pickle of PyTorch's, which may run anything when it is read; save it with safetensors`,
    );
  const entries = await readdir(fromWhereTheUserIs(path), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const held = await Promise.all(folders.map((name) => isA('file', join(path, name, ADAPTER_WEIGHTS))));
  const named = folders.filter((_, i) => held[i]).sort();
  return new UsageError(
    named.length === 0
      ? `${path}: there is no ${ADAPTER_WEIGHTS} in it`
      : `${path}: there is no ${ADAPTER_WEIGHTS} in it, but one in each of its folders ${named.slice(0, 5).join(', ')}${named.length > 5 ? ' and others' : ''}; name one of them`,
  );
}

async function isA(kind: 'file' | 'folder', path: string): Promise<boolean> {
  const found = await stat(fromWhereTheUserIs(path)).catch(() => null);
  return found !== null && (kind === 'folder' ? found.isDirectory() : found.isFile());
}

/** The adapter as a snapshot that `policy` restores. @throws UsageError when it does not fit the model */
export function adapterSnapshot(
  file: OpenedAdapter,
  { architecture, adapter, info }: LoraPolicy,
): PolicySnapshot {
  try {
    return fitAdapter(file, architecture, adapter, info);
  } catch (error) {
    throw asUsageError(error);
  }
}

/** The adapter as one file of PEFT's. */
export async function adapterBytes(policy: LoraPolicy): Promise<Uint8Array> {
  const { architecture, adapter, info } = policy;
  return exportAdapter(await policy.snapshot(), architecture, adapter, info)['adapter_model.safetensors'];
}

function asUsageError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const advice = error instanceof OtherModelError ? ` ${error.advice}` : '';
  return new UsageError(`${error.message}${advice}`, { cause: error });
}
