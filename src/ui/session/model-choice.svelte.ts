/**
 * Whether the dialog that chooses a model is open, and what was dropped on it. describe.ts says what a model
 * costs; the session loads it.
 */
export class ModelChoice {
  isOpen = $state(false);
  /** Files of one model, dropped on the page and not looked at yet. */
  brought: readonly File[] | null = $state.raw(null);

  open(files: readonly File[] | null = null): void {
    this.brought = files;
    this.isOpen = true;
  }
}
