/**
 * Autosave in the learner: where a run is stored, what was stored before, files to download and to load. It
 * runs nothing. Storage that fails is reported and stops nothing: a run is then kept in memory, from where it
 * can still be downloaded.
 */
import { RunAutosave, type RunAutosaveOptions } from '../experiment/autosave.ts';
import { openBrowserStore } from '../experiment/storage/browser-store.ts';
import { asStorageError, type StorageError } from '../experiment/storage/errors.ts';
import { MemoryStore } from '../experiment/storage/memory-store.ts';
import { readPatiently } from '../experiment/storage/patience.ts';
import { readRunFile, writeRunFile, type RunFile } from '../experiment/storage/run-file.ts';
import { RunStore, type SavedRun } from '../experiment/storage/run-store.ts';
import type { ByteStore } from '../experiment/storage/store.ts';

export interface AutosaveOptions {
  readonly onSaved: (saved: SavedRun) => void;
  readonly onProblem: (problem: StorageError) => void;
  /** The browser's by default. */
  readonly openStore?: () => Promise<ByteStore>;
}

/**
 * A run that was read and may become the present one. Until it does, storage and the present run are as they
 * were.
 */
export interface RestorableRun {
  readonly run: RunFile;
  /** Saves this run from now on. Does not throw. */
  readonly startAutosave: () => Promise<RunAutosave>;
}

export class Autosave {
  readonly #options: AutosaveOptions;
  #runs: RunStore | null = null;
  #current: RunAutosave | null = null;
  /** Why nothing outlives this worker; null where it does. */
  #refusal: StorageError | null = null;
  /**
   * Whether runs that begin now are stored as the page's run. What another room trains is kept in memory,
   * from where that room may take it (`file`).
   */
  isOn = true;
  #otherRoomRuns: RunStore | null = null;

  constructor(options: AutosaveOptions) {
    this.#options = options;
  }

  /** Never throws: without storage runs are kept in memory. */
  async open(): Promise<void> {
    if (this.#runs !== null) return;
    this.#otherRoomRuns = await RunStore.open(new MemoryStore());
    try {
      const store = await (this.#options.openStore ?? openBrowserStore)();
      this.#runs = await readPatiently(() => RunStore.open(store));
    } catch (cause) {
      // eslint-disable-next-line words/in-catalogue -- a part of a sentence of the engine
      this.#refusal = asStorageError(cause, 'opening the storage');
      this.#options.onProblem(this.#refusal);
      this.#runs = await RunStore.open(new MemoryStore());
    }
  }

  /** The newest stored run; null where there is none, or nothing outlives this worker. */
  get newest(): SavedRun | null {
    return this.#refusal === null ? (this.#runs?.saved ?? null) : null;
  }

  /** For a run that begins now. */
  begin(): RunAutosave {
    return (this.#current = RunAutosave.begin(this.#settings(this.#place)));
  }

  /**
   * The stored run; null when there is none.
   * @throws TornSnapshotError, StorageError, TrainerStateError, ConfigError
   */
  async stored(): Promise<RestorableRun | null> {
    const runs = this.#runs;
    if (runs === null || runs.saved === null) return null;
    const { run, goOn } = await runs.find();
    const startAutosave = async (): Promise<RunAutosave> => {
      goOn();
      return (this.#current = RunAutosave.resume(this.#settings(runs), run.state));
    };
    return { run, startAutosave };
  }

  /**
   * A downloaded run. Once autosave starts, it takes the place of the stored one, or of the other room's.
   * @throws RunFileError, TornSnapshotError, TrainerStateError, ConfigError
   */
  fromFile(bytes: Uint8Array): RestorableRun {
    const run = readRunFile(bytes);
    const startAutosave = async (): Promise<RunAutosave> => {
      this.#current = RunAutosave.adopt(this.#settings(this.#place), run);
      await this.#current.save(run.state);
      return this.#current;
    };
    return { run, startAutosave };
  }

  /** The present run as of its newest save; null when there is none. @throws StorageError */
  async file(): Promise<Uint8Array | null> {
    const file = await this.#current?.file();
    return file ? writeRunFile(file) : null;
  }

  get #place(): RunStore | null {
    return this.isOn ? this.#runs : this.#otherRoomRuns;
  }

  #settings(store: RunStore | null): RunAutosaveOptions {
    const { onSaved, onProblem } = this.#options;
    // In memory is not saved, and that is said each time; where another room takes it from is its affair.
    const saved = (run: SavedRun): void =>
      this.#refusal && store !== this.#otherRoomRuns ? onProblem(this.#refusal) : onSaved(run);
    return { store, onSaved: saved, onProblem };
  }
}
