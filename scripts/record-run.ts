/**
 * `npm run record -- run.jsonl --title "..." --device "..." --out public/runs/NAME.jsonl.gz`: makes a
 * run log of `tracewise run` into a recording that ships with the site, thinned until it is at most 1
 * MB, and enters it in the list beside it. It trains nothing. Further: --title-zh, --command
 * (default: derived from the configuration), --date (default: when the log was written), --max-bytes.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { builtInTasks, readNanoFile } from '../src/cli/engine.ts';
import { readRecordingList, recordingText, RECORDING_VERSION, stepsOf } from '../src/experiment/recorded.ts';
import type {
  ListedRecording,
  Recording,
  RecordingManifest,
  Compaction,
} from '../src/experiment/recorded.ts';
import { nearestPreset } from '../src/experiment/presets.ts';
import { readRunLog } from '../src/experiment/run-log.ts';
import { spread, compactLog, withTimes } from '../src/experiment/compact-log.ts';
import { DEFAULTS, diff, type ConfigOverrides } from '../src/learning/config.ts';
import type { Config } from '../src/learning/config.ts';
import type { TrainerEvent } from '../src/learning/events.ts';
import { loadTokenizer } from '../src/policy/tokenizer/tokenizer.ts';
import type { Task } from '../src/tasks/types.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    title: { type: 'string' },
    'title-zh': { type: 'string' },
    device: { type: 'string' },
    command: { type: 'string' },
    date: { type: 'string' },
    out: { type: 'string' },
    'max-bytes': { type: 'string', default: '1000000' },
  },
});

const LOG_PROB_DECIMALS = 3;
/**
 * From nothing left out to little left, tried in this order: steps with tokens,
 * groups of each kind in the others.
 */
const TRIES: readonly (readonly [tokenSteps: number | null, groups: number | null])[] = [
  [null, null],
  ...[24, 16, 12, 8, 6, 4, 3, 2].map((steps) => [steps, null] as const),
  ...[8, 6, 4, 3, 2, 1].map((groups) => [2, groups] as const),
];

function usage(problem: string): never {
  console.error(
    `${problem}\nnpm run record -- run.jsonl --title TEXT --device TEXT --out public/runs/NAME.jsonl.gz`,
  );
  process.exit(2);
}

function commandOf(config: Config): string {
  const { name, changes } = nearestPreset(config);
  const words = changes.map(({ key, to }) =>
    key === 'seed' || key === 'steps' ? `--${key} ${String(to)}` : `--set ${key}=${String(to)}`,
  );
  return ['npm run -s tracewise -- run --preset', name, ...words].join(' ');
}

const changesOf = (config: Config): ConfigOverrides =>
  Object.fromEntries(diff(config, DEFAULTS).map(({ key, to }) => [key, to])) as ConfigOverrides;

/** Tasks that the kept groups are about, in the order they come. */
function tasksIn(events: readonly TrainerEvent[], all: readonly Task[]): readonly Task[] {
  const ids = new Set(
    events.flatMap((event) =>
      event.type !== 'rollouts'
        ? []
        : event.groups.map((group) => (group.kind === 'code' ? group.taskId : group.record.taskId)),
    ),
  );
  // Without solutions: nobody is shown them.
  return all.filter(({ id }) => ids.has(id)).map(({ solution: _, ...task }) => task);
}

async function piecesIn(events: readonly TrainerEvent[]): Promise<Recording['pieces']> {
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await readNanoFile(name)));
  const tokenizer = loadTokenizer(await json('tokenizer.json'), await json('tokenizer_config.json'));
  const ids = new Set(
    events.flatMap((event) =>
      event.type !== 'rollouts'
        ? []
        : event.groups.flatMap(({ rollouts }) => rollouts.flatMap(({ tokens }) => tokens)),
    ),
  );
  return Object.fromEntries([...ids].sort((a, b) => a - b).map((id) => [id, tokenizer.decode([id])]));
}

const [path] = positionals;
const { title, device, out } = values;
if (path === undefined || title === undefined || device === undefined || out === undefined)
  usage('A log, a title, a device and a place to write to are needed.');
if (!out.endsWith('.jsonl.gz')) usage('--out ends in .jsonl.gz');

const read = readRunLog(await readFile(path, 'utf8'));
// A run made before a setting existed had what is its default now.
const log = {
  ...read,
  events: read.events.map((event) =>
    event.type === 'run-started' ? { ...event, config: { ...DEFAULTS, ...event.config } } : event,
  ),
};
const timingText = await readFile(`${path.replace(/\.jsonl$/, '')}.timing.jsonl`, 'utf8').catch(() => '');
const times = timingText === '' ? [] : readRunLog(timingText).events;
const started = log.events[0];
if (started?.type !== 'run-started') usage(`${path} does not begin with a run.`);
const steps = stepsOf(log.events);
const evaluations = log.events.filter((event) => event.type === 'evaluation');
const seconds = times.reduce(
  (sum, event) =>
    sum + (event.type === 'timing' ? (event.seconds['step_time'] ?? event.seconds['time/evaluate'] ?? 0) : 0),
  0,
);
const base: Omit<RecordingManifest, 'thinned'> = {
  version: RECORDING_VERSION,
  id: basename(out, '.jsonl.gz'),
  title: { en: title, ...(values['title-zh'] === undefined ? {} : { zh: values['title-zh'] }) },
  device,
  date: values.date ?? (await stat(path)).mtime.toISOString(),
  command: values.command ?? commandOf(started.config),
  config: changesOf(started.config),
  model: started.model.name,
  steps,
  before: evaluations[0]?.metrics ?? null,
  after: evaluations.at(-1)?.metrics ?? null,
  seconds: times.length === 0 ? null : Math.round(seconds),
};
const all = await builtInTasks();
const whole = withTimes(log.events, times);
const most = Number(values['max-bytes']);

async function packed(thinned: Compaction): Promise<Buffer> {
  const events = compactLog(whole, thinned);
  const recording = {
    manifest: { ...base, thinned },
    events,
    tasks: tasksIn(events, all),
    pieces: await piecesIn(events),
  };
  return gzipSync(recordingText(recording), { level: 9 });
}

for (const [count, groupsPerKind] of TRIES) {
  const tokenSteps = count === null || count >= steps ? null : spread(steps, count);
  if (count !== null && tokenSteps === null) continue;
  const thinned: Compaction = { logProbDecimals: LOG_PROB_DECIMALS, tokenSteps, groupsPerKind };
  const bytes = await packed(thinned);
  if (bytes.length > most) continue;
  await writeFile(out, bytes);
  const listed: ListedRecording = { ...base, thinned, file: basename(out), bytes: bytes.length };
  const index = join(dirname(out), 'index.json');
  const old = await readFile(index, 'utf8').then(
    (json) => readRecordingList(json, index),
    () => [],
  );
  const runs = [...old.filter(({ id }) => id !== listed.id), listed].sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeFile(index, `${JSON.stringify({ runs }, null, 2)}\n`);
  console.log(
    `${out}: ${bytes.length} bytes, ${steps} steps; tokens ${tokenSteps === null ? 'of all steps' : `of steps ${tokenSteps.join(', ')}`}, ` +
      `${groupsPerKind === null ? 'every group' : `at most ${groupsPerKind} groups of a kind elsewhere`}`,
  );
  process.exit(0);
}
console.error(`${path} does not fit into ${most} bytes however it is thinned.`);
process.exitCode = 1;
