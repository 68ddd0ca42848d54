/**
 * `run`: trains nano without a page and shows what it learned. The loop itself is in src/learning; this is
 * its terminal.
 */
import { TrainerControl } from '../learning/control.ts';
import { adapterSettings, heapLimit } from '../learning/settings.ts';
import { parseAssignments, type Config, type ConfigOverrides } from '../learning/config.ts';
import { halfThePrompts, presetConfig, PRESETS, type PresetName } from '../experiment/presets.ts';
import { ADAPTED_LAYERS, realModelSettings, speaksNotation } from '../experiment/real-model.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import type { MatrixReport } from '../policy/model/weights.ts';
import { contaminationWarning } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';
import { readJournal } from '../experiment/journal.ts';
import { trainWithRecovery, type TrainingSession } from '../experiment/recovery.ts';
import { parseOptions, required, wholeNumber, type Command, type Context } from './command.ts';
import { adapterBytes, adapterSnapshot } from './adapter-file.ts';
import { readStart, type RunStart } from './run-start.ts';
import {
  deviceOption,
  memoryPlan,
  openModelWithAdapter,
  openSandbox,
  openTestSandbox,
  precisionOption,
  roomyTasks,
  tasksNamed,
  threadsOption,
  weightsOption,
  type ModelRequest,
} from './engine.ts';
import { heldLine, precisionLine } from './model-lines.ts';
import { openModelAt, reportLines } from './models.ts';
import { CommandError, UsageError } from './errors.ts';
import { withOutput } from './files.ts';
import {
  changesTo,
  autosaveFor,
  openSaveFolder,
  withChanges,
  type Change,
  type SaveFolder,
} from './save-folder.ts';
import { beforeAndAfter, type ReportedEvaluation } from './report.ts';
import {
  adaptersAt,
  withAdapter,
  withLogs,
  type Log,
  type AdapterFilesByStep,
  type SaveAdapter,
} from './run-outputs.ts';
import { secondsLine, Story } from './story.ts';

const presets = Object.entries(PRESETS)
  .map(([name, { about }]) => `    ${name.padEnd(24)}${about}`)
  .join('\n');

