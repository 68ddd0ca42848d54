/**
 * Reward functions. A verdict or a graded answer goes in; a finite number in [0, 1] comes out, or null
 * where the reward does not apply. grade.ts grades answers, and credit.ts brings credit to single tokens.
 */
import type { RewardForm } from './config.ts';
import type { PredictedVariable, Verdict } from './events.ts';

/** 1 if every test passes, else 0; null where the harness failed and nothing is known about the program. */
export function codeReward(verdict: Verdict): number | null {
  if (verdict === 'harness-error') return null;
  return verdict === 'pass' ? 1 : 0;
}

/** An answer compared with the ground truth of its record. */
export interface GradedAnswer {
  /** Why the answer could not be read, or null. */
  readonly malformed: string | null;
  /** The record's variables in their order, the return value apart. */
  readonly variables: readonly PredictedVariable[];
  /** The return value; null when the record has none (its program ended with an exception). */
  readonly returned: PredictedVariable | null;
  /**
   * Lines of the true trajectory predicted right before the first wrong one; null for
   * formats without trajectory.
   */
  readonly lines: { readonly right: number; readonly total: number } | null;
}

export function alignmentReward(form: RewardForm, answer: GradedAnswer): number | null {
  switch (form) {
    case 'paper':
      return paperReward(answer);
    case 'reference':
      return referenceReward(answer);
    case 'prefix':
    case 'line':
    case 'token':
      return prefixReward(answer);
  }
}

/**
 * Paper: right items / items; the return value is one more item (docs/method.md,
 * "Rewards"). A malformed answer has none right.
 */
function paperReward({ malformed, variables, returned }: GradedAnswer): number | null {
  const all = returned === null ? variables : [...variables, returned];
  if (all.length === 0) return null;
  return malformed === null ? share(countRight(all), all.length) : 0;
}

/**
 * Reference code: 0 if malformed, else 0.1 + 0.9 * right / (1 + variables). The 1
 * stands for the printed output there; here it is the return value. With an exception
 * there is none, and the most that can be reached is below 1.
 */
function referenceReward({ malformed, variables, returned }: GradedAnswer): number | null {
  if (variables.length === 0 && returned === null) return null;
  if (malformed !== null) return 0;
  const right = countRight(variables) + (returned?.right === true ? 1 : 0);
  return 0.1 + 0.9 * share(right, 1 + variables.length);
}

/**
 * Ours: longest right prefix of the predicted trajectory / its true length. Counts
 * even when the final values are missing.
 */
function prefixReward({ lines }: GradedAnswer): number | null {
  return lines === null || !(lines.total > 0) ? null : share(lines.right, lines.total);
}

function countRight(variables: readonly PredictedVariable[]): number {
  return variables.filter(({ right }) => right).length;
}

function share(right: number, total: number): number {
  // Not a number is nothing right: a reward is finite whatever was graded.
  return right > 0 ? Math.min(1, right / total) : 0;
}
