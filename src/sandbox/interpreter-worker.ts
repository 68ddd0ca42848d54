/**
 * One interpreter in its worker, from its start to its end. It boots the interpreter, gives it one request at
 * a time, and watches the clock and whether it lives. Of its answers it believes only the form. The pool
 * decides which request it gets and what takes its place.
 */
import { wrap, type Endpoint, type Remote } from 'comlink';
import { Conversation } from './conversation.ts';
import { Deadline } from './deadline.ts';
import { HarnessError } from './errors.ts';
import { newMailbox, Sender, type Answering } from './mailbox.ts';
import type {
  Asking,
  Classification,
  BootReply,
  BootRequest,
  JobReply,
  JobRequest,
  Progress,
  WorkerApi,
} from './protocol.ts';
import type { Request } from './requests.ts';
import type { JobEnd } from './results.ts';
import type { Limits } from './types.ts';

export interface WorkerHandle {
  readonly endpoint: Endpoint;
  /** Whether memory can be shared with it; default false. */
  readonly sharesMemory?: boolean;
  /** Gives it the text for which a program waits in the middle of a call, where it reads that from a pipe. */
  readonly answer?: ((text: string) => void) | undefined;
  /** Called when the worker ends or fails by itself. */
  onEnd(listener: (reason: string) => void): void;
  /** Whether the process waits for this worker. */
  keepAlive(busy: boolean): void;
  terminate(): Promise<void>;
}

/** What came of one request, and what is known of the interpreter after it. */
export interface Served {
  readonly end: JobEnd;
  /** Nothing is known to be left in it of the program. */
  readonly isClean: boolean;
  /** Bytes of its memory; it never shrinks. */
  readonly heap: number;
}

/** Milliseconds; a start takes some seconds on a slow machine that reads Python for the first time. */
const bootMs = 180_000;

export class InterpreterWorker {
  /** Requests given to it. */
  served = 0;
  private readonly api: Remote<WorkerApi>;
  private readonly failed: Promise<never>;
  private onProgress: ((progress: Progress | Asking) => void) | undefined;
  private readonly mailbox: SharedArrayBuffer | undefined;

  /** @param onEnd called when the worker ends or fails by itself */
  constructor(
    private readonly handle: WorkerHandle,
    onEnd: () => void,
  ) {
    this.failed = new Promise<never>((_, reject) => {
      handle.onEnd((reason) => {
        reject(new HarnessError(reason));
        onEnd();
      });
    });
    this.failed.catch(() => {}); // an idle worker that ends is no unhandled error
    this.mailbox = handle.sharesMemory === true ? newMailbox() : undefined;
    this.api = wrap<WorkerApi>(handle.endpoint);
    handle.endpoint.start?.();
    handle.endpoint.addEventListener('message', (event) => {
      const data: unknown = (event as MessageEvent).data;
      if (typeof data === 'object' && data !== null && 'nonce' in data) this.onProgress?.(data as Progress);
    });
  }

  /** Starts the interpreter. @throws what keeps it from starting */
  async boot(request: BootRequest): Promise<BootReply> {
    const late = new Deadline(bootMs, bootMs);
    const { mailbox } = this;
    try {
      const waitsAt = mailbox ?? (this.handle.answer ? 'pipe' : undefined);
      const boot = this.api.boot(waitsAt === undefined ? request : { ...request, mailbox: waitsAt });
      const reply = await Promise.race([boot, this.failed, late.passed]);
      if (reply === 'timeout')
        throw new HarnessError(`an interpreter did not start within ${bootMs / 1000} s`);
      this.handle.keepAlive(false);
      return reply;
    } finally {
      late.stop();
    }
  }

