/**
 * The rows of a file of problems, JSON Lines or one JSON list. Each comes with the line it begins on and the
 * text it was read from. It knows JSON and no problems. Time and memory are linear in the text, whatever is
 * in it.
 */
import { firstJsonError } from '../base/json-error.ts';
import { isSpace, lineBreaks, textLines } from '../base/lines.ts';
import { shown } from '../base/shown.ts';
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import type { Task } from './types.ts';

export interface SourceRow {
  /** 1-based, in the file. */
  readonly line: number;
  /** Its JSON text: numbers are told from one another there (`1.0`, `1`), where JSON.parse has lost that. */
  readonly source: string;
  readonly value: unknown;
}

const NEWLINE = 10;

/** Rows of JSON Lines; lines of white space are passed over. @throws TaskFileError */
export function readJsonLines(text: string, file: string): readonly SourceRow[] {
  const rows: SourceRow[] = [];
  for (const { line, text: source } of textLines(text))
    rows.push({ line, source, value: parseJson(source, { file, line }) });
  if (rows.length === 0)
    throw new TaskFileError({ file }, 'holds no tasks.', 'One JSON object per line is expected.');
  return rows;
}

/** Rows of one JSON list. @throws TaskFileError */
export function jsonList(text: string, file: string): readonly SourceRow[] {
  const values = parseJson(text, { file });
  if (!Array.isArray(values) || values.length === 0)
    throw new TaskFileError({ file }, 'holds no tasks.', 'A list of JSON objects is expected.');
  const places = elementsOf(text, 1);
  return values.map((value: unknown, i): SourceRow => ({
    line: places[i]?.line ?? 1,
    source: text.slice(places[i]?.begin, places[i]?.end),
    value,
  }));
}

/** Where the elements of the "tasks" list of a JSON object lie. */
export const taskPlaces = (json: string): readonly Element[] => elementsOf(json, 2, '"tasks"');

interface Element {
  readonly line: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * The elements of a list in valid JSON, found without a second parser: strings are skipped, brackets counted.
 * @param depth of the elements: 1 in a list that is the whole text, 2 in one under a key of an object
 */
function elementsOf(json: string, depth: 1 | 2, key?: string): readonly Element[] {
  const found: { line: number; begin: number; end: number }[] = [];
  let line = 1;
  let level = 0;
  let inList = false;
  let name = '';
  let open: { line: number; begin: number; end: number } | null = null;
  const close = (end: number): void => {
    if (open !== null) found.push({ ...open, end });
    open = null;
  };
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (isSpace(code)) {
      if (code === NEWLINE) line++;
      continue;
    }
    const char = json[i]!;
    if (inList && level === depth && char !== ']' && char !== ',' && open === null)
      open = { line, begin: i, end: i };
    if (char === '"') {
      const start = i;
      for (i++; i < json.length && json[i] !== '"'; i++) if (json[i] === '\\') i++;
      if (level === 1 && !inList) name = json.slice(start, i + 1);
    } else if (char === '[' || char === '{') {
      level++;
      if (!inList && char === '[' && level === depth && (key === undefined || name === key)) inList = true;
    } else if (char === ']' || char === '}') {
      if (inList && level === depth) {
        close(i);
        break;
      }
      level--;
    } else if (char === ',' && inList && level === depth) close(i);
  }
  return found;
}

/** @throws TaskFileError that says where the text stops being JSON */
export function parseJson(source: string, place: TaskFilePlace): unknown {
  try {
    return JSON.parse(source);
  } catch {
    const offset = firstJsonError(source);
    const before = source.slice(0, offset < 0 ? 0 : offset);
    const found = source.slice(offset, offset + 20).split('\n')[0];
    const column = before.length - before.lastIndexOf('\n');
    throw new TaskFileError(
      onLine({ file: place.file }, place.line ?? lineBreaks(before) + 1),
      'is not valid JSON.',
      found ? `Correct column ${column}, at \`${found}\`.` : 'The text ends too early.',
    );
  }
}

export const onLine = (place: TaskFilePlace, line: number | undefined): TaskFilePlace =>
  line === undefined ? place : { ...place, line };

/** @throws TaskFileError at the place of the second task of an id */
export function requireUnique(tasks: readonly Task[], place: (index: number) => TaskFilePlace): void {
  const seen = new Set<string>();
  tasks.forEach(({ id }, i) => {
    if (seen.has(id))
      throw new TaskFileError(
        place(i),
        `the task ${shown(id)} is in the file twice.`,
        'Give each task an id of its own.',
      );
    seen.add(id);
  });
}
