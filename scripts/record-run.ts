/**
 * `npm run record -- run.jsonl --title "..." --device "..." --out public/runs/NAME.jsonl.gz`: makes a
 * run log of `tracewise run` into a recording that ships with the site, thinned until it is at most 1
 * MB, and enters it in the list beside it. It trains nothing. With --moments FILE (of record:moments)
 * it may be questioned without a model, and carries an example through Learn. Further: --title-zh,
 * --command (default: derived from the configuration), --date (default: when the log was written),
 * --max-bytes.
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
import { readMoments } from '../src/experiment/moments.ts';
import { hasCreditWithin } from '../src/learning/config.ts';
import { chooseStory, previewOf, tokenAdvantages } from './record/story.ts';
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
    moments: { type: 'string' },
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

async function nanoTokenizer(): Promise<ReturnType<typeof loadTokenizer>> {
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await readNanoFile(name)));
  return loadTokenizer(await json('tokenizer.json'), await json('tokenizer_config.json'));
}

function piecesIn(events: readonly TrainerEvent[]): Recording['pieces'] {
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
const tokenizer = await nanoTokenizer();
const momentsText = values.moments === undefined ? null : await readFile(values.moments);
const moments = momentsText === null ? null : await readMoments(momentsText, values.moments ?? '');
const packedMoments = momentsText === null ? null : gzipSync(momentsText, { level: 9 });
const momentsName = `${basename(out, '.jsonl.gz')}.moments.json.gz`;
const candidate = moments === null ? null : chooseStory(log.events, moments);
const place = candidate && { taskId: candidate.taskId, written: candidate.written, asked: candidate.asked };
const story = place && {
  ...place,
  ...(hasCreditWithin(started.config['alignment.reward']) && {
    tokenAdvantages: tokenAdvantages(log.events, place, started.config, tokenizer),
  }),
};
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
  ...(moments !== null &&
    packedMoments !== null && {
      moments: { file: momentsName, bytes: packedMoments.length, steps: moments.steps },
    }),
  ...(story && { story }),
};
const all = await builtInTasks();
const whole = withTimes(log.events, times);
const most = Number(values['max-bytes']);

/** The example is shown token by token. */
function withStory(kept: readonly number[]): readonly number[] {
  const needed = story ? [story.written.step, story.asked.step] : [];
  return [...new Set([...kept, ...needed])].sort((a, b) => a - b);
}

function packed(thinned: Compaction): Buffer {
  const events = compactLog(whole, thinned);
  const recording = {
    manifest: { ...base, thinned },
    events,
    tasks: tasksIn(events, all),
    pieces: piecesIn(events),
  };
  return gzipSync(recordingText(recording), { level: 9 });
}

for (const [count, groupsPerKind] of TRIES) {
  const tokenSteps = count === null || count >= steps ? null : withStory(spread(steps, count));
  if (count !== null && tokenSteps === null) continue;
  const thinned: Compaction = { logProbDecimals: LOG_PROB_DECIMALS, tokenSteps, groupsPerKind };
  const bytes = packed(thinned);
  if (bytes.length > most) continue;
  await writeFile(out, bytes);
  if (packedMoments !== null) await writeFile(join(dirname(out), momentsName), packedMoments);
  if (moments !== null && candidate !== null) {
    const preview = previewOf(moments, candidate.alignment.record);
    if (preview !== null) await writeFile(join(dirname(out), 'preview.json'), `${JSON.stringify(preview)}\n`);
  }
  // The list is fetched by everyone; the example is in the recording.
  const { story: _, ...short } = base;
  const listed: ListedRecording = { ...short, thinned, file: basename(out), bytes: bytes.length };
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
