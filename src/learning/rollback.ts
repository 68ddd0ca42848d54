/** What is said of an update that was undone, and how many in a row end a run. */
import type { TrainerEvent } from './events.ts';

/** Updates in a row that were undone after which a run stops. */
export const MAX_ROLLBACKS = 3;

/** @param inARow updates in a row that were undone, this one counted */
export function rollbackWarning(step: number, undone: string, inARow: number): TrainerEvent {
  const message = `In step ${step} ${undone}; the adapter was put back to where it was before this step.`;
  const advice =
    inARow >= MAX_ROLLBACKS
      ? `That was ${MAX_ROLLBACKS} times in a row: the run stops and keeps everything. Lower optimizer.learningRate and resume.`
      : 'The run goes on. If it repeats, lower optimizer.learningRate.';
  return { type: 'warning', step, message, advice };
}
