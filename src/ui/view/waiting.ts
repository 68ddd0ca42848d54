/**
 * What a wait is for and when it ends: rollouts written of those planned, and the seconds that are left. Data
 * in, data out; the words are the catalogue's.
 */
import type { WritingProgress } from '../../learner/protocol.ts';

export interface Counted {
  readonly kind: 'programs' | 'answers' | 'rollouts';
  readonly done: number;
  /** Null: not known yet. */
  readonly of: number | null;
}

/**
 * The part of a piece of work that is being written. A measurement writes its programs first, then its
 * answers. @param rollouts of a step, in all
 */
export function countedOf(writing: WritingProgress | null, rollouts: number | null): Counted | null {
  if (writing === null) return null;
  const { done, plan } = writing;
  if (plan === null)
    return rollouts === null ? null : { kind: 'rollouts', done: Math.min(done, rollouts), of: rollouts };
  if (done < plan.programs) return { kind: 'programs', done, of: plan.programs };
  const answered = done - plan.programs;
  return {
    kind: 'answers',
    done: plan.answers === null ? answered : Math.min(answered, plan.answers),
    of: plan.answers,
  };
}

/** Share of all that is written for a piece of work, 0 to 1; null while it cannot be told. */
export function shareWritten(writing: WritingProgress | null, rollouts: number | null): number | null {
  if (writing === null) return null;
  const { done, plan } = writing;
  // As long as the questions are not known, as many answers as programs are expected.
  const of = plan === null ? rollouts : plan.programs + (plan.answers ?? plan.programs);
  return of === null || of === 0 ? null : Math.min(1, done / of);
}

/** Less than this share of the work says nothing about the rest of it. */
const TELLING = 0.05;

/**
 * Seconds left of a piece of work.
 * @param share of it that is done; @param seconds that it has taken so far;
 * @param before seconds that the same work took when it was last done; null: it never was
 * @returns null while there is nothing to go by
 */
export function secondsLeft(share: number | null, seconds: number, before: number | null): number | null {
  const byRate = share === null || share < TELLING ? null : (seconds * (1 - share)) / share;
  // Once a fifth is done, the pace of today says more than that of last time.
  if (byRate !== null && (before === null || (share ?? 0) >= 0.2)) return byRate;
  return before === null ? null : Math.max(0, before - seconds);
}
