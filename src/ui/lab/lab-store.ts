/**
 * Where the Lab keeps its runs: IndexedDB of this browser, or memory where there is none. A narrow interface on purpose; the stores of
 * src/experiment/storage can stand behind it. Nothing here knows what a run means.
 */
import type { ErrorData } from '../view/error-data.ts';
import type { ExperimentRecord, RunFiles, StoredRun } from './runs.ts';

export interface LabStore {
  /** `memory` lasts for the visit. */
  readonly kind: 'browser' | 'memory';
  runs(): Promise<readonly StoredRun[]>;
  /** Null when the run was never stored or its files are gone. */
  files(id: string): Promise<RunFiles | null>;
  /** Without files, only what is said about the run changes. */
  put(run: StoredRun, files?: RunFiles): Promise<void>;
  remove(id: string): Promise<void>;
  /** The experiment that is open, to go on with after a reload. */
  experiment(): Promise<ExperimentRecord | null>;
  putExperiment(record: ExperimentRecord): Promise<void>;
}

export class StoreError extends Error implements Pick<ErrorData, 'kept' | 'advice'> {
  override readonly name = 'StoreError';
  readonly kept = 'The runs of this visit are still on the page.';
  readonly advice = 'Export what you want to keep, then free space or allow this site to store data.';
}

export class MemoryLabStore implements LabStore {
  readonly kind = 'memory';
  readonly #runs = new Map<string, StoredRun>();
  readonly #files = new Map<string, RunFiles>();
  #experiment: ExperimentRecord | null = null;

  async runs(): Promise<readonly StoredRun[]> {
    return [...this.#runs.values()];
  }
  async files(id: string): Promise<RunFiles | null> {
    return this.#files.get(id) ?? null;
  }
  async put(run: StoredRun, files?: RunFiles): Promise<void> {
    this.#runs.set(run.id, run);
    if (files) this.#files.set(run.id, files);
  }
  async remove(id: string): Promise<void> {
    this.#runs.delete(id);
    this.#files.delete(id);
  }
  async experiment(): Promise<ExperimentRecord | null> {
    return this.#experiment;
  }
  async putExperiment(record: ExperimentRecord): Promise<void> {
    this.#experiment = record;
  }
}

const [RUNS, FILES, OPEN] = ['runs', 'files', 'open'] as const;

class BrowserStore implements LabStore {
  readonly kind = 'browser';
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
    // A newer version of the page in another tab must not wait for this one.
    database.onversionchange = () => database.close();
  }

  runs(): Promise<readonly StoredRun[]> {
    return this.#ask([RUNS], 'readonly', (of) => of(RUNS).getAll() as IDBRequest<StoredRun[]>);
  }
  async files(id: string): Promise<RunFiles | null> {
    return (
      (await this.#ask([FILES], 'readonly', (of) => of(FILES).get(id) as IDBRequest<RunFiles | undefined>)) ??
      null
    );
  }
  async put(run: StoredRun, files?: RunFiles): Promise<void> {
    await this.#ask([RUNS, FILES], 'readwrite', (of) => {
      if (files) of(FILES).put(files, run.id);
      return of(RUNS).put(run, run.id);
    });
  }
  async remove(id: string): Promise<void> {
    await this.#ask([RUNS, FILES], 'readwrite', (of) => {
      of(FILES).delete(id);
      return of(RUNS).delete(id);
    });
  }
  async experiment(): Promise<ExperimentRecord | null> {
    return (
      (await this.#ask(
        [OPEN],
        'readonly',
        (of) => of(OPEN).get('last') as IDBRequest<ExperimentRecord | undefined>,
      )) ?? null
    );
  }
  async putExperiment(record: ExperimentRecord): Promise<void> {
    await this.#ask([OPEN], 'readwrite', (of) => of(OPEN).put(record, 'last'));
  }

  /** One transaction; resolves when it is durable. @throws StoreError */
  #ask<T>(
    names: readonly string[],
    mode: IDBTransactionMode,
    work: (of: (name: string) => IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (cause: DOMException | null): void =>
        reject(
          new StoreError(`The browser could not store the run: ${cause?.message ?? 'no reason given'}.`, {
            cause,
          }),
        );
      try {
        const transaction = this.#database.transaction([...names], mode);
        const request = work((name) => transaction.objectStore(name));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => fail(transaction.error);
      } catch (error) {
        fail(error as DOMException);
      }
    });
  }
}

/** The browser's store; memory where IndexedDB is missing, switched off or cannot be opened. */
export async function openStore(name = 'tracewise.lab'): Promise<LabStore> {
  try {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of [RUNS, FILES, OPEN]) request.result.createObjectStore(store);
    };
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as DOMException);
      request.onblocked = () => reject(new Error('blocked by another tab'));
    });
    return new BrowserStore(database);
  } catch {
    return new MemoryLabStore();
  }
}
