/**
 * `npm run study`: runs arms x seeds by the command line's own `run`, several at a time, and writes tables
 * with intervals. It resumes: a run that is complete in the folder is not made again, and one that was
 * interrupted starts over. Logs stay outside git (runs/).
 */
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { summarise, type ExperimentSummary, type RunOutcome } from '../src/experiment/experiment.ts';
import { readOptions, USAGE, type StudyOptions } from './study/options.ts';
import { readSummary, writePicture } from './study/picture.ts';
import { outcomeIn, runsOf, type StudyRun } from './study/runs.ts';
import { markdownTables, withTables } from './study/tables.ts';

/** What the page's picture says of where it is from. */
const PICTURE_SOURCE = 'npm run study, docs/study.md';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) return console.log(USAGE);
  const options = readOptions(argv);
  const { experiment, out, fromSummary } = options;
  if (fromSummary !== undefined) return write(readSummary(fromSummary), [], options);
  mkdirSync(out, { recursive: true });
  const runs = runsOf(experiment, out);
  const todo = runs.filter((run) => outcomeIn(run) === null);
  if (!options.reportOnly) await inParallel(todo, options);
  report(runs, options);
}

async function inParallel(todo: readonly StudyRun[], options: StudyOptions): Promise<void> {
  const queue = [...todo];
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      const started = Date.now();
      await make(run, options);
      done += 1;
      const minutes = ((Date.now() - started) / 60_000).toFixed(1);
      console.error(`${done} of ${todo.length}: ${run.arm.name}, seed ${run.seed}, ${minutes} min`);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, lane));
}

/** One child process; its standard error goes to STEM.log. @throws when it fails, naming that file */
function make(
  { arm, seed, stem }: StudyRun,
  { experiment, device, threads, model, tasks }: StudyOptions,
): Promise<void> {
  const set = Object.entries({ ...experiment.overrides, ...arm.overrides }).flatMap(([key, value]) => [
    '--set',
    `${key}=${String(value)}`,
  ]);
  const args = ['run', '--preset', arm.preset, '--seed', String(seed), ...set, '--out', `${stem}.jsonl`];
  args.push('--save-adapter', `${stem}.safetensors`, '--device', device, '--threads', String(threads));
  if (model !== undefined) args.push('--model', model, '--adapter-layers', 'all');
  if (tasks !== undefined) args.push('--tasks', tasks);
  const log = createWriteStream(`${stem}.log`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('error', reject);
    child.once('exit', (code) => {
      log.end();
      if (code === 0) resolve();
      else reject(new Error(`${arm.name}, seed ${seed}: the run ended with code ${code}; see ${stem}.log`));
    });
  });
}

function report(runs: readonly StudyRun[], options: StudyOptions): void {
  const outcomes = runs.flatMap((run): RunOutcome[] => {
    const outcome = outcomeIn(run);
    if (outcome === null && existsSync(`${run.stem}.jsonl`))
      console.error(`${run.stem}.jsonl: not a whole run with evaluations; left out`);
    return outcome === null ? [] : [outcome];
  });
  write(summarise(options.experiment, outcomes), outcomes, options);
}

function write(
  summary: ExperimentSummary,
  outcomes: readonly RunOutcome[],
  { experiment, into, json, picture }: StudyOptions,
): void {
  const tables = markdownTables(summary);
  console.log(tables);
  // An interval without bounds (one seed) has nulls in JSON. The page's Lab says what all arms shared.
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ ...summary, overrides: experiment.overrides })}\n`);
  if (into !== undefined) {
    const before = existsSync(into) ? readFileSync(into, 'utf8') : '';
    writeFileSync(into, withTables(before, tables));
  }
  if (picture !== undefined) writePicture(picture, summary, outcomes, PICTURE_SOURCE);
}

try {
  await main();
} catch (error) {
  console.error(`study: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
