/** The clock of one job on the host's side. It only tells that time is up; the pool ends the worker. */

/**
 * The host may have been busy when a deadline passed: the worker's answer then waits
 * in the queue, and gets this long to be read.
 */
const lateGraceMs = 250;

/** The clock of one job: `passed` resolves when a call or the whole job has had its time. */
export class Deadline {
  readonly passed: Promise<'timeout'>;
  private readonly jobEnds: number;
  private callEnds: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isPaused = false;
  private fire: (end: 'timeout') => void = () => {};

  constructor(
    private readonly callMs: number,
    jobMs: number,
  ) {
    const now = performance.now();
    this.jobEnds = now + jobMs;
    this.callEnds = now + callMs;
    this.passed = new Promise((resolve) => (this.fire = resolve));
    this.arm();
  }

  /** A call has ended: the next one gets its full time. */
  renew(): void {
    this.isPaused = false;
    this.callEnds = performance.now() + this.callMs;
  }

  /** Somebody else is at work: the call's time does not run until `renew`, the job's does. */
  pause(): void {
    this.isPaused = true;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private arm(): void {
    // While paused it looks again after one call's time, which is never later than
    // the end of a call that begins meanwhile.
    const end = Math.min(this.jobEnds, this.isPaused ? performance.now() + this.callMs : this.callEnds);
    this.timer = setTimeout(() => this.check(end), Math.max(0, end - performance.now()));
  }

  private check(end: number): void {
    const now = performance.now();
    if (Math.min(this.jobEnds, this.isPaused ? Infinity : this.callEnds) > now) return this.arm();
    // Late by much: this thread was blocked, and the answer may already be waiting behind this timer.
    if (now - end > 50) this.timer = setTimeout(() => this.fire('timeout'), lateGraceMs);
    else this.fire('timeout');
  }
}
