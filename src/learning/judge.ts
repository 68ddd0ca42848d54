/**
 * From a completion to a verdict: takes the program out of the text, runs it on the
 * task's inputs in the sandbox, and compares what came back with what was expected.
 * Expected answers stay here, on the host. It gives no rewards and traces nothing.
 */
import type { CallResult, Limits, Outcome, Sandbox } from '../sandbox/types.ts';
import type { Example, Task } from '../tasks/types.ts';
import type { FailedTest, Verdict } from './events.ts';
import { checkProgram } from '../sandbox/check.ts';
import { equalValues, type Equality } from '../sandbox/equal.ts';
import { parseLiteral, toLiteral } from '../sandbox/literal.ts';
import { resultOrNull, orReason } from './harness.ts';
import { judgeStdin } from './judge-stdin.ts';
import { extractProgram, type Extraction } from './extract.ts';

export { extractProgram, type Extraction } from './extract.ts';

export interface Judgement {
  /** Null when the completion holds none. */
  readonly program: string | null;
  readonly verdict: Verdict;
  /** The first test that failed, when it is one with an input of its own. */
  readonly failed?: FailedTest;
  /** All tests that failed, in the task's order: visible ones first. */
  readonly failing: readonly { readonly args: string; readonly outcome: Outcome }[];
  /**
   * Why there is no verdict, where the verdict is `harness-error`: a test program
   * that does not run, a package that is not here.
   */
  readonly reason?: string;
}

export interface JudgeOptions {
  readonly sandbox: Sandbox;
  /** Runs test programs (`task.check`), never a program under test; without it such tasks get no verdict. */
  readonly trusted?: Sandbox | undefined;
  readonly extraction: Extraction;
  /**
   * Of the program under test. Default: the sandbox's for tasks with examples, the
   * benchmark's for test programs.
   */
  readonly limits?: Partial<Limits> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Judges one completion. Throws for nothing that the program or the sandbox did; only
 * an abort or a closed sandbox gets through.
 */
export async function judge(task: Task, completion: string, options: JudgeOptions): Promise<Judgement> {
  const program = extractProgram(task, completion, options.extraction);
  if (program === null) return { program, verdict: 'no-program', failing: [] };
  if (task.stdin !== undefined)
    return {
      program,
      ...(await judgeStdin(
        task.stdin,
        program,
        options.sandbox,
        options.limits,
        options.signal,
        task.numbers,
      )),
    };
  return task.check === undefined
    ? judgeExamples(task, program, options)
    : judgeCheck(task, task.check, program, options);
}

async function judgeCheck(
  { entryPoint, prompt }: Task,
  check: string,
  program: string,
  { sandbox, trusted, limits, signal }: JudgeOptions,
): Promise<Judgement> {
  const job = { code: program, entryPoint, check, prompt, ...(limits ? { limits } : {}) };
  const answer =
    trusted === undefined
      ? { reason: 'test programs need an interpreter of their own, and there is none' }
      : await orReason(checkProgram(job, sandbox, trusted, signal), signal);
  if ('reason' in answer) return { program, verdict: 'harness-error', failing: [], reason: answer.reason };
  const { outcome: verdict, failed: call, error } = answer.value;
  if (verdict === 'harness-error')
    return { program, verdict, failing: [], reason: error?.message ?? 'the sandbox failed' };
  const failed =
    call === undefined ? {} : { failed: { args: call.args ?? '…', expected: call.assertion, got: call.got } };
  // A test program has no examples of its own; the call that decided is an input like any other.
  const failing =
    call === undefined || call.args === null || verdict === 'pass'
      ? []
      : [{ args: call.args, outcome: verdict === 'wrong' ? ('ok' as const) : verdict }];
  return { program, verdict, ...failed, failing };
}

async function judgeExamples(
  task: Task,
  program: string,
  { sandbox, limits, signal }: JudgeOptions,
): Promise<Judgement> {
  const examples = [...task.visible, ...task.hidden];
  const calls = examples.map(({ args }) => ({ entryPoint: task.entryPoint, args }));
  const job = { code: program, calls, ...(limits ? { limits } : {}) };
  const result = await resultOrNull(sandbox.run(job, signal), signal);
  const tests = examples.map((example, i) => ({
    example,
    call: result?.calls[i],
    verdict: grade(example, result?.calls[i], task.equality ?? 'strict'),
  }));
  const failing = tests.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'harness-error');
  const inputs = failing.map(({ example, call }) => ({
    args: example.args,
    outcome: call?.outcome ?? 'harness-error',
  }));
  const first = failing[0];
  if (first !== undefined) {
    const { args, expected } = first.example;
    return {
      program,
      verdict: first.verdict,
      failed: { args, expected, got: shown(first.call) },
      failing: inputs,
    };
  }
  // No test failed for certain; one without an answer leaves the program without a verdict.
  const isKnown = tests.length > 0 && tests.every(({ verdict }) => verdict === 'pass');
  return { program, verdict: isKnown ? 'pass' : 'harness-error', failing: [] };
}

function grade(example: Example, call: CallResult | undefined, equality: Equality): Verdict {
  if (call === undefined) return 'harness-error';
  if (call.outcome !== 'ok') return call.outcome;
  if (call.value === undefined) return 'harness-error';
  const expected = parseLiteral(example.expected);
  // A test whose expected answer cannot be read is the task's fault, not the program's.
  if ('malformed' in expected) return 'harness-error';
  return equalValues(call.value, expected, equality) ? 'pass' : 'wrong';
}

/** What a reader sees of a failed call: the value, or the error line. */
function shown(call: CallResult | undefined): string {
  if (call?.value !== undefined) return toLiteral(call.value);
  if (call?.error === undefined) return call?.outcome ?? 'harness-error';
  const { type, message, line } = call.error;
  return `${type}${message === '' ? '' : `: ${message}`}${line === undefined ? '' : ` (line ${line})`}`;
}
