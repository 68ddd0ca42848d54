/**
 * One Python interpreter inside a worker, which runs jobs one at a time. It runs beside the program, on the
 * other side of the border (border.ts); the pool checks the form of all it says.
 */
import { Border } from './border.ts';
import { FileSpace } from './file-space.ts';
import { Pristine } from './pristine.ts';
import { Exchange } from './channel.ts';
import { receive } from './mailbox.ts';
import type {
  Asking,
  Classification,
  BootReply,
  BootRequest,
  JobReply,
  JobRequest,
  Progress,
  PythonFiles,
} from './protocol.ts';
import { quantumOf } from './requests.ts';
import { startPython, type Harness } from './start-python.ts';
import { Turns } from './turns.ts';

type ConversationRequest = Extract<JobRequest, { kind: 'open' | 'say' | 'close' }>;
type ProgramRequest = Exclude<JobRequest, ConversationRequest | { kind: 'fingerprint' }>;

/** Bytes; far above the output that is kept of a program, far below what a worker can hold. */
const WHOLE_OUTPUT = 4 * 2 ** 20;

export class Interpreter {
  private harness: Harness | undefined;
  private pristine: Pristine | undefined;
  private readonly border = new Border();
  private turns: Turns | undefined;
  private fileSpace: FileSpace | undefined;
  private quantum = 0;
  /** Of the request that is being served. */
  private nonce = 0;
  /** Sleeps until an answer is there; undefined where programs cannot wait. */
  private receive: (() => Uint8Array) | undefined;
  /** Of the program that a conversation is about. */
  private isPlain = false;

  constructor(
    private readonly files: PythonFiles,
    /** How deep a JSON text may nest here (python/nesting.py). */
    private readonly jsonLevels: number,
    private readonly report: (progress: Progress | Asking) => void,
    /** The next answer in the pipe, where there is one. */
    private readonly fromPipe?: () => Uint8Array,
  ) {}

  /** @throws when Pyodide does not load; the pool turns that into a typed error. */
  async boot(request: BootRequest): Promise<BootReply> {
    const { harness, machine, snapshot } = await startPython(this.files, request, this.border);
    harness.ready(this.jsonLevels);
    this.harness = harness;
    const { mailbox } = request;
    if (mailbox === 'pipe') this.receive = this.fromPipe;
    else if (mailbox)
      this.receive = () => receive(mailbox, () => this.report({ nonce: this.nonce, wantsMore: true }));
    this.border.close();
    const fileSpace = new FileSpace(machine.FS);
    this.fileSpace = fileSpace;
    this.border.isDevice = (descriptor) => fileSpace.isDevice(descriptor);
    const turns = new Turns(() => this.border.bytes(), machine);
    this.turns = turns;
    this.border.signal = () => turns.signal();
    this.pristine = new Pristine(this.border, machine);
    return { heap: this.heap(), ...(snapshot ? { snapshot } : {}) };
  }

  job(request: JobRequest): JobReply {
    const { harness, pristine, border } = this;
    if (!harness || !pristine) throw new Error('not booted');
    const { nonce } = request;
    this.nonce = nonce;
    if (request.kind !== 'say' && request.kind !== 'close') this.fileSpace?.reset();
    try {
      const isAsItWas = this.perform(harness, request);
      if (border.breach !== undefined) return { nonce, state: 'tamper', heap: 0 };
      if (isAsItWas === 'open') return { nonce, state: 'open', heap: this.heap() };
      const heap = this.heap();
      return { nonce, state: isAsItWas || pristine.restore() ? 'clean' : 'dirty', heap };
    } catch (error) {
      if (border.breach !== undefined) return { nonce, state: 'tamper', heap: 0 };
      if (error instanceof Tamper)
        return { nonce, state: 'tamper', isRestored: pristine.restore(), heap: this.heap() };
      // Exceptions of programs never come this far: the interpreter itself has failed.
      return { nonce, state: 'dead', heap: 0, fatal: describe(error) };
    }
  }

  private perform(harness: Harness, request: JobRequest): boolean | 'open' {
    switch (request.kind) {
      case 'fingerprint':
        return this.fingerprint(harness, request);
      case 'open':
      case 'say':
      case 'close':
        return this.converse(harness, request);
      default:
        this.border.channel = undefined;
        return this.run(harness, request);
    }
  }

