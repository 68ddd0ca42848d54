/** The command lines that make a run or an experiment again. Data in, text out. */
import { CONFIG_KEYS, type Config, type ConfigOverrides } from '../../learning/config.ts';
import { armConfig, type Experiment } from '../experiment.ts';
import { nearestPreset } from '../presets.ts';

/** As a POSIX shell reads it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const line = (words: readonly string[]): string => words.map(quoted).join(' ');

/** @param file of the log, without its ending */
export function commandOfRun(config: Config, file = 'run'): string {
  const { name, changes } = nearestPreset(config);
  const settings = changes
    .filter(({ key }) => key !== 'seed' && key !== 'steps')
    .flatMap(({ key, to }) => ['--set', `${key}=${String(to)}`]);
  return line([
    ...['npm', 'run', '-s', 'tracewise', '--', 'run', '--preset', name, '--seed', String(config.seed)],
    ...['--steps', String(config.steps)],
    ...settings,
    ...['--out', `${file}.jsonl`],
  ]);
}

/** What `npm run study` would otherwise choose itself: a study measures more than a run. */
const MEASURED = [
  'eval.tasks',
  'eval.every',
  'eval.alignmentRecords',
  'eval.reasoningTasks',
  'eval.testOutputTasks',
];

/** One command for all runs; one a run where a name is none that the study takes. */
export function commandOfExperiment(experiment: Experiment): string {
  const { arms, seeds } = experiment;
  if (arms.some(({ name }) => !/^[\w.+-]+$/.test(name))) {
    const all = seeds.flatMap((seed) =>
      arms.map((arm, i) => commandOfRun(armConfig(experiment, arm, seed), `arm-${i + 1}.${seed}`)),
    );
    return all.join('\n');
  }
  const shared = armConfig({ ...experiment, arms: [] }, { name: '', preset: 'rlvr', overrides: {} }, 0);
  const said: ConfigOverrides = {
    ...Object.fromEntries(MEASURED.map((key) => [key, shared[key as 'eval.tasks']])),
    ...experiment.overrides,
  };
  const settings = CONFIG_KEYS.filter((key) => key in said).flatMap((key) => [
    '--set',
    `${key}=${String(said[key])}`,
  ]);
  return line([
    ...['npm', 'run', 'study', '--'],
    ...arms.flatMap(({ name, preset, overrides }) => [
      '--arm',
      [
        `${name}=${preset}`,
        ...Object.entries(overrides).map(([key, value]) => `${key}=${String(value)}`),
      ].join(','),
    ]),
    ...['--seeds', seeds.join(',')],
    ...settings,
  ]);
}
