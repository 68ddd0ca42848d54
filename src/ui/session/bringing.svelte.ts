/**
 * What the visitor brings: a file, pasted text, a dataset of the Hub. It is read and offered. When they
 * accept it, tasks join the run and an adapter becomes the policy. brought.ts tells what a file is,
 * src/ui/shell/Brought.svelte shows it.
 */
import { getContext, setContext } from 'svelte';
import type { HubTasks } from '../../experiment/hub-tasks.ts';
import { OWN_IN_STEP } from '../../learning/rollout-step.ts';
import type { Task } from '../../tasks/types.ts';
import type { Brought } from './brought.ts';
import type { ErrorData } from '../view/error-data.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { Rooms } from './rooms.svelte.ts';
import type { Session } from './session.svelte.ts';

export type Offered = Exclude<Brought, { readonly kind: 'recording' }>;

/** Held-out tasks measure; nothing is trained on them. */
export const forTraining = (tasks: readonly Task[]): readonly Task[] =>
  tasks.filter(({ split }) => split === 'train');

interface Options {
  readonly session: Pick<Session, 'watch' | 'addTasks' | 'adopt'>;
  readonly rooms: Pick<Rooms, 'go'>;
  /** A note to begin with, e.g. about the address. */
  readonly error: ErrorData | null;
  /** A server in place of the Hub. */
  readonly hub: string | null;
}

export class Bringing {
  offered: Offered | null = $state.raw(null);
  /** A dataset whose files are known and not fetched yet. */
  found: HubTasks | null = $state.raw(null);
  said = $state('');
  error: ErrorData | null = $state.raw(null);
  isReading = $state(false);
  /** Hundreds of tasks take a while to join. */
  isTaking = $state(false);
  #reads = new AbortController();
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    this.error = options.error;
  }

  /** @param config adapter_config.json that came with an adapter's file */
  async take(file: Blob, name: string, config?: Blob): Promise<void> {
    const { session, rooms } = this.#options;
    await this.#reading(name, async () => {
      const { readBrought } = await import('./brought.ts');
      const bytes = new Uint8Array(await file.arrayBuffer());
      const brought = await readBrought(bytes, name, await config?.text());
      if (brought.kind !== 'recording') return () => void (this.offered = brought);
      return async () => {
        await session.watch(brought);
        rooms.go('play');
      };
    });
  }

  /** Asks the Hub for a dataset's files and sizes; nothing is downloaded. */
  async lookUp(id: string): Promise<void> {
    await this.#reading(id, async () => {
      const { describeHubTasks } = await import('../../experiment/hub-tasks.ts');
      const found = await describeHubTasks(id, this.#access);
      return () => void (this.found = found);
    });
  }

  /** Downloads what was found and offers its tasks. They are kept as long as the page is open. */
  async fetch(): Promise<void> {
    const { found } = this;
    if (found === null) return;
    await this.#reading(found.id, async (signal) => {
      const [{ fetchHubTasks }, { ModelCache }, { memoryFolder }] = await Promise.all([
        import('../../experiment/hub-tasks.ts'),
        import('../../policy/sources/model-cache.ts'),
        import('../../policy/sources/memory-folder.ts'),
      ]);
      const tasks = await fetchHubTasks(found, this.#access, new ModelCache(memoryFolder()), signal);
      return () => void (this.offered = { kind: 'tasks', name: `hub:${found.id}`, tasks });
    });
  }

  get #access(): { readonly hubUrl?: string } {
    const { hub } = this.#options;
    return hub === null ? {} : { hubUrl: hub };
  }

  /**
   * Reads, and does what was read; neither, where the visitor dismissed it or brought something else
   * meanwhile.
   */
  async #reading(
    name: string,
    read: (signal: AbortSignal) => Promise<() => void | Promise<void>>,
  ): Promise<void> {
    this.dismiss();
    const { signal } = this.#reads;
    this.isReading = true;
    this.said = s.brought.reading(name);
    try {
      const apply = await read(signal);
      if (!signal.aborted) await apply();
    } catch (cause) {
      if (!signal.aborted) this.#fail(cause);
    }
    if (signal.aborted) return;
    this.isReading = false;
    this.said = '';
  }

  async accept(): Promise<void> {
    const taken = this.offered;
    if (taken === null || this.isTaking) return;
    const { session, rooms } = this.#options;
    this.error = null;
    this.isTaking = true;
    try {
      if (taken.kind === 'tasks') {
        const trained = forTraining(taken.tasks);
        const added = await session.addTasks(trained);
        this.said = s.brought.tasksAdded(added, OWN_IN_STEP, trained.length - added);
      } else {
        await session.adopt(taken);
        this.said = s.brought.adapterUsed(taken.name);
      }
      this.offered = null;
      rooms.go('play');
    } catch (cause) {
      this.#fail(cause);
    }
    this.isTaking = false;
  }

  dismiss(): void {
    this.#reads.abort();
    this.#reads = new AbortController();
    this.isReading = false;
    this.offered = null;
    this.found = null;
    this.said = '';
    this.error = null;
  }

  #fail(cause: unknown): void {
    this.error = toErrorData(cause, { kept: s.brought.kept, advice: s.brought.advice });
  }
}

const CONTEXT = Symbol('bringing');
export const provideBringing = (bringing: Bringing): Bringing => setContext(CONTEXT, bringing);
export const getBringing = (): Bringing => getContext<Bringing>(CONTEXT);
