/**
 * Before an experiment: the smallest difference between two arms that N seeds and M tasks are likely to
 * show. It runs nothing; the standard deviations come from a pilot (crossed.ts) or from whoever asks.
 */
import { tQuantile } from '../learning/intervals.ts';
import type { Components } from './crossed.ts';
import { StatisticsError } from './statistics.ts';

export interface Design {
  readonly seeds: number;
  readonly tasks: number;
  /** Chance to show a difference of that size. */
  readonly power?: number;
  /** Measures looked at: the level is divided by them, as for the first of Holm's. */
  readonly measures?: number;
}

export interface Detectable {
  /** On the very tasks that are measured; what an interval over seeds is about. */
  readonly onTheseTasks: number;
  /** On tasks of their kind; what an interval over seeds and tasks is about. */
  readonly onSuchTasks: number;
}

/**
 * (t(1 - alpha / 2) + t(power)) times the standard error, both with seeds - 1 degrees of
 * freedom: the usual approximation to the noncentral t. The variance of a mean difference
 * is seed^2 / N + rest^2 / (N M), and task^2 / M on top of it where tasks vary.
 * @throws StatisticsError with fewer than two seeds or one task, or a power outside .5 to 1
 */
export function detectable({ seed, task, rest }: Components, design: Design): Detectable {
  const { seeds, tasks, power = 0.8, measures = 1 } = design;
  if (!(seeds >= 2 && tasks >= 1 && measures >= 1 && power >= 0.5 && power < 1)) {
    throw new StatisticsError(
      'A plan needs two seeds or more, one task or more, and a power from .5 to below 1. Nothing was computed.',
    );
  }
  const quantiles =
    tQuantile(seeds - 1, 1 - 0.05 / measures) + (power === 0.5 ? 0 : tQuantile(seeds - 1, 2 * power - 1));
  const fixed = seed ** 2 / seeds + rest ** 2 / (seeds * tasks);
  return {
    onTheseTasks: quantiles * Math.sqrt(fixed),
    onSuchTasks: quantiles * Math.sqrt(fixed + task ** 2 / tasks),
  };
}
