/**
 * The pool: a queue of jobs, one at a time per interpreter (interpreter-worker.ts), a warm spare that takes the place of
 * one that is ended, and recycling of interpreters that grew or could not be put back. It implements
 * `Sandbox`; it grades nothing.
 */
import { HarnessError, SandboxDisposedError, SandboxError, SandboxStartError } from './errors.ts';
import { shared } from './files.ts';
import { completeLimits } from './limits.ts';
import type { Conversation } from './conversation.ts';
import { readCall, readTrace } from './reply.ts';
import {
  callsOf,
  openRequest,
  operationsRequest,
  runRequest,
  traceRequest,
  type Request,
} from './requests.ts';
import { codeTooLong, results, type JobEnd } from './results.ts';
import { InterpreterWorker, type WorkerHandle } from './interpreter-worker.ts';
import type {
  Boundary,
  ConversationJob,
  Limits,
  OperationsJob,
  OperationsResult,
  RunJob,
  RunResult,
  Sandbox,
  TraceJob,
  TraceResult,
} from './types.ts';

/** Keeps the pristine interpreter memory from one process to the next. Both may fail quietly: it is only a cache. */
export interface SnapshotStore {
  load(): Promise<Uint8Array | undefined>;
  save(snapshot: Uint8Array): Promise<void>;
}

export interface PoolOptions {
  readonly spawn: () => WorkerHandle;
  /** What keeps a program in, of the workers that `spawn` makes. */
  readonly boundary: Boundary;
  readonly workers: number;
  /** Keep one booted interpreter ready to take the place of a terminated one. Default true. */
  readonly spare?: boolean;
  /** Boot from a memory snapshot of the first interpreter. Default true. */
  readonly snapshot?: boolean;
  /** Where a snapshot outlives the process; without it the first interpreter of each pool starts the long way. */
  readonly store?: SnapshotStore;
  /** Bytes an interpreter's memory may reach; beyond it Python raises MemoryError. Default 512 MiB. */
  readonly heapLimit?: number;
  /** An interpreter whose memory has grown beyond this is replaced after its job: it never shrinks. Default 96 MiB. */
  readonly recycleAbove?: number;
  /** Share memory with workers that can, so that a program may wait for an answer in the middle of a call. Default true. */
  readonly sharesMemory?: boolean;
  /** Jobs after which an interpreter is replaced even though nothing is known to be left in it. Default 5000. */
  readonly recycleAfter?: number;
}

interface QueuedJob {
  readonly request: Request;
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
  /** Of a conversation, which the request begins. */
  readonly talk: ((line: Conversation) => Promise<void>) | undefined;
  readonly resolve: (end: JobEnd) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  /** Only for an interpreter that has run nothing else. */
  needsFresh: boolean;
}

/** Ends that blame a program for what an earlier one may have done: they count from an interpreter that has run nothing else. */
const unsure: readonly JobEnd['state'][] = ['dead', 'lost', 'tamper'];

/** Milliseconds that closing waits for workers that do not end. */
const closeMs = 5000;

export class Pool implements Sandbox {
  private readonly queue: QueuedJob[] = [];
  private readonly live = new Set<InterpreterWorker>();
  private readonly idle: InterpreterWorker[] = [];
  private booting = 0;
  private running = 0;
  private isUsed = false;
  private snapshot: ArrayBufferLike | undefined;
  private disposed = false;
  private bootFailures = 0;

  private constructor(private readonly options: PoolOptions) {}

  /** Boots the first interpreter and returns; the others follow when there is work for them. @throws SandboxStartError */
  static async start(options: PoolOptions): Promise<Pool> {
    const pool = new Pool(options);
    const stored = options.snapshot === false ? undefined : await options.store?.load();
    if (stored) pool.snapshot = pool.keep(stored);
    pool.idle.push(await pool.firstBoot());
    return pool;
  }

  /**
   * Another pool of the same kind with interpreters of its own, which shares nothing with this one but the pristine memory snapshot: for
   * programs that must not meet those of this pool (check.ts).
   * @throws SandboxStartError
   */
  async sibling(workers: number): Promise<Pool> {
    const pool = new Pool({ ...this.options, workers });
    pool.snapshot = this.snapshot;
    pool.idle.push(await pool.firstBoot());
    return pool;
  }

