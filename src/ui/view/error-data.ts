/**
 * Errors as the page shows them: every one says what happened, what was kept and what
 * to do. Nothing is thrown here, and no words are chosen.
 */
import { toFailure, type Failure } from '../../learner/errors.ts';

export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly kept: string;
  readonly advice: string;
}

export interface Fallback {
  readonly kept: string;
  readonly advice: string;
  /** For an error that says nothing of itself. */
  readonly message?: string;
}

/** What a failure says of itself, and for what it does not say, the fallback's words. */
export function filledIn({ name, message, kept, advice }: Failure, fallback: Fallback): ErrorData {
  return {
    name,
    message: message ?? fallback.message ?? 'An error without a message.',
    kept: kept ?? fallback.kept,
    advice: advice ?? fallback.advice,
  };
}

/** Reads what a typed error says of itself and fills in the rest from what was being done. */
export const toErrorData = (cause: unknown, fallback: Fallback): ErrorData =>
  filledIn(toFailure(cause, 'run'), fallback);
