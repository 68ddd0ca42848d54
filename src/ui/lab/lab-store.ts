/**
 * Where the Lab keeps its runs: IndexedDB of this browser, or memory where there is none. Nothing here knows
 * what a run means.
 */
import { Database, type Table } from '../../experiment/storage/database.ts';
import { s } from '../strings/index.ts';
import type { ErrorData } from '../view/error-data.ts';
import type { ExperimentRecord, RunFiles, RunProgress, StoredRun } from './runs.ts';

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
  /** How far the run in hand had come, to go on from after a reload; one at a time. */
  progress(): Promise<RunProgress | null>;
  putProgress(progress: RunProgress | null): Promise<void>;
}

export class StoreError extends Error implements Pick<ErrorData, 'kept' | 'advice'> {
  override readonly name = 'StoreError';
  readonly kept = s.lab.errors.storeKept;
  readonly advice = s.lab.errors.storeAdvice;
}

export class MemoryLabStore implements LabStore {
  readonly kind = 'memory';
  readonly #runs = new Map<string, StoredRun>();
  readonly #files = new Map<string, RunFiles>();
  #experiment: ExperimentRecord | null = null;
  #progress: RunProgress | null = null;

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
  async progress(): Promise<RunProgress | null> {
    return this.#progress;
  }
  async putProgress(progress: RunProgress | null): Promise<void> {
    this.#progress = progress;
  }
}

const [RUNS, FILES, OPEN] = ['runs', 'files', 'open'] as const;

class BrowserStore implements LabStore {
  readonly kind = 'browser';
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
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
  async progress(): Promise<RunProgress | null> {
    return (
      (await this.#ask(
        [OPEN],
        'readonly',
        (of) => of(OPEN).get('progress') as IDBRequest<RunProgress | null | undefined>,
      )) ?? null
    );
  }
  async putProgress(progress: RunProgress | null): Promise<void> {
    await this.#ask([OPEN], 'readwrite', (of) => of(OPEN).put(progress, 'progress'));
  }

  /** One transaction; resolves when it is durable. @throws StoreError */
  async #ask<T>(
    tables: readonly string[],
    mode: IDBTransactionMode,
    work: (of: Table) => IDBRequest<T>,
  ): Promise<T> {
    try {
      return await this.#database.transact(tables, mode, work);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : null;
      throw new StoreError(s.lab.errors.store(reason), { cause });
    }
  }
}

/** The browser's store; memory where IndexedDB is missing, switched off or cannot be opened. */
export async function openStore(name = 'tracewise.lab'): Promise<LabStore> {
  try {
    return new BrowserStore(await Database.open(name, [RUNS, FILES, OPEN]));
  } catch {
    return new MemoryLabStore();
  }
}
