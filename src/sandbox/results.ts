/**
 * Makes one result per call from the parts of a worker's answer and from how its job ended. Grading is not
 * here.
 */
import type { Classification, JobReply } from './protocol.ts';
import { boundsOf, type JobKind } from './bounds.ts';
import { Reading, readLoad } from './reply.ts';
import type { CallResult, Limits } from './types.ts';

/** How a job ended, and the parts it had sent by then. */
export interface JobEnd {
  readonly parts: readonly string[];
  /** What was known before the program ran; undefined where it did not begin. */
  readonly before?: Classification;
  /** `lost`: the worker ended or answered nonsense while the program ran. */
  readonly state: JobReply['state'] | 'timeout' | 'lost';
  readonly fatal?: { readonly name: string; readonly message: string };
}

/** Milliseconds that reading may keep this thread from its other work at a time. */
const atATime = 20;

/**
 * Turns the parts of a job into one result per call. What was not reached has the outcome that
 * ended the program. Long answers are read in pieces, with time for everything else between them.
 */
export async function results<T extends CallResult>(
  end: JobEnd,
  count: number,
  limits: Limits,
  kind: JobKind,
  read: (reading: Reading) => T | CallResult,
): Promise<(T | CallResult)[]> {
  const ended = endOf(end, boundsOf(limits, kind).all);
  const all = (result: CallResult) => Array.from({ length: count }, () => result);
  const [first] = end.parts;
  if (end.state === 'tamper') return all(ended);
  const loaded = first === undefined ? ended : readLoad(new Reading(first, limits));
  if (loaded.outcome !== 'ok') return all(loaded);
  const found: (T | CallResult)[] = [];
  let since = performance.now();
  for (let call = 0; call < count; call++) {
    const part = end.parts[call + 1];
    if (part === undefined) found.push(ended);
    else if (end.before?.badCalls.includes(call)) found.push(badCall);
    else found.push(read(new Reading(part, limits)));
    if (performance.now() - since < atATime) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  return found;
}

/** The task's fault, and known before the program ran. */
const badCall: CallResult = {
  outcome: 'harness-error',
  stdout: '',
  error: {
    type: 'BadArguments',
    message: 'what stands between the brackets of a call is no list of arguments',
  },
};

/**
 * What a call that was not answered has for a result. @param most characters that all
 * answers together may have. @param hasBegun whether the program was read to its end and began to run
 */
export function endOf(end: JobEnd, most = Infinity, hasBegun = end.before !== undefined): CallResult {
  switch (end.state) {
    case 'timeout':
      return { outcome: 'timeout', stdout: '' };
    case 'dead':
    case 'lost':
      return deathOf(end.fatal ?? { name: 'unknown', message: '' }, hasBegun);
    case 'tamper':
      return { outcome: 'tamper', stdout: '' };
    default: {
      const characters = end.parts.reduce((sum, part) => sum + part.length, 0);
      // The harness leaves out no answer: either there were too many, or somebody else left it out.
      return { outcome: characters >= most ? 'output-limit' : 'tamper', stdout: '' };
    }
  }
}

/** What a program did that ended the interpreter from inside. */
function deathOf(fatal: { readonly name: string; readonly message: string }, hasBegun: boolean): CallResult {
  const message = `the interpreter died: ${fatal.name}: ${fatal.message}`.slice(0, 500);
  // Only a program that found its way to JavaScript meets a name that is gone or an
  // evaluation that is refused.
  if (/^(Eval|Reference|Security)Error$|^Nonsense$/.test(fatal.name))
    return { outcome: 'tamper', stdout: '', error: { type: 'InterpreterDied', message } };
  if (/exit/i.test(fatal.name))
    return { outcome: 'exit', stdout: '', error: { type: 'SystemExit', message } };
  // CPython's parser, too, gives up a source that nests too deep, though later than a browser's stack does.
  if (!hasBegun && isStackEnd(fatal.message))
    return {
      outcome: 'syntax-error',
      stdout: '',
      error: { type: 'MemoryError', message: 'Parser stack overflowed - Python source too complex to parse' },
    };
  // Functions of Python's in C called each other until the stack of JavaScript ended, which in a browser is
  // shorter than Python's own: CPython would have raised this.
  if (isStackEnd(fatal.message))
    return {
      outcome: 'exception',
      stdout: '',
      error: { type: 'RecursionError', message: 'maximum recursion depth exceeded' },
    };
  return { outcome: 'memory', stdout: '', error: { type: 'InterpreterDied', message } };
}

/** In the words of Chromium and of Firefox. */
const isStackEnd = (message: string): boolean => /call stack|too much recursion/i.test(message);

/** The result of each call of a program above the size limit, or undefined. */
export function codeTooLong(code: string, limits: Limits): CallResult | undefined {
  const bytes = new TextEncoder().encode(code).length;
  if (bytes <= limits.codeBytes) return undefined;
  const message = `the program has ${bytes} bytes, ${limits.codeBytes} are allowed`;
  return { outcome: 'syntax-error', stdout: '', error: { type: 'ProgramTooLong', message } };
}
