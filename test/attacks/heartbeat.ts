/**
 * Tells for how long the thread it was made on was not free to do anything else. A pause counts for what
 * the least of the clocks says: beside one of the process's own work, waiting for a processor is none.
 */
export class Heartbeat {
  private last: readonly number[];
  private longest = 0;
  private readonly timer = setInterval(() => this.beat(), 20);

  /** @param clocks in milliseconds */
  constructor(private readonly clocks: readonly (() => number)[] = [() => performance.now()]) {
    this.last = this.read();
  }

  /** Milliseconds. */
  get longestPause(): number {
    this.beat();
    return this.longest;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    const now = this.read();
    this.longest = Math.max(this.longest, Math.min(...now.map((time, i) => time - this.last[i]!)));
    this.last = now;
  }

  private read(): readonly number[] {
    return this.clocks.map((clock) => clock());
  }
}
