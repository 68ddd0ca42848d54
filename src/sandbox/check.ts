/**
 * Runs a test program (`check(candidate)`, as in HumanEval) without ever letting it share an interpreter with the program under test. The test
 * runs in a trusted interpreter; each call of the candidate is run by the host in the untrusted one, by value, remembered, and the test
 * run again until it ends. By value means: a test that looks at what the program did to its arguments does not see it.
 */
import checker from '#raw/sandbox/python/checker.py';
import { SandboxError } from './errors.ts';
import { benchmarkLimits } from './limits.ts';
import { toLiteral } from './literal.ts';
import { isGradable, type Value } from './value.ts';
import type { CallResult, Limits, Outcome, PythonError, Sandbox } from './types.ts';

export interface CheckJob {
  /** The whole program: for HumanEval the prompt and its completion. */
  readonly code: string;
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
    readonly args: string;
    /** What the program gave: a literal, or its error. */
    readonly got: string;
    /** The test's line. */
    readonly assertion: string;
  };
  /** Distinct calls that were made. */
  readonly calls: number;
}

/** The test program itself does not run: missing `check`, an error before the first call, arguments that cannot be carried over. */
export class BrokenTestError extends SandboxError {
  override readonly name = 'BrokenTestError';
  constructor(entryPoint: string, detail: string) {
    super(
      `The test of ${entryPoint} does not run: ${detail}`,
      'No verdict was given. Correct the task’s test program; it must define check(candidate) and pass plain values.',
    );
  }
}

/** Unknown calls that one round may collect by guessing that they come out as the test expects. */
const callsAhead = 200;

/** A test that asks for more calls than this one by one is not a test of a function. */
const mostRounds = 2000;

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
  const ends = performance.now() + limits.jobMs;
  const code = [
    `_TEST = ${str(job.check)}`,
    `_PROMPT = ${str(job.prompt)}`,
    `_ENTRY = ${str(job.entryPoint)}`,
    checker,
  ].join('\n');
  const known = new Map<string, CallResult>();

  const run = async (entryPoint: string, args: string): Promise<CallResult | undefined> => {
    const testLimits = { ...benchmarkLimits, codeBytes: Infinity };
    const calls = [{ entryPoint, args }];
    return (await trusted.run({ code, calls, limits: testLimits }, signal)).calls[0];
  };
  const ask = async (entryPoint: string, ...args: string[]): Promise<Value> => {
    let result = await run(entryPoint, args.join(', '));
    // A guess may lead a test astray, into a loop for one: then the calls are collected one by one.
    if (entryPoint === '_round' && result?.outcome !== 'ok') result = await run(entryPoint, `${args[0]}, 1`);
    if (result?.outcome === 'ok' && result.value) return result.value;
    const detail = result?.error
      ? `${result.error.type}: ${result.error.message}`
      : (result?.outcome ?? 'no answer');
    throw new BrokenTestError(job.entryPoint, detail);
  };
  const fetch = async (calls: readonly string[]): Promise<void> => {
    const specs = calls.map((args) => ({ entryPoint: job.entryPoint, args }));
    const { calls: results } = await untrusted.run({ code: job.code, calls: specs, limits }, signal);
    for (const [index, result] of results.entries()) {
      known.set(calls[index]!, result);
      // What came after a call that ended the program was not run: it is asked for when the test gets there.
      if (result.outcome !== 'ok' && result.outcome !== 'exception') return;
    }
  };

  const prefetch = strings(await ask('_prefetch'));
  if (prefetch.length > 0) await fetch(prefetch);
  for (let round = 0; round < mostRounds; round++) {
    const verdict = await ask('_round', memo(known), String(callsAhead));
    const [kind, ...rest] = verdict.type === 'tuple' ? verdict.items : [];
    const call = text(rest[0]);
    const decided = known.get(call);
    switch (text(kind)) {
      case 'pass':
        return { outcome: 'pass', calls: known.size };
      case 'wrong': {
        const failed = { args: call, got: decided ? shown(decided) : '', assertion: text(rest[2]) };
        return { outcome: 'wrong', failed, calls: known.size };
      }
      case 'raised':
      case 'ended': {
        if (!decided || decided.outcome === 'ok')
          throw new BrokenTestError(job.entryPoint, 'an unknown call');
        const failed = { args: call, got: shown(decided), assertion: '' };
        return {
          outcome: decided.outcome,
          ...(decided.error ? { error: decided.error } : {}),
          failed,
          calls: known.size,
        };
      }
      case 'need':
        if (performance.now() > ends) return { outcome: 'timeout', calls: known.size };
        await fetch(strings(rest[0]));
        break;
      default:
        throw new BrokenTestError(job.entryPoint, `${call} ${text(rest[1])}`);
    }
  }
  throw new BrokenTestError(job.entryPoint, `more than ${mostRounds} calls one after another`);
}

/** What is known so far, as the argument of `_round`. */
function memo(known: ReadonlyMap<string, CallResult>): string {
  const rows = [...known].map(([call, result]) => {
    if (result.outcome === 'exception') {
      return `(${str(call)}, 'error', (${str(result.error?.type ?? 'Exception')}, ${str(result.error?.message ?? '')}))`;
    }
    if (result.outcome !== 'ok' || !result.value) return `(${str(call)}, 'ended', None)`;
    return isGradable(result.value)
      ? `(${str(call)}, 'value', ${toLiteral(result.value)})`
      : `(${str(call)}, 'unknown', None)`;
  });
  return `[${rows.join(', ')}]`;
}

function shown(result: CallResult): string {
  if (result.value) return toLiteral(result.value);
  return result.error ? `${result.error.type}: ${result.error.message}` : result.outcome;
}

function str(text: string): string {
  return toLiteral({ type: 'str', value: text });
}

function text(value: Value | undefined): string {
  return value?.type === 'str' ? value.value : '';
}

function strings(value: Value | undefined): string[] {
  return value?.type === 'list' ? value.items.map(text) : [];
}
