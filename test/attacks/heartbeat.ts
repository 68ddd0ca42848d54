/** Tells for how long the thread it was made on was not free to do anything else. */
export class Heartbeat {
  private last = performance.now();
  private longest = 0;
  private readonly timer = setInterval(() => this.beat(), 20);

  /** Milliseconds. */
  get longestPause(): number {
    this.beat();
    return this.longest;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.last);
    this.last = now;
  }
}