export const runCommand: Command = {
  usage: `run --preset NAME [--model PATH] [--tasks easy|FILE|hub:ID] [--steps N] [--seed S]
    [--from ADAPTER] [--reward FILE] [--set key=value]... [--out run.jsonl] [--save DIR [--resume]] [--save-adapter FILE [--adapters-at K,...]]
    [--adapter-layers K] [--weights FORMAT] [--precision auto|fp32|fp16] [--device wasm|native]
    [--threads N] [--json]

  --preset NAME   one of
${presets}
  --model PATH    a .gguf file, a folder with config.json, safetensors, tokenizer.json and tokenizer_config.json,
                  or an id of the Hub (default: nano); the preset may be left out then, it is rlvr
  --tasks NAME    easy: 40 easy tasks for general models; a file (own JSONL or MBPP, also in parquet); or
                  hub:ID, a dataset of the Hub (hub:google-research-datasets/mbpp/full)
  --steps N       updates to make (default: the preset's)
  --seed S        the seed of everything random (default 1)
  --set KEY=VALUE one setting, may be repeated ("settings" lists them)
  --from ADAPTER  begin with this adapter (PEFT's folder or safetensors, or GGUF), with its rank and alpha; the
                  KL term still holds to the model without one
  --reward FILE   Python with reward functions for programs, each a
                  def NAME_reward(completion, prompt, tests, trace, variables) that returns a number or None;
                  --set reward.weights="NAME=0.5 tests_reward=1" weighs them (docs/rewards.md)
  --out FILE      the run's events, one JSON object per line; seconds go to FILE's .timing.jsonl
  --save DIR      keeps the run in a folder, every save.every steps and when it ends or is stopped
  --resume        goes on with the run in that folder, or starts it when nothing is saved yet: the same
                  command may be repeated until the run is done; --preset may be left out then
  --save-adapter FILE
                  the trained adapter in PEFT's layout (safetensors)
  --adapters-at K,...
                  also as it was after these steps, as FILE.step-K.safetensors (what a recording is made from)
  --adapter-layers K
                  LoRA on the last K layers only, or all (default: all of nano, 8 of another model)
  --weights FORMAT
                  stored, fp32, int4 or int8 (default: small models fp32, blocks as stored, large floats int4)
  --precision NAME
                  what products of the forward pass are computed in: fp32, fp16, or auto (default): fp32 on a
                  CPU, on a graphics card whichever is faster there and keeps sampler and trainer together
  --device NAME   wasm (default), or native: onnxruntime-node, installed into .cache/native when first asked for
  --threads N     threads of the device (default: one per core)
  --json          last line of standard output: {"before": {...}, "after": {...}}`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      preset: { type: 'string' },
      model: { type: 'string' },
      tasks: { type: 'string' },
      weights: { type: 'string' },
      precision: { type: 'string' },
      'adapter-layers': { type: 'string' },
      steps: { type: 'string' },
      seed: { type: 'string' },
      set: { type: 'string', multiple: true },
      from: { type: 'string' },
      reward: { type: 'string' },
      out: { type: 'string' },
      save: { type: 'string' },
      resume: { type: 'boolean' },
      'save-adapter': { type: 'string' },
      'adapters-at': { type: 'string' },
      device: { type: 'string' },
      threads: { type: 'string' },
      json: { type: 'boolean' },
    });
    const resume = options.resume === true;
    const own = options.model !== undefined;
    const isBuiltIn = !own && options.tasks === undefined;
    const { steps, seed, set, from, reward } = options;
    const given = [options.preset, steps, seed, set, from, reward].some((one) => one !== undefined);
    const preset = options.preset ?? (own ? 'rlvr' : undefined);
    if (preset === undefined && (given || !resume)) {
      if (resume)
        throw new UsageError('--steps, --seed, --set, --from and --reward need --preset, also with --resume');
      required(preset, 'preset');
    }
    const linears = weightsOption(options.weights);
    const precision = precisionOption(options.precision);
    const layers = layersOption(options['adapter-layers'], own);
    // A wrong option is found out before a folder is made, and most before a model is fetched.
    const start = await readStart(from, reward);
    const configured = (layer: ConfigOverrides) =>
      preset === undefined
        ? null
        : configuration(preset, steps, seed, set ?? [], { ...layer, ...start.layer });
    configured({});
    const device = deviceOption(options.device);
    const moments = adaptersAt(options['adapters-at'], options['save-adapter']);
    const tasks = await tasksNamed(options.tasks, context.progress, context.signal);
    const model = await openModelAt(options.model, context.progress, context.signal);
    const asked = configured(
      own && !speaksNotation(model.tokenizer)
        ? { ...realModelSettings(model.tokenizer), ...halfThePrompts((preset ?? 'rlvr') as PresetName) }
        : {},
    );
    const machine = {
      model,
      linears,
      precision,
      adapterLayers: layers,
      device,
      threads: threadsOption(options.threads),
    };
    const folder = await openSaveFolder(options.save, resume);
    const config = folder.loaded?.state.config ?? asked;
    if (config === null) throw new UsageError('--preset is missing: there is no saved run to go on with');
    // A model without more said of the run is to go on as it was saved.
    const changes = folder.loaded === null || asked === null || !given ? [] : changesTo(config, asked);
    const summary = await withLogs(options.out, (log) =>
      withAdapter(options['save-adapter'], (saveAdapter) =>
        follow(
          { config, changes, folder, machine, own, isBuiltIn, tasks, log, saveAdapter, moments, start },
          context,
        ),
      ),
    );
    if (options.json === true) {
      context.out(
        JSON.stringify({ before: summary.before?.metrics ?? null, after: summary.after?.metrics ?? null }),
      );
    } else {
      for (const line of beforeAndAfter(summary.before, summary.after)) context.out(line);
    }
    if (summary.stopped)
      throw new CommandError(`stopped after step ${summary.step}; the log holds it so far`);
  },
};

/** @throws UsageError, ConfigError */
function configuration(
  preset: string,
  steps: string | undefined,
  seed: string | undefined,
  set: readonly string[],
  layer: ConfigOverrides,
): Config {
  const overrides = parseAssignments(set);
  const own: Record<string, number> = {};
  for (const [key, text, max] of [
    ['steps', steps, 100_000],
    ['seed', seed, 2 ** 31 - 1],
  ] as const) {
    if (text === undefined) continue;
    if (Object.hasOwn(overrides, key))
      throw new UsageError(`--${key} and --set ${key}=... say the same thing: use one`);
    own[key] = wholeNumber(text, key, 0, 0, max);
  }
  return presetConfig(preset, layer, own as ConfigOverrides, overrides);
}

interface Summary {
  readonly before: ReportedEvaluation | undefined;
  readonly after: ReportedEvaluation | undefined;
  readonly step: number;
  readonly stopped: boolean;
}

