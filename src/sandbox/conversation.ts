/**
 * A conversation with one interpreter: messages in turns, each answered before the next. It knows when the interpreter works, waits for an
 * answer or has ended, and believes nothing of what is said but its length; what the texts mean is check.ts's and Python's business.
 */
import type { Deadline } from './deadline.ts';
import { HarnessError } from './errors.ts';
import type { Sender } from './mailbox.ts';
import type { Asking, JobReply, Progress } from './protocol.ts';
import { readCall, Reading } from './reply.ts';
import type { Request } from './requests.ts';
import { endOf } from './results.ts';
import type { CallResult, Limits } from './types.ts';

/** What came of a message: a text, said at the end of the work or from the middle of it (then an answer is waited for), or the program's end. */
export type Said = { readonly text: string; readonly isWaiting: boolean } | { readonly ended: CallResult };

/** Longest message that is taken from a program, in characters. */
export const longestMessage = (limits: Limits): number => 64 * 1024 + 8 * limits.valueBytes;

export interface LineOptions {
  /** Sends a request to the worker. */
  readonly request: (body: Request) => Promise<unknown>;
  readonly isReply: (raw: unknown) => raw is JobReply;
  /** Rejects when the worker fails; resolves when time is up or the job was called off. */
  readonly ends: Promise<'timeout' | 'aborted'>;
  readonly clock: Deadline;
  readonly sender: Sender | undefined;
  readonly limits: Limits;
}

type Heard = { readonly ask: string } | { readonly part: string } | { readonly reply: unknown };

export class Line {
  /** What loading the program came to. */
  loaded: CallResult = { outcome: 'harness-error', stdout: '' };
  isAborted = false;
  private over: CallResult | undefined;
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
    else if ('ask' in progress && typeof progress.ask === 'string') this.put({ ask: progress.ask });
    else if ('part' in progress && typeof progress.part === 'string') this.put({ part: progress.part });
  }

  /** Loads the program; false when that is already its end. */
  async open(request: Request): Promise<boolean> {
    const said = await this.work(request);
    if ('ended' in said) {
      this.loaded = said.ended;
      return !this.isAborted;
    }
    this.loaded = said.isWaiting ? this.end('tamper') : readCall(new Reading(said.text, this.options.limits));
    return true;
  }

  /** Sends a message: a new one, or the answer that the interpreter waits for. */
  async say(to: 'program' | 'test', text: string): Promise<Said> {
    if (this.over) return { ended: this.over };
    if (!this.isWaiting) return this.work({ kind: 'say', to, text });
    this.isWaiting = false;
    this.options.clock.renew();
    this.options.sender?.send(text);
    return this.listen();
  }

  /** Ends the conversation, and says what state the interpreter is left in. */
  async close(): Promise<{ readonly state: 'clean' | 'dirty' | 'tamper'; readonly heap: number }> {
    if (this.over || this.isWorking) return { state: 'dirty', heap: 0 };
    this.options.clock.renew();
    const reply = await Promise.race([this.options.request({ kind: 'close' }), this.options.ends]);
    if (!this.options.isReply(reply)) return { state: 'dirty', heap: 0 };
    const { state, heap } = reply;
    return { state: state === 'clean' || state === 'tamper' ? state : 'dirty', heap };
  }

  /** Nothing more is believed of this interpreter. */
  end(state: 'tamper' | 'timeout'): CallResult {
    return (this.over ??= endOf({ parts: [], state }));
  }

  private work(request: Request): Promise<Said> {
    this.isWorking = true;
    this.options.clock.renew();
    this.options.request(request).then(
      (reply) => this.put({ reply }),
      (error: unknown) => this.put({ reply: error }),
    );
    return this.listen();
  }

  private put(heard: Heard): void {
    this.inbox.push(heard);
    this.wake?.();
  }

  /** The next thing the interpreter says, and whether it is at work still. */
  private async listen(): Promise<Said> {
    let part: string | undefined;
    for (;;) {
      while (this.inbox.length === 0) {
        const woken = new Promise<'woken'>((resolve) => (this.wake = () => resolve('woken')));
        const what = await Promise.race([woken, this.options.ends]);
        this.wake = undefined;
        if (what === 'woken') continue;
        this.isAborted = what === 'aborted';
        return { ended: this.end('timeout') };
      }
      const heard = this.inbox.shift()!;
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
      if (!this.options.isReply(reply)) throw new HarnessError('the worker sent a malformed reply');
      if (reply.state !== 'open' || part === undefined) {
        const { state, fatal } = reply;
        const dead = state === 'dead' ? { parts: [], state, ...(fatal ? { fatal } : {}) } : undefined;
        return { ended: (this.over = dead ? endOf(dead) : endOf({ parts: [], state: 'tamper' })) };
      }
      return this.bounded(part, false);
    }
  }

  private bounded(text: string, isWaiting: boolean): Said {
    if (text.length > longestMessage(this.options.limits)) return { ended: this.end('tamper') };
    return { text, isWaiting };
  }
}
