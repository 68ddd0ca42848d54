/**
 * What the page knows of a run: a fold over the trainer's events and nothing else, so that a live run, a
 * recorded one and a test are the same thing. Large data is replaced whole (`$state.raw`), never watched
 * field by field.
 */
import type { Config } from '../../learning/config.ts';
import type { TrainerEvent } from '../../learning/events.ts';
import type { WritingProgress } from '../../learner/protocol.ts';
import type { Task } from '../../tasks/types.ts';
import { History, type StepBatch, type HeldBatch } from '../view/history.ts';
import { append, EMPTY_SERIES, type Series } from '../view/series.ts';

/** A piece of work that one waits for. */
export interface Waiting {
  /** Rollouts planned, where the page knows it; a measurement tells it itself. */
  readonly rollouts: number | null;
  /** The learner's latest word; null before its first one. */
  readonly writing: WritingProgress | null;
  /** When it began, and when the latest word came (`performance.now()`). */
  readonly since: number;
  readonly at: number;
  /** Seconds that the same work took when it was last done. */
  readonly before: number | null;
}

/** What is being done now, as far as events tell. */
export type Activity =
  | { readonly doing: 'nothing' }
  | ({ readonly doing: 'measuring'; readonly step: number } & Waiting)
  | ({ readonly doing: 'writing'; readonly code: number; readonly alignment: number } & Waiting)
  /** Failed programs are traced and the adapter is updated. */
  | { readonly doing: 'updating' }
  | { readonly doing: 'step-done'; readonly added: number }
  | { readonly doing: 'evaluated' }
  | { readonly doing: 'finished'; readonly reason: 'steps-done' | 'stopped' };

/** Whether the run is over before its last step. */
export const hasStopped = (activity: Activity): boolean =>
  activity.doing === 'finished' && activity.reason === 'stopped';

/** Whether it is the base model that is measured. */
export const isOfBase = ({ step, writing }: Extract<Activity, { readonly doing: 'measuring' }>): boolean =>
  (writing?.plan?.which ?? (step === 0 ? 'base' : 'current')) === 'base';

export type { StepBatch };

/** A setting that was changed while the run went on. */
export interface KnobChange {
  readonly step: number;
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface Funnel {
  readonly gates: readonly { readonly gate: string; readonly in: number; readonly out: number }[];
  readonly added: number;
  readonly buffered: number;
}

export type EventIntervals = Readonly<Record<string, readonly [number, number]>>;

export interface Warning {
  readonly step: number;
  readonly message: string;
  readonly advice: string;
}

const MAX_WARNINGS = 20;

/** A RunState at one moment. Its parts are immutable, so keeping many costs little. */
export type RunSnapshot = Pick<
  RunState,
  | 'config'
  | 'model'
  | 'step'
  | 'activity'
  | 'batch'
  | 'steps'
  | 'funnel'
  | 'series'
  | 'warnings'
  | 'changes'
  | 'ownTasks'
> & { readonly held: readonly HeldBatch[] };

const NEVER = { measuring: null, writing: null } as const;

export class RunState {
  /** The configuration as it is now, changes included; null before a run has begun. */
  config: Config | null = $state.raw(null);
  /** Name of the model that the run was made with. */
  model: string | null = $state(null);
  /** Finished steps. */
  step = $state(0);
  activity: Activity = $state.raw({ doing: 'nothing' });
  /** The latest batch of rollouts. */
  batch: StepBatch | null = $state.raw(null);
  /** Steps whose batches can be read again, in order. */
  steps: readonly number[] = $state.raw([]);
  funnel: Funnel | null = $state.raw(null);
  /**
   * Metrics of steps and evaluations; ends of intervals under `name/low` and `name/high`, seconds under
   * `time/...`.
   */
  series: Series = $state.raw(EMPTY_SERIES);
  warnings: readonly Warning[] = $state.raw([]);
  changes: readonly KnobChange[] = $state.raw([]);
  /** Tasks of the visitor's own that joined the run. */
  ownTasks: readonly Task[] = $state.raw([]);
  readonly #history = new History();
  /** Seconds that a measurement took, and the rollouts of a step, when they were last made. */
  #seconds: { readonly measuring: number | null; readonly writing: number | null } = NEVER;
  /** Held-out tasks of the run, and whether what it began with has been measured on them. */
  #heldout = 0;
  #hasBaseline = false;

  /** The batch of a step in `steps`; null for any other. */
  batchAt(step: number): StepBatch | null {
    return this.batch?.step === step ? this.batch : this.#history.at(step);
  }

  clear(): void {
    this.config = null;
    this.model = null;
    this.step = 0;
    this.activity = { doing: 'nothing' };
    this.batch = null;
    this.#history.clear();
    this.steps = [];
    this.changes = [];
    this.ownTasks = [];
    this.funnel = null;
    this.series = EMPTY_SERIES;
    this.warnings = [];
  }

