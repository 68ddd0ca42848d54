/**
 * What the rest of the house may ask of the sandbox, and what it gets back. Only types: the pool, the
 * worker protocol and the value codec live in the files beside this one. Everything that comes back
 * was produced next to hostile code and is data, never a verdict: verdicts are the host's.
 */
import type { Value } from './value.ts';

/**
 * Limits of one job. Steps are counted, so that exceeding them is reproducible; the clock is the backstop.
 */
export interface Limits {
  /** Source size, bytes of UTF-8. */
  readonly codeBytes: number;
  /** Captured standard output and error, bytes. */
  readonly outputBytes: number;
  /**
   * Of a trace: executed source lines per call, over all frames of the program. Of
   * any other call: turns of loops and starts of functions, the library's included,
   * to a hundredth; CPython counts those without being slower for it.
   */
  readonly steps: number;
  /** Wall clock per call, milliseconds; enforced by ending the worker. */
  readonly callMs: number;
  /** Wall clock for the whole job, milliseconds. */
  readonly jobMs: number;
  /** Encoded size of one value, bytes. */
  readonly valueBytes: number;
}

/** How a call ended. `ok` only says that a value came back; whether it is right is graded by the host. */
export type Outcome =
  | 'ok'
  | 'exception'
  | 'syntax-error'
  | 'step-limit'
  | 'timeout'
  | 'memory'
  | 'output-limit'
  | 'exit'
  | 'tamper'
  | 'harness-error';

export interface PythonError {
  /** Exception class name, e.g. `IndexError`. */
  readonly type: string;
  readonly message: string;
  /** 1-based line in the program, when known. */
  readonly line?: number;
}

/** `args` is the text between the brackets of the call, Python literals only, e.g. `[1, 2], 'ab'`. */
export interface CallSpec {
  readonly entryPoint: string;
  readonly args: string;
}

export interface CallResult {
  readonly outcome: Outcome;
  /** Present if and only if the outcome is `ok`. */
  readonly value?: Value;
  readonly error?: PythonError;
  readonly stdout: string;
}

/** Run one program: execute its source once, then each call in order. */
export interface RunJob {
  readonly code: string;
  readonly calls: readonly CallSpec[];
  /**
   * The source is run as a program, with this text on its standard input, instead of calls: `calls` is empty
   * and the result has one entry, whose `stdout` is what the program printed and whose value says nothing.
   */
  readonly stdin?: string;
  readonly limits?: Partial<Limits>;
}

export interface RunResult {
  /** One result per call, same order. A program that fails to load has that outcome in each. */
  readonly calls: readonly CallResult[];
  /** As in a trace. */
  readonly isPlain: boolean;
}

/** A variable's last definition in the entry call's frame (docs/method.md, "Variables"). */
export interface Definition {
  readonly name: string;
  readonly value: Value;
  /** 1-based source line that defined it last. */
  readonly line: number;
  /** Index of that definition among the executed line events, from 0. */
  readonly step: number;
}

/** One executed line, for the viewer. */
export interface TraceStep {
  readonly index: number;
  readonly line: number;
  /** `line` ran, or a frame was entered / left. */
  readonly event: 'call' | 'line' | 'return' | 'exception';
  readonly function: string;
  /** Depth of the call stack, 0 for the entry call. */
  readonly depth: number;
  /** Names whose value changed by this line, in the frame that ran it. */
  readonly changed: readonly { readonly name: string; readonly value: Value }[];
  /** Characters of standard output written so far. */
  readonly stdoutLength: number;
}

export interface TraceJob {
  readonly code: string;
  readonly call: CallSpec;
  /** `final`: last definitions only. `steps`: every line as well. */
  readonly mode: 'final' | 'steps';
  readonly limits?: Partial<Limits>;
}

export interface TraceResult extends CallResult {
  /** In order of first assignment; arguments that are never reassigned are left out. */
  readonly definitions: readonly Definition[];
  /** Executed lines in all frames of the program. */
  readonly stepCount: number;
  /**
   * The program can do nothing but compute with values of its own, told from its text before it ran: what
   * stands here was not written by the program. False where it is not known.
   */
  readonly isPlain: boolean;
  readonly steps?: readonly TraceStep[];
}

/**
 * The operation-level trajectory that nano predicts (src/tasks/alignment): see python/operations_machine.py.
 */
export interface OperationsJob {
  readonly code: string;
  readonly call: CallSpec;
  readonly limits?: Partial<Limits>;
}

export interface OperationsResult extends CallResult {
  /**
   * The trajectory in the text form of the trace format; absent when the program leaves the supported subset.
   */
  readonly trajectory?: string;
  /** As in a trace. */
  readonly isPlain: boolean;
  /** Final values, as in a trace. */
  readonly definitions: readonly Definition[];
  /** Executed lines in all frames of the program, as in a trace. */
  readonly stepCount?: number;
}

/**
 * What keeps a program from the rest of the machine. `headers`: a browser's worker whose own response carries
 * a policy. `frame`: the same policy, inherited from a frame of no origin, for sites that send no headers.
 * `process`: a process of Node for each interpreter, which Node bars from files and programs but not from the
 * network: see SECURITY.md.
 */
export type Boundary = 'headers' | 'frame' | 'process';

/** A program that stays loaded and is talked with: src/sandbox/conversation.ts. */
export interface ConversationJob {
  readonly code: string;
  readonly limits?: Partial<Limits>;
}

/**
 * What came of a message: a text, said at the end of the work or from the middle of
 * it (then an answer is waited for), or the program's end.
 */
export type Reply = { readonly text: string; readonly isWaiting: boolean } | { readonly ended: CallResult };

/** The line to an interpreter that keeps its program loaded. */
export interface ConversationLine {
  /** What loading the program came to. */
  readonly loaded: CallResult;
  /** Whether the interpreter can ask from the middle of its work and wait. */
  readonly waits: boolean;
  /** Sends a message: a new one, or the answer that the interpreter waits for. */
  say(to: 'program' | 'test', text: string): Promise<Reply>;
  /** Nothing more is believed of this interpreter. */
  end(outcome: 'timeout'): CallResult;
}

export interface Sandbox {
  readonly boundary: Boundary;
  run(job: RunJob, signal?: AbortSignal): Promise<RunResult>;
  /**
   * Loads a program and keeps its interpreter for as long as `talk` talks with it.
   * After a failed worker `talk` begins again with another.
   * @returns `tamper` when the program switched off its limits
   * @throws HarnessError after the second failed worker, and what `talk` throws
   */
  converse(
    job: ConversationJob,
    talk: (line: ConversationLine) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<'tamper' | 'done'>;
  trace(job: TraceJob, signal?: AbortSignal): Promise<TraceResult>;
  operations(job: OperationsJob, signal?: AbortSignal): Promise<OperationsResult>;
  /** Normalised syntax tree hash of a program, or null when it does not parse (funnel gates 2 and 6). */
  fingerprint(codes: readonly string[]): Promise<readonly (string | null)[]>;
  readonly workers: number;
  dispose(): Promise<void>;
}