  private fingerprint(harness: Harness, { nonce, codes }: JobRequest & { kind: 'fingerprint' }): boolean {
    const hashes = codes.map((code) => (harness.fingerprint(code) as string | null | undefined) ?? '');
    this.report({ nonce, part: hashes.join(',') });
    return true;
  }

  /**
   * Whether the interpreter is as it was before the job, as far as Python knows: it
   * is believed after a plain program. @throws Tamper
   */
  private run(harness: Harness, request: ProgramRequest): boolean {
    const { nonce, code, calls, bounds, limits } = request;
    this.border.mostCharacters = bounds.part;
    // A whole program is given a text, no arguments; it uses files, and is never called plain.
    const isWhole = request.kind === 'run' && request.isWhole === true;
    this.border.outputLeft = isWhole ? WHOLE_OUTPUT : 0;
    const before = this.classify(harness, code, isWhole ? [] : calls, isWhole);
    this.quantum = quantumOf(limits);
    const loaded = this.counted(() => harness.load(code, limits));
    this.report({ nonce, part: loaded });
    let characters = loaded.length;
    if (loaded === '{"outcome":"ok"}') {
      for (const { entryPoint, args } of calls) {
        if (characters >= bounds.all) break;
        const part = this.counted(() => this.call(harness, request, entryPoint, args));
        characters += part.length;
        this.report({ nonce, part });
      }
    }
    return this.finish(harness, before.isPlain);
  }

  private classify(
    harness: Harness,
    code: string,
    calls: readonly { readonly args: string }[],
    isWhole = false,
  ): Classification {
    const texts = JSON.stringify(calls.map(({ args }) => args));
    // Nothing but plain programs has run in this interpreter since it was pristine: it tells the truth.
    const known = JSON.parse(textOf(harness.classify(code, texts))) as Classification;
    const before: Classification = isWhole ? { ...known, isPlain: false } : known;
    this.report({ nonce: this.nonce, before });
    return before;
  }

  private finish(harness: Harness, isPlain: boolean): boolean {
    const state = harness.finish(isPlain ? 1 : 0);
    if (state === 'tamper') throw new Tamper('the budget was switched off');
    return isPlain && state === 'clean' && !this.border.isSpent && !this.border.hasTouchedFiles;
  }

  /** A program or a test stays loaded from one request to the next. @throws Tamper */
  private converse(harness: Harness, request: ConversationRequest): boolean | 'open' {
    const { border, receive } = this;
    if (request.kind === 'close') {
      border.channel = undefined;
      return this.finish(harness, this.isPlain);
    }
    border.mostCharacters = request.bounds.part;
    border.outputLeft = 0;
    if (request.kind === 'open') {
      if (receive) {
        border.channel = new Exchange((ask) => {
          this.report({ nonce: this.nonce, ask });
          return receive();
        });
      }
      this.isPlain = this.classify(harness, request.code, []).isPlain;
      this.quantum = quantumOf(request.limits);
      const part = this.counted(() => harness.load(request.code, request.limits));
      this.report({ nonce: this.nonce, part });
    } else {
      const say = request.to === 'test' ? harness.check : harness.step;
      this.report({ nonce: this.nonce, part: this.counted(() => say(request.text)) });
    }
    return 'open';
  }

  private call(harness: Harness, request: ProgramRequest, entryPoint: string, args: string): unknown {
    if (request.kind === 'trace') return harness.trace(entryPoint, args, request.mode, request.viewBytes);
    return request.kind === 'operations'
      ? harness.operations(entryPoint, args)
      : harness.call(entryPoint, args);
  }

  /** The program may run in it: its turns are counted. @throws Tamper */
  private counted(run: () => unknown): string {
    this.turns?.start(this.quantum);
    const raw = run();
    this.turns?.stop();
    return textOf(raw);
  }

  private heap(): number {
    return this.border.bytes().length;
  }
}

/** The program changed the harness, and no more than that is known. */
class Tamper extends Error {}

/** The harness gives text; what gives anything else is not the harness. @throws Tamper */
function textOf(raw: unknown): string {
  if (typeof raw !== 'string') throw new Tamper('an answer that is no text');
  return raw;
}

function describe(error: unknown): { name: string; message: string } {
  const shape = error as { name?: unknown; message?: unknown; status?: unknown } | null;
  return {
    name: String(shape?.name ?? 'unknown').slice(0, 100),
    message: String(shape?.message ?? error).slice(0, 500),
  };
}