  snapshot(): RunSnapshot {
    const { config, model, step, activity, batch, steps, funnel, series, warnings, changes, ownTasks } = this;
    const { held } = this.#history;
    return { config, model, step, activity, batch, steps, funnel, series, warnings, changes, ownTasks, held };
  }

  restore({ held, ...parts }: RunSnapshot): void {
    Object.assign(this, parts);
    this.#history.restore(held);
  }

  /** Which measurement follows a step: 0 is that of the base model. Null: none. */
  #measuredAfter(step: number): number | null {
    if (!this.config || this.#heldout === 0) return null;
    if (this.config['eval.baseline'] && !this.#hasBaseline) return 0;
    const every = this.config['eval.every'];
    return step >= this.config.steps || (every > 0 && step % every === 0) ? step : null;
  }

  #afterStep(step: number): Activity {
    const measured = this.#measuredAfter(step);
    return measured === null
      ? { doing: 'step-done', added: this.funnel?.added ?? 0 }
      : { doing: 'measuring', step: measured, ...this.#wait(null, this.#seconds.measuring) };
  }

  #rolloutsOf({ code, alignment }: { readonly code: number; readonly alignment: number }): number | null {
    const { config } = this;
    if (config === null) return null;
    return code * config['code.groupSize'] + alignment * config['alignment.groupSize'];
  }

  /** A wait that begins now. */
  #wait(rollouts: number | null, before: number | null): Waiting {
    const now = performance.now();
    return { rollouts, writing: null, since: now, at: now, before };
  }

  /** The base model is not measured next. */
  skipsMeasuring(): void {
    if (this.activity.doing === 'measuring' && isOfBase(this.activity)) this.#hasBaseline = true;
  }

  /** News between two events. */
  progress(writing: WritingProgress): void {
    let { activity } = this;
    // A run that began from another adapter is measured before its first step.
    if (writing.plan !== null && activity.doing !== 'measuring') {
      const step = writing.plan.which === 'base' ? 0 : this.step;
      activity = { doing: 'measuring', step, ...this.#wait(null, this.#seconds.measuring) };
    }
    if (activity.doing === 'writing' || activity.doing === 'measuring')
      this.activity = { ...activity, writing, at: performance.now() };
  }

  take(event: TrainerEvent): void {
    switch (event.type) {
      case 'run-started':
        this.clear();
        this.config = event.config;
        this.model = event.model.name;
        this.#heldout = event.tasks.heldout;
        this.#hasBaseline = false;
        this.#seconds = NEVER;
        this.activity = { doing: 'nothing' };
        break;
      case 'step-started':
        this.activity = {
          doing: 'writing',
          ...event.prompts,
          ...this.#wait(this.#rolloutsOf(event.prompts), this.#seconds.writing),
        };
        break;
      case 'rollouts':
        this.batch = { step: event.step, groups: event.groups };
        this.#history.add(this.batch);
        this.steps = this.#history.steps;
        this.activity = { doing: 'updating' };
        break;
      case 'records':
        this.funnel = { gates: event.funnel, added: event.added, buffered: event.buffered };
        break;
      case 'step-finished':
        this.step = event.step;
        this.series = append(this.series, event.step, event.metrics);
        this.activity = this.#afterStep(event.step);
        break;
      case 'evaluation':
        this.series = append(this.series, event.step, { ...event.metrics, ...ends(event.intervals) });
        this.#hasBaseline ||= event.step === 0;
        this.activity = { doing: 'evaluated' };
        break;
      case 'timing':
        this.#seconds = {
          measuring: event.seconds['time/evaluate'] ?? this.#seconds.measuring,
          writing: event.seconds['time/generate'] ?? this.#seconds.writing,
        };
        this.series = append(this.series, event.step, underTime(event.seconds));
        break;
      case 'changed':
        if (this.config) this.config = { ...this.config, [event.key]: event.to } as Config;
        this.changes = [
          ...this.changes,
          { step: event.step, key: event.key, from: event.from, to: event.to },
        ];
        break;
      case 'task-added':
        this.ownTasks = [...this.ownTasks.filter(({ id }) => id !== event.task.id), event.task];
        break;
      case 'warning':
        this.warnings = [...this.warnings, event].slice(-MAX_WARNINGS);
        break;
      case 'run-finished':
        this.activity = { doing: 'finished', reason: event.reason };
        break;
    }
  }
}

function ends(intervals: EventIntervals): Record<string, number> {
  return Object.fromEntries(
    Object.entries(intervals).flatMap(([name, [low, high]]) => [
      [`${name}/low`, low],
      [`${name}/high`, high],
    ]),
  );
}

function underTime(seconds: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seconds).map(([name, value]) => [name.includes('/') ? name : `time/${name}`, value]),
  );
}
