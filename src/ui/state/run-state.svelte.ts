/**
 * What the page knows of a run: a fold over the trainer's events and nothing else, so that a live run, a recorded one and a test are the
 * same thing. Large data is replaced whole (`$state.raw`), never watched field by field.
 */
import type { Config } from '../../learning/config.ts';
import type { Group, TrainerEvent } from '../../learning/events.ts';
import { append, EMPTY_SERIES, type Series } from './series.ts';

/** What is being done now, as far as events tell. */
export type Activity =
  | { readonly doing: 'nothing' }
  | { readonly doing: 'measuring'; readonly step: number; readonly tokens: number }
  | { readonly doing: 'writing'; readonly code: number; readonly alignment: number; readonly tokens: number }
  /** Failed programs are traced and the adapter is updated. */
  | { readonly doing: 'updating' }
  | { readonly doing: 'step-done'; readonly added: number }
  | { readonly doing: 'evaluated' }
  | { readonly doing: 'finished'; readonly reason: 'steps-done' | 'stopped' };

export interface Batch {
  readonly step: number;
  readonly groups: readonly Group[];
}

export interface Funnel {
  readonly gates: readonly { readonly gate: string; readonly in: number; readonly out: number }[];
  readonly added: number;
  readonly buffered: number;
}

export type Intervals = Readonly<Record<string, readonly [number, number]>>;

export interface Warning {
  readonly step: number;
  readonly message: string;
  readonly advice: string;
}

const MAX_WARNINGS = 20;

/** A RunState at one moment. Its parts are immutable, so keeping many costs little. */
export type RunSnapshot = Pick<
  RunState,
  'config' | 'step' | 'activity' | 'batch' | 'funnel' | 'series' | 'warnings'
>;

export class RunState {
  /** The configuration as it is now, changes included; null before a run has begun. */
  config: Config | null = $state.raw(null);
  /** Finished steps. */
  step = $state(0);
  activity: Activity = $state.raw({ doing: 'nothing' });
  /** The latest batch of rollouts. */
  batch: Batch | null = $state.raw(null);
  funnel: Funnel | null = $state.raw(null);
  /** Metrics of steps and evaluations; ends of intervals under `name/low` and `name/high`, seconds under `time/...`. */
  series: Series = $state.raw(EMPTY_SERIES);
  warnings: readonly Warning[] = $state.raw([]);

  clear(): void {
    this.config = null;
    this.step = 0;
    this.activity = { doing: 'nothing' };
    this.batch = null;
    this.funnel = null;
    this.series = EMPTY_SERIES;
    this.warnings = [];
  }

  snapshot(): RunSnapshot {
    const { config, step, activity, batch, funnel, series, warnings } = this;
    return { config, step, activity, batch, funnel, series, warnings };
  }

  restore(snapshot: RunSnapshot): void {
    Object.assign(this, snapshot);
  }

  #isMeasuredAfter(step: number): boolean {
    if (!this.config) return false;
    const every = this.config['eval.every'];
    return step >= this.config.steps || (every > 0 && step % every === 0);
  }

  /** News between two events: tokens written so far. */
  progress(tokens: number): void {
    const { activity } = this;
    if (activity.doing === 'writing' || activity.doing === 'measuring')
      this.activity = { ...activity, tokens };
  }

  take(event: TrainerEvent): void {
    switch (event.type) {
      case 'run-started':
        this.clear();
        this.config = event.config;
        this.activity = { doing: 'measuring', step: 0, tokens: 0 };
        break;
      case 'step-started':
        this.activity = { doing: 'writing', ...event.prompts, tokens: 0 };
        break;
      case 'rollouts':
        this.batch = { step: event.step, groups: event.groups };
        this.activity = { doing: 'updating' };
        break;
      case 'records':
        this.funnel = { gates: event.funnel, added: event.added, buffered: event.buffered };
        break;
      case 'step-finished':
        this.step = event.step;
        this.series = append(this.series, event.step, event.metrics);
        this.activity = this.#isMeasuredAfter(event.step)
          ? { doing: 'measuring', step: event.step, tokens: 0 }
          : { doing: 'step-done', added: this.funnel?.added ?? 0 };
        break;
      case 'evaluation':
        this.series = append(this.series, event.step, { ...event.metrics, ...ends(event.intervals) });
        this.activity = { doing: 'evaluated' };
        break;
      case 'timing':
        this.series = append(this.series, event.step, underTime(event.seconds));
        break;
      case 'changed':
        if (this.config) this.config = { ...this.config, [event.key]: event.to } as Config;
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

function ends(intervals: Intervals): Record<string, number> {
  return Object.fromEntries(
    Object.entries(intervals).flatMap(([name, [low, high]]) => [
      [`${name}/low`, low],
      [`${name}/high`, high],
    ]),
  );
}

function underTime(seconds: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seconds).map(([name, value]) => [name.startsWith('time/') ? name : `time/${name}`, value]),
  );
}
