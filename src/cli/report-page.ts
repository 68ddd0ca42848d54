/**
 * `report`: a run, or several as an experiment, as one HTML file. What it holds is
 * src/experiment/report's; the text tables of `run` and `eval` are report.ts's.
 */
import { armOf, sharedBeyondArms } from '../experiment/arm-of-log.ts';
import { outcomeOf, summarise, type RunOutcome } from '../experiment/experiment.ts';
import { experimentReport } from '../experiment/report/experiment-report.ts';
import { runReport } from '../experiment/report/run-report.ts';
import { RunLogError, readRunLog } from '../experiment/run-log.ts';
import { readShippedStudy, StudyError } from '../experiment/shipped-study.ts';
import { createConfig } from '../learning/config.ts';
import type { TrainerEvent } from '../learning/events.ts';
import { parseOptions, required, type Command } from './command.ts';
import { UsageError } from './errors.ts';
import { createOutput, readFileText } from './files.ts';

export const reportCommand: Command = {
  usage: `report --run LOG [--run LOG ...] --out FILE.html [--title TEXT] [--hypothesis TEXT]
  report --study study.json --out FILE.html [--title TEXT] [--hypothesis TEXT]

  --run LOG          a run log, as "run --out" writes it; of several, arms are told by their settings and
                     compared seed by seed
  --study FILE       the summary of a study, as "npm run study -- --json" writes it
  --out FILE         one HTML file with pictures, tables, settings, seeds and the command; it loads nothing
  --title TEXT       its heading (default: what the run is)
  --hypothesis TEXT  what was to be found out`,

  async run(argv, { out }) {
    const options = parseOptions(argv, {
      run: { type: 'string', multiple: true },
      study: { type: 'string' },
      out: { type: 'string' },
      title: { type: 'string' },
      hypothesis: { type: 'string' },
    });
    const file = required(options.out, 'out');
    const { title, hypothesis = '', study, run: paths = [] } = options;
    if ((study === undefined) === (paths.length === 0))
      throw new UsageError('give --run LOG, or --study FILE');
    const date = new Date().toISOString().slice(0, 10);
    const said = { date, ...(title !== undefined && { title }) };
    let html: string;
    if (study !== undefined) html = await ofStudy(study, hypothesis, said);
    else {
      const runs = await Promise.all(paths.map(async (path) => ({ path, events: await eventsOf(path) })));
      html =
        runs.length === 1
          ? runReport(runs[0]!.events, { ...said, note: hypothesis })
          : ofRuns(runs, hypothesis, said);
    }
    const output = await createOutput(file);
    await output.write(html);
    await output.commit();
    out(file);
  },
};

interface PageOptions {
  readonly date: string;
  readonly title?: string;
}

async function ofStudy(path: string, hypothesis: string, said: PageOptions): Promise<string> {
  try {
    const { experiment, summary } = readShippedStudy(JSON.parse(await readFileText(path)));
    return experimentReport(
      { experiment: { ...experiment, hypothesis }, summary, model: 'nano', left: 0 },
      said,
    );
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${path}: not JSON (${error.message})`);
    if (error instanceof StudyError) throw new UsageError(`${path}: ${error.message} ${error.advice}`);
    throw error;
  }
}

/** @throws UsageError naming file and line */
async function eventsOf(path: string): Promise<readonly TrainerEvent[]> {
  try {
    return readRunLog(await readFileText(path)).events;
  } catch (error) {
    if (error instanceof RunLogError) throw new UsageError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

interface ReadRun {
  readonly path: string;
  readonly events: readonly TrainerEvent[];
}

/**
 * @throws UsageError when a log holds no run, two are of one arm and seed, or they trained different models
 */
function ofRuns(logs: readonly ReadRun[], hypothesis: string, said: PageOptions): string {
  const runs = logs.map(({ path, events }) => {
    const started = events.find((event) => event.type === 'run-started');
    if (started === undefined) throw new UsageError(`${path} holds no start of a run`);
    // A log of an earlier version lacks settings that came later: they are at their defaults.
    const config = createConfig(started.config);
    return { path, events, config, model: started.model.name, arm: armOf(config) };
  });
  const [first] = runs;
  const other = runs.find(({ model }) => model !== first!.model);
  if (other !== undefined)
    throw new UsageError(
      `${other.path} trained ${other.model}, ${first!.path} ${first!.model}: a difference could be the models'`,
    );
  const seen = new Map<string, string>();
  for (const { path, arm, config } of runs) {
    const key = `${arm.name}, seed ${config.seed}`;
    const twin = seen.get(key);
    if (twin !== undefined) throw new UsageError(`${path} and ${twin} are the same run: ${key}`);
    seen.set(key, path);
  }
  const arms = [...new Map(runs.map(({ arm }) => [arm.name, arm])).values()];
  const outcomes = runs.flatMap(({ arm, config, events }): RunOutcome[] => {
    const outcome = outcomeOf(arm.name, config.seed, events);
    return outcome === null ? [] : [outcome];
  });
  const experiment = {
    title: said.title ?? arms.map(({ name }) => name).join(' / '),
    hypothesis,
    arms,
    seeds: [...new Set(runs.map(({ config }) => config.seed))].sort((a, b) => a - b),
    overrides: sharedBeyondArms(runs),
  };
  const reported = {
    experiment,
    summary: summarise(experiment, outcomes),
    model: first!.model,
    left: runs.length - outcomes.length,
  };
  return experimentReport(reported, said);
}
