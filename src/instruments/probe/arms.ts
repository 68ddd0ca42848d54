/**
 * Readers of the same texts beside the probed one: arms of an experiment, each with one adapter per seed. How
 * much more of a target one arm's states hold than another's, over seeds and tasks. From predictions to
 * numbers; it fits nothing.
 */
import type { Random } from '../../base/random.ts';
import { average, percentiles, type Interval } from '../../learning/intervals.ts';
import { drawGroups, scorerOf, type ProbeTask } from './score.ts';

/** By arm: predictions out of fold, an array per seed. Arms that are compared have the same seeds. */
export type ArmPredictions = ReadonlyMap<string, readonly ArrayLike<number>[]>;

export interface ArmScore {
  readonly arm: string;
  /** By seed. */
  readonly scores: readonly number[];
}

export interface ArmGain {
  readonly from: string;
  readonly to: string;
  /** Mean over seeds of what `to` is worth more than `from`. */
  readonly mean: number;
  /** Seeds and tasks drawn with replacement, independently (Owen 2007, arXiv 0712.1111). */
  readonly interval: Interval;
}

export interface ArmReading {
  readonly arms: readonly ArmScore[];
  /** Every arm against each before it; those with other numbers of seeds are left out. */
  readonly gains: readonly ArmGain[];
}

/** @param probed stands first in every comparison, against each seed of an arm */
export function readArms(
  probed: { readonly name: string; readonly predicted: ArrayLike<number> },
  others: ArmPredictions,
  task: ProbeTask,
  random: Random,
  resamples = 300,
): ArmReading {
  const arms = [...others].map(([arm, seeds]) => ({
    arm,
    scorers: seeds.map((predicted) => scorerOf(predicted, task)),
  }));
  const seedCount = Math.max(1, ...arms.map(({ scorers }) => scorers.length));
  const own = scorerOf(probed.predicted, task);
  // The probed one has one state for all seeds, and is worth the same under each.
  const all = [{ arm: probed.name, scorers: Array.from({ length: seedCount }, () => own) }, ...arms].filter(
    ({ scorers }) => scorers.length === seedCount,
  );
  const pairs = all.flatMap((to, i) => all.slice(0, i).map((from) => ({ from, to })));
  const differences = (weights?: Float64Array): number[][] => {
    const worth = new Map(all.map(({ arm, scorers }) => [arm, scorers.map((scorer) => scorer(weights))]));
    return pairs.map(({ from, to }) =>
      worth.get(to.arm)!.map((value, seed) => value - worth.get(from.arm)![seed]!),
    );
  };
  const draw = drawGroups(task.groups, random);
  const drawn = Array.from({ length: resamples }, () => {
    const seeds = Array.from({ length: seedCount }, () => random.int(seedCount));
    return differences(draw()).map((bySeed) => average(seeds.map((seed) => bySeed[seed]!)));
  });
  const found = differences();
  return {
    arms: arms.map(({ arm, scorers }) => ({ arm, scores: scorers.map((scorer) => scorer()) })),
    gains: pairs.map(({ from, to }, p) => ({
      from: from.arm,
      to: to.arm,
      mean: average(found[p]!),
      interval: percentiles(drawn.map((means) => means[p]!)),
    })),
  };
}
