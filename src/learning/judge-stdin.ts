/**
 * The verdict on a program that is run as a whole: one run per text of the task, each by itself as a process
 * would be, what it prints compared by src/sandbox/printed.ts. The expected text stays here, on the host.
 */
import { toLiteral } from '../sandbox/literal.ts';
import { defaultLimits } from '../sandbox/limits.ts';
import { firstDifference, samePrinted, type Numbers } from '../sandbox/printed.ts';
import type { CallResult, Limits, Sandbox } from '../sandbox/types.ts';
import type { StdinExample } from '../tasks/types.ts';
import type { FailedTest, Verdict } from './events.ts';
import { resultOrNull } from './harness.ts';

export interface StdinJudgement {
  readonly verdict: Verdict;
  readonly failed?: FailedTest;
  readonly failing: readonly [];
}

/**
 * Runs stop at the first one that fails: the rest cannot change the verdict. A program
 * that leaves with `exit` has ended, whatever its exit code, as the suites have it.
 */
export async function judgeStdin(
  examples: readonly StdinExample[],
  program: string,
  sandbox: Sandbox,
  limits: Partial<Limits> | undefined,
  signal: AbortSignal | undefined,
  numbers: Numbers = 'exact',
): Promise<StdinJudgement> {
  for (const { input, output } of examples) {
    const job = { code: program, calls: [], stdin: input, limits: withRoom(limits, output) };
    const call = (await resultOrNull(sandbox.run(job, signal), signal))?.calls[0];
    if (call === undefined) return { verdict: 'harness-error', failing: [] };
    const ended = call.outcome === 'ok' || (call.outcome === 'exit' && call.error?.type === 'SystemExit');
    if (ended && samePrinted(call.stdout, output, numbers)) continue;
    const verdict = ended ? 'wrong' : call.outcome;
    if (verdict === 'harness-error') return { verdict, failing: [] };
    const args = literalOf(input);
    const difference = ended ? firstDifference(call.stdout, output, numbers) : null;
    const failed = {
      args,
      expected: literalOf(difference?.expected ?? output),
      got: difference ? literalOf(difference.got) : errorOf(call),
    };
    // A text on standard input is no call that a question could be asked about.
    return { verdict, failed, failing: [] };
  }
  return { verdict: examples.length > 0 ? 'pass' : 'harness-error', failing: [] };
}

/** A program must be able to print what is expected of it, and some more to be wrong by. */
function withRoom(limits: Partial<Limits> | undefined, output: string): Partial<Limits> {
  const least = 2 * output.length + defaultLimits.outputBytes;
  return { ...limits, outputBytes: Math.max(limits?.outputBytes ?? 0, least) };
}

/** Texts of contests can be megabytes; a reader wants their beginning. */
const literalOf = (text: string): string =>
  toLiteral({ type: 'str', value: text.length > 500 ? `${text.slice(0, 500)}…` : text });

function errorOf({ error, outcome }: CallResult): string {
  if (error === undefined) return outcome;
  const { type, message, line } = error;
  return `${type}${message === '' ? '' : `: ${message}`}${line === undefined ? '' : ` (line ${line})`}`;
}
