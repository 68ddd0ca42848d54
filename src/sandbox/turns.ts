/**
 * How far a program may go, counted by CPython itself. Its evaluator takes one from a
 * number in memory at each turn of a loop, each start of a function and most ends of a
 * call, and asks JavaScript for signals when that number is used up (an Emscripten build's
 * way of looking for Ctrl-C). Here the number is the budget: nothing is called for a turn,
 * and a program runs as fast as without a limit. What a signal does is python/budget.py's.
 */

/** SIGUSR2: programs have no use for it, and Ctrl-C stays theirs. */
const SIGNAL = 12;
/**
 * What CPython sets the number to before it asks. A question while more is left is
 * that of C code which takes long, and no turn.
 */
const INTERVAL = 50;
const ENDLESS = 2 ** 31 - 1;

/** Addresses in Python's memory, as Pyodide's module has them. */
export interface SignalClock {
  readonly __Py_emscripten_signal_clock?: number;
  readonly _Py_EMSCRIPTEN_SIGNAL_HANDLING?: number;
}

export class Turns {
  private readonly clock: number;
  private quantum = ENDLESS;

  /** @throws where this Python does not count */
  constructor(
    private readonly bytes: () => Uint8Array,
    { __Py_emscripten_signal_clock: clock, _Py_EMSCRIPTEN_SIGNAL_HANDLING: handling }: SignalClock,
  ) {
    if (clock === undefined || handling === undefined)
      throw new Error('this Python does not count its turns');
    this.clock = clock;
    bytes()[handling] = 1;
    this.stop();
  }

  /** From here on a signal comes after every so many turns, at least twice the interval. */
  start(quantum: number): void {
    this.quantum = Math.min(quantum, ENDLESS);
    this.left = this.quantum;
  }

  /** No signals until the next start. */
  stop(): void {
    this.left = ENDLESS;
  }

  /** What Python asks: the number of a signal, or 0. */
  signal(): number {
    if (this.left > INTERVAL) return 0;
    this.start(this.quantum);
    return SIGNAL;
  }

  private get left(): number {
    return this.view().getInt32(this.clock, true);
  }

  private set left(turns: number) {
    this.view().setInt32(this.clock, turns, true);
  }

  private view(): DataView {
    return new DataView(this.bytes().buffer);
  }
}
