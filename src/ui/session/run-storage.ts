/**
 * The page's view of the saved run: what is stored, and whether this tab may write it. One tab at a time has
 * the run (a lock of the browser); the others read. It writes nothing: saving is the learner's.
 */
import { StorageDeniedError } from '../../experiment/storage/errors.ts';
import { IndexedDbStore } from '../../experiment/storage/indexeddb-store.ts';
import { OpfsStore } from '../../experiment/storage/opfs-store.ts';
import { readPatiently } from '../../experiment/storage/patience.ts';
import type { ByteStore } from '../../experiment/storage/store.ts';
import { RunStore, type LoadedRun, type SavedRun } from '../../experiment/storage/run-store.ts';

export interface RunStorage {
  /**
   * The stored run, null when there is none or nothing can be stored here.
   * @throws StorageError when it cannot be found out: there may be one
   */
  look(): Promise<SavedRun | null>;
  /** All of it. @throws StorageError and what damaged runs throw */
  read(): Promise<LoadedRun | null>;
  /** Removes it. @throws StorageError */
  discard(): Promise<void>;
  /** Whether another tab has the run; has no effect. */
  isTaken(): Promise<boolean>;
  /** Makes this tab the one that writes; false when another one is. It stays so until the page is closed. */
  take(): Promise<boolean>;
  /** Resolves once no other tab has the run; this one has it then. */
  whenFree(): Promise<void>;
}

const LOCK = 'tracewise-run';
/** A page that is being replaced (a reload) may hold its lock a little longer than it is seen. */
const GRACE_MS = 600;

/** Where runs are looked for, in the order in which the learner stores them. */
const PLACES: readonly (() => Promise<ByteStore>)[] = [() => OpfsStore.open(), () => IndexedDbStore.open()];

export class BrowserRunStorage implements RunStorage {
  readonly #places: readonly (() => Promise<ByteStore>)[];
  #isMine = false;
  #waiting: Promise<void> | null = null;

  constructor(places = PLACES) {
    this.#places = places;
  }

  async look(): Promise<SavedRun | null> {
    return (await this.#open())?.saved ?? null;
  }

  async read(): Promise<LoadedRun | null> {
    const runs = await this.#open();
    return runs === null || runs.saved === null ? null : runs.load();
  }

  async discard(): Promise<void> {
    await (await this.#open())?.clear();
  }

  async isTaken(): Promise<boolean> {
    if (this.#isMine || !hasLocks()) return false;
    if (!(await isHeld())) return false;
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    return isHeld();
  }

  take(): Promise<boolean> {
    if (this.#isMine || !hasLocks()) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks
        .request(LOCK, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : this.#hold();
        })
        // Where locks are forbidden, so is storage: there is nothing to write to twice.
        .catch(() => resolve(true));
    });
  }

  whenFree(): Promise<void> {
    if (this.#isMine || !hasLocks()) return Promise.resolve();
    this.#waiting ??= new Promise((resolve) => {
      navigator.locks
        .request(LOCK, () => {
          resolve();
          return this.#hold();
        })
        .catch(() => resolve());
    });
    return this.#waiting;
  }

  /** Until the page is closed. */
  #hold(): Promise<never> {
    this.#isMine = true;
    return new Promise<never>(() => undefined);
  }

  /**
   * The place that holds a run. Opened anew each time: another tab, or the learner, writes meanwhile.
   * @throws StorageError when a place cannot be read, however often it is tried
   */
  #open(): Promise<RunStore | null> {
    return readPatiently(() => this.#find());
  }

  /** @throws StorageError when a place cannot be read now, and none that was asked before it holds a run */
  async #find(): Promise<RunStore | null> {
    let problem: unknown;
    for (const open of this.#places) {
      let isOpen = false;
      try {
        const store = await open();
        isOpen = true;
        const runs = await RunStore.open(store);
        if (runs.saved) return runs;
      } catch (error) {
        // Where nothing may be stored nothing is; the learner says why when there is something to save.
        if (isOpen || !isRefusal(error)) problem = error;
        // What a later place holds is older than what is held here.
        if (isOpen) break;
      }
    }
    if (problem !== undefined) throw problem;
    return null;
  }
}

/** Whether the browser does not have such a place, or does not let the page use it. */
function isRefusal(error: unknown): boolean {
  if (error instanceof StorageDeniedError) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof TypeError || cause instanceof ReferenceError;
}

const hasLocks = (): boolean => 'locks' in navigator;

async function isHeld(): Promise<boolean> {
  const { held } = await navigator.locks.query().catch(() => ({ held: [] as LockInfo[] }));
  return held?.some(({ name }) => name === LOCK) ?? false;
}
