/**
 * Measures the seconds of each phase of a step, for `timing` events alone. Nothing reproducible reads
 * a clock. At every moment exactly one phase is running, so that the phases add up to the whole: what
 * is under way and in no phase of its own is `time/other`. Compiling happens in the middle of phases
 * and is taken out of them. Time in which the reader of the events has the say is in none.
 */

/** What the clock reads; a test hands in its own. */
export interface ClockSources {
  /** Seconds, from any origin. */
  readonly now: () => number;
  /** Seconds and graphs compiled so far, from any origin. */
  readonly compiled: () => { readonly seconds: number; readonly graphs: number };
}

const SYSTEM: ClockSources = {
  now: () => performance.now() / 1000,
  compiled: () => ({ seconds: 0, graphs: 0 }),
};

/** What is done between the phases: prompts, advantages, metrics. */
const OTHER = 'time/other';
const COMPILE = 'time/compile';

export class Clock {
  readonly #sources: ClockSources;
  readonly #seconds = new Map<string, number>();
  #phase = OTHER;
  #from: number;
  #compiled: ReturnType<ClockSources['compiled']>;
  #graphs = 0;
  #reader = 0;

  constructor(sources: Partial<ClockSources> = {}) {
    this.#sources = { ...SYSTEM, ...sources };
    this.#from = this.#sources.now();
    this.#compiled = this.#sources.compiled();
  }

  /**
   * The phase of the work, which the step waits for; one inside of another takes its
   * seconds out of the outer one's.
   */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const outer = this.#turnTo(phase);
    try {
      return await work();
    } finally {
      this.#turnTo(outer);
    }
  }

  /** Yields events; what happens until the next one is asked for is the reader's time. */
  *reading<T>(events: Iterable<T>): Generator<T, void, void> {
    for (const event of events) {
      this.#turnTo(this.#phase);
      yield event;
      const now = this.#sources.now();
      this.#reader += now - this.#from;
      // What others compiled meanwhile is not the step's.
      [this.#from, this.#compiled] = [now, this.#sources.compiled()];
    }
  }

  /**
   * All that a `timing` event says of a step: `time/...`, which add up to
   * `step_time`, and what is in no phase.
   */
  step(): Record<string, number> {
    const phases = this.#phases();
    return {
      ...phases,
      step_time: Object.values(phases).reduce((sum, seconds) => sum + seconds, 0),
      reader_time: this.#reader,
      'compile/graphs': this.#graphs,
      'compile/seconds': phases[COMPILE] ?? 0,
    };
  }

  /** Seconds since the clock was made, the reader's left out. */
  total(): number {
    return Object.values(this.#phases()).reduce((sum, seconds) => sum + seconds, 0);
  }

  #phases(): Record<string, number> {
    this.#turnTo(this.#phase);
    return Object.fromEntries(this.#seconds);
  }

  /** Ends the phase that is running, and gives its name. */
  #turnTo(phase: string): string {
    const now = this.#sources.now();
    const compiled = this.#sources.compiled();
    const passed = now - this.#from;
    // Two runtimes may count at once; no more was spent than has passed.
    const compiling = Math.min(passed, compiled.seconds - this.#compiled.seconds);
    this.#add(this.#phase, passed - compiling);
    this.#add(COMPILE, compiling);
    this.#graphs += compiled.graphs - this.#compiled.graphs;
    const outer = this.#phase;
    [this.#phase, this.#from, this.#compiled] = [phase, now, compiled];
    return outer;
  }

  #add(phase: string, seconds: number): void {
    if (seconds > 0) this.#seconds.set(phase, (this.#seconds.get(phase) ?? 0) + seconds);
  }
}
