/**
 * What a report says, in English. The page has these words in its other languages as
 * well (src/ui/strings), the command line has these alone.
 */
import type { Finding } from '../experiment.ts';

const runs = (n: number): string => `${n} ${n === 1 ? 'run' : 'runs'}`;

export const reportWords = {
  run: 'Report of a run',
  experiment: 'Report of an experiment',
  made: (model: string, date: string): string => `Model ${model}. Report made ${date}.`,
  by: 'Made by Tracewise. The file holds everything it shows and asks no server.',
  hypothesis: 'Hypothesis',
  noHypothesis: 'None was written down.',
  findings: 'What came out',
  noFindings: 'No two arms share a finished seed, so nothing is compared.',
  sentence: {
    higher: (measure, to, from) => `${measure}: ${to} is higher than ${from}.`,
    lower: (measure, to, from) => `${measure}: ${to} is lower than ${from}.`,
    'no difference shown': (measure, to, from) =>
      `${measure}: no difference shown between ${from} and ${to}.`,
  } as Readonly<Record<Finding, (measure: string, to: string, from: string) => string>>,
  forest: (to: string, from: string): string => `${to} minus ${from}: 95 % intervals`,
  forestAbout: 'Thick: over seeds, on the tasks that were measured. Thin: over seeds and tasks.',
  curves: 'Curves',
  curvesAbout: 'Mean over the seeds of an arm with the 95 % interval of the mean.',
  curvesOfRun: 'Bands are 95 % intervals over the measured tasks.',
  final: 'Final metrics',
  before: 'Before',
  after: 'After',
  change: 'Change',
  arm: 'Arm',
  seeds: 'Seeds',
  seed: 'Seed',
  measure: 'Measure',
  differences: 'Differences',
  difference: 'Difference, over seeds',
  overTasks: 'Over seeds and tasks',
  signTest: 'Sign test p',
  tTest: 't test p',
  holm: 't test p after Holm',
  finding: 'Finding',
  findingNames: {
    higher: 'higher',
    lower: 'lower',
    'no difference shown': 'no difference shown',
  } as Readonly<Record<Finding, string>>,
  points: (value: string): string => `${value} points`,
  method:
    'Arms that share a seed share prompts and random numbers; differences are taken seed by seed. Intervals over seeds are Student’s t and are about the tasks that were measured; those over seeds and tasks are a bootstrap of both and are about tasks of their kind. A difference is shown when its interval over seeds leaves zero out. The last p is that of the t test, adjusted for all measures of a pair (Holm), so that one false difference among them is as unlikely as one in twenty.',
  everyRun: 'Every run',
  runs,
  left: (n: number): string => `${runs(n)} left out: ended early, or not measured before and after.`,
  settings: 'Settings',
  differs: 'What the arms differ in',
  shared: 'What all arms share and is not the default',
  offPreset: (preset: string): string => `Off the preset ${preset}`,
  none: 'Nothing.',
  allSettings: 'Every setting',
  setting: 'Setting',
  value: 'Value',
  presetValue: 'Preset',
  command: 'The command',
  commandAbout: 'Makes it again, in a folder of the project.',
  link: 'The same in the page',
  example: 'One group of the last step that teaches',
  exampleAbout: 'Programs for one task, the better ones first: reward and advantage.',
  reward: 'Reward',
  advantage: 'Advantage',
  passed: 'passes the tests',
  failed: 'does not pass',
  steps: (done: number, all: number): string => `${done} of ${all} steps`,
  step: 'Step',
};

export type ReportWords = typeof reportWords;

/** What a metric is called; its own name where there is no other. */
export type MetricName = (metric: string) => string;

/** English names of what an evaluation measures. */
export const METRIC_NAMES: Readonly<Record<string, string>> = {
  'eval_heldout/pass@1': 'Held-out pass@1',
  'eval_heldout/greedy': 'Held-out, greedy',
  'eval_heldout/pass@8': 'Held-out pass@8',
  'eval_heldout/pass@4': 'Held-out pass@4',
  'eval_alignment/accuracy': 'Execution accuracy',
  'eval_alignment/sampled': 'Execution accuracy, sampled',
  'eval_alignment/return': 'Return value right',
  'eval_alignment/exact': 'Whole trace right',
  'eval_reasoning/accuracy': 'Code reasoning, reference solutions',
  'eval_reasoning/own_programs': 'Code reasoning, own right programs',
  'eval_test_output/accuracy': 'Output from description',
  'eval_verified/chosen': 'Chosen by own predictions',
  'eval_verified/most_probable': 'Chosen by own probability',
  reward: 'Reward',
  loss: 'Loss',
  entropy: 'Entropy',
  kl: 'KL to the base model',
  grad_norm: 'Gradient norm',
  learning_rate: 'Learning rate',
  'alignment/accuracy': 'Answers about own programs',
  'sampling/sampling_logp_difference/mean': 'Sampler and trainer apart, mean',
  'sampling/sampling_logp_difference/max': 'Sampler and trainer apart, largest',
  'completions/mean_length': 'Mean length, tokens',
  'groups/all_pass': 'Groups that all pass',
  'groups/mixed': 'Mixed groups',
  'groups/all_fail': 'Groups that all fail',
};
