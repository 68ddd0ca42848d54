/**
 * `eval`: measures nano, another model or an adapter on held-out tasks, the way a run
 * does before and after. It trains nothing.
 */
import { selfVerification } from '../instruments/verify/evaluation.ts';
import { createConfig, parseAssignments, type Config } from '../learning/config.ts';
import type { FormatPlan } from '../experiment/memory.ts';
import { ADAPTED_LAYERS, realModelSettings, speaksNotation } from '../experiment/real-model.ts';
import type { JudgedGroup } from '../learning/code-rollouts.ts';
import { evaluate, sampleHeldout, type EvaluateOptions, type Evaluation } from '../learning/evaluate.ts';
import { evaluationTasks, makeEvaluationSet } from '../learning/evaluation-set.ts';
import { adapterSettings, evaluationSetSettings, heapLimit, programLimits } from '../learning/settings.ts';
import { RequestError } from '../policy/errors.ts';
import { MemoryCapError } from '../policy/lora/fit-sizes.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import { withLimits } from '../sandbox/limits.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { createRandom } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import { contaminationWarning } from '../tasks/task-file.ts';
import { adapterSnapshot, readAdapterFile } from './adapter-file.ts';
import { parseOptions, required, wholeNumber, type Command } from './command.ts';
import {
  memoryPlan,
  openModelWithAdapter,
  openSandbox,
  openTestSandbox,
  requireSuite,
  roomyTasks,
  tasksNamed,
  type ModelRequest,
} from './engine.ts';
import { DEVICE_OPTIONS, deviceSettings } from './device-options.ts';
import { heldLine, precisionLine } from './model-lines.ts';
import { openModelAt, reportLines } from './models.ts';
import { CommandError } from './errors.ts';
import { measures } from './report.ts';

const SUITES = ['heldout', 'easy'];

export const evalCommand: Command = {
  usage: `eval --suite heldout|easy|FILE|hub:ID [--model PATH] [--adapter PATH] [--n 8] [--seed S]
    [--tasks N] [--set key=value]... [--weights FORMAT] [--precision auto|fp32|fp16] [--device wasm|native]
    [--threads N] [--by-task] [--json]

  --suite NAME     heldout: the held-out tasks that come with the project; easy: the 10 held-out ones of 40
                   easy tasks for general models; a file (own JSONL, HumanEval, MBPP, CRUXEval, also in
                   parquet); or hub:ID, a dataset of the Hub (hub:openai/openai_humaneval)
  --model PATH     a .gguf file, a folder with config.json, safetensors, tokenizer.json and tokenizer_config.json,
                   or an id of the Hub (default: nano)
  --adapter PATH   a LoRA adapter: a folder as PEFT saves it, its safetensors file (with adapter_config.json beside
                   it, or written by run --save-adapter), or a GGUF file
  --n N            samples per task at temperature 1 (default 8)
  --tasks N        tasks measured, always the same ones (default 100)
  --seed S         the seed of the samples (default 1)
  --set KEY=VALUE  one setting, may be repeated ("settings" lists them)
  --weights FORMAT stored, fp32, int4 or int8 (default: small models fp32, blocks as stored, large floats int4)
  --precision NAME what products of the forward pass are computed in: fp32, fp16, or auto (default): fp32 on a
                   CPU, on a graphics card whichever is faster there and keeps sampler and trainer together
  --device NAME    wasm (default), or native: onnxruntime-node, installed into .cache/native when first asked for
  --threads N      threads of the device (default: one per core)
  --by-task        a line per task: samples that pass of samples taken; it tells which tasks a run can learn from
  --json           last line of standard output: the measures as one JSON object`,

  async run(argv, { out, progress, signal }) {
    const options = parseOptions(argv, {
      suite: { type: 'string' },
      model: { type: 'string' },
      adapter: { type: 'string' },
      n: { type: 'string' },
      tasks: { type: 'string' },
      seed: { type: 'string' },
      set: { type: 'string', multiple: true },
      'by-task': { type: 'boolean' },
      json: { type: 'boolean' },
      ...DEVICE_OPTIONS,
    });
    const suite = required(options.suite, 'suite');
    const samples = wholeNumber(options.n, 'n', 8, 1, 1000);
    const { linears, precision, device, threads } = deviceSettings(options);
    const settings = parseAssignments(options.set ?? []);
    const measured = wholeNumber(options.tasks, 'tasks', 100, 1, 100_000);
    const seed = wholeNumber(options.seed, 'seed', 1, 0, 2 ** 31 - 1);
    // What may be wrong is looked at first: a model may be a large download.
    const adapter = options.adapter === undefined ? undefined : await readAdapterFile(options.adapter);
    requireSuite(suite, SUITES);
    const all = await tasksNamed(suite === 'heldout' ? undefined : suite, progress, signal);
    const warning = contaminationWarning(all);
    if (warning !== null) progress(warning);
    const model = await openModelAt(options.model, progress, signal);
    const isNanos = options.model === undefined || speaksNotation(model.tokenizer);
    const layer = isNanos ? {} : realModelSettings(model.tokenizer);
    const config = createConfig(
      layer,
      {
        seed,
        'eval.tasks': measured,
        'eval.samples': samples,
        'eval.k': Math.min(8, samples),
      },
      settings,
    );
    // A file that was named is measured whole; only sets with held-out tasks have others.
    const suiteTasks = all.some(({ split }) => split === 'heldout')
      ? all
      : all.map((task) => ({ ...task, split: 'heldout' as const }));
    // In their order first: it is one of all held-out tasks, so that models of other
    // contexts are measured on the same ones.
    const inOrder = evaluationTasks(suiteTasks, suiteTasks.length);
    const tasks = roomyTasks(inOrder, model, config, progress).slice(0, config['eval.tasks']);
    const adapterLayers = adapter && model.architecture.layers - adapter.firstLayer;
    const own = options.model !== undefined;
    const plan = formatPlan(config, { model, device, linears, adapterLayers, own, tasks });
    const policy = await openModelWithAdapter({
      model,
      threads,
      linears: plan?.linears ?? linears,
      sizes: plan?.sizes,
      precision,
      ...adapterSettings(config),
      ...(adapter && { rank: adapter.rank, alpha: adapter.alpha }),
      seed: config.seed,
      device,
      adapterLayers,
      onReport: (report) => {
        if (!own) return;
        progress(plan ? heldLine(plan) : NO_ROOM);
        for (const line of reportLines(report)) progress(line);
      },
    });
    try {
      if (adapter !== undefined) await policy.restore(adapterSnapshot(adapter, policy));
      const sandbox = withLimits(await openSandbox({ heapLimit: heapLimit(config) }), programLimits(config));
      const trusted = openTestSandbox();
      try {
        if (policy.info.precision) progress(precisionLine(policy.info.precision));
        progress(
          `${policy.info.name} on ${policy.info.device}: ${tasks.length} tasks, ${samples} samples each`,
        );
        const format = alignmentFormats[config['alignment.format']];
        const random = createRandom(config.seed).fork('evaluation');
        const result = await measure(
          tasks,
          { policy, sandbox, trusted, format, config, random, signal },
          adapter !== undefined,
          options['by-task'] === true
            ? (groups) => groups.forEach((group) => out(taskLine(group)))
            : undefined,
        );
        // Measures without a sample are left out; without any there is nothing to tell.
        if (result.metrics['eval_heldout/pass@1'] === undefined)
          throw new CommandError('no sample got a verdict: the tests of these tasks do not run');
        if (options.json === true) out(JSON.stringify(result.metrics));
        else for (const line of measures(result)) out(line);
      } finally {
        await Promise.all([sandbox.dispose(), trusted.dispose()]);
      }
    } finally {
      await policy.dispose();
    }
  },
};

