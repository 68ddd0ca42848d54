/**
 * How long runs will take: the median seconds per rollout of training steps and per evaluation,
 * measured in this visit, else in an earlier one, else on the machine that made the recordings; which
 * of them is said with every estimate. Medians, because the first step of a shape compiles its graphs.
 */
import { isRecord } from '../../base/is-record.ts';
import type { ListedRecording } from '../../experiment/recorded.ts';
import { createConfig, type Config } from '../../learning/config.ts';
import type { TrainerEvent } from '../../learning/events.ts';

/** Where the seconds are from. */
export type PaceSource = 'visit' | 'earlier' | 'recording';

export interface PaceEstimate {
  /** Of all runs. */
  readonly seconds: number;
  /** Of each run, in their order. */
  readonly each: readonly number[];
  /** Training steps it rests on. */
  readonly steps: number;
  readonly source: PaceSource;
}

/** What was measured, as it is kept for later visits. */
export interface MeasuredPace {
  readonly model: string;
  readonly perRollout: number;
  readonly evaluation: number;
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

  /** Null before anything was measured. */
  get measured(): MeasuredPace | null {
    if (this.#perRollout.length === 0) return null;
    return {
      model: this.#model ?? '',
      perRollout: median(this.#perRollout),
      evaluation: this.#evaluations.length === 0 ? 0 : median(this.#evaluations),
      steps: this.#perRollout.length,
    };
  }

  /** What is left of runs, each with the steps it has done. Null before anything was measured here. */
  left(runs: readonly RunLeft[]): PaceEstimate | null {
    const { measured } = this;
    return measured === null ? null : estimate(runs, measured, 'visit');
  }
}

export interface RunLeft {
  readonly config: Config;
  /** Finished steps. */
  readonly done: number;
}

export function estimate(
  runs: readonly RunLeft[],
  { perRollout, evaluation, steps }: Omit<MeasuredPace, 'model'>,
  source: PaceSource,
): PaceEstimate {
  const each = runs.map(
    ({ config, done }) =>
      Math.max(0, config.steps - done) * rolloutsPerStep(config) * perRollout +
      evaluationsLeft(config, done) * evaluation,
  );
  return { seconds: each.reduce((sum, seconds) => sum + seconds, 0), each, steps, source };
}

/** Of the recordings that came with the site, measuring included; null where none says its seconds. */
export function paceOfRecordings(listed: readonly ListedRecording[]): Omit<MeasuredPace, 'model'> | null {
  const rates = listed.flatMap(({ seconds, steps, config }) => {
    const rollouts = steps * rolloutsPerStep(createConfig(config));
    return seconds === null || rollouts === 0 ? [] : [{ rate: seconds / rollouts, steps }];
  });
  if (rates.length === 0) return null;
  return {
    perRollout: median(rates.map(({ rate }) => rate)),
    evaluation: 0,
    steps: rates.reduce((sum, { steps }) => sum + steps, 0),
  };
}

/** What an earlier visit kept, as text; null where it is not of this shape. */
export function readPace(text: string | null): MeasuredPace | null {
  try {
    const data: unknown = JSON.parse(text ?? '');
    if (!isRecord(data) || typeof data['model'] !== 'string') return null;
    const numbers = ['perRollout', 'evaluation', 'steps'].map((key) => data[key]);
    const isMeasured = numbers.every(
      (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
    );
    return isMeasured ? (data as unknown as MeasuredPace) : null;
  } catch {
    return null;
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
