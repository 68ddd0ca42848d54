/**
 * Pulls the trainer's events for as long as the transport says so. Not asking for the
 * next event is the pause, so nothing is lost by it. It knows no model and no page.
 */
import type { TrainerEvent } from '../learning/events.ts';
import type { TransportState } from './protocol.ts';

export interface PullOptions {
  /** Begins a run; called again after a reset, and where one that ended goes on. */
  readonly begin: () => AsyncIterator<TrainerEvent, void>;
  /** A run that has ended is asked to move: whether it goes on after all. Absent: only a reset moves it. */
  readonly onward?: () => boolean;
  readonly onEvent: (event: TrainerEvent) => void;
  readonly onState: (state: TransportState) => void;
  /** Done before resting is announced, e.g. a save; it does not throw. */
  readonly onRest?: () => Promise<void>;
  /** The run has failed and is over; a reset begins a new one. */
  readonly onError: (error: unknown) => void;
}

export class Puller {
  readonly #options: PullOptions;
  #goal: 'rest' | 'step' | 'run' = 'rest';
  #run: AsyncIterator<TrainerEvent, void> | null = null;
  #over: 'ended' | 'failed' | null = null;
  #pulling: Promise<void> | null = null;
  /** Least milliseconds from one step to the next. */
  #pace = 0;
  #stepAt = 0;
  /** Ends the rest between two steps. */
  #wake: () => void = () => undefined;

  constructor(options: PullOptions) {
    this.#options = options;
  }

  start(): void {
    this.#go('run');
  }

  step(): void {
    this.#go('step');
  }

  /** Rests after the event in hand. */
  pause(): void {
    this.#goal = 'rest';
    this.#wake();
    this.#options.onState(this.#pulling ? 'stopping' : this.#over ? 'finished' : 'paused');
  }

  /** Whether an event is being waited for, or what is done at rest. */
  get isPulling(): boolean {
    return this.#pulling !== null;
  }

  /** At most one step in this many milliseconds; 0 is full speed. Takes effect at once. */
  pace(milliseconds: number): void {
    this.#pace = milliseconds;
    this.#wake();
  }

  /** Resolves once nothing is pulled any more: after the event in hand, and what is done at rest. */
  async rest(): Promise<void> {
    this.#goal = 'rest';
    this.#wake();
    await this.#pulling;
  }

  /** Lets go of the run, once the event in hand has come (callers abort what is under way first). */
  async drop(): Promise<void> {
    const run = this.#run;
    await this.rest();
    await run?.return?.();
    this.#run = null;
    this.#over = null;
  }

  /** A run that has ended is begun again where it can go on. */
  #revive(): void {
    if (this.#over !== 'ended' || this.#options.onward?.() !== true) return;
    this.#run = null;
    this.#over = null;
  }

  #goes(): boolean {
    return this.#goal !== 'rest';
  }

  #go(goal: 'step' | 'run'): void {
    this.#revive();
    if (this.#over) return this.#options.onState('finished');
    this.#goal = goal;
    this.#options.onState(goal === 'run' ? 'running' : 'stepping');
    this.#pulling ??= this.#pull().finally(() => {
      this.#pulling = null;
    });
  }

  /** Waits until the pace allows the next step, a pause asks for rest, or the pace changes. */
  async #restOfStep(): Promise<void> {
    while (this.#goal === 'run') {
      const left = this.#stepAt + this.#pace - performance.now();
      if (this.#pace === 0 || left <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#stepAt = performance.now();
  }

  async #pull(): Promise<void> {
    const { begin, onEvent, onState, onRest, onError } = this.#options;
    try {
      this.#run ??= begin();
      for (;;) {
        if (this.#goal === 'rest') {
          await onRest?.();
          // Asked to go on in the meantime.
          if (this.#goes()) continue;
          break;
        }
        const { value, done } = await this.#run.next();
        if (done) {
          this.#over = 'ended';
          return onState('finished');
        }
        onEvent(value);
        // A step's times come last; what follows belongs to the next pull.
        if (value.type !== 'timing' || !('step_time' in value.seconds)) continue;
        if (this.#goal === 'step') this.#goal = 'rest';
        await this.#restOfStep();
      }
      onState('paused');
    } catch (error) {
      this.#over = 'failed';
      onError(error);
      onState('finished');
    }
  }
}
