/**
 * What goes wrong around the learner, as data that crosses a worker: a code, and what the error says of itself. The words for
 * people are the page's. Nothing is thrown here.
 */

/**
 * What was being done: `load` leaves nothing behind, `run` and `save` keep the model, `change` keeps the setting as it was, `question`
 * changes nothing, `adapter` was not put on. `no-model`: there is none to go on with; `nobody-to-ask`: there is none to put a question to.
 */
export type FailureCode =
  'load' | 'run' | 'save' | 'change' | 'question' | 'adapter' | 'no-model' | 'nobody-to-ask';

/** An error as data. What is null the error does not say; the page says it by the code. */
export interface Failure {
  readonly code: FailureCode;
  readonly name: string;
  readonly message: string | null;
  readonly kept: string | null;
  readonly advice: string | null;
}

/** There is no model to do it with. */
export class NoModelError extends Error {
  override readonly name = 'NoModelError';
  constructor(readonly code: 'no-model' | 'nobody-to-ask') {
    super();
  }
}

interface Advised {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly kept?: unknown;
  readonly advice?: unknown;
}

/** Texts of an error that says something; null where it says nothing. */
const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

/** Reads what an error says of itself. @param code what was being done, unless the error knows better */
export function toFailure(cause: unknown, code: FailureCode): Failure {
  const error: Advised = typeof cause === 'object' && cause !== null ? cause : { message: String(cause) };
  return {
    code: cause instanceof NoModelError ? cause.code : code,
    name: text(error.name) ?? 'Error',
    message: text(error.message),
    kept: text(error.kept),
    advice: text(error.advice),
  };
}
