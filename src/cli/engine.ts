/** Builds, for the commands, the parts they run on: the sandbox, the tasks, a model. The only file here that knows where things are on disk. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { planMemory, type MemoryPlan } from '../experiment/memory.ts';
import type { Config } from '../learning/config.ts';
import { parseArchitecture } from '../policy/architecture.ts';
import type { WorkingSizes } from '../policy/memory.ts';
import { loadPolicy } from '../policy/load.ts';
import type { LoraPolicy } from '../policy/policy.ts';
import { createSandbox, type SandboxOptions } from '../sandbox/node.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { loadBuiltIn } from '../tasks/built-in.ts';
import type { Task } from '../tasks/types.ts';
import { nodeWasm } from '../tensor/runtime/node.ts';
import { CommandError, UsageError } from './errors.ts';
import { openNativeRuntime } from './native.ts';
import { fromWhereTheUserIs } from './files.ts';

const PUBLIC = resolve(import.meta.dirname, '../../public');

/** Interpreters in worker threads, one per core where the options say nothing. @throws SandboxStartError */
export function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return createSandbox(options);
}

/** The micro-Python tasks, train and held-out. @throws CommandError, TaskFileError */
export async function builtInTasks(): Promise<readonly Task[]> {
  const read = (path: string): Promise<Uint8Array> =>
    readFile(join(PUBLIC, path)).catch(() => {
      throw new CommandError(`public/${path} is missing; "npm run corpus" makes it`);
    });
  return (await loadBuiltIn(read)).tasks;
}

export interface ModelRequest {
  /** A folder with config.json, model.safetensors, tokenizer.json; nano when absent. */
  readonly folder?: string | undefined;
  readonly rank: number;
  readonly alpha: number;
  readonly seed: number;
  /** Default: WASM, as in a page without WebGPU. */
  readonly device?: CliDevice | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  readonly sizes?: WorkingSizes | undefined;
}

export type CliDevice = 'wasm' | 'native';

/** @throws UsageError */
export function deviceOption(text: string | undefined): CliDevice | undefined {
  if (text === undefined || text === 'wasm' || text === 'native') return text;
  throw new UsageError(`--device is wasm or native, got ${JSON.stringify(text)}`);
}

/** A model with a fresh adapter. @throws UsageError, CommandError, PolicyError */
export async function openPolicy(request: ModelRequest): Promise<LoraPolicy> {
  const { folder, rank, alpha, seed, device, threads, sizes } = request;
  return loadPolicy({
    name: folder ?? 'nano',
    read: (name) => readModelFile(folder, name),
    device: device === 'native' ? openNativeRuntime(threads) : nodeWasm(threads),
    rank,
    alpha,
    seed,
    ...(sizes && { sizes }),
  });
}

/** What a run of nano will take here, and working sizes that keep it under `memory.capMiB`. @throws MemoryCapError, CommandError */
export async function memoryPlan(config: Config): Promise<MemoryPlan> {
  const json = new TextDecoder().decode(await readModelFile(undefined, 'config.json'));
  const machine = { device: 'wasm', pythonWorkers: availableParallelism() } as const;
  return planMemory(config, parseArchitecture(JSON.parse(json)), machine);
}

export async function readModelFile(folder: string | undefined, name: string): Promise<Uint8Array> {
  const path =
    folder === undefined ? join(PUBLIC, 'models/nano', name) : join(fromWhereTheUserIs(folder), name);
  try {
    return await readFile(path);
  } catch {
    if (folder === undefined)
      throw new CommandError(`public/models/nano/${name} is missing; "npm run pretrain" makes it`);
    throw new UsageError(`${join(folder, name)}: no such file`);
  }
}
