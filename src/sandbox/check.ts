/**
 * Runs a test program (`check(candidate)`, as in HumanEval) without ever letting it share an interpreter with
 * the program under test. The two talk through the host: each call happens once, in order, with its effects
 * (python/wire.py has the messages). Where the test's interpreter can sleep it waits for each answer; where
 * it cannot, the test is run again from the start with the answers so far.
 */
import { hashText } from '../base/random.ts';
import { longestMessage } from './bounds.ts';
import { HarnessError, SandboxError } from './errors.ts';
import { benchmarkLimits } from './limits.ts';
import { readVerdict, type Ending } from './verdict.ts';
import type { CallResult, Limits, Outcome, PythonError, Sandbox, ConversationLine, Reply } from './types.ts';

export interface CheckJob {
  /** The whole program: for HumanEval the prompt and its completion. */
  readonly code: string;
  /** A name, or one that is reached from it: `f`, `Solution.add`, `Solution().add`. */
  readonly entryPoint: string;
  /** Defines `check(candidate)`. */
  readonly check: string;
  /** The task's own prompt: tests may use helpers that it defines. */
  readonly prompt: string;
  /** Of each call; `jobMs` is for the whole check. Default: `benchmarkLimits`. */
  readonly limits?: Partial<Limits>;
}

export interface CheckResult {
  /** `wrong`: an assertion of the test failed. Everything else but `pass` is what ended the program. */
  readonly outcome: 'pass' | 'wrong' | Exclude<Outcome, 'ok'>;
  readonly error?: PythonError;
  /** The call that decided, where there is one. */
  readonly failed?: {
    /** The text between its brackets; null where that is not made of literals of a readable length. */
    readonly args: string | null;
    /** What the program gave: a literal, or its error. */
    readonly got: string;
    /** The test's line. */
    readonly assertion: string;
  };
  /** Calls that were made. */
  readonly calls: number;
}

/**
 * The test program itself does not run: missing `check`, an error before the first
 * call, a package that is not here.
 */
export class BrokenTestError extends SandboxError {
  override readonly name = 'BrokenTestError';
  constructor(entryPoint: string, detail: string) {
    super(
      `The test of ${entryPoint} does not run: ${detail}`,
      'No verdict was given. A test program must define check(candidate); it may import the standard library, and of numpy and pytest what the sandbox stands in for.',
    );
  }
}

/**
 * Of what the two interpreters share only on demand: by which words of the program or the test it is told.
 */
const surroundings = {
  environ: /environ|getenv/,
  files: /\bopen\b|\bPath\b|tempfile|shutil|\bos\./,
  decimal: /decimal/,
};
/** What only a test can tell that looks for it: warnings and log records, by words in its source. */
const lookedFor = { warnings: /warn|deprecat/i, logging: /\blogging\b|assert(?:No)?Logs/ };
/** The most messages of a check: beyond it a test is not one of a function. */
const mostMessages = 200_000;
/** How much longer than the program the test may be at work, for what it does itself. */
const testOwnMs = 5_000;

/**
 * @param untrusted runs the program under test
 * @param trusted runs the test; must never have run anything else's programs
 * @throws BrokenTestError when the test itself cannot run
 */
export async function checkProgram(
  job: CheckJob,
  untrusted: Sandbox,
  trusted: Sandbox,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const limits: Limits = { ...benchmarkLimits, ...job.limits };
  let result: CheckResult | undefined;
  const talk = async (program: ConversationLine): Promise<void> => {
    result =
      program.loaded.outcome === 'ok'
        ? await new CheckRun(job, limits, program).run(trusted, signal)
        : { ...withoutOutput(program.loaded), calls: 0 };
  };
  const tooLong = new TextEncoder().encode(job.code).length > limits.codeBytes;
  if (tooLong) return { outcome: 'syntax-error', calls: 0 };
  const end = await untrusted.converse({ code: job.code, limits }, talk, signal);
  if (result === undefined) throw new HarnessError('the program’s interpreter did not start');
  return end === 'tamper' ? { outcome: 'tamper', calls: result.calls } : result;
}

/** One check: the program's interpreter is held while the test runs, once or again and again. */
class CheckRun {
  private readonly transcript: [string, string][] = [];
  /** How the program ended, once it has: the test hears of nothing but that from then on. */
  private over: CallResult | undefined;
  private asked = 0;

  constructor(
    private readonly job: CheckJob,
    private readonly limits: Limits,
    private readonly program: ConversationLine,
  ) {}

