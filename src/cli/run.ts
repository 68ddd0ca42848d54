/** `run`: trains nano headless and shows what it learned. The loop itself is src/learning; this is its terminal. */
import type { TrainerEvent } from '../learning/events.ts';
import { train } from '../learning/trainer.ts';
import { parseAssignments, type Config, type ConfigOverrides } from '../learning/config.ts';
import { presetConfig, PRESETS } from '../experiment/presets.ts';
import { contaminationWarning } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';
import { RunLogWriter } from '../experiment/run-log.ts';
import { parseOptions, required, wholeNumber, type Command, type Context } from './command.ts';
import { adapterBytes } from './adapter-file.ts';
import {
  deviceOption,
  openPolicy,
  openSandbox,
  tasksNamed,
  weightsOption,
  type ModelRequest,
} from './engine.ts';
import { openModelAt, realModelSettings, reportLines } from './models.ts';
import { CommandError, UsageError } from './errors.ts';
import { withOutput } from './files.ts';
import { beforeAndAfter, evaluationLine, stepLine, type Evaluation } from './report.ts';

const presets = Object.entries(PRESETS)
  .map(([name, { about }]) => `    ${name.padEnd(24)}${about}`)
  .join('\n');

export const runCommand: Command = {
  usage: `run --preset NAME [--model PATH] [--tasks easy|FILE] [--steps N] [--seed S]
    [--set key=value]... [--out run.jsonl] [--save-adapter FILE] [--adapter-layers K]
    [--weights FORMAT] [--device wasm|native] [--threads N] [--json]

  --preset NAME   one of
${presets}
  --model PATH    a .gguf file, a folder with config.json, safetensors and tokenizer.json, or an id of the Hub
                  (default: nano); the preset may be left out then, it is rlvr
  --tasks NAME    easy: 40 easy tasks for general models; or a file (own JSONL, HumanEval, MBPP, CRUXEval)
  --steps N       updates to make (default: the preset's)
  --seed S        the seed of everything random (default 1)
  --set KEY=VALUE one setting, may be repeated
  --out FILE      the run's events, one JSON object per line; seconds go to FILE's .timing.jsonl
  --save-adapter FILE
                  the trained adapter in PEFT's layout (safetensors)
  --adapter-layers K
                  LoRA on the last K layers only (default: all)
  --weights FORMAT
                  stored, fp32, int4 or int8 (default: small models fp32, others as stored)
  --device NAME   wasm (default), or native: onnxruntime-node, installed into .cache/native when first asked for
  --threads N     threads of the device (default: one per core)
  --json          last line of standard output: {"before": {...}, "after": {...}}`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      preset: { type: 'string' },
      model: { type: 'string' },
      tasks: { type: 'string' },
      weights: { type: 'string' },
      'adapter-layers': { type: 'string' },
      steps: { type: 'string' },
      seed: { type: 'string' },
      set: { type: 'string', multiple: true },
      out: { type: 'string' },
      'save-adapter': { type: 'string' },
      device: { type: 'string' },
      threads: { type: 'string' },
      json: { type: 'boolean' },
    });
    const preset =
      options.model === undefined ? required(options.preset, 'preset') : (options.preset ?? 'rlvr');
    const linears = weightsOption(options.weights);
    const layers = wholeNumber(options['adapter-layers'], 'adapter-layers', 0, 1, 1024);
    const tasks = await tasksNamed(options.tasks);
    const model = await openModelAt(options.model, context.progress);
    const layer = options.model === undefined ? {} : realModelSettings(model);
    const config = configuration(preset, options.steps, options.seed, options.set ?? [], layer);
    const machine = {
      model,
      linears,
      adapterLayers: layers,
      device: deviceOption(options.device),
      threads: options.threads === undefined ? undefined : wholeNumber(options.threads, 'threads', 1, 1, 256),
    };
    const summary = await withLogs(options.out, (log) =>
      withAdapter(options['save-adapter'], (keep) => follow(config, tasks, machine, log, keep, context)),
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

/** `run.jsonl` -> `run.timing.jsonl`. */
function timingPath(path: string): string {
  return `${path.replace(/\.jsonl$/, '')}.timing.jsonl`;
}

async function withLogs<T>(path: string | undefined, work: (log: RunLogWriter) => Promise<T>): Promise<T> {
  if (path === undefined) return work(new RunLogWriter(() => undefined));
  return withOutput(path, (log) =>
    withOutput(timingPath(path), (timing) =>
      work(
        new RunLogWriter(
          (line) => log.write(`${line}\n`),
          (line) => timing.write(`${line}\n`),
        ),
      ),
    ),
  );
}

interface Summary {
  readonly before: Evaluation | undefined;
  readonly after: Evaluation | undefined;
  readonly step: number;
  readonly stopped: boolean;
}

/** Keeps the adapter that a run ends with. */
type Keep = (adapter: Uint8Array) => Promise<void>;

async function withAdapter<T>(
  path: string | undefined,
  work: (keep: Keep | undefined) => Promise<T>,
): Promise<T> {
  if (path === undefined) return work(undefined);
  return withOutput(path, (file) => work((adapter) => file.write(adapter)));
}

/** Trains and says what happens, event by event. */
async function follow(
  config: Config,
  tasks: readonly Task[],
  machine: Omit<ModelRequest, 'rank' | 'alpha' | 'seed'>,
  log: RunLogWriter,
  keep: Keep | undefined,
  { out, progress, signal }: Context,
): Promise<Summary> {
  const warning = contaminationWarning(tasks);
  if (warning !== null) progress(warning);
  const [rank, alpha] = [config['adapter.rank'], config['adapter.alpha']];
  const policy = await openPolicy({
    rank,
    alpha,
    seed: config.seed,
    ...machine,
    onReport: (report) => {
      if (machine.model?.name !== 'nano') for (const line of reportLines(report)) progress(line);
    },
  });
  const sandbox = await openSandbox();
  progress(`${policy.info.name} on ${policy.info.device}, ${sandbox.workers} Python workers`);
  let before: Evaluation | undefined;
  let after: Evaluation | undefined;
  let rollouts: Extract<TrainerEvent, { type: 'rollouts' }> | undefined;
  let records: Extract<TrainerEvent, { type: 'records' }> | undefined;
  let step = 0;
  let stopped = false;
  try {
    for await (const event of train({ policy, sandbox, tasks, config, signal })) {
      await log.write(event);
      switch (event.type) {
        case 'rollouts':
          [rollouts, records] = [event, undefined];
          break;
        case 'records':
          records = event;
          break;
        case 'step-finished':
          step = event.step;
          if (rollouts !== undefined) out(stepLine(rollouts, records, event));
          break;
        case 'evaluation':
          if (event.step === 0) before = event;
          else after = event;
          out(evaluationLine(event.step, event));
          break;
        case 'warning':
          progress(`step ${event.step}: ${event.message} ${event.advice}`);
          break;
        case 'timing':
          progress(seconds(event.step, event.seconds));
          break;
        case 'run-finished':
          stopped = event.reason === 'stopped';
          break;
        case 'run-started':
        case 'step-started':
        case 'changed':
          break;
      }
    }
    if (keep !== undefined) await keep(await adapterBytes(policy));
  } finally {
    await Promise.all([sandbox.dispose(), policy.dispose()]);
  }
  return { before, after: after ?? before, step, stopped };
}

function seconds(step: number, phases: Readonly<Record<string, number>>): string {
  const parts = Object.entries(phases).map(([phase, value]) => `${phase} ${value.toFixed(2)} s`);
  return `  step ${step}: ${parts.join(', ')}`;
}
