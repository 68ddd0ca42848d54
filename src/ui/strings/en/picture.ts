/** The study's picture: every sentence has a wording for each finding, and the study's intervals choose. */
import { plural } from '../../view/plural.ts';

export const picture = {
  label: 'The result of the study',
  eyebrow: 'The result in one look',
  titles: {
    'eval_alignment/accuracy': 'Knows what its failed programs compute',
    'eval_heldout/pass@1': 'Writes programs that pass',
  },
  measured: {
    'eval_alignment/accuracy': 'share of the variables it names the right value of',
    'eval_heldout/pass@1': 'share of its programs that pass the tests of unseen tasks',
  },
  findings: {
    'eval_alignment/accuracy': {
      higher: (b: string, a: string) =>
        `Asked what its own failed programs compute, the model is right more often after ${b} than after ${a}:`,
      lower: (b: string, a: string) =>
        `Asked what its own failed programs compute, the model is right less often after ${b} than after ${a}:`,
      'no difference shown': (b: string, a: string) =>
        `Asked what its own failed programs compute, no difference is shown between ${b} and ${a}:`,
    },
    'eval_heldout/pass@1': {
      higher: (b: string, a: string) => `More of its programs pass after ${b} than after ${a}:`,
      lower: (b: string, a: string) => `Fewer of its programs pass after ${b} than after ${a}:`,
      'no difference shown': (b: string, a: string) =>
        `In programs that pass, no difference is shown between ${b} and ${a}:`,
    },
  },
  difference: (points: string, range: string) => `${points} points, 95 % interval ${range}.`,
  range: (low: string, high: string) => `${low} to ${high}`,
  oneRun: 'one run of each says nothing about chance.',
  /** What an arm rewards. */
  about: {
    tests: 'rewarded when a program passes its tests.',
    traces: 'on top of that rewarded for saying right, line by line, what its failed programs do.',
  },
  before: 'before',
  after: (steps: number | null) => (steps === null ? 'trained' : `after ${plural(steps, 'step')}`),
  key: (runs: number) =>
    `${plural(runs, 'training run')} of each. A dot is a run, a line the mean, a band its 95 % interval.`,
  run: (arm: string, seed: number, before: string, after: string, ofMean: boolean) =>
    `${arm}, seed ${seed}: ${before}${ofMean ? ' (mean of the runs)' : ''} → ${after}.`,
  opens: 'Click to watch this run.',
  notShipped: 'This run does not come with the page; the study’s command makes it again.',
  hint: 'Point at a dot to see its run.',
  runs: (title: string) => `${title}: runs. Arrow keys go from run to run.`,
  source: (source: string) => `Tracewise, model nano. Source: ${source}`,
  save: 'Save as PNG',
  failed: 'The picture of the study did not come.',
};
