/**
 * A conversation with one interpreter: messages in turns, each answered before the next. It
 * knows when the interpreter works, waits for an answer or has ended, and believes nothing
 * of what is said but its length; what the texts mean is check.ts's and Python's business.
 */
import { longestMessage } from './bounds.ts';
import type { Deadline } from './deadline.ts';
import { HarnessError } from './errors.ts';
import type { Answering } from './mailbox.ts';
import type { Asking, JobReply, Progress } from './protocol.ts';
import { readLoad, Reading } from './reply.ts';
import type { Request } from './requests.ts';
import { endOf, type JobEnd } from './results.ts';
import type { CallResult, ConversationLine, Limits, Reply } from './types.ts';

export interface LineOptions {
  /** Sends a request to the worker. */
  readonly request: (body: Request) => Promise<unknown>;
  readonly isReply: (raw: unknown) => raw is JobReply;
  /** Rejects when the worker fails; resolves when time is up or the job was called off. */
  readonly ends: Promise<'timeout' | 'aborted'>;
  readonly clock: Deadline;
  readonly sender: Answering | undefined;
  readonly limits: Limits;
}

type Heard =
  | { readonly ask: string }
  | { readonly part: string }
  | { readonly reply: unknown }
  | { readonly failure: unknown };

/** How the interpreter is left. `isClean`: it may be used again. */
export interface Closed {
  readonly state: JobEnd['state'];
  readonly isClean: boolean;
  readonly heap: number;
}

export class Conversation implements ConversationLine {
  /** What loading the program came to. */
  loaded: CallResult = { outcome: 'harness-error', stdout: '' };
  isAborted = false;
  private over: { readonly closed: Closed; readonly result: CallResult } | undefined;
  private hasBegun = false;
  private isWorking = false;
  private isWaiting = false;
  private readonly inbox: Heard[] = [];
  private wake: (() => void) | undefined;

  constructor(private readonly options: LineOptions) {}

  /** Whether the interpreter can ask from the middle of its work and wait. */
  get waits(): boolean {
    return this.options.sender !== undefined;
  }

  /** What came from the worker outside its replies. */
  hear(progress: Progress | Asking): void {
    if ('wantsMore' in progress) this.options.sender?.more();
    else if ('before' in progress) this.hasBegun = true;
    else if ('ask' in progress && typeof progress.ask === 'string') this.put({ ask: progress.ask });
    else if ('part' in progress && typeof progress.part === 'string') this.put({ part: progress.part });
  }

  /**
   * Loads the program; false when the job was called off meanwhile. @throws
   * HarnessError when the worker fails before it begins
   */
  async open(request: Request): Promise<boolean> {
    const said = await this.work(request);
    if ('ended' in said) this.loaded = said.ended;
    else if (said.isWaiting) this.loaded = this.end('tamper');
    else this.loaded = readLoad(new Reading(said.text, this.options.limits));
    return !this.isAborted;
  }

  /** Sends a message: a new one, or the answer that the interpreter waits for. */
  async say(to: 'program' | 'test', text: string): Promise<Reply> {
    if (this.over) return { ended: this.over.result };
    if (!this.isWaiting) {
      const bounds = { part: longestMessage(this.options.limits), all: Infinity };
      return this.work({ kind: 'say', to, text, bounds });
    }
    this.isWaiting = false;
    this.options.clock.renew();
    this.options.sender?.send(text);
    return this.listen();
  }

  /** Ends the conversation. */
  async close(): Promise<Closed> {
    if (this.over) return this.over.closed;
    // In the middle of something that will never be answered.
    if (this.isWorking) return { state: 'dirty', isClean: false, heap: 0 };
    await this.work({ kind: 'close' }, true);
    return this.over!.closed;
  }

  /** Nothing more is believed of this interpreter. */
  end(state: JobEnd['state'], from: Partial<JobReply> = {}): CallResult {
    const { fatal, heap = 0, isRestored = false } = from;
    const isClean = state === 'clean' || (state === 'tamper' && isRestored);
    const result = endOf({ parts: [], state, ...(fatal ? { fatal } : {}) }, Infinity, this.hasBegun);
    this.over ??= { closed: { state, isClean, heap }, result };
    return this.over.result;
  }

  private work(request: Request, isLast = false): Promise<Reply> {
    this.isWorking = true;
    this.options.clock.renew();
    this.options.request(request).then(
      (reply) => this.put({ reply }),
      (failure: unknown) => this.put({ failure }),
    );
    return this.listen(isLast);
  }

  private put(heard: Heard): void {
    this.inbox.push(heard);
    this.wake?.();
  }

  /** The next thing the interpreter says, and whether it is at work still. */
  private async listen(isLast = false): Promise<Reply> {
    let part: string | undefined;
    for (;;) {
      const heard = this.inbox.shift() ?? (await this.waited());
      if (heard === 'timeout' || heard === 'aborted') {
        this.isAborted = heard === 'aborted';
        return { ended: this.end('timeout') };
      }
      if (heard === undefined) continue;
      if ('failure' in heard) return { ended: this.lost(heard.failure) };
      if ('part' in heard) {
        part = heard.part;
        continue;
      }
      this.options.clock.pause();
      if ('ask' in heard) {
        this.isWaiting = true;
        return this.bounded(heard.ask, true);
      }
      this.isWorking = false;
      const { reply } = heard;
      if (!this.options.isReply(reply))
        return { ended: this.lost(new HarnessError('the worker sent a malformed reply')) };
      if (reply.state === 'open' && part !== undefined && !isLast) return this.bounded(part, false);
      return { ended: this.end(reply.state === 'open' ? 'tamper' : reply.state, reply) };
    }
  }

  private async waited(): Promise<Heard | 'timeout' | 'aborted' | undefined> {
    const woken = new Promise<undefined>((resolve) => (this.wake = () => resolve(undefined)));
    try {
      return await Promise.race([woken, this.options.ends]);
    } catch (failure) {
      return { failure };
    } finally {
      this.wake = undefined;
    }
  }

  /** The worker failed: before the program began that is the host's trouble, after it the program's. */
  private lost(failure: unknown): CallResult {
    if (!this.hasBegun) throw failure;
    const message = failure instanceof Error ? failure.message : String(failure);
    const name = /memory/i.test(message) ? 'OutOfMemory' : 'Nonsense';
    return this.end('lost', { fatal: { name, message } });
  }

  private bounded(text: string, isWaiting: boolean): Reply {
    if (text.length > longestMessage(this.options.limits)) return { ended: this.end('tamper') };
    return { text, isWaiting };
  }
}