  /**
   * One request under the clock; null when it was called off. After anything but a
   * clean end the interpreter is not to be used again.
   * @throws HarnessError when the worker fails or answers nonsense before the program has begun
   */
  async serve(request: Request, limits: Limits, signal: AbortSignal | undefined): Promise<Served | null> {
    const nonce = freshNonce();
    const parts: string[] = [];
    const most = 'bounds' in request ? request.bounds : { part: Infinity, all: Infinity };
    let characters = 0;
    let before: Classification | undefined;
    let flood: (end: 'flood') => void = () => undefined;
    const flooded = new Promise<'flood'>((resolve) => (flood = resolve));
    const clock = new Deadline(limits.callMs, limits.jobMs);
    this.onProgress = (progress) => {
      if (progress.nonce !== nonce) return;
      // The first word counts: what comes after it may be the program's.
      if ('before' in progress && parts.length === 0) before ??= readBefore(progress.before);
      if (!('part' in progress) || typeof progress.part !== 'string') return;
      const { length } = progress.part;
      if (length > most.part || characters > most.all) return flood('flood');
      characters += length;
      parts.push(progress.part);
      clock.renew();
    };
    this.handle.keepAlive(true);
    const abort = abortOf(signal);
    const ended = (end: Omit<JobEnd, 'parts' | 'before'>, heap = 0, isClean = false): Served => ({
      end: { parts, ...end, ...(before ? { before } : {}) },
      isClean,
      heap,
    });
    this.served += 1;
    try {
      const job = this.api.job({ ...request, nonce } as JobRequest);
      const reply = await Promise.race([job, this.failed, clock.passed, abort.promise, flooded]);
      if (reply === 'aborted') return null;
      if (reply === 'timeout') return ended({ state: 'timeout' });
      if (reply === 'flood') return ended({ state: 'tamper' });
      if (!isReply(reply, nonce)) throw new HarnessError('the worker sent a malformed reply');
      const { state, fatal, heap } = reply;
      const isClean = state === 'clean' || (state === 'tamper' && reply.isRestored === true);
      return ended({ state, ...(fatal ? { fatal } : {}) }, heap, isClean);
    } catch (error) {
      if (before === undefined) throw error;
      const message = error instanceof Error ? error.message : String(error);
      return ended({
        state: 'lost',
        fatal: { name: /memory/i.test(message) ? 'OutOfMemory' : 'Nonsense', message },
      });
    } finally {
      abort.forget();
      clock.stop();
      this.onProgress = undefined;
    }
  }

  /**
   * Loads a program and talks with it for as long as `talk` does. The clock runs
   * while the interpreter works, not while it waits.
   * @throws HarnessError when the worker fails or answers nonsense, and what `talk` throws
   */
  async hold(
    request: Request,
    limits: Limits,
    signal: AbortSignal | undefined,
    talk: (line: Conversation) => Promise<void>,
  ): Promise<Served | null> {
    const nonce = freshNonce();
    const clock = new Deadline(limits.callMs, limits.jobMs);
    const abort = abortOf(signal);
    this.handle.keepAlive(true);
    this.served += 1;
    const line = new Conversation({
      request: (body) => this.api.job({ ...body, nonce } as JobRequest),
      isReply: (raw) => isReply(raw, nonce),
      ends: Promise.race([this.failed, clock.passed, abort.promise]),
      clock,
      sender: this.sender(),
      limits,
    });
    this.onProgress = (progress) => {
      if (progress.nonce === nonce) line.hear(progress);
    };
    try {
      if (await line.open(request)) await talk(line);
      if (line.isAborted) return null;
      const { state, isClean, heap } = await line.close();
      return { end: { parts: [], state }, isClean, heap };
    } finally {
      abort.forget();
      clock.stop();
      this.onProgress = undefined;
    }
  }

  private sender(): Answering | undefined {
    const { answer } = this.handle;
    if (answer) return { send: answer, more: () => undefined };
    return this.mailbox && new Sender(this.mailbox);
  }

  /** It waits for work, and the process does not wait for it. */
  rest(): void {
    this.handle.keepAlive(false);
  }

  end(): Promise<void> {
    return this.handle.terminate();
  }
}

function readBefore(raw: unknown): Classification | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { isPlain, badCalls } = raw as Partial<Classification>;
  const isKnown = Array.isArray(badCalls) && badCalls.every((index) => Number.isSafeInteger(index));
  return isKnown ? { isPlain: isPlain === true, badCalls } : undefined;
}

function isReply(raw: unknown, nonce: number): raw is JobReply {
  if (typeof raw !== 'object' || raw === null) return false;
  const reply = raw as Partial<JobReply>;
  return (
    reply.nonce === nonce &&
    typeof reply.heap === 'number' &&
    ['clean', 'dirty', 'tamper', 'dead', 'open'].includes(reply.state ?? '')
  );
}

function abortOf(signal: AbortSignal | undefined): { promise: Promise<'aborted'>; forget: () => void } {
  let listener = () => {};
  const promise = new Promise<'aborted'>((resolve) => {
    listener = () => resolve('aborted');
    signal?.addEventListener('abort', listener, { once: true });
  });
  return { promise, forget: () => signal?.removeEventListener('abort', listener) };
}

/** Not to be guessed: an answer that was made up beforehand does not carry it. */
function freshNonce(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 21) * 2 ** 32 + low;
}
