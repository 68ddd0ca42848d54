/**
 * From runs to what the Lab shows of them: one comparison of arms over seeds, its curves and its rows.
 * Arithmetic is src/experiment; this only decides what stands beside what.
 */
import {
  MEASURES,
  summarise,
  type Arm,
  type ArmComparison,
  type Evaluated,
  type ArmSummary,
  type ExperimentSummary,
  type MeasureSummary,
  type RunOutcome,
} from '../../experiment/experiment.ts';
import { meanInterval } from '../../experiment/statistics.ts';
import { isShare, metricValue, percentTick } from '../../experiment/metric-kind.ts';
import type { ChartSpec, ChartLine } from '../kit/plot.ts';
import type { CurrentRun } from './queue.svelte.ts';
import type { StoredRun } from './runs.ts';

/**
 * How an arm looks wherever it appears: a letter, a colour and a dash, so that colour is never the only sign.
 */
export interface ArmLook {
  readonly letter: string;
  readonly colour: string;
  readonly dash?: readonly number[];
}

const LOOKS: readonly ArmLook[] = [
  { letter: 'A', colour: '--mixed' },
  { letter: 'B', colour: '--fail', dash: [7, 4] },
  { letter: 'C', colour: '--pass', dash: [2, 3] },
  { letter: 'D', colour: '--align', dash: [10, 3, 2, 3] },
  { letter: 'E', colour: '--warn', dash: [4, 2] },
  { letter: 'F', colour: '--ink-2', dash: [1, 2] },
  { letter: 'G', colour: '--code-keyword', dash: [12, 3] },
  { letter: 'H', colour: '--code-number', dash: [3, 3, 8, 3] },
];
export const lookOf = (at: number): ArmLook => LOOKS[at % LOOKS.length]!;

export interface ComparedArm {
  readonly arm: Arm;
  readonly look: ArmLook;
  /** Finished runs, one a seed, by seed. */
  readonly runs: readonly StoredRun[];
  /** Means over seeds, of an experiment that is known by its summary alone. */
  readonly curve?: ArmSummary['curve'];
}

export interface ArmPair {
  readonly arms: readonly ComparedArm[];
  readonly summary: ExperimentSummary;
  /** Left out: ended early, or without an evaluation before and after. */
  readonly unfinished: number;
  /** Left out: another run of the same arm and seed is newer. */
  readonly repeated: number;
  /** Names of the models that the finished runs trained; of several nothing is compared. */
  readonly models: readonly string[];
}

/**
 * Arms in the given order, else in the order of the runs; arms of one name that differ are told apart by a
 * number.
 */
export function compareArms(
  runs: readonly StoredRun[],
  order: readonly Arm[] = [],
  reference?: string,
): ArmPair {
  const all = runs.filter((run) => run.outcome !== null);
  const models = [...new Set(all.map(({ model }) => model))].sort();
  // A difference between arms would be one between models.
  const finished = models.length > 1 ? [] : all;
  const newest = finished.filter(
    (run) =>
      !finished.some(
        (other) => keyOf(other.arm) === keyOf(run.arm) && other.seed === run.seed && isNewer(other, run),
      ),
  );
  const arms = distinct([
    ...(models.length > 1 ? [] : order),
    ...[...newest].sort((a, b) => a.made - b.made).map(({ arm }) => arm),
  ]);
  const first = arms.findIndex(({ name }) => name === reference);
  const led = first > 0 ? [arms[first]!, ...arms.filter((_, i) => i !== first)] : arms;
  const compared = arms.map(({ key, arm, name }, i) => ({
    arm: { ...arm, name },
    look: lookOf(i),
    runs: newest.filter((run) => keyOf(run.arm) === key).sort((a, b) => a.seed - b.seed),
  }));
  const outcomes = compared.flatMap(({ arm, runs: own }) =>
    own.map(({ outcome }): RunOutcome => ({ ...outcome!, arm: arm.name })),
  );
  const summary = summarise(
    {
      title: '',
      arms: led.map(({ arm, name }) => ({ ...arm, name })),
      seeds: [...new Set(newest.map(({ seed }) => seed))],
      overrides: {},
    },
    outcomes,
  );
  return {
    arms: compared,
    summary,
    unfinished: runs.length - all.length,
    repeated: finished.length - newest.length,
    models,
  };
}

const keyOf = ({ name, preset, overrides }: Arm): string =>
  JSON.stringify([name, preset, Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1))]);
const isNewer = (a: StoredRun, b: StoredRun): boolean =>
  a.made > b.made || (a.made === b.made && a.id > b.id);

function distinct(
  arms: readonly Arm[],
): { readonly key: string; readonly arm: Arm; readonly name: string }[] {
  const found: { key: string; arm: Arm; name: string }[] = [];
  for (const arm of arms) {
    const key = keyOf(arm);
    if (found.some((one) => one.key === key)) continue;
    const same = found.filter((one) => one.arm.name === arm.name).length;
    found.push({ key, arm, name: same === 0 ? arm.name : `${arm.name} (${same + 1})` });
  }
  return found;
}

/** A row of the table of final metrics. */
export interface ResultRow {
  readonly arm: ComparedArm;
  readonly measure: MeasureSummary;
  /** Against the reference; null for the reference itself and where no seed is shared. */
  readonly versus: ArmComparison | null;
}

export interface ResultBlock {
  readonly measure: string;
  readonly rows: readonly ResultRow[];
}

