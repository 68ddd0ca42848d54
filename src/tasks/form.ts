/**
 * What the readers of public formats share: the row they get, and small checks of its
 * fields. No format is known here.
 */
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import type { Split, Task } from './types.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface RowPlace extends TaskFilePlace {
  readonly line: number;
}

export interface FormRow {
  readonly raw: Row;
  readonly place: RowPlace;
  /**
   * The row's JSON text, where Python is to read what JSON.parse would change (`1.0`,
   * whole numbers above 2^53).
   */
  readonly source: string;
  /** From 0, in the file. */
  readonly index: number;
}

/** From one row of a file to a task. Rejects with TaskFileError for a row that cannot be judged. */
export type ReadForm = (row: FormRow) => Task | Promise<Task>;

const asPublished = 'Use the file as it is published.';

export function fieldError(
  place: TaskFilePlace,
  field: string,
  problem: string,
  advice = asPublished,
): never {
  throw new TaskFileError({ ...place, field }, problem, advice);
}

/** A list of texts; absent is empty. @throws TaskFileError */
export function textsField(raw: Row, field: string, place: TaskFilePlace): readonly string[] {
  const value = raw[field] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return fieldError(place, field, 'must be a list of texts.');
}

/** Text that may be absent or empty: then ''. @throws TaskFileError */
export function textOrNone(raw: Row, field: string, place: TaskFilePlace): string {
  const value = raw[field] ?? '';
  return typeof value === 'string' ? value : fieldError(place, field, 'must be text.');
}

/** A field that holds JSON, as text (the published form) or already read. @throws TaskFileError */
export function jsonField(raw: Row, field: string, place: TaskFilePlace): unknown {
  const value = raw[field];
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return fieldError(place, field, 'is not valid JSON.');
  }
}

/** A number or text that names the row within its set. @throws TaskFileError */
export function idField(raw: Row, field: string, place: TaskFilePlace): string {
  const value = raw[field];
  if (typeof value === 'string' && value !== '') return value;
  if (Number.isSafeInteger(value)) return String(value);
  return fieldError(place, field, value === undefined ? 'is missing.' : 'must be text or a whole number.');
}

/**
 * The Hub's convention: `train.jsonl`, `train-00000-of-00002.parquet`,
 * `x-train.jsonl.gz`. What is not named so measures.
 */
export const splitOfName = (file: string): Split =>
  /(^|[^a-z])train([^a-z]|$)/i.test(file.split(/[/,] ?/).at(-1) ?? '') ? 'train' : 'heldout';

/** Text as a Python literal: JSON's strings are Python's as well. */
export const pythonText = (text: string): string => JSON.stringify(text);

/** A Python source with values before it, each under its name; a value is Python text. */
export const withValues = (source: string, values: Readonly<Record<string, string>>): string =>
  `${Object.entries(values)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')}\n${source}`;

/** Prose as comment lines, which may stand anywhere in a program. */
export const asComment = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .trim()
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');

/** The first sentence of prose, on one line; the first paragraph where it has none. */
export function firstSentence(prose: string): string | undefined {
  const said = prose
    .trimStart()
    .split(/\n[^\S\n]*\n|>>>/, 1)[0]
    ?.replace(/\s+/g, ' ')
    .trim();
  const sentence = said === undefined ? undefined : (/^.*?[.!?](?= |$)/.exec(said)?.[0] ?? said);
  return sentence === '' ? undefined : sentence;
}