const NO_ROOM =
  'weights are held in the way that takes the least memory: there is not enough to train this model';

/**
 * How `run` would hold the model, so that both measure one model. Null where a run would be refused
 * for its memory or the length of its prompts: measuring takes less than training.
 */
function formatPlan(
  config: Config,
  {
    own,
    tasks,
    adapterLayers,
    ...machine
  }: Omit<ModelRequest, 'model' | 'rank' | 'alpha' | 'seed'> & {
    readonly model: OpenedModel;
    readonly own: boolean;
    readonly tasks: readonly Task[];
  },
): FormatPlan | null {
  const layers = adapterLayers ?? (own ? ADAPTED_LAYERS : undefined);
  try {
    return memoryPlan(config, { ...machine, adapterLayers: layers }, tasks);
  } catch (error) {
    if (error instanceof MemoryCapError || error instanceof RequestError) return null;
    throw error;
  }
}

/** `easy/add  5 of 8`. A sample without a verdict is not counted. */
function taskLine({ task, rollouts }: JudgedGroup): string {
  const known = rollouts.filter(({ reward }) => reward !== null);
  return `${task.id}  ${known.filter(({ reward }) => reward === 1).length} of ${known.length}`;
}

/**
 * The questions come from the base model's rollouts, so that an adapter and its base are asked the same ones.
 */
async function measure(
  tasks: readonly Task[],
  options: EvaluateOptions,
  hasAdapter: boolean,
  onGroups?: (groups: readonly JudgedGroup[]) => void,
): Promise<Evaluation> {
  const { policy, sandbox, config, format, signal } = options;
  const base = await sampleHeldout(tasks, { ...options, adapter: 'base' });
  const settings = evaluationSetSettings(policy, config);
  const set = await makeEvaluationSet(tasks, base, { ...settings, sandbox, format, signal });
  const sampled = hasAdapter ? await sampleHeldout(tasks, options) : base;
  onGroups?.(sampled);
  return evaluate(tasks, set, { ...options, instruments: [selfVerification] }, sampled);
}