/** Measures that at least one arm has, each with a row an arm. */
export function resultBlocks({ arms, summary }: ArmPair): readonly ResultBlock[] {
  return MEASURES.flatMap((measure) => {
    const rows = arms.flatMap((arm): ResultRow[] => {
      const own = summary.arms.find((one) => one.arm.name === arm.arm.name)?.measures[measure];
      if (own === undefined) return [];
      const versus = summary.comparisons.find(
        (one) => one.measure === measure && one.from === summary.arms[0]?.arm.name && one.to === arm.arm.name,
      );
      return [{ arm, measure: own, versus: versus ?? null }];
    });
    return rows.length === 0 ? [] : [{ measure, rows }];
  });
}

export { isShare, metricValue as formatMeasure } from '../../experiment/metric-kind.ts';

/** What is offered first where a run has it: what an evaluation measures, then what training is judged by. */
const FIRST: readonly string[] = [
  ...MEASURES,
  'eval_heldout/pass@4',
  'reward',
  'alignment/accuracy',
  'groups/mixed',
  'entropy',
  'grad_norm',
  'loss',
  'kl',
  'completions/mean_length',
  'sampling/sampling_logp_difference/mean',
];
const MOST_FIRST = 10;

/** The ten that are offered first; the others on demand. */
export const firstMetrics = (names: readonly string[]): readonly string[] =>
  FIRST.filter((name) => names.includes(name)).slice(0, MOST_FIRST);

/** Metrics that can be laid over each other, evaluations first. */
export function metricNames(
  runs: readonly StoredRun[],
  current: CurrentRun | null,
  arms: readonly ComparedArm[] = [],
): readonly string[] {
  const all = new Set([
    ...[...runs, ...(current ? [current] : [])].flatMap(({ history }) =>
      history.flatMap(({ metrics }) => Object.keys(metrics)),
    ),
    ...arms.flatMap(({ curve = [] }) => curve.flatMap(({ measures }) => Object.keys(measures))),
  ]);
  const known = MEASURES.filter((measure) => all.has(measure));
  const others = [...all].filter((name) => !(known as readonly string[]).includes(name)).sort();
  return [...known, ...others];
}

/** Mean curves of the arms with 95 % bands, and the run in progress as a thin line of its own. */
export function overlay(
  arms: readonly ComparedArm[],
  metric: string,
  live: { readonly label: string; readonly history: readonly Evaluated[] } | null,
): ChartSpec {
  const means = arms.map(({ runs, curve }) =>
    curve === undefined
      ? meanCurve(
          runs.map(({ history }) => history),
          metric,
        )
      : new Map(
          curve.flatMap(({ step, measures }) => (metric in measures ? [[step, measures[metric]!]] : [])),
        ),
  );
  const liveCurve = new Map(
    (live?.history ?? []).flatMap(({ step, metrics }) =>
      metric in metrics ? [[step, metrics[metric]!] as const] : [],
    ),
  );
  const steps = [...new Set([...means.flatMap((mean) => [...mean.keys()]), ...liveCurve.keys()])].sort(
    (a, b) => a - b,
  );
  const lines = arms.flatMap(({ arm, look }, i): ChartLine[] => {
    if (means[i]!.size === 0) return [];
    const at = steps.map((step) => means[i]!.get(step) ?? null);
    const end = (which: 0 | 1) =>
      at.map((estimate) => {
        const value = estimate?.interval[which];
        return value !== undefined && Number.isFinite(value) ? value : null;
      });
    return [
      {
        label: `${look.letter} ${arm.name}`,
        colour: look.colour,
        ...(look.dash && { dash: look.dash }),
        values: at.map((estimate) => estimate?.mean ?? null),
        ...(end(0).some((value) => value !== null) && { band: { low: end(0), high: end(1) } }),
      },
    ];
  });
  if (live !== null && liveCurve.size > 0) {
    lines.push({
      label: live.label,
      colour: '--ink-3',
      dash: [1, 3],
      values: steps.map((step) => liveCurve.get(step) ?? null),
    });
  }
  const format = (value: number) => metricValue(metric, value);
  return {
    kind: 'lines',
    steps,
    lines,
    format,
    ...(isShare(metric) && {
      range: rangeOf(lines),
      tick: percentTick,
    }),
  };
}

/**
 * Ends of the axis for shares: whole tenths around what is drawn, so that small differences are not lost in
 * an empty plot.
 */
function rangeOf(lines: readonly ChartLine[]): readonly [number, number] {
  const drawn = lines
    .flatMap(({ values, band }) => [...values, ...(band ? [...band.low, ...band.high] : [])])
    .filter((value) => value !== null);
  if (drawn.length === 0) return [0, 1];
  const tenth = (value: number, round: (x: number) => number) =>
    Math.min(1, Math.max(0, round(value * 10) / 10));
  const [low, high] = [tenth(Math.min(...drawn), Math.floor), tenth(Math.max(...drawn), Math.ceil)];
  return high - low < 0.1 ? [Math.max(0, high - 0.1), Math.min(1, low + 0.1)] : [low, high];
}

/** At each step that all runs measured. */
function meanCurve(histories: readonly (readonly Evaluated[])[], metric: string) {
  const [first, ...others] = histories.map(
    (history) =>
      new Map(
        history.flatMap(({ step, metrics }) =>
          metric in metrics ? [[step, metrics[metric]!] as const] : [],
        ),
      ),
  );
  const means = new Map<number, ReturnType<typeof meanInterval>>();
  for (const step of first?.keys() ?? []) {
    if (others.every((other) => other.has(step)))
      means.set(step, meanInterval([first!.get(step)!, ...others.map((other) => other.get(step)!)]));
  }
  return means;
}
