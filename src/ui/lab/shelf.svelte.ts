/**
 * The list of runs kept: put there by the queue or from files, renamed, noted, chosen, deleted and brought
 * back. What lasts is in the store behind it; what is drawn is here.
 */
import type { ErrorData } from '../view/error-data.ts';
import type { RunFiles, StoredRun } from './runs.ts';
import type { LabStore } from './lab-store.ts';

interface Deleted {
  readonly run: StoredRun;
  readonly files: RunFiles | null;
}

export interface ShelfOptions {
  readonly open: () => Promise<LabStore>;
  readonly asError: (cause: unknown) => ErrorData;
}

export class Shelf {
  /** Newest first. */
  runs: readonly StoredRun[] = $state.raw([]);
  /** Ids chosen for comparing, exporting, deleting. */
  chosen: readonly string[] = $state.raw([]);
  /** What the last deletion took, until the next one. */
  deleted: readonly Deleted[] = $state.raw([]);
  /** `memory`: nothing outlasts the visit. */
  kind: LabStore['kind'] = $state('browser');
  isOpen = $state(false);
  error: ErrorData | null = $state.raw(null);
  readonly opened: Promise<LabStore>;
  /** Resolves when the kept runs are shown. */
  readonly loaded: Promise<void>;

  readonly #asError: ShelfOptions['asError'];

  constructor({ open, asError }: ShelfOptions) {
    this.#asError = asError;
    this.opened = open();
    this.loaded = this.#try(async (store) => {
      this.kind = store.kind;
      const kept = await store.runs();
      this.#show([...this.runs, ...kept.filter(({ id }) => !this.runs.some((run) => run.id === id))]);
    }).then(() => void (this.isOpen = true));
  }

  readonly chosenRuns = $derived(this.runs.filter(({ id }) => this.chosen.includes(id)));

  get(id: string): StoredRun | null {
    return this.runs.find((run) => run.id === id) ?? null;
  }

  async add(run: StoredRun, files: RunFiles): Promise<void> {
    this.#show([run, ...this.runs.filter(({ id }) => id !== run.id)]);
    await this.#try((store) => store.put(run, files));
  }

  /** An empty name leaves the old one. */
  async rename(id: string, name: string): Promise<void> {
    if (name.trim() !== '') await this.#change(id, { name: name.trim() });
  }

  note(id: string, note: string): Promise<void> {
    return this.#change(id, { note });
  }

  choose(id: string, isChosen: boolean): void {
    const others = this.chosen.filter((one) => one !== id);
    this.chosen = isChosen ? [...others, id] : others;
  }

  chooseOnly(ids: readonly string[]): void {
    this.chosen = ids;
  }

  async files(id: string): Promise<RunFiles | null> {
    return (await this.#try((store) => store.files(id))) ?? null;
  }

  /** Takes runs away; `undo` brings back the last ones taken. */
  async remove(ids: readonly string[]): Promise<void> {
    const going = this.runs.filter(({ id }) => ids.includes(id));
    if (going.length === 0) return;
    await this.#try(async (store) => {
      const deleted: Deleted[] = [];
      for (const run of going) deleted.push({ run, files: await store.files(run.id) });
      for (const { id } of going) await store.remove(id);
      this.deleted = deleted;
      this.#show(this.runs.filter(({ id }) => !ids.includes(id)));
      this.chooseOnly(this.chosen.filter((id) => !ids.includes(id)));
    });
  }

  async undo(): Promise<void> {
    const back = this.deleted;
    this.deleted = [];
    this.#show([...this.runs, ...back.map(({ run }) => run)]);
    await this.#try(async (store) => {
      for (const { run, files } of back) await store.put(run, files ?? undefined);
    });
  }

  async #change(id: string, change: Partial<Pick<StoredRun, 'name' | 'note'>>): Promise<void> {
    const run = this.get(id);
    if (run === null) return;
    const next = { ...run, ...change };
    this.runs = this.runs.map((one) => (one.id === id ? next : one));
    await this.#try((store) => store.put(next));
  }

  #show(runs: readonly StoredRun[]): void {
    this.runs = [...runs].sort((a, b) => b.made - a.made);
  }

  async #try<T>(work: (store: LabStore) => Promise<T>): Promise<T | undefined> {
    try {
      return await work(await this.opened);
    } catch (cause) {
      this.error = this.#asError(cause);
      return undefined;
    }
  }
}
