/**
 * Saves a run as it goes: collects its events, and at each save brings state and events to the
 * store together. A store that fails does not stop the run. The events since the last save
 * that succeeded stay here and go along with the next one. The caller decides when to save.
 */
import type { TrainerEvent } from '../learning/events.ts';
import type { TrainerState } from '../learning/state.ts';
import { Journal, joinLines, type JournalLine } from './journal.ts';
import { asStorageError, type StorageError } from './storage/errors.ts';
import type { RunFile } from './storage/run-file.ts';
import type { RunStore, SavedRun } from './storage/run-store.ts';

export interface RunAutosaveOptions {
  /** Null: the newest state is kept in memory alone, and no events. */
  readonly store: RunStore | null;
  readonly onSaved?: (saved: SavedRun) => void;
  readonly onProblem?: (problem: StorageError) => void;
  /** Lines that no resume will make again, once each, in order. */
  readonly onSettled?: (lines: readonly JournalLine[]) => void | Promise<void>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export class RunAutosave {
  readonly #options: RunAutosaveOptions;
  readonly #journal: Journal;
  #last: TrainerState | null;
  /** Text of settled lines that are not in the store yet. */
  #waiting: string;

  private constructor(options: RunAutosaveOptions, last: TrainerState | null, waiting: string) {
    this.#options = options;
    this.#journal = new Journal(last?.events ?? 0);
    this.#last = last;
    this.#waiting = waiting;
  }

  /** For a new run. */
  static begin(options: RunAutosaveOptions): RunAutosave {
    options.store?.startNew();
    return new RunAutosave(options, null, '');
  }

  /** For the run that was just loaded from this very store. */
  static resume(options: RunAutosaveOptions, state: TrainerState): RunAutosave {
    return new RunAutosave(options, state, '');
  }

  /** For a run that comes from elsewhere; its journal goes to the store with the first save. */
  static adopt(options: RunAutosaveOptions, { state, journal }: RunFile): RunAutosave {
    options.store?.startNew();
    return new RunAutosave(options, state, journal);
  }

  /** The newest state that was given to `save`, stored or not. */
  get last(): TrainerState | null {
    return this.#last;
  }

  take(event: TrainerEvent): void {
    this.#journal.add(event);
  }

  /** Never throws for a store that fails; says so through `onProblem`. */
  async save(state: TrainerState): Promise<void> {
    const lines = this.#journal.settle(state.events);
    this.#last = state;
    await this.#options.onSettled?.(lines);
    const { store } = this.#options;
    if (store === null) return;
    this.#waiting += joinLines(lines);
    try {
      const saved = await store.save(state, this.#waiting, (this.#options.now ?? Date.now)());
      this.#waiting = '';
      this.#options.onSaved?.(saved);
    } catch (cause) {
      this.#options.onProblem?.(asStorageError(cause, 'saving the run'));
    }
  }

  /**
   * The run as of the newest state, for a download; null before the first save or
   * without a store. @throws StorageError
   */
  async file(): Promise<RunFile | null> {
    const { store } = this.#options;
    if (this.#last === null || store === null) return null;
    return { state: this.#last, journal: (await store.journal()) + this.#waiting };
  }

  /** Whether a save would bring anything new to the store. */
  get isBehind(): boolean {
    return this.#journal.open.length > 0 || this.#waiting !== '';
  }

  /** Lines after the newest state, e.g. the end of a run that was stopped. */
  get open(): readonly JournalLine[] {
    return this.#journal.open;
  }

  /** The run goes on from the newest state: what came after it will come again. */
  rollBack(): void {
    this.#journal.rollBack();
  }
}
