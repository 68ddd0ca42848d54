/**
 * How a file names what its tests call: `two_sum`, `Solution().twoSum`, `Solution.add`, `Outer.Inner().run`.
 * A name is made of names, dots and empty brackets alone, so that resolving it never evaluates text
 * (src/sandbox/python/program.py resolves it by the same grammar).
 */
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import { shown } from '../base/shown.ts';

/** The entry of a program that is run as a whole, on standard input: no name that a program could define. */
export const PROGRAM = '<program>';

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * The names of an entry point in order, or null where it is none: `Solution().twoSum`
 * has `Solution` and `twoSum`.
 */
export function entryNames(entryPoint: string): readonly string[] | null {
  if (entryPoint.length > 300) return null;
  const names = entryPoint.split('.').map((part) => (part.endsWith('()') ? part.slice(0, -2) : part));
  return names.every((name) => NAME.test(name)) ? names : null;
}

/** Whether more than a plain name. */
export const isNested = (entryPoint: string): boolean => /[.(]/.test(entryPoint);

/**
 * Whether `code` has the text that defines the entry point: its function, or each
 * class and function on the way to it.
 */
export function definesEntry(code: string, entryPoint: string): boolean {
  const names = entryNames(entryPoint);
  return names !== null && names.every((name, i) => defines(code, name, i === 0));
}

/**
 * Whether `code` begins the definition of the entry point. A prompt that does not is
 * what stands before a program: imports, helpers, comments.
 */
export function opensEntry(code: string, entryPoint: string): boolean {
  const [first] = entryNames(entryPoint) ?? [];
  return first !== undefined && defines(code, first, true);
}

function defines(code: string, name: string, atTop: boolean): boolean {
  const indent = atTop ? '' : '[ \\t]*';
  return new RegExp(`^${indent}(?:async[ \\t]+def|def|class)[ \\t]+${name}(?![\\p{L}\\p{N}_])`, 'mu').test(
    code,
  );
}

/** @throws TaskFileError for text that names nothing */
export function entryField(value: string, field: string, place: TaskFilePlace): string {
  if (entryNames(value) !== null) return value;
  throw new TaskFileError(
    { ...place, field },
    `is ${shown(value)}, which is no name of a function.`,
    'Write a name, or names and empty brackets joined by dots, as in Solution().twoSum.',
  );
}
