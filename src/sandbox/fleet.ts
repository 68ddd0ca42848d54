/**
 * The interpreters of a pool: starts them (from a snapshot where there is one), keeps a warm spare that takes
 * the place of one that is ended, and gives up those that grew or could not be put back. It knows no jobs:
 * the queue says how many it has work for.
 */
import { SandboxStartError } from './errors.ts';
import { shared } from './files.ts';
import { InterpreterWorker, type Served, type WorkerHandle } from './interpreter-worker.ts';
import type { Boundary } from './types.ts';

/**
 * Keeps the pristine interpreter memory from one process to the next. Both may fail
 * quietly: it is only a cache.
 */
export interface SnapshotStore {
  load(): Promise<Uint8Array | undefined>;
  save(snapshot: Uint8Array): Promise<void>;
}

export interface FleetOptions {
  readonly spawn: () => WorkerHandle;
  /** What keeps a program in, of the workers that `spawn` makes. */
  readonly boundary: Boundary;
  readonly workers: number;
  /** Keep one booted interpreter ready to take the place of a terminated one. Default true. */
  readonly spare?: boolean;
  /** Boot from a memory snapshot of the first interpreter. Default true. */
  readonly snapshot?: boolean;
  /**
   * Where a snapshot outlives the process; without it the first interpreter of each pool starts the long way.
   */
  readonly store?: SnapshotStore;
  /** Bytes an interpreter's memory may reach; beyond it Python raises MemoryError. Default 512 MiB. */
  readonly heapLimit?: number;
  /**
   * An interpreter whose memory has grown beyond this is replaced after its job: it
   * never shrinks. Default 96 MiB.
   */
  readonly recycleAbove?: number;
  /**
   * Let a program wait for an answer in the middle of a call, where its worker can: at shared memory, or at a
   * pipe. Default true.
   */
  readonly sharesMemory?: boolean;
  /**
   * Jobs after which an interpreter is replaced even though nothing is known to be left in it. Default 5000.
   */
  readonly recycleAfter?: number;
}

/** What the fleet tells whom it works for. */
export interface FleetListener {
  /** Another interpreter waits for work. */
  ready(): void;
  /** Jobs that run or wait. */
  demand(): number;
  /** No interpreter is left, and none could be started. */
  failed(error: unknown): void;
}

/** Milliseconds that closing waits for workers that do not end. */
const closeMs = 5000;
/** Failed starts in a row after which no more are tried. */
const mostFailures = 3;

export class Fleet {
  private readonly live = new Set<InterpreterWorker>();
  private readonly idle: InterpreterWorker[] = [];
  private booting = 0;
  private bootFailures = 0;
  private isUsed = false;
  private isClosed = false;
  private snapshot: ArrayBufferLike | undefined;

  constructor(
    private readonly options: FleetOptions,
    private readonly listener: FleetListener,
  ) {}

  /**
   * Starts the first interpreter; the others follow when there is work. @param from
   * whose snapshot is taken over @throws SandboxStartError
   */
  async start(from?: Fleet): Promise<void> {
    this.snapshot = from?.snapshot;
    if (!from && this.options.snapshot !== false) {
      const stored = await this.options.store?.load();
      if (stored) this.snapshot = this.keep(stored);
    }
    this.idle.push(await this.firstBoot());
  }

  /** Whether `take` would give one. */
  has(isFresh: boolean): boolean {
    return this.find(isFresh) !== undefined;
  }

  /** An interpreter that waits for work. @param isFresh only one that has run nothing */
  take(isFresh: boolean): InterpreterWorker | undefined {
    const worker = this.find(isFresh);
    if (worker) this.idle.splice(this.idle.indexOf(worker), 1);
    return worker;
  }

