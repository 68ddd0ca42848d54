/** The few kinds of outcome that are told apart at a glance, each with a shape of its own: colour is never the only sign. */
import type { AlignmentRollout, CodeRollout, Verdict } from '../../learning/events.ts';

export type Outcome = 'pass' | 'part' | 'wrong' | 'error' | 'limit' | 'none';

const OF_VERDICT: Readonly<Record<Verdict, Outcome>> = {
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

export const outcomeOfVerdict = (verdict: Verdict): Outcome => OF_VERDICT[verdict];

export function outcomeOf(rollout: CodeRollout | AlignmentRollout): Outcome {
  if ('verdict' in rollout) return OF_VERDICT[rollout.verdict];
  if (rollout.malformed !== null) return 'error';
  const right = rollout.variables.filter((variable) => variable.right).length;
  if (right === 0) return 'wrong';
  return right === rollout.variables.length ? 'pass' : 'part';
}

/** Paths in a box of 12 by 12: tick, half tile, cross, exclamation, clock, dash. Drawn as strokes of 1.6. */
export const GLYPH: Readonly<Record<Outcome, string>> = {
  pass: 'M2.5 6.5 5 9l4.5-5.5',
  part: 'M2.5 6h7M6 2.5v7',
  wrong: 'M3 3l6 6M9 3l-6 6',
  error: 'M6 2v5M6 9.4v.2',
  limit: 'M6 3v3.2l2 1.3M6 1.4a4.6 4.6 0 1 0 .01 0',
  none: 'M3 6h6',
};
