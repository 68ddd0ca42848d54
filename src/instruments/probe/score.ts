/**
 * How much of a target a linear probe finds in features of programs it was not fitted on: predictions out of
 * fold, split by task, and what they are worth. Nothing is known here of where features come from.
 */
import type { Random } from '../../base/random.ts';
import type { Interval } from '../../learning/intervals.ts';
import { percentiles } from '../../learning/intervals.ts';
import { drawWeights } from '../resample.ts';
import { logistic, predictRows, ridge, pickRows, standardised, scalingOf, type Matrix } from './linear.ts';

/** `number`: R^2 of ridge regression; `class`: AUC of logistic regression, targets 0 and 1. */
export type TargetKind = 'number' | 'class';

export interface ProbeTask {
  readonly kind: TargetKind;
  readonly targets: readonly number[];
  /** Rows of one group are fitted or predicted together. */
  readonly groups: readonly string[];
  /** Fold of each row (`foldsOf`). */
  readonly folds: readonly number[];
}

const FOLDS = 5;
/** On standardised features; one is chosen by rows that are held back from the fit. */
const PENALTIES = [3, 30, 300, 3000];

/** Fold of each row, the same for all rows of a group. */
export function foldsOf(groups: readonly string[], random: Random, folds = FOLDS): number[] {
  const order = random.shuffle([...new Set(groups)].sort());
  const place = new Map(order.map((group, i) => [group, i % folds]));
  return groups.map((group) => place.get(group)!);
}

/** One prediction per row, from a probe fitted on the other folds. */
export function outOfFold(
  features: Matrix,
  { kind, targets }: Pick<ProbeTask, 'kind' | 'targets'>,
  folds: readonly number[],
): Float64Array {
  const out = new Float64Array(features.n);
  const names = [...new Set(folds)].sort((a, b) => a - b);
  for (const fold of names) {
    const inside = indicesOf(folds, (own) => own === fold);
    const outside = indicesOf(folds, (own) => own !== fold);
    // The next fold chooses the penalty, and then joins the fit.
    const next = names[(names.indexOf(fold) + 1) % names.length]!;
    const held = indicesOf(folds, (own) => own === next);
    const fitted = outside.filter((index) => folds[index] !== next);
    const penalty = choosePenalty(features, targets, fitted, held);
    const train = pickRows(features, outside);
    const scaling = scalingOf(train);
    const own = outside.map((index) => targets[index]!);
    const model =
      kind === 'class'
        ? logistic(standardised(train, scaling), own, penalty)
        : ridge(standardised(train, scaling), own, [penalty])[0]!;
    predictRows(standardised(pickRows(features, inside), scaling), model).forEach(
      (value, i) => (out[inside[i]!] = value),
    );
  }
  return out;
}

function choosePenalty(
  features: Matrix,
  targets: readonly number[],
  fitted: readonly number[],
  held: readonly number[],
): number {
  const train = pickRows(features, fitted);
  const scaling = scalingOf(train);
  const models = ridge(
    standardised(train, scaling),
    fitted.map((index) => targets[index]!),
    PENALTIES,
  );
  const test = standardised(pickRows(features, held), scaling);
  const errors = models.map((model) =>
    predictRows(test, model).reduce((sum, value, i) => sum + (value - targets[held[i]!]!) ** 2, 0),
  );
  return PENALTIES[errors.indexOf(Math.min(...errors))]!;
}

const indicesOf = (folds: readonly number[], isWanted: (fold: number) => boolean): number[] =>
  folds.flatMap((fold, index) => (isWanted(fold) ? [index] : []));

/** R^2 with each row counted by its weight, against the weighted mean; NaN where targets do not vary. */
export function rSquared(
  predicted: ArrayLike<number>,
  targets: readonly number[],
  weights?: ArrayLike<number>,
): number {
  const weightOf = (i: number) => weights?.[i] ?? 1;
  let [total, mean] = [0, 0];
  targets.forEach((target, i) => {
    total += weightOf(i);
    mean += weightOf(i) * target;
  });
  mean /= total;
  let [errors, spread] = [0, 0];
  targets.forEach((target, i) => {
    errors += weightOf(i) * (target - predicted[i]!) ** 2;
    spread += weightOf(i) * (target - mean) ** 2;
  });
  return spread === 0 ? Number.NaN : 1 - errors / spread;
}

