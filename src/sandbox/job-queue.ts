/**
 * The jobs of a pool. Each interpreter takes one at a time, in order. A job can be called off by its signal.
 * A job that failed in an interpreter that had run other programs is begun again once, in an untouched one.
 * The queue reads no answers.
 */
import type { Conversation } from './conversation.ts';
import { HarnessError, SandboxDisposedError, SandboxError } from './errors.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import type { Request } from './requests.ts';
import type { JobEnd } from './results.ts';
import type { InterpreterWorker, Served } from './interpreter-worker.ts';
import type { Limits } from './types.ts';

/** What is asked of an interpreter, and how long it may take. */
export interface Submission {
  readonly request: Request;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Of a conversation, which the request begins. */
  readonly talk?: (line: Conversation) => Promise<void>;
}

interface QueuedJob extends Submission {
  readonly resolve: (end: JobEnd) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  /** Only for an interpreter that has run nothing else. */
  needsFresh: boolean;
}

/**
 * Ends that blame a program for what an earlier one may have done: they count from an
 * interpreter that has run nothing else.
 */
const unsure: readonly JobEnd['state'][] = ['dead', 'lost', 'tamper'];

export class JobQueue {
  readonly fleet: Fleet;
  private readonly waiting: QueuedJob[] = [];
  private running = 0;
  private isClosed = false;

  constructor(private readonly options: FleetOptions) {
    this.fleet = new Fleet(options, {
      ready: () => this.dispatch(),
      demand: () => this.running + this.waiting.length,
      failed: (error) => this.rejectAll(error),
    });
  }

  /**
   * How the job ended.
   * @throws SandboxDisposedError, HarnessError after the second failed worker,
   * SandboxStartError, what `talk` throws, and the signal's reason
   */
  submit(submission: Submission): Promise<JobEnd> {
    const { signal } = submission;
    if (this.isClosed) return Promise.reject(new SandboxDisposedError());
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    let leave: () => void = () => undefined;
    const end = new Promise<JobEnd>((resolve, reject) => {
      const job: QueuedJob = { ...submission, resolve, reject, attempts: 0, needsFresh: false };
      this.waiting.push(job);
      leave = () => {
        const at = this.waiting.indexOf(job);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.dispatch();
      this.fleet.fill();
    });
    // One signal serves a whole run: a listener left behind by each job would add up.
    return end.finally(() => signal?.removeEventListener('abort', leave));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.rejectAll(new SandboxDisposedError());
    await this.fleet.close();
  }

  private dispatch(): void {
    while (this.running < this.options.workers) {
      const at = this.waiting.findIndex((job) => this.fleet.has(job.needsFresh));
      if (at < 0) {
        if (this.waiting.length > 0) this.fleet.makeRoom();
        return;
      }
      const [job] = this.waiting.splice(at, 1) as [QueuedJob];
      this.running += 1;
      void this.perform(this.fleet.take(job.needsFresh)!, job).finally(() => {
        this.running -= 1;
        this.dispatch();
        this.fleet.fill();
      });
    }
  }

  private async perform(worker: InterpreterWorker, job: QueuedJob): Promise<void> {
    this.fleet.begin();
    let served: Served | undefined;
    try {
      const { request, limits, signal, talk } = job;
      const outcome = talk
        ? await worker.hold(request, limits, signal, talk)
        : await worker.serve(request, limits, signal);
      if (outcome === null) return;
      served = outcome;
      const { state } = served.end;
      const isUnsure = unsure.includes(state) && !served.isClean;
      if (isUnsure && job.attempts === 0 && (worker.served > 1 || state === 'lost')) this.again(job);
      else job.resolve(served.end);
    } catch (error) {
      if (this.isClosed) job.reject(new SandboxDisposedError());
      else if (job.attempts === 0) this.again(job);
      else
        job.reject(error instanceof SandboxError ? error : new HarnessError(String(error), { cause: error }));
    } finally {
      this.fleet.giveBack(worker, served);
    }
  }

  private again(job: QueuedJob): void {
    job.attempts += 1;
    job.needsFresh = true;
    this.waiting.unshift(job);
  }

  private rejectAll(error: unknown): void {
    for (const job of this.waiting.splice(0)) job.reject(error);
  }
}
