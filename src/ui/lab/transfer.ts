/**
 * Runs out of the Lab and into it. Out: a zip with a folder a run, in the formats of src/experiment/export,
 * and `tracewise.json` beside each log for what a log does not say (name, note, arm, experiment). In: such a
 * zip, or the log of any run.
 */
import type { Arm } from '../../experiment/experiment.ts';
import {
  exportFiles,
  ExportError,
  taskIdsOf,
  under,
  zipFiles,
  type AdapterExport,
  type ExportFormat,
} from '../../experiment/export/index.ts';
import { PRESETS } from '../../experiment/presets.ts';
import { readRunLog } from '../../experiment/run-log.ts';
import { createConfig, type ConfigOverrides } from '../../learning/config.ts';
import type { Task } from '../../tasks/types.ts';
import { strFromU8, unzipSync, type Unzipped } from 'fflate';
import { s } from '../strings/index.ts';
import { gunzip, gzip } from '../view/gzip.ts';
import { armOf, storedRun, type ExperimentRecord, type RunFiles, type StoredRun } from './runs.ts';

export interface RunWithFiles {
  readonly run: StoredRun;
  readonly files: RunFiles;
}

export interface OutgoingRun extends RunWithFiles {
  /** Tests of the tasks the run trained on; asked for only by formats that carry them. */
  readonly tasks: (ids: readonly string[]) => Promise<readonly Task[]>;
}

export interface Outgoing {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Files that a run could not give, and why. */
  readonly left: readonly string[];
}

/** File a part of the name of an archive. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.+]+/gu, '-')
    .replace(/^-|-$/g, '') || 'run';

/**
 * One zip: a folder a run. With several formats, a run that has no adapter goes without it.
 * @throws ExportError
 */
export async function packRuns(
  outgoing: readonly OutgoingRun[],
  formats: readonly ExportFormat[],
): Promise<Outgoing> {
  const all = new Map<string, string | Uint8Array>();
  const left: string[] = [];
  const folders = new Set<string>();
  for (const { run, files, tasks } of outgoing) {
    const folder = unused(slug(run.name), folders);
    const { events } = readRunLog(await gunzip(files.log));
    for (const format of formats) {
      try {
        const needsTasks = format === 'trl' || format === 'verl';
        const known = needsTasks ? await tasks(taskIdsOf({ events })) : [];
        const written = exportFiles(format, { events, tasks: known, adapter: files.adapter });
        const inside =
          format === 'log' || format === 'csv' ? '' : `/${format === 'peft' ? 'adapter' : format}`;
        for (const [path, content] of under(folder + inside, written)) all.set(path, content);
      } catch (error) {
        if (!(error instanceof ExportError) || formats.length === 1) throw error;
        left.push(`${run.name}: ${error.message}`);
      }
    }
    all.set(`${folder}/tracewise.json`, `${JSON.stringify(cardOf(run), null, 1)}\n`);
  }
  const single = outgoing.length === 1 ? outgoing[0] : undefined;
  return { name: `${single ? slug(single.run.name) : 'tracewise-runs'}.zip`, bytes: zipFiles(all), left };
}

function unused(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
  taken.add(name);
  return name;
}

/** What a log does not say of itself. */
interface Card {
  readonly name: string;
  readonly note: string;
  readonly made: number;
  readonly arm: Arm;
  readonly experiment: ExperimentRecord | null;
}

const cardOf = ({ name, note, made, arm, experiment }: StoredRun): Card => ({
  name,
  note,
  made,
  arm,
  experiment,
});