/**
 * Probability that a row of class 1 is given more than one of class 0, ties by half (Mann and Whitney), each
 * row counted by its weight; NaN without rows of both. With folds only rows of one fold are held against each
 * other: probes of different folds have intercepts of their own, and each leans away from its fold's share of
 * ones, so that features that say nothing would come out below 1/2.
 */
export function auc(
  predicted: ArrayLike<number>,
  targets: readonly number[],
  weights?: ArrayLike<number>,
  folds?: readonly number[],
): number {
  return aucScorer(predicted, targets, folds)(weights);
}

type Scorer = (weights?: ArrayLike<number>) => number;

/** `auc` for many weights: rows are put in order once. */
function aucScorer(
  predicted: ArrayLike<number>,
  targets: readonly number[],
  folds: readonly number[] = targets.map(() => 0),
): Scorer {
  const order = targets
    .map((_, i) => i)
    .sort((a, b) => folds[a]! - folds[b]! || predicted[a]! - predicted[b]!);
  const isTied = (a: number, b: number) => folds[a] === folds[b] && predicted[a] === predicted[b];
  return (weights) => {
    let [won, pairs] = [0, 0];
    let [below, ones] = [0, 0];
    for (let at = 0; at < order.length;) {
      const first = order[at]!;
      if (at > 0 && folds[order[at - 1]!] !== folds[first]) [below, ones] = [0, 0];
      let [oneHere, zeroHere, end] = [0, 0, at];
      for (; end < order.length && isTied(order[end]!, first); end++) {
        const weight = weights?.[order[end]!] ?? 1;
        if (targets[order[end]!]! > 0) oneHere += weight;
        else zeroHere += weight;
      }
      won += oneHere * (below + zeroHere / 2);
      // Pairs with rows of its fold that came before.
      pairs += oneHere * below + zeroHere * ones + oneHere * zeroHere;
      below += zeroHere;
      ones += oneHere;
      at = end;
    }
    return pairs === 0 ? Number.NaN : won / pairs;
  };
}

/** What predictions are worth, for many weights of rows: R^2 of a number, AUC within folds of a class. */
export const scorerOf = (
  predicted: ArrayLike<number>,
  { kind, targets, folds }: Pick<ProbeTask, 'kind' | 'targets' | 'folds'>,
): Scorer =>
  kind === 'class'
    ? aucScorer(predicted, targets, folds)
    : (weights) => rSquared(predicted, targets, weights);

/** By row, how often its group is in a sample of as many groups drawn with replacement. */
export function drawGroups(groups: readonly string[], random: Random): () => Float64Array {
  const names = [...new Set(groups)];
  const place = new Map(names.map((name, i) => [name, i]));
  const rows = groups.map((group) => place.get(group)!);
  return () => {
    const byGroup = drawWeights(names.length, random);
    return Float64Array.from(rows, (group) => byGroup[group]!);
  };
}

export interface Selectivity {
  /** What the control is worth. */
  readonly score: number;
  /** How much more than that the probe is. */
  readonly mean: number;
  readonly interval: Interval;
}

/**
 * What `predicted` is worth, and how much more than each control, with 95 % intervals from drawing groups
 * with replacement.
 */
export function compareWith(
  predicted: ArrayLike<number>,
  controls: readonly ArrayLike<number>[],
  task: ProbeTask,
  random: Random,
  resamples = 300,
): { readonly score: number; readonly interval: Interval; readonly selectivity: readonly Selectivity[] } {
  const own = scorerOf(predicted, task);
  const others = controls.map((control) => scorerOf(control, task));
  const draw = drawGroups(task.groups, random);
  const drawn = Array.from({ length: resamples }, () => {
    const weights = draw();
    const worth = own(weights);
    return { worth, gains: others.map((other) => worth - other(weights)) };
  });
  const score = own();
  return {
    score,
    interval: percentiles(drawn.map(({ worth }) => worth)),
    selectivity: others.map((other, c) => ({
      score: other(),
      mean: score - other(),
      interval: percentiles(drawn.map(({ gains }) => gains[c]!)),
    })),
  };
}