interface Work {
  readonly config: Config;
  /** From the first step on, where a saved run is asked to go on differently. */
  readonly changes: readonly Change[];
  readonly folder: SaveFolder;
  readonly machine: Omit<ModelRequest, 'rank' | 'alpha' | 'seed' | 'model'> & { readonly model: OpenedModel };
  /** Whether the model is the user's and not nano. */
  readonly own: boolean;
  /** Whether model and tasks are those that come with the project. */
  readonly isBuiltIn: boolean;
  readonly tasks: readonly Task[];
  readonly log: Log;
  readonly saveAdapter: SaveAdapter | undefined;
  readonly moments: AdapterFilesByStep;
  readonly start: RunStart;
}

/** Trains and says what happens, event by event. */
async function follow(
  { config, changes, folder, machine, own, isBuiltIn, tasks: all, log, saveAdapter, moments, start }: Work,
  { out, progress, signal }: Context,
): Promise<Summary> {
  const warning = contaminationWarning(all);
  if (warning !== null) progress(warning);
  const tasks = roomyTasks(all, machine.model, config, progress);
  const request = { ...adapterSettings(config), seed: config.seed, ...machine };
  const next = withChanges(config, changes);
  const plan = memoryPlan(next, request, isBuiltIn ? undefined : tasks);
  const { sizes, prediction, linears } = plan;
  const onReport = (report: readonly MatrixReport[]): void => {
    if (!own) return;
    progress(heldLine(plan));
    for (const line of reportLines(report)) progress(line);
  };
  const story = new Story();
  if (folder.loaded !== null) {
    const { journal, info } = folder.loaded;
    for (const event of readJournal(journal)) story.take(event);
    await log.journal(journal);
    progress(`resumed after step ${info.step}`);
    for (const { key, value } of changes) progress(`${key}=${value} from the next step on, as asked`);
  }
  const autosave = autosaveFor(folder, {
    onSettled: (lines) => log.lines(lines),
    onSaved: ({ step }) => progress(`saved after step ${step}`),
    onProblem: ({ message, advice }) => progress(`not saved: ${message} ${advice}`),
  });
  const control = new TrainerControl();
  let latest: LoraPolicy | undefined;
  const open = async (): Promise<TrainingSession & { readonly policy: LoraPolicy }> => {
    const policy = await openModelWithAdapter({ ...request, sizes, linears, onReport });
    latest = policy;
    const { precision } = policy.info;
    if (precision !== undefined) progress(precisionLine(precision));
    const sandbox = await openSandbox({ heapLimit: heapLimit(config) });
    const trusted = openTestSandbox();
    progress(
      `${policy.info.name} on ${policy.info.device}, ${sandbox.workers} Python workers, about ${Math.ceil(prediction.total / 2 ** 20)} MiB`,
    );
    for (const { key, value } of changes) control.change(key, value);
    return {
      policy,
      sandbox,
      trusted,
      ...(start.adapter && { initial: adapterSnapshot(start.adapter, policy) }),
      dispose: async () => void (await Promise.all([sandbox.dispose(), trusted.dispose(), policy.dispose()])),
    };
  };
  const events = trainWithRecovery({
    open,
    autosave,
    tasks,
    config,
    control,
    signal,
    onFailure: (error, failures, step) =>
      progress(`${(error as Error).message}; goes on from step ${step} (failure ${failures} in a row)`),
    onEnd: async ({ policy }) => saveAdapter?.(await adapterBytes(policy)),
  });
  for await (const event of events) {
    const line = story.take(event);
    if (line !== null) out(line);
    // Until the next event is asked for nothing computes, and the policy is as this step left it.
    const moment = event.type === 'step-finished' ? moments.get(event.step) : undefined;
    if (moment !== undefined && latest !== undefined) {
      const bytes = await adapterBytes(latest);
      await withOutput(moment, (file) => file.write(bytes));
    }
    if (event.type === 'warning') progress(`step ${event.step}: ${event.message} ${event.advice}`);
    if (event.type === 'timing') progress(secondsLine(event.step, event.seconds));
  }
  // The end of a run that was stopped half-way through a step; a resume makes these lines again.
  await log.lines(autosave.open);
  const { before, after, step, stopped } = story;
  return { before, after: after ?? before, step, stopped };
}

/** 0 is all. @throws UsageError */
function layersOption(text: string | undefined, own: boolean): number {
  if (text === 'all') return 0;
  return wholeNumber(text, 'adapter-layers', own ? ADAPTED_LAYERS : 0, 1, 1024);
}