/** A file that holds no run. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly kept = s.lab.errors.importKept;
  readonly advice = s.lab.errors.importAdvice;
}

/** @param newId makes an id for each run read @throws ImportError, RunLogError */
export async function readRuns(
  name: string,
  bytes: Uint8Array,
  newId: () => string,
  now: number,
): Promise<readonly RunWithFiles[]> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isZip) {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = isGzip ? await gunzip(bytes) : strFromU8(bytes);
    return [await readRun(text, '', null, null, { id: newId(), now, file: name })];
  }
  let entries: Unzipped;
  try {
    entries = unzipSync(bytes);
  } catch (cause) {
    throw new ImportError(s.lab.errors.brokenZip(name), { cause });
  }
  const logs = Object.keys(entries).filter((path) => /(^|\/)run\.jsonl$/.test(path));
  if (logs.length === 0) throw new ImportError(s.lab.errors.noLog(name));
  return Promise.all(
    logs.map((path) => {
      const folder = path.slice(0, -'run.jsonl'.length);
      const text = (file: string): string => strFromU8(entries[folder + file] ?? new Uint8Array());
      const card = readCard(text('tracewise.json'));
      return readRun(text('run.jsonl'), text('run.timing.jsonl'), card, adapterIn(entries, folder), {
        id: newId(),
        now,
        file: name,
      });
    }),
  );
}

async function readRun(
  log: string,
  timing: string,
  card: Card | null,
  adapter: AdapterExport | null,
  { id, now, file }: { readonly id: string; readonly now: number; readonly file: string },
): Promise<RunWithFiles> {
  const { events } = readRunLog(log);
  const started = events.find((event) => event.type === 'run-started');
  if (started === undefined) throw new ImportError(s.lab.errors.noRun(file));
  // The log of another version may hold settings that are none any more.
  const config = createConfig(started.config);
  const seconds = timing === '' ? [] : readRunLog(timing).events;
  const run = storedRun(events, {
    id,
    made: card?.made ?? now,
    experiment: card?.experiment ?? null,
    arm: card?.arm ?? armOf(config),
    hasAdapter: adapter !== null,
    ...(card !== null && { name: card.name, note: card.note }),
  });
  if (run === null) throw new ImportError(s.lab.errors.noRun(file));
  const lines = [
    log.endsWith('\n') ? log : `${log}\n`,
    ...seconds.map((event) => `${JSON.stringify(event)}\n`),
  ];
  return { run, files: { log: await gzip(lines.join('')), adapter } };
}

/** The card of a zip, or null when it is missing or is not of this shape. */
function readCard(text: string): Card | null {
  try {
    const card = JSON.parse(text) as Partial<Card>;
    const { name, note, made, arm, experiment = null } = card;
    if (typeof name !== 'string' || typeof note !== 'string' || typeof made !== 'number' || !arm) return null;
    return { name, note, made, arm: readArm(arm), experiment: readExperiment(experiment) };
  } catch {
    return null;
  }
}

/** @throws ConfigError, TypeError */
function readArm({ name, preset, overrides }: Arm): Arm {
  if (typeof name !== 'string' || !Object.hasOwn(PRESETS, preset)) throw new TypeError('arm');
  createConfig(overrides);
  return { name, preset, overrides };
}

/** @throws ConfigError, TypeError */
function readExperiment(record: ExperimentRecord | null): ExperimentRecord | null {
  if (record === null) return null;
  const { id, experiment, model } = record;
  if (typeof id !== 'string' || typeof experiment.title !== 'string') throw new TypeError('experiment');
  const overrides: ConfigOverrides = experiment.overrides;
  createConfig(overrides);
  const seeds = experiment.seeds.filter((seed) => Number.isSafeInteger(seed));
  return {
    id,
    ...(typeof model === 'string' && { model }),
    experiment: {
      title: experiment.title,
      ...(typeof experiment.hypothesis === 'string' && { hypothesis: experiment.hypothesis }),
      arms: experiment.arms.map(readArm),
      seeds,
      overrides,
    },
  };
}

function adapterIn(entries: Unzipped, folder: string): AdapterExport | null {
  const [weights, config, parity] = ['adapter_model.safetensors', 'adapter_config.json', 'parity.json'].map(
    (file) => entries[`${folder}adapter/${file}`],
  );
  if (!weights || !config || !parity) return null;
  const gguf = entries[`${folder}adapter/adapter.gguf`];
  return {
    files: {
      'adapter_model.safetensors': weights,
      'adapter_config.json': strFromU8(config),
      ...(gguf !== undefined && { 'adapter.gguf': gguf }),
    },
    parity: JSON.parse(strFromU8(parity)) as AdapterExport['parity'],
  };
}
