/** From the parts of a worker's answer, and how its job ended, to one result per call. Grading is not here. */
import type { JobReply } from './protocol.ts';
import { readCall, Reading } from './reply.ts';
import type { CallResult, Limits } from './types.ts';

/** How a job ended, and the parts it had sent by then. */
export interface JobEnd {
  readonly parts: readonly string[];
  readonly state: JobReply['state'] | 'timeout';
  readonly fatal?: { readonly name: string; readonly message: string };
}

/** Turns the parts of a job into one result per call. What was not reached has the outcome that ended the program. */
export function results<T extends CallResult>(
  end: JobEnd,
  count: number,
  limits: Limits,
  read: (reading: Reading) => T | CallResult,
): (T | CallResult)[] {
  const reading = (part: string) => new Reading(part, limits);
  const ended = endOf(end);
  const first = end.parts[0];
  if (end.state === 'tamper') return Array.from({ length: count }, () => ended);
  const loaded = first === undefined ? ended : readCall(reading(first));
  if (loaded.outcome !== 'ok') return Array.from({ length: count }, () => loaded);
  return Array.from({ length: count }, (_, call) => {
    const part = end.parts[call + 1];
    return part === undefined ? ended : read(reading(part));
  });
}

/** What a call that was not answered has for a result. */
export function endOf(end: JobEnd): CallResult {
  switch (end.state) {
    case 'timeout':
      return { outcome: 'timeout', stdout: '' };
    case 'tamper':
      return { outcome: 'tamper', stdout: '' };
    case 'dead':
      return deathOf(end.fatal ?? { name: 'unknown', message: '' });
    default:
      return {
        outcome: 'harness-error',
        stdout: '',
        error: { type: 'HarnessError', message: 'a result is missing' },
      };
  }
}

/** What a program did that ended the interpreter from inside. */
function deathOf(fatal: { readonly name: string; readonly message: string }): CallResult {
  const message = `the interpreter died: ${fatal.name}: ${fatal.message}`.slice(0, 500);
  // Only a program that found its way to JavaScript meets a name that is gone or an evaluation that is refused.
  if (/^(Eval|Reference|Security)Error$/.test(fatal.name))
    return { outcome: 'tamper', stdout: '', error: { type: 'InterpreterDied', message } };
  if (/exit/i.test(fatal.name))
    return { outcome: 'exit', stdout: '', error: { type: 'SystemExit', message } };
  return { outcome: 'memory', stdout: '', error: { type: 'InterpreterDied', message } };
}

/** The result of each call of a program above the size limit, or undefined. */
export function codeTooLong(code: string, limits: Limits): CallResult | undefined {
  const bytes = new TextEncoder().encode(code).length;
  if (bytes <= limits.codeBytes) return undefined;
  const message = `the program has ${bytes} bytes, ${limits.codeBytes} are allowed`;
  return { outcome: 'syntax-error', stdout: '', error: { type: 'ProgramTooLong', message } };
}
