/**
 * Every way to export a run, as files by name: its log, its metrics, its adapter, and
 * its prompts with their rewards for TRL and verl. It writes to no disk. The page
 * makes a zip of the files, the command line a folder.
 */
import { strToU8, zipSync, type Zippable } from 'fflate';
import type { TrainerEvent } from '../../learning/events.ts';
import type { Task } from '../../tasks/types.ts';
import { eventLine } from '../run-log.ts';
import type { AdapterExport } from './adapter-export.ts';
import type { ExportFormat } from './formats.ts';
import { metricsCsv } from './metrics-csv.ts';
import { parquetFiles } from './parquet-tables.ts';
import { ExportError, runData } from './run-data.ts';
import { EVENT_FILE, tensorboardFile } from './tensorboard.ts';
import { trlFiles } from './trl.ts';
import { verlFiles } from './verl.ts';
import { wandbFiles } from './wandb.ts';
import { ZIP_DATE } from './zip-stream.ts';

export { EXPORT_FORMATS, type ExportFormat } from './formats.ts';
export { ExportError, runData, taskIdsOf } from './run-data.ts';
export { loopDistribution } from './loop-package.ts';
export { adapterExport, type AdapterExport } from './adapter-export.ts';
export { parityCard, type ParityCard } from './parity.ts';

export interface ExportSource {
  /** The run's log, with or without `timing` events. */
  readonly events: readonly TrainerEvent[];
  /** Its tasks; needed by `trl` and `verl`, which carry the tests. */
  readonly tasks?: readonly Task[] | undefined;
  /** Needed by `peft`; `trl` and `verl` go on from it. */
  readonly adapter?: AdapterExport | null | undefined;
}

/** Contents by path. */
export type ExportedFiles = ReadonlyMap<string, string | Uint8Array>;

/** @throws ExportError when the run does not hold what the format needs */
export function exportFiles(
  format: ExportFormat,
  { events, tasks = [], adapter }: ExportSource,
): ExportedFiles {
  switch (format) {
    case 'log':
      return logFiles(events);
    case 'csv':
      runData(events);
      return new Map([['metrics.csv', metricsCsv(events)]]);
    case 'tensorboard':
      runData(events);
      return new Map([[EVENT_FILE, tensorboardFile(events)]]);
    case 'wandb':
      return wandbFiles(runData(events), events);
    case 'parquet':
      return parquetFiles(runData(events));
    case 'peft':
      if (!adapter) {
        throw new ExportError(
          'The adapter of this run was not kept.',
          'Only runs that ended on this page, and files of run --save-adapter, have one. Run it again to get it.',
        );
      }
      return adapterFiles(adapter);
    case 'trl':
      return withAdapter(trlFiles(runData(events), tasks), adapter);
    case 'verl':
      return withAdapter(verlFiles(runData(events), tasks), adapter);
  }
}

const adapterFiles = ({ files, parity }: AdapterExport): ExportedFiles =>
  new Map<string, string | Uint8Array>([
    ...Object.entries(files),
    ['parity.json', `${JSON.stringify(parity, null, 1)}\n`],
  ]);

/** The trained adapter beside the loop, which goes on from it. */
const withAdapter = (files: ExportedFiles, adapter: AdapterExport | null | undefined): ExportedFiles =>
  adapter ? new Map([...files, ...under('adapter', adapterFiles(adapter))]) : files;

/** `run.jsonl`, and the seconds beside it as the command line writes them. */
function logFiles(events: readonly TrainerEvent[]): ExportedFiles {
  runData(events);
  const lines = (chosen: readonly TrainerEvent[]) => chosen.map((event) => `${eventLine(event)}\n`).join('');
  const timing = events.filter(({ type }) => type === 'timing');
  return new Map([
    ['run.jsonl', lines(events.filter(({ type }) => type !== 'timing'))],
    ...(timing.length > 0 ? [['run.timing.jsonl', lines(timing)] as const] : []),
  ]);
}

/** The files as one zip archive. */
export function zipFiles(files: ExportedFiles): Uint8Array {
  const entries: Zippable = {};
  for (const [path, content] of files) {
    entries[path] = [
      typeof content === 'string' ? strToU8(content) : content,
      { mtime: ZIP_DATE, level: path.endsWith('.safetensors') ? 0 : 6 },
    ];
  }
  return zipSync(entries);
}

/** Files under a folder of their own. */
export const under = (folder: string, files: ExportedFiles): ExportedFiles =>
  new Map([...files].map(([path, content]) => [`${folder}/${path}`, content]));
