/**
 * An experiment: arms (each a preset and what it changes) x seeds, and what came out of it. Arms
 * that share a seed share prompts, uniforms and the base model, so they are compared seed by seed.
 * It is plain data and arithmetic. Who runs the arms (the Lab, `npm run study`) is not known here.
 */
import type { Config, ConfigOverrides } from '../learning/config.ts';
import { createRandom } from '../base/random.ts';
import type { Counts, Metrics, TrainerEvent } from '../learning/events.ts';
import { presetConfig } from './presets.ts';
import { crossedBootstrap } from './crossed.ts';
import {
  holm,
  meanInterval,
  pairedDifference,
  pairedP,
  type Estimate,
  type PairedComparison,
} from './statistics.ts';

export interface Arm {
  /** Unique within the experiment; also a file name, so letters, digits, `-`, `+`, `.`. */
  readonly name: string;
  readonly preset: string;
  readonly overrides: ConfigOverrides;
}

export interface Experiment {
  readonly title: string;
  /** What it is to find out, in free words; records of earlier versions do not say it. */
  readonly hypothesis?: string;
  readonly arms: readonly Arm[];
  readonly seeds: readonly number[];
  /** Layered on every arm: steps, the size of the evaluation. */
  readonly overrides: ConfigOverrides;
}

/** What an evaluation measures, in the order shown. */
export const MEASURES = [
  'eval_heldout/pass@1',
  'eval_heldout/greedy',
  'eval_heldout/pass@8',
  'eval_alignment/accuracy',
  'eval_alignment/sampled',
  'eval_alignment/return',
  'eval_alignment/exact',
  'eval_reasoning/accuracy',
  'eval_reasoning/own_programs',
  'eval_test_output/accuracy',
  'eval_verified/chosen',
  'eval_verified/most_probable',
] as const;

/** The configuration of one run. @throws ConfigError, UnknownPresetError */
export function armConfig(experiment: Experiment, arm: Arm, seed: number): Config {
  return presetConfig(arm.preset, experiment.overrides, arm.overrides, { seed });
}

export interface Evaluated {
  readonly step: number;
  readonly metrics: Metrics;
}

/** One finished run. */
export interface RunOutcome {
  readonly arm: string;
  readonly seed: number;
  readonly before: Metrics;
  readonly after: Metrics;
  /** Of the last evaluation, by measure and task; absent in logs from before there were any. */
  readonly counts?: Readonly<Record<string, Counts>>;
  /** Every evaluation, the first and the last included. */
  readonly curve: readonly Evaluated[];
}

/**
 * The outcome of a run's events, or null when it did not make all its steps or was
 * not evaluated before and after.
 */
export function outcomeOf(arm: string, seed: number, events: Iterable<TrainerEvent>): RunOutcome | null {
  const curve: Evaluated[] = [];
  let isDone = false;
  let counts: RunOutcome['counts'];
  for (const event of events) {
    if (event.type === 'evaluation') {
      curve.push({ step: event.step, metrics: event.metrics });
      counts = event.counts;
    }
    if (event.type === 'run-finished') isDone = event.reason === 'steps-done';
  }
  const [first, last] = [curve[0], curve.at(-1)];
  if (!isDone || first === undefined || last === undefined || first.step !== 0) return null;
  return {
    arm,
    seed,
    before: first.metrics,
    after: last.metrics,
    ...(counts !== undefined && { counts }),
    curve,
  };
}

/** One measure of one arm over its seeds. */
export interface MeasureSummary {
  readonly before: Estimate;
  readonly after: Estimate;
  /** after - before, seed by seed. */
  readonly change: Estimate;
  /** Final values in the order of the arm's seeds. */
  readonly values: readonly number[];
}

export interface ArmSummary {
  readonly arm: Arm;
  /** Seeds that finished. */
  readonly seeds: readonly number[];
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  /** Mean over seeds at each evaluated step that all of them have. */
  readonly curve: readonly { readonly step: number; readonly measures: Readonly<Record<string, Estimate>> }[];
}

export type Finding = 'higher' | 'lower' | 'no difference shown';

/** The second arm against the first, over the seeds that both finished. */
export interface ArmComparison {
  readonly from: string;
  readonly to: string;
  readonly measure: string;
  readonly seeds: readonly number[];
  readonly difference: PairedComparison;
  readonly finding: Finding;
  /** Paired t test, two-sided. Absent in summaries from before there was one. */
  readonly p?: number;
  /** `p` adjusted for all measures of these two arms (Holm). */
  readonly adjustedP?: number;
  /** With an interval over seeds and tasks, where every run counted by task. */
  readonly overTasks?: Estimate;
}

