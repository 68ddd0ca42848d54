/**
 * `plan`: which difference between two arms N seeds and M tasks can show, from the spread of
 * a pilot or from given standard deviations. The arithmetic is src/experiment/planner.ts.
 */
import { componentsOf, type Components, type SeedCounts } from '../experiment/crossed.ts';
import { MEASURES, outcomeOf, type RunOutcome } from '../experiment/experiment.ts';
import { detectable } from '../experiment/planner.ts';
import { RunLogError, readRunLog } from '../experiment/run-log.ts';
import { parseOptions, wholeNumber, type Command } from './command.ts';
import { UsageError } from './errors.ts';
import { readFileText } from './files.ts';

export const planCommand: Command = {
  usage: `plan --seeds N --tasks M (--from LOG --to LOG ... | --seed-sd X --task-sd X --rest-sd X) [--measure NAME] [--json]

  --seeds N       seeds that each arm is to have (2 to 1000)
  --tasks M       held-out tasks that each evaluation is to have
  --from LOG      run logs of a pilot, one arm; given once for each seed, at least two
  --to LOG        the other arm, the same seeds
  --measure NAME  what of the pilot is compared (eval_heldout/pass@1)
  --seed-sd X     without a pilot: standard deviation of the difference from seed to seed,
  --task-sd X     from task to task,
  --rest-sd X     and what is left of one seed on one task
  --measures K    measures that are looked at; the level is 5 % over K (1)
  --power X       chance to show a difference of that size (0.8)
  --json          one JSON object`,

  async run(argv, { out }) {
    const options = parseOptions(argv, {
      seeds: { type: 'string' },
      tasks: { type: 'string' },
      from: { type: 'string', multiple: true },
      to: { type: 'string', multiple: true },
      measure: { type: 'string' },
      'seed-sd': { type: 'string' },
      'task-sd': { type: 'string' },
      'rest-sd': { type: 'string' },
      measures: { type: 'string' },
      power: { type: 'string' },
      json: { type: 'boolean' },
    });
    const seeds = wholeNumber(options.seeds, 'seeds', 5, 2, 1000);
    const tasks = wholeNumber(options.tasks, 'tasks', 100, 1, 100_000);
    const measures = wholeNumber(options.measures, 'measures', 1, 1, 1000);
    const power = numberIn(options.power ?? '0.8', 'power', 0.5, 0.999);
    const measure = options.measure ?? 'eval_heldout/pass@1';
    const isPilot = options.from !== undefined || options.to !== undefined;
    const components = isPilot
      ? await pilot(options.from ?? [], options.to ?? [], measure)
      : {
          seed: deviation(options['seed-sd'], 'seed-sd'),
          task: deviation(options['task-sd'], 'task-sd'),
          rest: deviation(options['rest-sd'], 'rest-sd'),
        };
    const found = detectable(components, { seeds, tasks, power, measures });
    if (options.json === true) {
      out(JSON.stringify({ seeds, tasks, power, measures, components, ...found }));
      return;
    }
    const shown = (value: number) => value.toFixed(4);
    const { seed, task, rest } = components;
    out(
      `standard deviations of the difference: seeds ${shown(seed)}, tasks ${shown(task)}, rest ${shown(rest)}`,
    );
    out(`${seeds} seeds and ${tasks} tasks show with power ${power} a difference of`);
    out(`  ${shown(found.onTheseTasks)} on these tasks (interval over seeds)`);
    out(`  ${shown(found.onSuchTasks)} on tasks of their kind (interval over seeds and tasks)`);
  },
};

function numberIn(text: string, name: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max)) throw new UsageError(`--${name} is a number from ${min} to ${max}`);
  return value;
}

function deviation(text: string | undefined, name: string): number {
  if (text === undefined) throw new UsageError(`give logs of a pilot (--from, --to), or --${name} as well`);
  return numberIn(text, name, 0, 1);
}

/** @throws UsageError when the logs are no pilot of two arms under the same seeds */
async function pilot(from: readonly string[], to: readonly string[], measure: string): Promise<Components> {
  const read = async (paths: readonly string[]) =>
    new Map(await Promise.all(paths.map(async (path) => [await seedOf(path), await outcome(path)] as const)));
  const [a, b] = [await read(from), await read(to)];
  const pairs = [...a].flatMap(([seed, left]): SeedCounts[] => {
    const [x, y] = [left.counts?.[measure], b.get(seed)?.counts?.[measure]];
    return x === undefined || y === undefined ? [] : [{ a: x, b: y }];
  });
  const components = componentsOf(pairs);
  if (components === null) {
    throw new UsageError(
      `a pilot needs two seeds that both arms finished, with ${measure} counted by task (logs from before that are too old); there are ${pairs.length}. Measures: ${MEASURES.join(', ')}`,
    );
  }
  return components;
}

async function eventsOf(path: string) {
  try {
    return readRunLog(await readFileText(path)).events;
  } catch (error) {
    if (error instanceof RunLogError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

async function seedOf(path: string): Promise<number> {
  const started = (await eventsOf(path)).find((event) => event.type === 'run-started');
  if (started === undefined) throw new UsageError(`${path} holds no start of a run`);
  return started.config.seed;
}

async function outcome(path: string): Promise<RunOutcome> {
  const found = outcomeOf(path, 0, await eventsOf(path));
  if (found === null) throw new UsageError(`${path} is no finished run with an evaluation before and after`);
  return found;
}
