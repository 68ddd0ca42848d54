/**
 * What a program does on all tests of its task, as one short key: two programs with one key answer all of
 * them alike. So a failed program can be told to do what a known misconception does, however it is spelled.
 */
import { hashText } from '../../base/random.ts';
import { parseLiteral, toLiteral } from '../../sandbox/literal.ts';
import type { CallResult, Sandbox } from '../../sandbox/types.ts';
import type { Value } from '../../sandbox/value.ts';
import type { Task } from '../../tasks/types.ts';
import { resultOrNull } from '../../learning/harness.ts';

/** A value's literal with the entries of dictionaries in an order of their own. */
export function canonical(value: Value): string {
  if (value.type !== 'dict') return toLiteral(value);
  const entries = [...value.entries].sort((a, b) => (toLiteral(a[0]) < toLiteral(b[0]) ? -1 : 1));
  return toLiteral({ ...value, entries });
}

/** The canonical text of a literal; a text that is none is kept. */
export function canonicalText(literal: string): string {
  const value = parseLiteral(literal);
  return 'malformed' in value ? literal : canonical(value);
}

/** `!IndexError`, `!step-limit`, or the value. */
const answerOf = ({ outcome, value, error }: CallResult): string =>
  value !== undefined ? canonical(value) : `!${outcome === 'exception' ? (error?.type ?? outcome) : outcome}`;

/** Answers on the visible tests and then the hidden ones; null where the harness failed. */
export async function testAnswers(
  program: string,
  { entryPoint, visible, hidden }: Task,
  sandbox: Sandbox,
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  const calls = [...visible, ...hidden].map(({ args }) => ({ entryPoint, args }));
  const result = await resultOrNull(sandbox.run({ code: program, calls }, signal), signal);
  return result === null || result.calls.some(({ outcome }) => outcome === 'harness-error')
    ? null
    : result.calls.map(answerOf);
}

/** The answers that all tests ask for. */
export const expectedAnswers = ({ visible, hidden }: Task): readonly string[] =>
  [...visible, ...hidden].map(({ expected }) => canonicalText(expected));

/** Eight hexadecimal digits. */
export const behaviourKey = (answers: readonly string[]): string =>
  hashText(answers.join('\n')).toString(16).padStart(8, '0');
