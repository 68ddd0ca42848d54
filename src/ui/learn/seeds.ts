/**
 * Chapter 6's simulation: experiments that never took place, drawn from a normal distribution
 * whose truth the reader sets, to show what one seed can and cannot say. Seeded, and always
 * labelled as a simulation. The verdict is the project's own (statistics, experiment).
 */
import { findingOf, type Finding } from '../../experiment/experiment.ts';
import { pairedDifference } from '../../experiment/statistics.ts';
import type { Interval } from '../../learning/intervals.ts';
import { createRandom, type Random } from '../../base/random.ts';

export interface SimulationSettings {
  /** True difference between the arms, in points of pass@1. */
  readonly effect: number;
  /** Standard deviation of a run around its arm's true mean, in points. */
  readonly noise: number;
  readonly seeds: number;
}

export interface SimulatedExperiment {
  /** Final values of arm A and arm B by seed, in points around the true mean of A. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly mean: number;
  /** Unbounded with one seed. */
  readonly interval: Interval;
  readonly finding: Finding;
}

/** Standard normal by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/**
 * One experiment; `number` names its stream, so that the same number is the same
 * experiment under any settings.
 */
export function simulateExperiment(
  { effect, noise, seeds }: SimulationSettings,
  seed: number,
  number: number,
): SimulatedExperiment {
  const random = createRandom(seed).fork(`experiment ${number}`);
  const draws = Array.from({ length: seeds }, (_, i) => {
    const own = random.fork(`seed ${i}`);
    return [noise * normal(own), effect + noise * normal(own)] as const;
  });
  const [a, b] = [draws.map(([x]) => x), draws.map(([, y]) => y)];
  const difference = pairedDifference(a, b);
  return { a, b, mean: difference.mean, interval: difference.interval, finding: findingOf(difference) };
}

export interface Tally {
  readonly experiments: number;
  readonly bHigher: number;
  readonly aHigher: number;
  /** Experiments that by their interval show a difference. */
  readonly shown: number;
}

export function tally(experiments: readonly SimulatedExperiment[]): Tally {
  return {
    experiments: experiments.length,
    bHigher: experiments.filter(({ mean }) => mean > 0).length,
    aHigher: experiments.filter(({ mean }) => mean < 0).length,
    shown: experiments.filter(({ finding }) => finding !== 'no difference shown').length,
  };
}