  async run(trusted: Sandbox, signal: AbortSignal | undefined): Promise<CheckResult> {
    const limits: Limits = {
      ...benchmarkLimits,
      callMs: Math.max(benchmarkLimits.callMs, this.limits.callMs),
      jobMs: this.limits.jobMs + testOwnMs,
      outputBytes: benchmarkLimits.outputBytes * 64,
      valueBytes: Math.max(benchmarkLimits.valueBytes, this.limits.valueBytes),
    };
    for (;;) {
      let end: Ending | CallResult | undefined;
      const talk = async (test: ConversationLine): Promise<void> => {
        end = await this.round(test);
      };
      await trusted.converse({ code: '', limits }, talk, signal);
      if (end === undefined) throw new HarnessError('the test’s interpreter did not start');
      if (!('kind' in end)) return this.testEnded(end);
      if (end.kind !== 'need') return this.result(end);
      // The test went as far as its answers: fetch the next one, and begin again.
      const answer = await this.ask(end.text);
      if (answer === undefined) return this.result(end);
      this.transcript.push([end.text, answer]);
    }
  }

  /** Runs the test once, to its end or, where it cannot wait for answers, until it lacks one. */
  private async round(test: ConversationLine): Promise<Ending | CallResult> {
    let said: Reply = await test.say('test', this.settings(test.waits));
    while (!('ended' in said)) {
      if (!said.isWaiting) return readVerdict(said.text);
      if (this.asked > mostMessages) return test.end('timeout');
      const answer = await this.ask(said.text);
      said = await test.say('test', answer ?? endMessage);
    }
    return said.ended;
  }

  /** One message to the program; undefined when that was its end. */
  private async ask(text: string): Promise<string | undefined> {
    if (this.over) return undefined;
    this.asked += 1;
    const said = await this.program.say('program', text);
    if (!('ended' in said)) return said.text;
    this.over = said.ended;
    return undefined;
  }

  private settings(waits: boolean): string {
    const { job, limits } = this;
    return JSON.stringify({
      test: job.check,
      prompt: job.prompt,
      entry: job.entryPoint,
      // Names that some function of the program may bind anew.
      globals: [...job.code.matchAll(/\bglobal\s+([\w ,]+)/g)].flatMap((match) => match[1]!.split(/[\s,]+/)),
      // The completion begins inside of the prompt's last statement.
      goesOn: job.code.startsWith(job.prompt) && /^\s*\n?[ \t]+\S/.test(job.code.slice(job.prompt.length)),
      random: /random|shuffle|seed/.test(job.code + job.check),
      shares: [
        ...Object.entries(surroundings).filter(([, words]) => words.test(job.code + job.check)),
        ...Object.entries(lookedFor).filter(([, words]) => words.test(job.check)),
      ].map(([name]) => name),
      // Decides in which order an object is asked about values; the program does not know the test.
      chance: hashText(job.code, hashText(job.check)),
      most: longestMessage(limits) - 1024,
      output: limits.outputBytes,
      transcript: this.transcript,
      waits,
    });
  }

  private result(ending: Ending): CheckResult {
    const { calls } = ending;
    const failed = { failed: { args: ending.args, got: ending.got, assertion: '' } };
    if (this.over) return { ...withoutOutput(this.over), ...(calls > 0 ? failed : {}), calls };
    switch (ending.kind) {
      case 'pass':
        return { outcome: 'pass', calls };
      case 'wrong': {
        const assertion = ending.why === '' ? ending.assertion : `${ending.assertion}  # ${ending.why}`;
        return { outcome: 'wrong', failed: { ...failed.failed, assertion }, calls };
      }
      case 'raised': {
        const outcome = /^(SystemExit|KeyboardInterrupt)$/.test(ending.error.type) ? 'exit' : 'exception';
        return { outcome, error: ending.error, ...failed, calls };
      }
      case 'ended':
        if (ending.outcome === 'harness-error' && ending.handedOut > 0 && !this.program.waits)
          throw new BrokenTestError(this.job.entryPoint, ending.error?.message ?? '');
        return {
          // The program's side says this of itself only where it is so.
          outcome: ending.outcome === 'harness-error' ? 'tamper' : (ending.outcome as Exclude<Outcome, 'ok'>),
          ...(ending.error ? { error: ending.error } : {}),
          ...failed,
          calls,
        };
      case 'tamper':
        return { outcome: 'tamper', error: { type: 'MalformedReply', message: ending.why }, calls };
      case 'limit':
        return this.testEnded({ outcome: ending.outcome, stdout: '' });
      case 'refused':
      case 'broken':
        throw new BrokenTestError(this.job.entryPoint, ending.why);
      case 'need':
        throw new HarnessError('the test asks for what it was given');
    }
  }

  /**
   * The test's interpreter ended. After answers of the program, what the test loops
   * over or drowns in came from there.
   */
  private testEnded(how: CallResult): CheckResult {
    if (this.over) return { ...withoutOutput(this.over), calls: this.asked };
    if (this.asked < 2) throw new BrokenTestError(this.job.entryPoint, `it ended as ${how.outcome}`);
    return { ...withoutOutput(how), calls: this.asked };
  }
}

/** What a test hears of a program that has ended. */
const endMessage = JSON.stringify(['r', ['end', {}], [], [], 0]);

function withoutOutput({ outcome, error }: CallResult): Pick<CheckResult, 'outcome' | 'error'> {
  return { outcome: outcome === 'ok' ? 'tamper' : outcome, ...(error ? { error } : {}) };
}
