/**
 * The few kinds of outcome that are told apart at a glance, each with a shape of its own: colour is never the
 * only sign.
 */
import type { AlignmentRollout, CodeRollout, Verdict } from '../../learning/events.ts';

export type OutcomeMark = 'pass' | 'part' | 'wrong' | 'error' | 'limit' | 'none';

const OF_VERDICT: Readonly<Record<Verdict, OutcomeMark>> = {
  pass: 'pass',
  wrong: 'wrong',
  exception: 'error',
  'syntax-error': 'error',
  'no-program': 'error',
  'step-limit': 'limit',
  timeout: 'limit',
  memory: 'limit',
  'output-limit': 'limit',
  exit: 'error',
  tamper: 'error',
  'harness-error': 'none',
};

export const outcomeOfVerdict = (verdict: Verdict): OutcomeMark => OF_VERDICT[verdict];

export function outcomeMark(rollout: CodeRollout | AlignmentRollout): OutcomeMark {
  if ('verdict' in rollout) return OF_VERDICT[rollout.verdict];
  if (rollout.malformed !== null) return 'error';
  const right = rollout.variables.filter((variable) => variable.right).length;
  if (right === 0) return 'wrong';
  return right === rollout.variables.length ? 'pass' : 'part';
}

/** A stroke: where it starts in a box of 12 by 12, and how it goes on from there. */
type Stroke = readonly [x: number, y: number, path: string];

/** Tick, plus, cross, exclamation mark, clock, dash. */
const STROKES: Readonly<Record<OutcomeMark, readonly Stroke[]>> = {
  pass: [[2.5, 6.5, 'l2.5 2.5l4.5-5.5']],
  part: [
    [2.5, 6, 'h7'],
    [6, 2.5, 'v7'],
  ],
  wrong: [
    [3, 3, 'l6 6'],
    [9, 3, 'l-6 6'],
  ],
  error: [
    [6, 2, 'v5'],
    [6, 9.4, 'v.2'],
  ],
  limit: [
    [6, 3, 'v3.2l2 1.3'],
    [6, 1.4, 'a4.6 4.6 0 1 0 .01 0'],
  ],
  none: [[3, 6, 'h6']],
};

/** The sign as an SVG path, its box's corner at (left, top); to be stroked. */
export function glyph(outcome: OutcomeMark, left = 0, top = 0): string {
  return STROKES[outcome].map(([x, y, path]) => `M${left + x} ${top + y}${path}`).join('');
}

/** A tile of 12 by 12 with round corners behind a sign, to be filled. */
export const tile = (left: number, top: number): string =>
  `M${left + 2.5} ${top}h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-7a2.5 2.5 0 0 1-2.5-2.5v-7a2.5 2.5 0 0 1 2.5-2.5z`;
