/**
 * What an attack is, as data for every place that runs it: a program under test that
 * wants a reward without earning it, or wants out.
 */
import type { Limits } from '../../src/sandbox/types.ts';
import type { Verdict } from '../../src/learning/events.ts';

export interface Attack {
  readonly name: string;
  /**
   * A whole program for the task `f(n) = sum(range(n))`. Where an attack can tell that it got through,
   * it then returns the right answer: success would be seen as a pass. HOST and PORT in it stand for a
   * listener that must hear nothing, FOLDER for a folder of the machine that must stay empty.
   */
  readonly code: string;
  /** What it must come out as; several where platforms may differ in how they end it. */
  readonly verdict: Verdict | readonly Verdict[];
  readonly limits?: Partial<Limits>;
  /** Graded by a test program (`check(candidate)`) in place of examples. */
  readonly byCheck?: boolean;
}

/** `def f(n):` with the lines as its body. */
export function f(...body: readonly string[]): string {
  return ['def f(n):', ...body.map((line) => `    ${line}`)].join('\n');
}

/** The lines, then `def f(n)` with the right answer: whatever keeps it from passing came before. */
export function beforeRight(...lines: readonly string[]): string {
  return [...lines, f('return sum(range(n))')].join('\n');
}

/** Ends by the clock alone. */
export const byTheClock: Partial<Limits> = { callMs: 500, jobMs: 4000 };
