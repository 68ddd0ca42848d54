/**
 * The pool is the sandbox that the rest of the house sees. It makes each job a request, hands it to the queue
 * (job-queue.ts), and reads what comes back. The fleet (fleet.ts) has the interpreters. The pool grades
 * nothing.
 */
import type { Conversation } from './conversation.ts';
import { HarnessError } from './errors.ts';
import type { FleetOptions } from './fleet.ts';
import { JobQueue } from './job-queue.ts';
import { completeLimits } from './limits.ts';
import { readCall, readTrace } from './reply.ts';
import { callsOf, openRequest, operationsRequest, runRequest, traceRequest } from './requests.ts';
import { codeTooLong, results, type JobEnd } from './results.ts';
import type {
  Boundary,
  ConversationJob,
  OperationsJob,
  OperationsResult,
  RunJob,
  RunResult,
  Sandbox,
  TraceJob,
  TraceResult,
} from './types.ts';

export class Pool implements Sandbox {
  private readonly queue: JobQueue;

  private constructor(private readonly options: FleetOptions) {
    this.queue = new JobQueue(options);
  }

  /**
   * Boots the first interpreter and returns; the others follow when there is work for
   * them. @throws SandboxStartError
   */
  static async start(options: FleetOptions): Promise<Pool> {
    const pool = new Pool(options);
    await pool.queue.fleet.start();
    return pool;
  }

  /**
   * Another pool of the same kind with interpreters of its own, which shares nothing with this one
   * but the pristine memory snapshot: for programs that must not meet those of this pool (check.ts).
   * @throws SandboxStartError
   */
  async sibling(workers: number): Promise<Pool> {
    const pool = new Pool({ ...this.options, workers });
    await pool.queue.fleet.start(this.queue.fleet);
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
    const end = await this.queue.submit({ request: runRequest(job, limits), limits, signal });
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
    const { state } = await this.queue.submit({ request, limits, signal, talk: guarded });
    if (failure !== undefined) throw failure as Error;
    return state === 'tamper' ? 'tamper' : 'done';
  }

  async trace(job: TraceJob, signal?: AbortSignal): Promise<TraceResult> {
    const limits = completeLimits(job.limits);
    const nothing = { definitions: [], stepCount: 0, isPlain: false };
    const tooLong = codeTooLong(job.code, limits);
    if (tooLong) return { ...tooLong, ...nothing };
    const end = await this.queue.submit({ request: traceRequest(job, limits), limits, signal });
    const [result] = await results(end, 1, limits, 'trace', readTrace);
    return { ...nothing, ...result!, isPlain: isPlain(end) };
  }

  async operations(job: OperationsJob, signal?: AbortSignal): Promise<OperationsResult> {
    const limits = completeLimits(job.limits);
    const tooLong = codeTooLong(job.code, limits);
    if (tooLong) return { ...tooLong, definitions: [], isPlain: false };
    const end = await this.queue.submit({ request: operationsRequest(job, limits), limits, signal });
    const [result] = await results(end, 1, limits, 'trace', readTrace);
    return { definitions: [], ...result!, isPlain: isPlain(end) };
  }

  async fingerprint(codes: readonly string[]): Promise<readonly (string | null)[]> {
    if (codes.length === 0) return [];
    const limits = completeLimits(undefined);
    const end = await this.queue.submit({
      request: { kind: 'fingerprint', codes },
      limits: { ...limits, callMs: limits.jobMs },
    });
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

  dispose(): Promise<void> {
    return this.queue.close();
  }
}

/** Known before the program ran, and so not its own word. */
function isPlain(end: JobEnd): boolean {
  return end.before?.isPlain ?? false;
}
