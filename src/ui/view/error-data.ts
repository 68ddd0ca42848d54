/**
 * An error as the page shows it: what happened, what was kept and what to do. Only types: the words are
 * src/ui/strings'.
 */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly kept: string;
  readonly advice: string;
}

/** What is said for an error that does not say it of itself. */
export interface Fallback {
  readonly kept: string;
  readonly advice: string;
  readonly message?: string;
}
