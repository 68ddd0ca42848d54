/** Whether the choice of a model is open, and what was dropped for it. What a model costs is describe.ts, loading it the session's. */
export class ModelChoice {
  isOpen = $state(false);
  /** Files of one model, dropped on the page and not looked at yet. */
  brought: readonly File[] | null = $state.raw(null);

  open(files: readonly File[] | null = null): void {
    this.brought = files;
    this.isOpen = true;
  }
}
