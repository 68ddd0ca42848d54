/**
 * Tells a run's events to a person at a terminal: a line for some of them, and a summary in the end. It
 * writes nothing itself.
 */
import type { TrainerEvent } from '../learning/events.ts';
import { evaluationLine, stepLine, type ReportedEvaluation } from './report.ts';

/** What the events of a run amount to, and the line that tells it. */
export class Story {
  before: ReportedEvaluation | undefined;
  after: ReportedEvaluation | undefined;
  step = 0;
  stopped = false;
  #rollouts: Extract<TrainerEvent, { type: 'rollouts' }> | undefined;
  #records: Extract<TrainerEvent, { type: 'records' }> | undefined;

  /** @returns a line for standard output, or null */
  take(event: TrainerEvent): string | null {
    switch (event.type) {
      case 'rollouts':
        [this.#rollouts, this.#records] = [event, undefined];
        return null;
      case 'records':
        this.#records = event;
        return null;
      case 'step-finished':
        this.step = event.step;
        return this.#rollouts === undefined ? null : stepLine(this.#rollouts, this.#records, event);
      case 'evaluation':
        if (event.step === 0) this.before = event;
        else this.after = event;
        return evaluationLine(event.step, event);
      case 'run-finished':
        this.stopped = event.reason === 'stopped';
        return null;
      default:
        return null;
    }
  }
}

/** The phases of a step and what they took. */
export function secondsLine(step: number, phases: Readonly<Record<string, number>>): string {
  // How many graphs were compiled is no time, and how long that took is a phase. A trial of precisions was
  // told when the model was loaded.
  const timed = Object.entries(phases).filter(([name]) => !/^(compile|precision)\//.test(name));
  const parts = timed.map(([phase, value]) => `${phase} ${value.toFixed(2)} s`);
  return `  step ${step}: ${parts.join(', ')}`;
}
