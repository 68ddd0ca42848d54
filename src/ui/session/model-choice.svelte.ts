/**
 * Whether the dialog that chooses a model is open, and what was dropped on it. describe.ts says what a model
 * costs; the session loads it.
 */
export class ModelChoice {
  #isOpen = $state(false);
  #brought: readonly File[] | null = $state.raw(null);

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Files of one model, dropped on the page and not looked at yet. */
  get brought(): readonly File[] | null {
    return this.#brought;
  }

  open(files: readonly File[] | null = null): void {
    this.#brought = files;
    this.#isOpen = true;
  }

  /** The files are being looked at. @returns them */
  take(): readonly File[] | null {
    const files = this.#brought;
    this.#brought = null;
    return files;
  }

  close(): void {
    this.#isOpen = false;
  }
}
