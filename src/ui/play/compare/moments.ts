/** Which moment and which task of a recording to show first. Data in, numbers out. */
import type { Moments } from '../../../experiment/moments.ts';
import { wholeRight } from './answer-dots.ts';

/**
 * Place of the moment to show: the one at `step` when it was chosen, else the last one that a
 * replay at `step` has passed, else the last of all: the base model beside itself shows nothing.
 */
export function momentAt(steps: readonly number[], step: number, isChosen: boolean): number {
  const exact = steps.indexOf(step);
  if (isChosen && exact >= 0) return exact;
  const passed = steps.findLastIndex((one) => one <= step);
  return passed > 0 ? passed : steps.length - 1;
}

/**
 * Place of the task to show first: of those whose answers changed most, for better or
 * worse, the one whose programs did, too.
 */
export function tellingTask({ tasks, programs }: Moments): number {
  const change = (counts: readonly number[]): number => Math.abs((counts.at(-1) ?? 0) - (counts[0] ?? 0));
  const scores = tasks.map(({ task, samples }) => {
    const passed = samples.map(
      (list) => list.filter(({ verdict }) => verdict === 'pass').length / list.length,
    );
    const known = programs
      .filter(({ taskId }) => taskId === task.id)
      .map(({ answers }) => change(answers.map((list) => wholeRight(list) / list.length)));
    return 2 * Math.max(0, ...known) + change(passed);
  });
  return Math.max(0, scores.indexOf(Math.max(...scores)));
}
