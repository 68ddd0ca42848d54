/** Errors as data: every error the page shows says what happened, what was kept and what to do. Nothing is thrown here. */
import type { ErrorData } from './protocol.ts';

interface Advised {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly kept?: unknown;
  readonly advice?: unknown;
}

export interface Fallback {
  readonly kept: string;
  readonly advice: string;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** Reads what a typed error says of itself and fills in the rest from what was being done. */
export function toErrorData(cause: unknown, fallback: Fallback): ErrorData {
  const error: Advised = typeof cause === 'object' && cause !== null ? cause : { message: String(cause) };
  return {
    name: text(error.name) ?? 'Error',
    message: text(error.message) ?? 'An error without a message.',
    kept: text(error.kept) ?? fallback.kept,
    advice: text(error.advice) ?? fallback.advice,
  };
}