export interface ExperimentSummary {
  readonly title: string;
  readonly arms: readonly ArmSummary[];
  readonly comparisons: readonly ArmComparison[];
}

export function summarise(experiment: Experiment, outcomes: readonly RunOutcome[]): ExperimentSummary {
  const of = (arm: Arm) =>
    outcomes.filter((outcome) => outcome.arm === arm.name).sort((a, b) => a.seed - b.seed);
  return {
    title: experiment.title,
    arms: experiment.arms.map((arm) => summariseArm(arm, of(arm))),
    comparisons: experiment.arms.flatMap((from, i) =>
      experiment.arms.slice(i + 1).flatMap((to) => compareArms(of(from), of(to))),
    ),
  };
}

function summariseArm(arm: Arm, outcomes: readonly RunOutcome[]): ArmSummary {
  const measures: Record<string, MeasureSummary> = {};
  for (const measure of MEASURES) {
    const both = outcomes.filter(({ before, after }) => measure in before && measure in after);
    if (both.length === 0) continue;
    const before = both.map((outcome) => outcome.before[measure]!);
    const values = both.map((outcome) => outcome.after[measure]!);
    measures[measure] = {
      before: meanInterval(before),
      after: meanInterval(values),
      change: meanInterval(values.map((value, i) => value - before[i]!)),
      values,
    };
  }
  return { arm, seeds: outcomes.map(({ seed }) => seed), measures, curve: meanCurve(outcomes) };
}

function meanCurve(outcomes: readonly RunOutcome[]): ArmSummary['curve'] {
  const [first, ...others] = outcomes.map(({ curve }) => new Map(curve.map((at) => [at.step, at.metrics])));
  if (first === undefined) return [];
  const shared = [...first.keys()].filter((step) => others.every((curve) => curve.has(step)));
  return shared.map((step) => {
    const here = [first, ...others].map((curve) => curve.get(step)!);
    const known = MEASURES.filter((measure) => here.every((metrics) => measure in metrics));
    return {
      step,
      measures: Object.fromEntries(
        known.map((measure) => [measure, meanInterval(here.map((metrics) => metrics[measure]!))]),
      ),
    };
  });
}

function compareArms(a: readonly RunOutcome[], b: readonly RunOutcome[]): ArmComparison[] {
  const [from, to] = [a[0]?.arm, b[0]?.arm];
  if (from === undefined || to === undefined) return [];
  const comparisons = MEASURES.flatMap((measure): ArmComparison[] => {
    const pairs = a.flatMap((left) => {
      const right = b.find(({ seed }) => seed === left.seed);
      const [x, y] = [left.after[measure], right?.after[measure]];
      if (x === undefined || y === undefined) return [];
      return [{ seed: left.seed, x, y, a: left.counts?.[measure], b: right?.counts?.[measure] }];
    });
    if (pairs.length === 0) return [];
    const difference = pairedDifference(
      pairs.map(({ x }) => x),
      pairs.map(({ y }) => y),
    );
    const seeds = pairs.map(({ seed }) => seed);
    const counted = pairs.flatMap(({ a: before, b: after }) =>
      before === undefined || after === undefined ? [] : [{ a: before, b: after }],
    );
    const random = createRandom(`seeds and tasks ${from} ${to} ${measure}`);
    const overTasks = counted.length === pairs.length ? crossedBootstrap(counted, random) : undefined;
    return [
      {
        from,
        to,
        measure,
        seeds,
        difference,
        finding: findingOf(difference),
        p: pairedP(difference.differences),
        ...(overTasks !== undefined && { overTasks }),
      },
    ];
  });
  const adjusted = holm(comparisons.map(({ p = 1 }) => p));
  return comparisons.map((comparison, i) => ({ ...comparison, adjustedP: adjusted[i]! }));
}

/**
 * A difference is shown when its 95 % interval leaves zero out; anything else is "no
 * difference shown", not "equal".
 */
export function findingOf({ interval: [low, high] }: Pick<Estimate, 'interval'>): Finding {
  if (low > 0) return 'higher';
  return high < 0 ? 'lower' : 'no difference shown';
}