  get workers(): number {
    return this.options.workers;
  }

  get boundary(): Boundary {
    return this.options.boundary;
  }

  async run(job: RunJob, signal?: AbortSignal): Promise<RunResult> {
    const limits = completeLimits(job.limits);
    const tooLong = codeTooLong(job.code, limits);
    const count = callsOf(job).length;
    if (tooLong) return { calls: Array.from({ length: count }, () => tooLong), isPlain: false };
    const end = await this.submit(runRequest(job, limits), limits, signal);
    const calls = await results(end, count, limits, 'run', readCall);
    return { calls, isPlain: isPlain(end) };
  }

  async converse(
    job: ConversationJob,
    talk: (line: Conversation) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<'tamper' | 'done'> {
    const limits = completeLimits(job.limits);
    let failure: unknown;
    const guarded = async (line: Conversation): Promise<void> => {
      failure = undefined;
      await talk(line).catch((error: unknown) => {
        // Only a worker's failure is tried again, not what the caller's own part throws.
        if (error instanceof HarnessError) throw error;
        failure = error;
      });
    };
    const request = openRequest(job.code, limits);
    const { state } = await this.submit(request, limits, signal, guarded);
    if (failure !== undefined) throw failure as Error;
    return state === 'tamper' ? 'tamper' : 'done';
  }

  async trace(job: TraceJob, signal?: AbortSignal): Promise<TraceResult> {
    const limits = completeLimits(job.limits);
    const nothing = { definitions: [], stepCount: 0, isPlain: false };
    const tooLong = codeTooLong(job.code, limits);
    if (tooLong) return { ...tooLong, ...nothing };
    const end = await this.submit(traceRequest(job, limits), limits, signal);
    const [result] = await results(end, 1, limits, 'trace', readTrace);
    return { ...nothing, ...result!, isPlain: isPlain(end) };
  }

  async operations(job: OperationsJob, signal?: AbortSignal): Promise<OperationsResult> {
    const limits = completeLimits(job.limits);
    const tooLong = codeTooLong(job.code, limits);
    if (tooLong) return { ...tooLong, definitions: [], isPlain: false };
    const end = await this.submit(operationsRequest(job, limits), limits, signal);
    const [result] = await results(end, 1, limits, 'trace', readTrace);
    return { definitions: [], ...result!, isPlain: isPlain(end) };
  }

  async fingerprint(codes: readonly string[]): Promise<readonly (string | null)[]> {
    if (codes.length === 0) return [];
    const limits = completeLimits(undefined);
    const end = await this.submit(
      { kind: 'fingerprint', codes },
      { ...limits, callMs: limits.jobMs },
      undefined,
    );
    const hashes = end.parts[0]?.split(',') ?? [];
    if (hashes.length !== codes.length || !hashes.every((hash) => /^([0-9a-f]{64})?$/.test(hash))) {
      // One text that the parser does not survive must not cost the others theirs.
      if (codes.length === 1) return [null];
      const half = codes.length >> 1;
      return [
        ...(await this.fingerprint(codes.slice(0, half))),
        ...(await this.fingerprint(codes.slice(half))),
      ];
    }
    return hashes.map((hash) => hash || null);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    for (const job of this.queue.splice(0)) job.reject(new SandboxDisposedError());
    this.idle.length = 0;
    const ended = Promise.all([...this.live].map((worker) => this.discard(worker)));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, closeMs)));
    await Promise.race([ended, late]);
    clearTimeout(timer);
  }

  // --- jobs

  private submit(
    request: Request,
    limits: Limits,
    signal: AbortSignal | undefined,
    talk?: (line: Conversation) => Promise<void>,
  ): Promise<JobEnd> {
    if (this.disposed) return Promise.reject(new SandboxDisposedError());
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    let leaveQueue: () => void = () => undefined;
    const end = new Promise<JobEnd>((resolve, reject) => {
      const job: QueuedJob = {
        request,
        limits,
        signal,
        talk,
        resolve,
        reject,
        attempts: 0,
        needsFresh: false,
      };
      this.queue.push(job);
      leaveQueue = () => {
        const at = this.queue.indexOf(job);
        if (at >= 0) this.queue.splice(at, 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leaveQueue, { once: true });
      this.dispatch();
      this.fill();
    });
    // One signal serves a whole run: a listener left behind by each job would add up.
    return end.finally(() => signal?.removeEventListener('abort', leaveQueue));
  }

  private dispatch(): void {
    while (this.running < this.options.workers) {
      const at = this.queue.findIndex((job) => this.workerFor(job) !== undefined);
      if (at < 0) return this.makeRoom();
      const [job] = this.queue.splice(at, 1) as [QueuedJob];
      const worker = this.workerFor(job)!;
      this.idle.splice(this.idle.indexOf(worker), 1);
      this.running += 1;
      void this.perform(worker, job).finally(() => {
        this.running -= 1;
        this.dispatch();
        this.fill();
      });
    }
  }

  /** A used one where it may be: those that have run nothing are kept for whom needs them. */
  private workerFor(job: QueuedJob): InterpreterWorker | undefined {
    const used = job.needsFresh ? undefined : this.idle.findLast((worker) => worker.served > 0);
    return used ?? this.idle.findLast((worker) => worker.served === 0);
  }

  /** A job that waits for a new interpreter gets the place of a used one that waits for work. */
  private makeRoom(): void {
    const used = this.queue.length > 0 && this.booting === 0 ? this.idle.pop() : undefined;
    if (used) void this.discard(used);
  }

  private async perform(worker: InterpreterWorker, job: QueuedJob): Promise<void> {
    this.isUsed = true;
    let keep = false;
    try {
      const { request, limits, signal, talk } = job;
      const served = talk
        ? await worker.hold(request, limits, signal, talk)
        : await worker.serve(request, limits, signal);
      if (served === null) return;
      keep =
        served.isClean &&
        worker.served < (this.options.recycleAfter ?? 5000) &&
        served.heap <= (this.options.recycleAbove ?? 96 * 1024 * 1024);
      const { state } = served.end;
      const isUnsure = unsure.includes(state) && !served.isClean;
      if (isUnsure && job.attempts === 0 && (worker.served > 1 || state === 'lost')) this.again(job);
      else job.resolve(served.end);
    } catch (error) {
      if (this.disposed) job.reject(new SandboxDisposedError());
      else if (job.attempts === 0) this.again(job);
      else
        job.reject(error instanceof SandboxError ? error : new HarnessError(String(error), { cause: error }));
    } finally {
      if (keep && !this.disposed) {
        worker.rest();
        this.idle.push(worker);
      } else {
        // Not waited for: a worker that does not end costs its own program's time, not the next one's.
        void this.discard(worker);
      }
    }
  }

  private again(job: QueuedJob): void {
    job.attempts += 1;
    job.needsFresh = true;
    this.queue.unshift(job);
  }

  // --- interpreters

  /** Boots interpreters for the jobs there are, at most one per worker, and a spare once the pool is in use. */
  private fill(): void {
    if (this.disposed) return;
    const busy = Math.min(this.options.workers, Math.max(1, this.running + this.queue.length));
    const wanted = busy + (this.options.spare === false || !this.isUsed ? 0 : 1);
    while (this.live.size + this.booting < wanted) {
      this.booting += 1;
      void this.boot().then(
        (worker) => {
          this.booting -= 1;
          this.bootFailures = 0;
          if (this.disposed) return void this.discard(worker);
          this.idle.push(worker);
          this.dispatch();
        },
        (error: unknown) => {
          this.booting -= 1;
          this.bootFailures += 1;
          this.snapshot = undefined; // the plain path, in case the snapshot is what fails
          if (this.bootFailures < 3) return this.fill();
          if (this.live.size === 0) for (const job of this.queue.splice(0)) job.reject(error);
        },
      );
    }
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

  /** A worker in a frame without origin cannot be handed shared memory. */
  private keep(snapshot: Uint8Array): ArrayBufferLike {
    return this.options.boundary === 'frame' ? snapshot.slice().buffer : shared(snapshot);
  }

  private newWorker(): InterpreterWorker {
    const handle = this.options.spawn();
    const worker = new InterpreterWorker(
      this.options.sharesMemory === false ? { ...handle, sharesMemory: false } : handle,
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

/** Known before the program ran, and so not its own word. */
function isPlain(end: JobEnd): boolean {
  return end.before?.isPlain ?? false;
}
