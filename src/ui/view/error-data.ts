/** Errors as the page shows them: every one says what happened, what was kept and what to do. Nothing is thrown here, and no words are chosen. */
import { toFailure } from '../../learner/errors.ts';

export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly kept: string;
  readonly advice: string;
}

export interface Fallback {
  readonly kept: string;
  readonly advice: string;
}

/** Reads what a typed error says of itself and fills in the rest from what was being done. */
export function toErrorData(cause: unknown, fallback: Fallback): ErrorData {
  const { name, message, kept, advice } = toFailure(cause, 'run');
  return {
    name,
    message: message ?? 'An error without a message.',
    kept: kept ?? fallback.kept,
    advice: advice ?? fallback.advice,
  };
}
