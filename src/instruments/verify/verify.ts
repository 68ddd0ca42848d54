/**
 * Self-verification: candidates of one policy, chosen by what one or several executors predict of them. All
 * executors see the same candidates. Adapters are put on the policy by whoever calls this.
 */
import { average } from '../../learning/intervals.ts';
import type { Random } from '../../base/random.ts';
import type { WrittenTask } from './candidates.ts';
import { readVerification, type TaskCandidates, type VerificationReading } from './choices.ts';
import type { ExecutorReading, ExecutorPredictions } from './predictions.ts';

export interface Verification extends VerificationReading {
  readonly executors: Readonly<Record<string, ExecutorReading>>;
}

/** @param predictions by executor, of these very candidates */
export const choiceCandidates = (
  written: readonly WrittenTask[],
  predictions: ReadonlyMap<string, ExecutorPredictions>,
): TaskCandidates[] =>
  written.map(({ task, candidates }, t) => ({
    id: task.id,
    candidates: candidates.map(({ passes, logProb, shown }, c) => ({
      passes,
      logProb,
      shown: average(shown.map((passed) => (passed ? 1 : 0))),
      predicted: Object.fromEntries(
        [...predictions].map(([name, { agreement }]) => [name, agreement[t]![c]!]),
      ),
    })),
  }));

/** @param predictions by executor, of these very candidates */
export function verification(
  written: readonly WrittenTask[],
  predictions: ReadonlyMap<string, ExecutorPredictions>,
  n: number,
  random: Random,
): Verification {
  const names = [...predictions.keys()];
  const tasks = choiceCandidates(written, predictions);
  return {
    ...readVerification(tasks, n, names, random.fork('verification')),
    executors: Object.fromEntries(names.map((name) => [name, predictions.get(name)!.reading])),
  };
}
