/**
 * How long runs will take, from what was measured in this visit: the median seconds per rollout of training
 * steps and per evaluation. Without a measurement there is no estimate. Medians, because the first step of a
 * shape compiles its graphs.
 */
import type { Config } from '../../learning/config.ts';
import type { TrainerEvent } from '../../learning/events.ts';

export interface PaceEstimate {
  readonly seconds: number;
  /** Training steps it rests on. */
  readonly steps: number;
}

export class Pace {
  /** Seconds per rollout, one per measured step. */
  #perRollout: number[] = [];
  #evaluations: number[] = [];
  #rollouts = 0;
  #model: string | null = null;

  /** Follows a run's events; what another model took says nothing. */
  take(event: TrainerEvent): void {
    if (event.type === 'run-started' && event.model.name !== this.#model) {
      this.#model = event.model.name;
      this.#perRollout = [];
      this.#evaluations = [];
    }
    if (event.type === 'rollouts')
      this.#rollouts = event.groups.reduce((sum, { rollouts }) => sum + rollouts.length, 0);
    if (event.type !== 'timing') return;
    const { step_time: step, 'time/evaluate': evaluation } = event.seconds;
    if (step !== undefined && this.#rollouts > 0) this.#perRollout.push(step / this.#rollouts);
    if (evaluation !== undefined) this.#evaluations.push(evaluation);
  }

  get measuredSteps(): number {
    return this.#perRollout.length;
  }

  /** Of one step of this configuration; null before anything was measured. */
  stepSeconds(config: Config): number | null {
    return this.#perRollout.length === 0 ? null : rolloutsPerStep(config) * median(this.#perRollout);
  }

  /** What is left of runs, each with the steps it has done. Null before anything was measured. */
  left(runs: readonly { readonly config: Config; readonly done: number }[]): PaceEstimate | null {
    if (this.#perRollout.length === 0) return null;
    const evaluation = this.#evaluations.length === 0 ? 0 : median(this.#evaluations);
    const seconds = runs.reduce((sum, { config, done }) => {
      const steps = Math.max(0, config.steps - done);
      return sum + steps * (this.stepSeconds(config) ?? 0) + evaluationsLeft(config, done) * evaluation;
    }, 0);
    return { seconds, steps: this.measuredSteps };
  }
}

/** As if the buffer were full; the first step of a run has fewer. */
export const rolloutsPerStep = (config: Config): number =>
  config['code.prompts'] * config['code.groupSize'] +
  config['alignment.prompts'] * config['alignment.groupSize'];

/** Evaluations after step `done`, that of the base model included when nothing is done. */
export function evaluationsLeft(config: Config, done: number): number {
  const every = config['eval.every'];
  const baseline = done === 0 && config['eval.baseline'] ? 1 : 0;
  if (done >= config.steps) return baseline;
  if (every === 0) return baseline + 1;
  const inside = Math.floor(config.steps / every) - Math.floor(done / every);
  return baseline + inside + (config.steps % every === 0 ? 0 : 1);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
