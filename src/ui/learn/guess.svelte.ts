/**
 * What the reader says before the answer is shown. It is said of something (a group of the recording, say):
 * once that is another thing, it is forgotten and asked for anew, while the chapter around it stays.
 */

/** `value`, and again whenever `about` is another thing: for a `$derived` that the reader overwrites. */
export const anewFor = <T>(_about: unknown, value: T): T => value;

/** One choice among a few, and whether the answer is out. */
export class Guess<T> {
  readonly #about: () => unknown;
  #choice: T | null = $derived.by(() => anewFor(this.#about(), null));
  #isShown = $derived.by(() => anewFor(this.#about(), false));

  /** @param about what the question is of; read reactively */
  constructor(about: () => unknown) {
    this.#about = about;
  }

  /** Null before there is one, and where the answer was shown without it. */
  get choice(): T | null {
    return this.#choice;
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  choose(choice: T): void {
    this.#choice = choice;
    this.#isShown = true;
  }

  /** Shows the answer without a guess. */
  show(): void {
    this.#isShown = true;
  }
}
