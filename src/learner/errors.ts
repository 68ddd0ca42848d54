/**
 * What goes wrong around the learner, as data that crosses a worker: a code, what goes into the page's
 * sentence, and what an error of the engine says of itself. The words for people are the page's. Nothing is
 * thrown here.
 */

/**
 * What was being done: `load` leaves nothing behind, `run` and `save` keep the model, `change` keeps the
 * setting as it was, `question` changes nothing, `adapter` was not put on. `no-model`: there is none to go on
 * with; `nobody-to-ask`: there is none to put a question to.
 */
export type FailureCode =
  'load' | 'run' | 'save' | 'change' | 'question' | 'adapter' | 'no-model' | 'nobody-to-ask';

/**
 * What the page has a sentence for: a code and what goes into the sentence. `path` is that of a file of the
 * site.
 */
export type LearnerProblem =
  | { readonly code: 'no-answer' | 'no-such-file' | 'not-asked-for'; readonly path: string }
  | { readonly code: 'status'; readonly path: string; readonly status: number }
  /** A script that a browser will not import: it was not sent as one. `type` is empty where none was sent. */
  | { readonly code: 'no-script'; readonly path: string; readonly status: number; readonly type: string }
  | { readonly code: 'broke-off'; readonly path: string; readonly bytes: number }
  /** The browser keeps no files for this page. `reason` is the browser's. */
  | { readonly code: 'no-model-cache'; readonly reason: string }
  /** A folder of the visitor's is no whole model: it lacks `file`. */
  | { readonly code: 'incomplete-folder'; readonly name: string; readonly file: string };

/** An error that has no words of its own. */
export class ProblemError extends Error {
  /** @param name of the error, as people may search for it */
  constructor(
    override readonly name: string,
    readonly problem: LearnerProblem,
    options?: ErrorOptions,
  ) {
    super(problem.code, options);
  }
}

/** An error as data. What is null the error does not say; the page says it by `problem` or `code`. */
export interface Failure {
  readonly code: FailureCode;
  readonly name: string;
  readonly message: string | null;
  readonly kept: string | null;
  readonly advice: string | null;
  /** Takes the place of what the error says. */
  readonly problem?: LearnerProblem;
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
    ...(cause instanceof ProblemError && { problem: cause.problem }),
  };
}
