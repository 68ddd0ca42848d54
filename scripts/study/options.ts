/**
 * What a study is asked to do: the default plan (docs/study.md), or arms given on the command line. It only
 * reads and checks options.
 */
import { parseArgs } from 'node:util';
import { parseAssignments } from '../../src/learning/config.ts';
import { armConfig, type Arm, type Experiment } from '../../src/experiment/experiment.ts';

export const USAGE = `npm run study [-- options]

  --arm NAME=PRESET[,key=value]...  an arm, may be repeated (default: the two preset pairs)
  --seeds A,B,...    seeds, the same for every arm (default 11,12,13,14,15)
  --set key=value    a setting of every arm, may be repeated
  --out DIR          where the logs go (default runs/study); finished runs found there are not made again
  --jobs N           runs at a time (default 2)
  --threads N        threads of each run's device (default 1)
  --model DIR        the model of every run (default nano)
  --tasks FILE       the tasks of every run (default those of nano)
  --device NAME      native (default: onnxruntime-node, installed on demand) or wasm
  --into FILE        also writes the tables into FILE, between its study markers
  --json FILE        also writes the summary as JSON
  --picture FILE     also writes the page's first picture (public/runs/picture.json): the first arm against the second
  --from-summary FILE
                     takes the summary from FILE (written by --json) instead of logs; makes no runs
  --report           makes no runs, only the tables of those that are there`;

/**
 * Sizes of the evaluation in a study: larger than a single run's, because a
 * difference between arms is to be seen.
 */
const EVALUATION = {
  'eval.tasks': 300,
  'eval.every': 20,
  'eval.alignmentRecords': 200,
  'eval.reasoningTasks': 200,
  'eval.testOutputTasks': 200,
} as const;

const DEFAULT_ARMS = ['rlvr', 'coderl-plus', 'rlvr-equal-total', 'coderl-plus-equal-total'];

export interface StudyOptions {
  readonly experiment: Experiment;
  readonly out: string;
  readonly jobs: number;
  readonly threads: number;
  readonly device: string;
  readonly model: string | undefined;
  readonly tasks: string | undefined;
  readonly into: string | undefined;
  readonly json: string | undefined;
  readonly picture: string | undefined;
  /** A summary to take instead of logs. */
  readonly fromSummary: string | undefined;
  readonly reportOnly: boolean;
}

/** @throws an error with one clear line for anything that cannot be run */
export function readOptions(argv: readonly string[]): StudyOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      arm: { type: 'string', multiple: true },
      seeds: { type: 'string', default: '11,12,13,14,15' },
      set: { type: 'string', multiple: true },
      out: { type: 'string', default: 'runs/study' },
      jobs: { type: 'string', default: '2' },
      threads: { type: 'string', default: '1' },
      device: { type: 'string', default: 'native' },
      model: { type: 'string' },
      tasks: { type: 'string' },
      into: { type: 'string' },
      json: { type: 'string' },
      picture: { type: 'string' },
      'from-summary': { type: 'string' },
      report: { type: 'boolean', default: false },
    },
  });
  const arms = (values.arm ?? DEFAULT_ARMS.map((preset) => `${preset}=${preset}`)).map(readArm);
  const names = arms.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new Error(`two arms have one name: ${names.join(', ')}`);
  const experiment: Experiment = {
    title: 'study',
    arms,
    seeds: values.seeds.split(',').map((text) => whole('seeds', text, 0)),
    overrides: { ...EVALUATION, ...parseAssignments(values.set ?? []) },
  };
  // Every configuration is checked before the first run is made.
  for (const arm of arms) armConfig(experiment, arm, experiment.seeds[0]!);
  return {
    experiment,
    out: values.out,
    jobs: whole('jobs', values.jobs, 1),
    threads: whole('threads', values.threads, 1),
    device: values.device,
    model: values.model,
    tasks: values.tasks,
    into: values.into,
    json: values.json,
    picture: values.picture,
    fromSummary: values['from-summary'],
    reportOnly: values.report,
  };
}

function readArm(text: string): Arm {
  const [head = '', ...settings] = text.split(',');
  const [name, preset] = head.split('=');
  if (!name || !preset || !/^[\w.+-]+$/.test(name))
    throw new Error(`--arm is NAME=PRESET[,key=value]..., got ${JSON.stringify(text)}`);
  return { name, preset, overrides: parseAssignments(settings) };
}

function whole(name: string, text: string, min: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min)) throw new Error(`--${name}: ${JSON.stringify(text)} is not a whole number >= ${min}`);
  return value;
}
