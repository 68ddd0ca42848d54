/** Measures the seconds of each phase of a step, for `timing` events alone. Nothing reproducible reads a clock. */
export class Clock {
  readonly #start = performance.now();
  readonly #seconds = new Map<string, number>();

  /** Adds the time that the work takes to a phase. Phases may overlap. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds.set(phase, (this.#seconds.get(phase) ?? 0) + (performance.now() - from) / 1000);
    }
  }

  seconds(): Record<string, number> {
    return Object.fromEntries(this.#seconds);
  }

  /** Seconds since the clock was made. */
  total(): number {
    return (performance.now() - this.#start) / 1000;
  }
}
