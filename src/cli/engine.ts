/**
 * Builds for the commands the parts they run on: the sandbox, the tasks, a model. It knows where those that
 * come with the project are on disk; models of the user's own are found by models.ts and model-folder.ts.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { planFormats, type FormatPlan } from '../experiment/memory.ts';
import { fittingTasks, longestPrompt } from '../experiment/real-model.ts';
import type { Config } from '../learning/config.ts';
import { buildPolicy } from '../policy/lora/load.ts';
import type { WorkingSizes } from '../policy/lora/memory.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import type { PrecisionWish } from '../policy/model/precision.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import type { LinearFormat, MatrixReport } from '../policy/model/weights.ts';
import { createSandbox, workersByDefault, type NodeSandboxOptions } from '../sandbox/node.ts';
import { lazySandbox } from '../sandbox/lazy.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { loadBuiltIn } from '../tasks/built-in.ts';
import { parseTaskSet } from '../tasks/files.ts';
import { readTaskFile } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';
import { nodeWasm } from '../tensor/runtime/node.ts';
import type { CliDevice } from './device-options.ts';
import { CommandError, UsageError } from './errors.ts';
import { openNativeRuntime } from './native.ts';
import { fromWhereTheUserIs, readFileBytes } from './files.ts';
import { hubTasks } from './hub.ts';
import { openModelAt } from './models.ts';

const PUBLIC = resolve(import.meta.dirname, '../../public');

/**
 * Interpreters in processes of their own, one per core where the options say nothing.
 * @throws SandboxStartError
 */
export function openSandbox(options: NodeSandboxOptions = {}): Promise<Sandbox> {
  return createSandbox(options);
}

/**
 * Where test programs run, never beside the programs under test. Its interpreters
 * start with the first task that has one.
 */
export const openTestSandbox = (): Sandbox =>
  lazySandbox(() => createSandbox({ spare: false }), { boundary: 'process', workers: workersByDefault() });

/**
 * The tasks that leave room for an answer, and a line about the others. @throws
 * CommandError where there are none
 */
export function roomyTasks(
  tasks: readonly Task[],
  model: OpenedModel,
  config: Config,
  progress: (line: string) => void,
): readonly Task[] {
  const fitting = fittingTasks(tasks, model, config);
  const left = tasks.length - fitting.length;
  const room = `beside ${config['code.maxNewTokens']} new tokens in the context of ${model.architecture.contextLength}`;
  if (fitting.length === 0) throw new CommandError(`no task's prompt has room ${room}`);
  if (left > 0) progress(`${left} of ${tasks.length} tasks have no room ${room} and are left out`);
  return fitting;
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
  /** Opened before (models.ts); nano when absent. */
  readonly model?: OpenedModel | undefined;
  readonly rank: number;
  readonly alpha: number;
  readonly seed: number;
  /** Default: WASM, as in a page without WebGPU. */
  readonly device?: CliDevice | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** How matrices are held; default: the one that takes the least memory (`defaultFormat`). */
  readonly linears?: LinearFormat | undefined;
  /** What the forward pass is computed in; default `auto`, which is fp32 on a CPU. */
  readonly precision?: PrecisionWish | undefined;
  /** Only the last this many layers are adapted; 0 or absent is all. */
  readonly adapterLayers?: number | undefined;
  /** The seed of a network that learned nothing, with the sizes of this one. */
  readonly untrained?: number | undefined;
  readonly onReport?: (report: readonly MatrixReport[]) => void;
  readonly sizes?: WorkingSizes | undefined;
}

/** A word is a name that is not known, not a file that is missing. @throws UsageError */
export function requireSuite(suite: string, names: readonly string[]): void {
  if (/^\w+$/.test(suite) && !names.includes(suite) && !existsSync(fromWhereTheUserIs(suite)))
    throw new UsageError(`unknown suite "${suite}"; there are ${names.join(', ')}, or a file of tasks`);
}

/** A model with a fresh adapter. @throws CommandError, PolicyError */
export async function openModelWithAdapter(request: ModelRequest): Promise<LoraPolicy> {
  const {
    rank,
    alpha,
    seed,
    device,
    threads,
    sizes,
    linears,
    precision,
    adapterLayers,
    untrained,
    onReport,
  } = request;
  const model = request.model ?? (await openModelAt(undefined));
  return buildPolicy(model, {
    name: model.name,
    device: device === 'native' ? openNativeRuntime(threads) : nodeWasm(threads),
    rank,
    alpha,
    seed,
    ...(sizes && { sizes }),
    ...(linears !== undefined && { linears }),
    ...(precision !== undefined && { precision }),
    ...(adapterLayers !== undefined && adapterLayers > 0 && { adapterLayers }),
    ...(untrained !== undefined && { untrained }),
    ...(onReport && { onReport }),
  });
}

/**
 * What a run of `model` will take here, and working sizes that keep it under `memory.capMiB`.
 * @param tasks absent: the built-in ones
 * @throws MemoryCapError, RequestError
 */
export function memoryPlan(
  config: Config,
  {
    model,
    linears,
    adapterLayers,
    device = 'wasm',
  }: Pick<ModelRequest, 'linears' | 'adapterLayers' | 'device'> & { readonly model: OpenedModel },
  tasks?: readonly Task[],
): FormatPlan {
  const { architecture, checkpoint } = model;
  const footprint = {
    ...(adapterLayers !== undefined && adapterLayers > 0 && { adapterLayers }),
    ...(tasks && { longestPrompt: longestPrompt(tasks, model.tokenizer, config) }),
  };
  // Test programs have as many interpreters of their own.
  const sandboxes = tasks?.some(({ check }) => check !== undefined) ? 2 : 1;
  const memoryBytes = totalmem();
  const machine = {
    device,
    pythonWorkers: workersByDefault(),
    sandboxes,
    place: 'node',
    memoryBytes,
  } as const;
  return planFormats(config, { architecture, fileBytes: checkpoint.bytes }, machine, footprint, linears);
}

/**
 * The tasks of `--tasks`: ours by name, a file, or a dataset of the Hub. @throws
 * UsageError, CommandError, TaskFileError, PolicyError
 */
export async function tasksNamed(
  name: string | undefined,
  progress: (line: string) => void,
  signal?: AbortSignal,
): Promise<readonly Task[]> {
  if (name === undefined || name === 'built-in') return builtInTasks();
  if (name === 'easy') {
    const path = 'tasks/easy.json';
    return parseTaskSet(await readPublicText(path), path).tasks;
  }
  if (name.startsWith('hub:')) return hubTasks(name.slice(4), progress, signal);
  return readTaskFile(await readFileBytes(name), name);
}

/** A text file under public/. @throws CommandError */
export const readPublicText = (path: string): Promise<string> =>
  readFile(join(PUBLIC, path), 'utf8').catch(() => {
    throw new CommandError(`public/${path} is missing`);
  });

/** A file of nano's. @throws CommandError */
export async function readNanoFile(name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(PUBLIC, 'models/nano', name));
  } catch {
    throw new CommandError(`public/models/nano/${name} is missing; "npm run pretrain" makes it`);
  }
}
