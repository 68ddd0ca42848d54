/**
 * What the commands that look into a policy share (`compass`, `verify`, `census`, `probe`): a model with room
 * for the adapters that are named, tasks, sandboxes. It trains nothing.
 */
import { realModelSettings, speaksNotation } from '../experiment/real-model.ts';
import { presetConfig } from '../experiment/presets.ts';
import { parseAssignments, type Config, type ConfigOverrides } from '../learning/config.ts';
import { evaluationTasks } from '../learning/evaluation-set.ts';
import { adapterSettings, heapLimit, programLimits } from '../learning/settings.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import type { OpenedAdapter } from '../policy/lora/read-adapter.ts';
import { createRandom } from '../base/random.ts';
import { withLimits } from '../sandbox/limits.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { contaminationWarning } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';
import { readAdapterFile } from './adapter-file.ts';
import { wholeNumber, type Context } from './command.ts';
import {
  openModelWithAdapter,
  openSandbox,
  openTestSandbox,
  requireSuite,
  roomyTasks,
  tasksNamed,
} from './engine.ts';
import { DEVICE_OPTIONS, deviceSettings, type DeviceArguments } from './device-options.ts';
import { UsageError } from './errors.ts';
import { openModelAt, reportLines } from './models.ts';

/** Options that all of them have. */
export const INSTRUMENT_OPTIONS = {
  suite: { type: 'string' },
  model: { type: 'string' },
  preset: { type: 'string' },
  tasks: { type: 'string' },
  seed: { type: 'string' },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  ...DEVICE_OPTIONS,
} as const;

export interface InstrumentArguments extends DeviceArguments {
  readonly suite?: string | undefined;
  readonly model?: string | undefined;
  readonly preset?: string | undefined;
  readonly tasks?: string | undefined;
  readonly seed?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Of the options that all have, for a command's usage. @param defaults shown where they differ */
export const instrumentUsage = (defaults: { readonly suite: string; readonly tasks: number }): string =>
  `  --suite NAME     train or heldout: the tasks that come with the project; easy: the 40 easy ones; a file of
                   tasks; or hub:ID (default ${defaults.suite})
  --tasks N        tasks at most, always the same ones for a seed (default ${defaults.tasks})
  --model PATH     a .gguf file, a folder as transformers saves it, or an id of the Hub (default: nano)
  --preset NAME    whose settings are used (default coderl-plus)
  --seed S         the seed of everything random (default 1)
  --set KEY=VALUE  one setting, may be repeated ("settings" lists them)
  --weights FORMAT stored, fp32, int4 or int8
  --precision NAME auto (default), fp32 or fp16
  --device NAME    wasm (default), or native: onnxruntime-node, installed when first asked for
  --threads N      threads of the device (default: one per core)
  --json           last line of standard output: everything as one JSON object`;

export interface Instrument {
  readonly policy: LoraPolicy;
  readonly sandbox: Sandbox;
  readonly trusted: Sandbox;
  readonly config: Config;
  readonly tasks: readonly Task[];
  /** A network of the same sizes that learned nothing; the caller disposes of it. */
  openUntrained(): Promise<LoraPolicy>;
}

export interface InstrumentRequest {
  readonly options: InstrumentArguments;
  readonly defaults: { readonly suite: string; readonly tasks: number };
  /** Files of adapters that will be put on the model in turn. */
  readonly adapters: readonly string[];
  /** Which tasks of the suite are of use. */
  readonly isOfUse?: (task: Task) => boolean;
  readonly overrides?: ConfigOverrides;
}

/** Opens what `work` needs and closes it again; `work` gets the adapters in the order of their files. */
export async function withInstrument(
  { options, defaults, adapters: paths, isOfUse = () => true, overrides = {} }: InstrumentRequest,
  { progress, signal }: Context,
  work: (instrument: Instrument, adapters: readonly OpenedAdapter[]) => Promise<void>,
): Promise<void> {
  const onDevice = deviceSettings(options);
  const settings = parseAssignments(options.set ?? []);
  const count = wholeNumber(options.tasks, 'tasks', defaults.tasks, 1, 100_000);
  const seed = wholeNumber(options.seed, 'seed', 1, 0, 2 ** 31 - 1);
  const configured = (layer: ConfigOverrides) =>
    presetConfig(options.preset ?? 'coderl-plus', layer, { seed }, overrides, settings);
  // What may be wrong is looked at first: a model may be a large download.
  configured({});
  const opened: OpenedAdapter[] = [];
  for (const path of paths) opened.push(await readAdapterFile(path));
  const all = await suiteTasks(options.suite ?? defaults.suite, { progress, signal });
  const warning = contaminationWarning(all);
  if (warning !== null) progress(warning);
  const model = await openModelAt(options.model, progress, signal);
  const isNanos = options.model === undefined || speaksNotation(model.tokenizer);
  const config = configured(isNanos ? {} : realModelSettings(model.tokenizer));
  const useful = all.filter(isOfUse);
  if (useful.length === 0) throw new UsageError('no task of this suite is of use here');
  if (useful.length < all.length)
    progress(`${all.length - useful.length} of ${all.length} tasks are of no use here and are left out`);
  const tasks = roomyTasks(useful, model, config, progress).slice(0, count);
  const layers = model.architecture.layers;
  const own = adapterSettings(config);
  // One adapter's worth of room for all of them: of the largest rank, from the first layer that any adapts.
  const largest = opened.reduce((most, { rank }) => Math.max(most, rank), 0);
  const isAlone = opened.length === 1;
  const request = {
    model,
    ...onDevice,
    rank: largest === 0 ? own.rank : largest,
    alpha: isAlone ? opened[0]!.alpha : own.alpha,
    seed: config.seed,
    ...(opened.length > 0 && {
      adapterLayers: layers - Math.min(...opened.map(({ firstLayer }) => firstLayer)),
    }),
  };
  const policy = await openModelWithAdapter({
    ...request,
    onReport: (report) => {
      if (options.model !== undefined) for (const line of reportLines(report)) progress(line);
    },
  });
  const openUntrained = () => openModelWithAdapter({ ...request, untrained: config.seed });
  try {
    const sandbox = withLimits(await openSandbox({ heapLimit: heapLimit(config) }), programLimits(config));
    const trusted = openTestSandbox();
    try {
      progress(`${policy.info.name} on ${policy.info.device}: ${tasks.length} tasks`);
      await work({ policy, sandbox, trusted, config, tasks, openUntrained }, opened);
    } finally {
      await Promise.all([sandbox.dispose(), trusted.dispose()]);
    }
  } finally {
    await policy.dispose();
  }
}

const SPLITS = ['train', 'heldout'] as const;
const NAMES = [...SPLITS, 'easy'];

/** In an order that no seed changes, so that a reading with fewer tasks is about some of the same ones. */
async function suiteTasks(
  suite: string,
  { progress, signal }: Pick<Context, 'progress' | 'signal'>,
): Promise<readonly Task[]> {
  requireSuite(suite, NAMES);
  const split = SPLITS.find((name) => name === suite);
  const all = await tasksNamed(split === undefined ? suite : undefined, progress, signal);
  if (split === 'heldout') return evaluationTasks(all, all.length);
  const own = split === undefined ? all : all.filter((task) => task.split === split);
  return createRandom('tasks of an instrument').shuffle(own);
}
