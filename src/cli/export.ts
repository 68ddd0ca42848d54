/**
 * `export`: writes a run log as a folder of files for other programs. src/experiment/export says what the
 * files hold.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  adapterExport,
  exportFiles,
  EXPORT_FORMATS,
  loopDistribution,
  runData,
  type AdapterExport,
  type ExportedFiles,
  type ExportFormat,
} from '../experiment/export/index.ts';
import { RunLogError, readRunLog } from '../experiment/run-log.ts';
import type { TrainerEvent } from '../learning/events.ts';
import { givenFile, type StreamedFile } from '../policy/files/streamed-file.ts';
import { adapterSnapshot, readAdapterFile } from './adapter-file.ts';
import { parseOptions, required, type Command } from './command.ts';
import { openModelWithAdapter, tasksNamed } from './engine.ts';
import { ggufFiles, ggufTypeOf, modelFiles } from './export-model.ts';
import { UsageError } from './errors.ts';
import { openModelAt } from './models.ts';
import { fromWhereTheUserIs, readFileText, withOutput } from './files.ts';

/** Formats that need no run. */
const OF_A_MODEL = ['hf', 'gguf', 'peft', 'rl'] as const;

export const exportCommand: Command = {
  usage: `export --format hf|gguf|peft|rl --out DIR [--model PATH] [--adapter PATH] [--type TYPE]
  export --run run.jsonl --format FORMAT --out DIR [--timing FILE] [--tasks NAME] [--model PATH] [--adapter PATH]

  --run FILE      a run log, as "run --out" writes it
  --format FORMAT csv   metrics.csv, one row per step
                  log   run.jsonl, checked line by line
                  tensorboard  an event file: --logdir DIR
                  wandb  wandb-history.jsonl, wandb-summary.json, wandb-config.json; Trackio takes the lines too
                  parquet  the rollouts, a file a step, in the columns of TRL's completions and of verl's dumps
                  trl   the loop for TRL with the model in it: "trl grpo --config grpo.yaml" in DIR
                  verl  the loop for verl with the model in it: "sh launch.sh" in DIR
                  peft  adapter_model.safetensors, adapter_config.json, adapter.gguf (for llama.cpp), parity.json;
                        needs --adapter
                  hf    a folder that transformers loads: nano, or --model, as floats; --adapter is merged into it
                  gguf  a file that llama.cpp loads, with --type F16 (default), F32 or Q8_0; --adapter is merged into it
                  rl    the Python package of the loop on its own, tracewise-rl, as "pip wheel" takes it
  --out DIR       the folder to write to; made if missing
  --timing FILE   the seconds of the run, for metrics and log (run.timing.jsonl)
  --tasks NAME    the tasks of the run, when they are not nano's: as --tasks of run (easy, FILE, hub:ID)
  --model PATH    another model than nano: a folder, a GGUF file or an id of the Hub
  --adapter PATH  a LoRA adapter of the model: what "run --save-adapter" wrote, a folder of PEFT's, a GGUF file;
                  trl and verl go on from it`,

  async run(argv, { out, progress, signal }) {
    const options = parseOptions(argv, {
      run: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      timing: { type: 'string' },
      tasks: { type: 'string' },
      adapter: { type: 'string' },
      model: { type: 'string' },
      type: { type: 'string' },
    });
    const { format: wanted, model, adapter } = options;
    const request = { model, adapter, progress, signal };
    if (options.type !== undefined && wanted !== 'gguf')
      throw new UsageError('--type goes with --format gguf');
    if (wanted !== undefined && (OF_A_MODEL as readonly string[]).includes(wanted)) {
      const folder = required(options.out, 'out');
      await writeAll(
        await filesOfModel(wanted as (typeof OF_A_MODEL)[number], request, options.type),
        folder,
        out,
      );
      return;
    }
    const path = required(options.run, 'run');
    const format = formatOf(required(wanted, 'format'));
    const folder = required(options.out, 'out');
    const goesOn = format === 'trl' || format === 'verl';
    if (!goesOn && model !== undefined) throw new UsageError(`--model does not go with --format ${format}`);
    const events = await readEvents(path);
    if (options.timing !== undefined) events.push(...(await readEvents(options.timing)));
    const files = exportFiles(format, {
      events,
      tasks: goesOn ? await tasksNamed(options.tasks, progress, signal) : [],
      adapter: goesOn && adapter !== undefined ? await adapterOf(request) : null,
    });
    await writeAll(given(files), folder, out);
    if (!goesOn) return;
    // The base goes along as it is; the adapter beside it learns on.
    const base = await baseFiles(runData(events).model, format, request);
    if (base !== null) await writeAll(base, folder, out);
  },
};

type ExportRequest = Parameters<typeof modelFiles>[0];

async function filesOfModel(
  format: (typeof OF_A_MODEL)[number],
  request: ExportRequest,
  type: string | undefined,
): Promise<readonly StreamedFile[]> {
  switch (format) {
    case 'hf':
      return modelFiles(request);
    case 'gguf':
      return ggufFiles(request, ggufTypeOf(type));
    case 'rl':
      return given(loopDistribution);
    case 'peft':
      required(request.adapter, 'adapter');
      return given(exportFiles('peft', { events: [], adapter: await adapterOf(request) }));
  }
}

/** The model that grpo.yaml or launch.sh names, in its folder; null where it is neither given nor nano. */
async function baseFiles(
  trained: string,
  format: 'trl' | 'verl',
  { model, progress, signal }: ExportRequest,
): Promise<readonly StreamedFile[] | null> {
  if (model === undefined && trained !== 'nano') {
    progress(`the model ${trained} is not in the folder; --model PATH puts it there`);
    return null;
  }
  const folder = format === 'trl' ? trained : 'model';
  const files = await modelFiles({ model, progress, signal });
  return files.map((file) => ({ ...file, name: `${folder}/${file.name}` }));
}

const given = (files: ExportedFiles): readonly StreamedFile[] =>
  [...files].map(([name, content]) => givenFile(name, content));

async function writeAll(
  files: readonly StreamedFile[],
  folder: string,
  out: (line: string) => void,
): Promise<void> {
  for (const file of files) {
    const target = join(folder, file.name);
    await makeFolder(dirname(target));
    await withOutput(target, async (output) => {
      for await (const piece of file.pieces()) await output.write(piece);
    });
    out(target);
  }
}

/** @throws UsageError */
function formatOf(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === text);
  if (format === undefined)
    throw new UsageError(
      `unknown format "${text}"; there are ${[...new Set([...EXPORT_FORMATS, ...OF_A_MODEL])].join(', ')}`,
    );
  return format;
}

/** @throws UsageError naming file and line */
async function readEvents(path: string): Promise<TrainerEvent[]> {
  try {
    return [...readRunLog(await readFileText(path)).events];
  } catch (error) {
    if (error instanceof RunLogError) throw new UsageError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The adapter as PEFT's files, and what the model says with it. */
async function adapterOf({ model, adapter, progress, signal }: ExportRequest): Promise<AdapterExport> {
  const file = await readAdapterFile(adapter!);
  const policy = await openModelWithAdapter({
    ...(model !== undefined && { model: await openModelAt(model, progress, signal) }),
    rank: file.rank,
    alpha: file.alpha,
    seed: 0,
  });
  try {
    await policy.restore(adapterSnapshot(file, policy));
    return await adapterExport(policy, policy.architecture, policy.adapter);
  } finally {
    await policy.dispose();
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(fromWhereTheUserIs(path), { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`${path}: cannot be made (${(error as Error).message})`);
  });
}
