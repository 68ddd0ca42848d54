/**
 * Messages between the pool and a worker. Requests carry no expected answers; replies carry
 * JSON text that the pool parses and checks, because a program may have had a hand in it.
 */

/**
 * All that a worker needs to start Python. It is handed over, so that a worker never
 * has to fetch anything itself.
 */
export interface PythonFiles {
  /** Address of Pyodide's script, for `import()`. */
  readonly script: string;
  /** pyodide.asm.wasm. */
  readonly wasm: WebAssembly.Module;
  /** python_stdlib.zip; a shared buffer where there is one. */
  readonly stdlib: ArrayBufferLike;
  /** pyodide-lock.json without its packages: JSON text. */
  readonly lock: string;
}

/** The one message that goes to a browser's worker itself. */
export interface StartMessage {
  /** For everything else: comlink's calls, and `Progress`. */
  readonly port: MessagePort;
  readonly files: PythonFiles;
}

export interface BootRequest {
  /** Memory of a booted interpreter with the harness inside; a shared buffer where there is one. */
  readonly snapshot?: ArrayBufferLike;
  readonly makeSnapshot: boolean;
  /** Bytes above which the interpreter's memory does not grow. */
  readonly heapLimit: number;
  /**
   * Where a program waits for an answer in the middle of a conversation: at shared memory (mailbox.ts), or at
   * the pipe that its process reads (pipe.ts). Absent where it cannot wait.
   */
  readonly mailbox?: SharedArrayBuffer | 'pipe';
}

export interface BootReply {
  readonly heap: number;
  readonly snapshot?: Uint8Array;
}

export interface Call {
  readonly entryPoint: string;
  readonly args: string;
}

/**
 * Characters that an answer may have; the worker stops at them, and the pool believes
 * nothing that goes beyond.
 */
export interface Bounds {
  /** Of one part. */
  readonly part: number;
  /** Of all parts together: once they are reached, the calls that are left are not made. */
  readonly all: number;
}

export type JobRequest = { readonly nonce: number } & (
  | {
      readonly kind: 'run' | 'operations';
      readonly code: string;
      readonly calls: readonly Call[];
      readonly limits: string;
      readonly bounds: Bounds;
      /**
       * The program is run as a whole: its one call has the text on standard input in the place of arguments.
       */
      readonly isWhole?: boolean;
    }
  | {
      readonly kind: 'trace';
      readonly code: string;
      readonly calls: readonly Call[];
      readonly limits: string;
      readonly bounds: Bounds;
      readonly mode: 'final' | 'steps';
      /** Bytes of values that a `steps` trace may carry; rows beyond are left out. */
      readonly viewBytes: number;
    }
  | { readonly kind: 'fingerprint'; readonly codes: readonly string[] }
  /** Loads a program and leaves it loaded: `say` and `close` follow. */
  | { readonly kind: 'open'; readonly code: string; readonly limits: string; readonly bounds: Bounds }
  /** One message of a conversation, to a program (python/candidate.py) or to a test (python/checker.py). */
  | { readonly kind: 'say'; readonly to: 'program' | 'test'; readonly text: string; readonly bounds: Bounds }
  | { readonly kind: 'close' }
);

export interface JobReply {
  readonly nonce: number;
  /**
   * `clean`: the interpreter is as it was before the job, because a plain program ended or because its whole
   * memory was put back. `dirty`: it is not. `tamper`: the program reached for the harness or for JavaScript.
   * `dead`: the interpreter has failed. All but the first are thrown away, unless it was put back. `open`: a
   * conversation goes on.
   */
  readonly state: 'clean' | 'dirty' | 'tamper' | 'dead' | 'open';
  /** After `tamper`: what was changed is inside of Python's memory, and that was put back. */
  readonly isRestored?: boolean;
  readonly heap: number;
  readonly fatal?: { readonly name: string; readonly message: string };
}

/**
 * Sent before a program runs and after each part of a job, ahead of the reply and outside comlink, so that
 * the pool knows which call the clock is running for and keeps what was done before a call that never ends.
 */
export type Progress = { readonly nonce: number } & (
  | {
      /**
       * What is known before the program runs, from an interpreter in which nothing
       * but plain programs ever ran.
       */
      readonly before: Classification;
    }
  | {
      /**
       * JSON text: of loading the program, then of each call. For fingerprints: all
       * of them, separated by commas, empty for none.
       */
      readonly part: string;
    }
);

export interface Classification {
  /** The program can do nothing but compute with values of its own (python/contained.py). */
  readonly isPlain: boolean;
  /**
   * Indices of calls that cannot be made, because the text between their brackets is no list of arguments.
   */
  readonly badCalls: readonly number[];
}

/**
 * Sent from the middle of a message of a conversation: the program asks and waits, or has taken a piece of
 * the answer and wants the next.
 */
export type Asking = { readonly nonce: number } & ({ readonly ask: string } | { readonly wantsMore: true });

/** What a worker offers through comlink. */
export interface WorkerApi {
  boot(request: BootRequest): Promise<BootReply>;
  job(request: JobRequest): JobReply;
}
