/**
 * What the page knows of the saved run: one from before that can be taken up again, how far the present one
 * is stored and what keeps it from being stored, whether another tab has it, and how often its session has
 * failed. It commands nothing; the session does.
 */
import { FailureCount } from '../../experiment/recovery.ts';
import type { SavedRun } from '../../experiment/storage/run-store.ts';
import type { ErrorData } from '../view/error-data.ts';
import type { RunStorage } from './run-storage.ts';

export class SavedRunState {
  #offer: SavedRun | null = $state.raw(null);
  #saved: SavedRun | null = $state.raw(null);
  #problem: ErrorData | null = $state.raw(null);
  #isUnread = $state(false);
  /** Milliseconds since 1970; the learner may have read before that what is gone since. */
  #discardedAt = 0;
  #isReader = $state(false);
  #recovering: number | null = $state(null);
  #failure: ErrorData | null = $state.raw(null);

  readonly #findStorage: () => RunStorage | null;
  #failures = new FailureCount();

  /** @param findStorage null: nothing is looked for and any tab may train */
  constructor(findStorage: () => RunStorage | null) {
    this.#findStorage = findStorage;
  }

  /** A stored run that is not the present one. */
  get offer(): SavedRun | null {
    return this.#offer;
  }

  /** The newest save of the present run. */
  get saved(): SavedRun | null {
    return this.#saved;
  }

  /** Why the present run is not stored as it is now. */
  get problem(): ErrorData | null {
    return this.#problem;
  }

  /** What is stored could not be read: whether there is a run is not known. */
  get isUnread(): boolean {
    return this.#isUnread;
  }

  /** Another tab has the run: this one only shows it. */
  get isReader(): boolean {
    return this.#isReader;
  }

  /** The session is being built anew: the how-manieth time in a row. */
  get recovering(): number | null {
    return this.#recovering;
  }

  /** The failure that it is, or was, built anew for. */
  get failure(): ErrorData | null {
    return this.#failure;
  }

  get #storage(): RunStorage | null {
    return this.#findStorage();
  }

  /**
   * At the start of a visit.
   * @param onRead what another tab has stored so far, as one reads it;
   * @param onFree it may be written now
   */
  async look(onRead: (journal: string) => void, onFree: () => void): Promise<void> {
    const storage = this.#storage;
    if (storage === null) return;
    this.#isReader = await storage.isTaken();
    await this.#offerStored(storage);
    if (!this.#isReader) return;
    // Read once; what the other tab does from now on is seen when it is closed.
    const run = await storage.read().catch(() => null);
    if (run !== null && this.#isReader) onRead(run.journal);
    void this.#waitForTurn(onFree);
  }

  async #waitForTurn(onFree: () => void): Promise<void> {
    await this.#storage?.whenFree();
    this.#isReader = false;
    this.#offer = null;
    if (this.#storage !== null) await this.#offerStored(this.#storage);
    onFree();
  }

  async #offerStored(storage: RunStorage): Promise<void> {
    try {
      this.found(await storage.look());
    } catch {
      this.#isUnread = this.#saved === null && this.#offer === null;
    }
  }

  /** What is stored, as whoever could read it says: the page, or the learner when it has its model. */
  found(stored: SavedRun | null): void {
    this.#isUnread = false;
    if (stored === null || this.#saved !== null) return;
    if (stored.savedAt > Math.max(this.#discardedAt, this.#offer?.savedAt ?? 0)) this.#offer = stored;
  }

  /** Before anything is trained here; false when another tab has the run. */
  async claim(onFree: () => void): Promise<boolean> {
    if (this.#storage === null || (!this.#isReader && (await this.#storage.take()))) return true;
    if (!this.#isReader) {
      this.#isReader = true;
      void this.#waitForTurn(onFree);
    }
    return false;
  }

  async discard(): Promise<void> {
    await this.#storage?.discard();
    this.#discardedAt = Date.now();
    this.#offer = null;
    this.#isUnread = false;
  }

  /** Whether what is stored is the present run as of this step. */
  holds(step: number): boolean {
    return this.#saved !== null && this.#saved.step >= step && this.#problem === null;
  }

  onSaved(saved: SavedRun): void {
    this.#saved = saved;
    this.#problem = null;
    this.#offer = null;
    this.#isUnread = false;
  }

  onProblem(problem: ErrorData): void {
    this.#problem = problem;
  }

  /** Another run than before is the present one. */
  onOther(): void {
    this.#offer ??= this.#saved;
    this.#saved = null;
    this.#problem = null;
    this.#failure = null;
    this.#recovering = null;
    this.#failures = new FailureCount();
  }

  /** A stored run, or one from a file, is the present one from here on. */
  onResumed(step: number, config: { readonly steps: number; readonly seed: number }): void {
    const { steps, seed } = config;
    this.#saved = this.#offer ?? this.#saved ?? { step, steps, seed, savedAt: Date.now() };
    this.#offer = null;
    this.#problem = null;
    this.#failures = new FailureCount();
  }

  /** The session is built anew because of it. */
  recovers(failure: ErrorData): void {
    this.#failure = failure;
  }

  /** The session is not built anew any more: it is there, or nothing would help. */
  endRecovery(): void {
    this.#recovering = null;
  }

  /** The failure was read, or the page says more than that. */
  dismissFailure(): void {
    this.#failure = null;
  }

  onStep(step: number): void {
    if (this.#failures.finished(step)) this.#recovering = null;
  }

  /** The session has failed. Whether to try again. */
  onFailure(): boolean {
    const again = this.#failures.failed();
    this.#recovering = again ? this.#failures.count : null;
    if (!again) {
      // What is stored is offered; taking it up is a new beginning.
      this.#offer ??= this.#saved;
      this.#failures = new FailureCount();
    }
    return again;
  }
}
