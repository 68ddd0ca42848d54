/**
 * Choosing among candidates: by chance, by the writer's own probability, by what an executor predicts of the
 * visible tests, by the tests themselves. Plain arithmetic over candidates whose fate is known; nothing is
 * sampled and nothing is run here.
 */
import type { Random } from '../../base/random.ts';
import { average, type Interval } from '../../learning/intervals.ts';
import { bootstrap, weightedMean } from '../resample.ts';

export interface ChoiceCandidate {
  /** All tests, hidden ones included. */
  readonly passes: boolean;
  /** log of the probability with which the writer wrote it: a sum over its tokens. */
  readonly logProb: number;
  /** Share of the visible tests that it really passes. */
  readonly shown: number;
  /** By executor: share of the predicted outputs of the visible tests that are the expected ones. */
  readonly predicted: Readonly<Record<string, number>>;
}

export interface TaskCandidates {
  readonly id: string;
  readonly candidates: readonly ChoiceCandidate[];
}

/** How candidates are chosen, besides by each executor, whose choice has its name. */
export const CHANCE = 'random';
export const PROBABLE = 'most probable';
export const TESTS = 'visible tests';
export const ANY = 'any';

/** Candidates' scores, the most telling first; the next one decides between equals. */
type Ranking = (candidate: ChoiceCandidate) => readonly number[];

const scoreOf = (choice: string): Ranking =>
  choice === PROBABLE
    ? ({ logProb }) => [logProb]
    : choice === TESTS
      ? ({ shown, logProb }) => [shown, logProb]
      : ({ predicted, logProb }) => [predicted[choice] ?? 0, logProb];

/** All choices in the order in which they are shown. */
export const choicesOf = (executors: readonly string[]): string[] => [
  CHANCE,
  PROBABLE,
  ...executors,
  TESTS,
  ANY,
];

/**
 * Probability that the choice passes, made among `k` of the candidates drawn without replacement: the
 * candidate at place r of n is the best of the k with probability C(n-1-r, k-1) / C(n, k). For `any`, that
 * one of the k passes (pass@k, Chen et al. 2021, arXiv 2107.03374). NaN with fewer than k candidates.
 */
export function passOf(choice: string, candidates: readonly ChoiceCandidate[], k: number): number {
  const n = candidates.length;
  if (n < k || k < 1) return Number.NaN;
  if (choice === CHANCE) return average(candidates.map(({ passes }) => (passes ? 1 : 0)));
  const isAny = choice === ANY;
  const ordered = isAny
    ? [...candidates].sort((a, b) => Number(b.passes) - Number(a.passes))
    : inOrder(candidates, scoreOf(choice));
  // The first one is the best of k of n with probability k / n; each next one by a factor less.
  let chance = k / n;
  let pass = 0;
  for (const [r, { passes }] of ordered.entries()) {
    if (passes) pass += chance;
    const left = n - 1 - r;
    chance = left === 0 ? 0 : (chance * (left - k + 1)) / left;
  }
  return pass;
}

function inOrder(candidates: readonly ChoiceCandidate[], score: Ranking): ChoiceCandidate[] {
  const scored = candidates.map((candidate) => ({ candidate, score: score(candidate) }));
  scored.sort((a, b) => {
    const at = a.score.findIndex((value, i) => value !== b.score[i]);
    return at < 0 ? 0 : b.score[at]! - a.score[at]!;
  });
  return scored.map(({ candidate }) => candidate);
}

export interface ChoiceEstimate {
  readonly choice: string;
  /** Share of tasks solved. */
  readonly mean: number;
  /** 95 %, bootstrap over tasks. */
  readonly interval: Interval;
  /** Share of tasks solved when the choice is among k of the candidates, k = 1, 2, ... */
  readonly curve: readonly number[];
}

export interface ChoiceDifference {
  readonly from: string;
  readonly to: string;
  /** `to` minus `from`, over the same tasks and candidates. */
  readonly mean: number;
  readonly interval: Interval;
}

export interface VerificationReading {
  readonly tasks: number;
  /** Candidates per task that every choice is among. */
  readonly n: number;
  readonly choices: readonly ChoiceEstimate[];
  readonly differences: readonly ChoiceDifference[];
  /** By choice and task: probability that it passes, of 1. */
  readonly counts: Readonly<
    Record<string, Readonly<Record<string, readonly [right: number, total: number]>>>
  >;
}

/**
 * Every choice against the most probable candidate, every executor against the first, the visible tests
 * against the first executor.
 */
export function comparisons(executors: readonly string[]): (readonly [from: string, to: string])[] {
  const [first, ...others] = executors;
  return [
    [CHANCE, PROBABLE],
    ...executors.map((name) => [PROBABLE, name] as const),
    ...(first === undefined ? [] : others.map((name) => [name, first] as const)),
    ...(first === undefined ? [] : [[first, TESTS] as const]),
  ];
}

/** @param n candidates that each task must have; tasks with fewer are left out */
export function readVerification(
  all: readonly TaskCandidates[],
  n: number,
  executors: readonly string[],
  random: Random,
): VerificationReading {
  const tasks = all.filter(({ candidates }) => candidates.length >= n);
  const choices = choicesOf(executors);
  const passes = new Map(
    choices.map((choice) => [choice, tasks.map(({ candidates }) => passOf(choice, candidates, n))]),
  );
  const estimate = (values: readonly number[], name: string) =>
    bootstrap(values.length, (weights) => weightedMean(values, weights), random.fork(name));
  return {
    tasks: tasks.length,
    n,
    choices: choices.map((choice) => ({
      choice,
      ...estimate(passes.get(choice)!, choice),
      curve: Array.from({ length: n }, (_, i) =>
        average(tasks.map(({ candidates }) => passOf(choice, candidates, i + 1))),
      ),
    })),
    differences: comparisons(executors).map(([from, to]) => {
      const [a, b] = [passes.get(from)!, passes.get(to)!];
      return {
        from,
        to,
        ...estimate(
          b.map((value, t) => value - a[t]!),
          `${to} minus ${from}`,
        ),
      };
    }),
    counts: Object.fromEntries(
      choices.map((choice) => [
        choice,
        Object.fromEntries(tasks.map(({ id }, t) => [id, [passes.get(choice)![t]!, 1] as const])),
      ]),
    ),
  };
}
