/**
 * A run as the Lab keeps it: what it was, what came out, and beside it its whole log and adapter. Plain data
 * that a store can hold; it reads and writes nothing.
 */
import {
  armConfig,
  outcomeOf,
  type Arm,
  type Evaluated,
  type Experiment,
  type RunOutcome,
} from '../../experiment/experiment.ts';
import type { AdapterExport } from '../../experiment/export/index.ts';
import { presetConfig } from '../../experiment/presets.ts';
import { diff, type Config } from '../../learning/config.ts';
import type { Metrics, TrainerEvent } from '../../learning/events.ts';

export { armOf } from '../../experiment/arm-of-log.ts';

/** An experiment as runs remember it: enough to go on with it after a reload. */
export interface ExperimentRecord {
  readonly id: string;
  readonly experiment: Experiment;
  /** Name of the model that its runs train; records of earlier versions do not say it. */
  readonly model?: string;
}

/** A run that is under way, as the learner's file of it. */
export interface RunProgress {
  /** Of the experiment, and which of its runs. */
  readonly experiment: string;
  readonly arm: string;
  readonly seed: number;
  readonly step: number;
  readonly file: Uint8Array;
}

/** `stopped`: ended before its last step; `failed`: ended by an error. Neither takes part in a comparison. */
export type RunEnding = 'done' | 'stopped' | 'failed';

export interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  /** Milliseconds since 1970. */
  readonly made: number;
  readonly experiment: ExperimentRecord | null;
  readonly arm: Arm;
  readonly seed: number;
  readonly config: Config;
  readonly state: RunEnding;
  readonly model: string;
  /** Finished steps. */
  readonly steps: number;
  /** Metrics by step, of steps and evaluations. */
  readonly history: readonly Evaluated[];
  readonly outcome: RunOutcome | null;
  readonly hasAdapter: boolean;
}

export interface RunFiles {
  /** JSON Lines, gzip. */
  readonly log: Uint8Array;
  readonly adapter: AdapterExport | null;
}

/** One run that an experiment asks for. */
export interface PlannedRun {
  readonly experiment: ExperimentRecord;
  readonly arm: Arm;
  readonly seed: number;
  readonly config: Config;
}

/** Seeds outermost, so that an experiment that is stopped has whole pairs. @throws ConfigError */
export function plannedRuns(record: ExperimentRecord): readonly PlannedRun[] {
  const { experiment } = record;
  return experiment.seeds.flatMap((seed) =>
    experiment.arms.map((arm) => ({
      experiment: record,
      arm,
      seed,
      config: armConfig(experiment, arm, seed),
    })),
  );
}

/** Whether a kept run is the one that was planned. */
export const isSameRun = (run: StoredRun, planned: PlannedRun): boolean =>
  run.experiment?.id === planned.experiment.id &&
  run.arm.name === planned.arm.name &&
  run.seed === planned.seed;

/** Metrics by step, of steps and evaluations merged. */
function historyOf(events: Iterable<TrainerEvent>): readonly Evaluated[] {
  const steps = new Map<number, Metrics>();
  for (const event of events) {
    if (event.type !== 'step-finished' && event.type !== 'evaluation') continue;
    steps.set(event.step, { ...steps.get(event.step), ...event.metrics });
  }
  return [...steps].sort(([a], [b]) => a - b).map(([step, metrics]) => ({ step, metrics }));
}

/** What a log's events are, whether made here or read from a file. */
export interface RunOrigin {
  readonly id: string;
  readonly made: number;
  readonly experiment: ExperimentRecord | null;
  readonly arm: Arm;
  readonly hasAdapter: boolean;
  readonly failed?: boolean;
  readonly name?: string;
  readonly note?: string;
}

/** @param events of a run, its start among them */
export function storedRun(events: readonly TrainerEvent[], origin: RunOrigin): StoredRun | null {
  const started = events.find((event) => event.type === 'run-started');
  if (started === undefined) return null;
  const { config, model } = started;
  const isDone = events.some((event) => event.type === 'run-finished' && event.reason === 'steps-done');
  const steps = events.reduce((most, event) => (event.type === 'step-finished' ? event.step : most), 0);
  return {
    id: origin.id,
    name: origin.name ?? `${origin.arm.name}, seed ${config.seed}`,
    note: origin.note ?? '',
    made: origin.made,
    experiment: origin.experiment,
    arm: origin.arm,
    seed: config.seed,
    config,
    state: origin.failed === true ? 'failed' : isDone ? 'done' : 'stopped',
    model: model.name,
    steps,
    history: historyOf(events),
    outcome: origin.failed === true ? null : outcomeOf(origin.arm.name, config.seed, events),
    hasAdapter: origin.hasAdapter,
  };
}

/** What an arm changes of its preset, one entry a setting. */
export function armDiff(arm: Arm): ReturnType<typeof diff> {
  return diff(presetConfig(arm.preset, arm.overrides), presetConfig(arm.preset));
}
