/**
 * `export`: writes a run log as a folder of files for other programs. src/experiment/export says what the
 * files hold.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  exportFiles,
  EXPORT_FORMATS,
  parityCard,
  type AdapterExport,
  type ExportFormat,
} from '../experiment/export/index.ts';
import { RunLogError, readRunLog } from '../experiment/run-log.ts';
import type { TrainerEvent } from '../learning/events.ts';
import { adapterSnapshot, peftFiles, readAdapterFile } from './adapter-file.ts';
import { parseOptions, required, type Command } from './command.ts';
import { openModelWithAdapter, tasksNamed } from './engine.ts';
import { modelFiles } from './export-model.ts';
import { UsageError } from './errors.ts';
import { createOutput, fromWhereTheUserIs, readFileText } from './files.ts';

export const exportCommand: Command = {
  usage: `export --format hf --out DIR [--model FOLDER] [--adapter PATH]
  export --run run.jsonl --format FORMAT --out DIR [--timing FILE] [--tasks FILE] [--adapter FILE]

  --run FILE      a run log, as "run --out" writes it
  --format FORMAT csv   metrics.csv, one row per step
                  log   run.jsonl, checked line by line
                  trl   grpo.yaml, rewards.py, export/train.jsonl: "trl grpo --config grpo.yaml" in DIR
                  verl  train.jsonl, to_parquet.py, rewards.py, launch.sh, rollouts/STEP.jsonl
                  peft  adapter_model.safetensors, adapter_config.json, adapter.gguf (for llama.cpp), parity.json;
                        needs --adapter
                  hf    a folder that transformers loads: nano, or --model, as floats; --adapter is merged into it
  --out DIR       the folder to write to; made if missing
  --timing FILE   the seconds of the run, for csv and log (run.timing.jsonl)
  --tasks NAME    the tasks of the run, when they are not nano's: as --tasks of run (easy, FILE, hub:ID)
  --adapter FILE  a LoRA adapter of nano: what "run --save-adapter" wrote, a folder of PEFT's, a GGUF file`,

  async run(argv, { out, progress, signal }) {
    const options = parseOptions(argv, {
      run: { type: 'string' },
      format: { type: 'string' },
      out: { type: 'string' },
      timing: { type: 'string' },
      tasks: { type: 'string' },
      adapter: { type: 'string' },
      model: { type: 'string' },
    });
    if (options.format === 'hf') {
      const folder = required(options.out, 'out');
      await writeAll(await modelFiles(options.model, options.adapter, progress, signal), folder, out);
      return;
    }
    if (options.model !== undefined) throw new UsageError('--model goes with --format hf');
    const path = required(options.run, 'run');
    const format = formatOf(required(options.format, 'format'));
    const folder = required(options.out, 'out');
    const events = await readEvents(path);
    if (options.timing !== undefined) events.push(...(await readEvents(options.timing)));
    const files = exportFiles(format, {
      events,
      tasks: format === 'trl' || format === 'verl' ? await tasksNamed(options.tasks, progress, signal) : [],
      adapter: format === 'peft' ? await adapterOf(required(options.adapter, 'adapter')) : null,
    });
    await writeAll(files, folder, out);
  },
};

async function writeAll(
  files: ReadonlyMap<string, string | Uint8Array>,
  folder: string,
  out: (line: string) => void,
): Promise<void> {
  for (const [name, content] of files) {
    const target = join(folder, name);
    await makeFolder(dirname(target));
    const output = await createOutput(target);
    await output.write(content);
    await output.commit();
    out(target);
  }
}

/** @throws UsageError */
function formatOf(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === text);
  if (format === undefined)
    throw new UsageError(`unknown format "${text}"; there are ${[...EXPORT_FORMATS, 'hf'].join(', ')}`);
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

/** The adapter as PEFT's files, and what nano says with it. */
async function adapterOf(path: string): Promise<AdapterExport> {
  const file = await readAdapterFile(path);
  const policy = await openModelWithAdapter({ rank: file.rank, alpha: file.alpha, seed: 0 });
  try {
    await policy.restore(adapterSnapshot(file, policy));
    return { files: await peftFiles(policy), parity: await parityCard(policy) };
  } finally {
    await policy.dispose();
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(fromWhereTheUserIs(path), { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`${path}: cannot be made (${(error as Error).message})`);
  });
}
