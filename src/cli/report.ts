/**
 * What `run` and `eval` print: a line per step and tables of metrics with intervals. It makes text and
 * computes nothing.
 */
import type { Metrics, TrainerEvent } from '../learning/events.ts';

export type Intervals = Readonly<Record<string, readonly [number, number]>>;

export interface ReportedEvaluation {
  readonly metrics: Metrics;
  readonly intervals: Intervals;
}

/** Decimals of a number in a table; the same for everyone, so that columns line up. */
function number(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(4);
}

function withInterval(key: string, evaluation: ReportedEvaluation | undefined): string {
  const value = number(evaluation?.metrics[key]);
  const interval = evaluation?.intervals[key];
  return interval === undefined ? value : `${value} [${number(interval[0])}, ${number(interval[1])}]`;
}

/** Left-aligned first column, the others right-aligned. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** Measures of an evaluation before and after, each with its 95 % interval where it has one. */
export function beforeAndAfter(
  before: ReportedEvaluation | undefined,
  after: ReportedEvaluation | undefined,
): string[] {
  const keys = [...new Set([...Object.keys(before?.metrics ?? {}), ...Object.keys(after?.metrics ?? {})])];
  return table([
    ['', 'before', 'after', 'difference'],
    ...keys.map((key) => {
      const from = before?.metrics[key];
      const to = after?.metrics[key];
      const difference = from === undefined || to === undefined ? '-' : signed(to - from);
      return [key, withInterval(key, before), withInterval(key, after), difference];
    }),
  ]);
}

export function measures(evaluation: ReportedEvaluation): string[] {
  return table(Object.keys(evaluation.metrics).map((key) => [key, withInterval(key, evaluation)]));
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

/**
 * How many groups of a kind passed wholly, partly and not at all; alignment groups by full and zero reward.
 */
function outcomes(event: Extract<TrainerEvent, { type: 'rollouts' }>): string {
  let [all, mixed, none] = [0, 0, 0];
  for (const group of event.groups) {
    if (group.kind !== 'code') continue;
    const passed = group.rollouts.filter((rollout) => rollout.verdict === 'pass').length;
    if (passed === group.rollouts.length) all++;
    else if (passed === 0) none++;
    else mixed++;
  }
  return `groups all-pass/mixed/all-fail ${all}/${mixed}/${none}`;
}

function meanReward(event: Extract<TrainerEvent, { type: 'rollouts' }>, kind: 'code' | 'alignment'): string {
  const rewards = event.groups
    .filter((group) => group.kind === kind)
    .flatMap((group) => group.rollouts.map((rollout) => rollout.reward))
    .filter((reward) => reward !== null);
  if (rewards.length === 0) return '-';
  return (rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length).toFixed(3);
}

/**
 * One line for a step, from its rollouts and records; no clock in it, so that equal runs print equal lines.
 */
export function stepLine(
  rollouts: Extract<TrainerEvent, { type: 'rollouts' }>,
  records: Extract<TrainerEvent, { type: 'records' }> | undefined,
  finished: Extract<TrainerEvent, { type: 'step-finished' }>,
): string {
  const parts = [
    `step ${String(finished.step).padStart(4)}`,
    `reward code ${meanReward(rollouts, 'code')}`,
    `alignment ${meanReward(rollouts, 'alignment')}`,
    outcomes(rollouts),
    `records +${records?.added ?? 0} (${records?.buffered ?? 0})`,
  ];
  for (const [name, key] of [
    ['loss', 'loss'],
    ['grad norm', 'grad_norm'],
    ['entropy', 'entropy'],
  ] as const) {
    const value = finished.metrics[key];
    if (value !== undefined) parts.push(`${name} ${value.toFixed(4)}`);
  }
  return parts.join('  ');
}

/** The held-out and alignment measures of an evaluation in one line. */
export function evaluationLine(step: number, { metrics }: ReportedEvaluation): string {
  const shown = ['eval_heldout/pass@1', 'eval_heldout/greedy', 'eval_alignment/accuracy']
    .filter((key) => metrics[key] !== undefined)
    .map((key) => `${key} ${metrics[key]!.toFixed(4)}`);
  return [`evaluation after step ${step}`, ...shown].join('  ');
}