  /** It has done its job. @param served what is known of it; undefined where it is not to be used again */
  giveBack(worker: InterpreterWorker, served: Served | undefined): void {
    const { recycleAfter = 5000, recycleAbove = 96 * 1024 * 1024 } = this.options;
    const isKept = served?.isClean === true && worker.served < recycleAfter && served.heap <= recycleAbove;
    if (isKept && !this.isClosed) {
      worker.rest();
      this.idle.push(worker);
    } else {
      // Not waited for: a worker that does not end costs its own program's time, not the next one's.
      void this.discard(worker);
    }
  }

  /** A job that waits for a new interpreter gets the place of a used one that waits for work. */
  makeRoom(): void {
    const used = this.booting === 0 ? this.idle.pop() : undefined;
    if (used) void this.discard(used);
  }

  /** A job has been given out: from now on there is a spare. */
  begin(): void {
    this.isUsed = true;
  }

  /**
   * Starts interpreters for the jobs there are, at most one per worker, and a spare once the pool is in use.
   */
  fill(): void {
    if (this.isClosed) return;
    const busy = Math.min(this.options.workers, Math.max(1, this.listener.demand()));
    const wanted = busy + (this.options.spare === false || !this.isUsed ? 0 : 1);
    while (this.live.size + this.booting < wanted) {
      this.booting += 1;
      void this.boot().then(
        (worker) => {
          this.booting -= 1;
          this.bootFailures = 0;
          if (this.isClosed) return void this.discard(worker);
          this.idle.push(worker);
          this.listener.ready();
        },
        (error: unknown) => {
          this.booting -= 1;
          this.bootFailures += 1;
          this.snapshot = undefined; // the plain path, in case the snapshot is what fails
          if (this.bootFailures < mostFailures) return this.fill();
          if (this.live.size === 0) this.listener.failed(error);
        },
      );
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.idle.length = 0;
    const ended = Promise.all([...this.live].map((worker) => this.discard(worker)));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, closeMs)));
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }

  /** A used one where it may be: those that have run nothing are kept for whom needs them. */
  private find(isFresh: boolean): InterpreterWorker | undefined {
    const used = isFresh ? undefined : this.idle.findLast((worker) => worker.served > 0);
    return used ?? this.idle.findLast((worker) => worker.served === 0);
  }

  /** From the snapshot where there is one, else the plain way, which works without. */
  private async firstBoot(): Promise<InterpreterWorker> {
    if (!this.snapshot) return this.boot();
    try {
      return await this.boot();
    } catch {
      this.snapshot = undefined;
      return this.boot();
    }
  }

  private async boot(): Promise<InterpreterWorker> {
    let worker: InterpreterWorker | undefined;
    try {
      worker = this.newWorker();
      const wantSnapshot = this.options.snapshot !== false && this.snapshot === undefined;
      const reply = await worker.boot({
        makeSnapshot: wantSnapshot,
        heapLimit: this.options.heapLimit ?? 512 * 1024 * 1024,
        ...(this.snapshot ? { snapshot: this.snapshot } : {}),
      });
      if (wantSnapshot && reply.snapshot) {
        this.snapshot = this.keep(reply.snapshot);
        void this.options.store?.save(reply.snapshot);
      }
      this.live.add(worker);
      return worker;
    } catch (error) {
      void worker?.end();
      throw new SandboxStartError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** Neither a worker in a frame without origin nor another process can be handed shared memory. */
  private keep(snapshot: Uint8Array): ArrayBufferLike {
    return this.options.boundary !== 'headers' ? new Uint8Array(snapshot).buffer : shared(snapshot);
  }

  private newWorker(): InterpreterWorker {
    const handle = this.options.spawn();
    const worker = new InterpreterWorker(
      this.options.sharesMemory === false ? { ...handle, sharesMemory: false, answer: undefined } : handle,
      () => {
        const at = this.idle.indexOf(worker);
        if (at >= 0) this.idle.splice(at, 1);
        this.live.delete(worker);
      },
    );
    return worker;
  }

  private async discard(worker: InterpreterWorker): Promise<void> {
    this.live.delete(worker);
    await worker.end();
  }
}
