/**
 * What a task is: a prompt that ends where the model is to go on, and tests that the host
 * grades. Only types; the file formats are in the importers beside this file. Values are kept
 * as Python literals (text), the one notation a reader, the model and the sandbox share.
 */

/** One input and the value expected for it. */
export interface Example {
  /** Python literals between the brackets of the call, e.g. `[1, 2], 'ab'`. */
  readonly args: string;
  /** Python literal. */
  readonly expected: string;
}

/**
 * One run of a program as a whole: the text on standard input, and the text expected
 * on standard output (compared by src/sandbox/printed.ts).
 */
export interface StdinExample {
  readonly input: string;
  readonly output: string;
}

export type Split = 'train' | 'heldout';

export interface Task {
  readonly id: string;
  /** What the function is to do, one sentence. */
  readonly description: string;
  /** The exact text the policy continues, e.g. `# sum of the even numbers in xs\ndef f(xs):`. */
  readonly prompt: string;
  /**
   * What is called: a name, or names joined as in entry.ts (`Solution().twoSum`);
   * `PROGRAM` where the program itself is run on `stdin`.
   */
  readonly entryPoint: string;
  /** Shown to the reader and used for alignment inputs. */
  readonly visible: readonly Example[];
  /** Held back: reward and evaluation use visible and hidden together. */
  readonly hidden: readonly Example[];
  /**
   * How results are compared with what is expected: as Python's `==` does; absent: type and value exactly.
   */
  readonly equality?: 'python';
  /** A test program that defines `check(candidate)` (HumanEval). Runs apart from the candidate. */
  readonly check?: string;
  /**
   * Runs of the whole program, instead of calls. Tasks that have them have no examples and no test program.
   */
  readonly stdin?: readonly StdinExample[];
  /**
   * How numbers in printed text are compared: `close` as APPS and TACO do; absent: by their exact value.
   */
  readonly numbers?: 'close';
  readonly split: Split;
  readonly tags: readonly string[];
  /** A right completion of the prompt: the program is prompt + solution. */
  readonly solution?: string;
}

export interface TaskSet {
  readonly name: string;
  readonly version: number;
  readonly tasks: readonly Task[];
}
