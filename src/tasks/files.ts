/**
 * Readers of task files: our own task sets (JSON), our own JSONL, and HumanEval's JSONL, plain or gzipped. They check and convert;
 * they run nothing. Every complaint names file, line and field.
 */
import { readText } from './bytes.ts';
import { TaskFileError, type TaskFilePlace } from './errors.ts';
import { firstJsonError } from '../base/json-error.ts';
import { isRecord, readTask, text } from './schema.ts';
import { shown } from '../base/shown.ts';
import type { Task, TaskSet } from './types.ts';

/** The format written by scripts/corpus/tasks.ts. A change of meaning bumps it. */
export const TASK_SET_VERSION = 1;

/** A task set from JSON text; `name` is the file's name for messages. @throws TaskFileError */
export function parseTaskSet(json: string, name: string): TaskSet {
  const raw = parseJson(json, { file: name });
  if (!isRecord(raw))
    throw new TaskFileError(
      { file: name },
      'must hold one JSON object.',
      'Write {"name": ..., "version": 1, "tasks": [...]}.',
    );
  const place = { file: name };
  const title = text(raw, 'name', place);
  if (raw['version'] !== TASK_SET_VERSION) {
    throw new TaskFileError(
      { file: name, field: 'version' },
      `is ${shown(raw['version'])}, this program reads ${TASK_SET_VERSION}.`,
      'Write the file anew, or use the program it was made for.',
    );
  }
  const rows = raw['tasks'];
  if (!Array.isArray(rows))
    throw new TaskFileError(
      { file: name, field: 'tasks' },
      'must be a list.',
      'Write {"name": ..., "version": 1, "tasks": [...]}.',
    );
  let lines: readonly number[] | undefined;
  const tasks = rows.map((row: unknown, i) => {
    try {
      return readTask(row, { file: name });
    } catch (error) {
      if (!(error instanceof TaskFileError)) throw error;
      // Lines are counted only for a message: it means reading the text once more.
      lines ??= taskLines(json);
      const field = error.field === undefined ? `tasks[${i}]` : `tasks[${i}].${error.field}`;
      throw new TaskFileError(at({ file: name, field }, lines[i]), error.problem, error.advice);
    }
  });
  unique(tasks, (i) => at({ file: name }, (lines ??= taskLines(json))[i]));
  return { name: title, version: TASK_SET_VERSION, tasks };
}

/** Own JSONL: one task per line, fields as in `Task`, plain or gzipped. Empty lines are skipped. @throws TaskFileError */
export async function importJsonl(content: string | Uint8Array, name: string): Promise<Task[]> {
  const rows = jsonLines(await readText(content, name), name);
  const tasks = rows.map(({ line, value }) => readTask(value, { file: name, line }));
  unique(tasks, (i) => at({ file: name }, rows[i]?.line));
  return tasks;
}

/**
 * HumanEval's JSONL, plain or gzipped: task_id, prompt, entry_point, test, and canonical_solution where present. All tasks are held
 * out: they measure, nothing is trained on them. @throws TaskFileError
 */
export async function importHumanEval(content: string | Uint8Array, name: string): Promise<Task[]> {
  const rows = jsonLines(await readText(content, name), name);
  const tasks = rows.map(({ line, value }): Task => {
    const place = { file: name, line };
    if (!isRecord(value))
      throw new TaskFileError(
        place,
        'a problem must be a JSON object.',
        'Each line is one object with "task_id", "prompt", "entry_point" and "test".',
      );
    const id = text(value, 'task_id', place);
    const prompt = text(value, 'prompt', place);
    const solution = value['canonical_solution'];
    if (solution !== undefined && typeof solution !== 'string') {
      throw new TaskFileError(
        { ...place, field: 'canonical_solution' },
        'must be text.',
        'Correct it or leave it out.',
      );
    }
    const entryPoint = text(value, 'entry_point', place);
    return {
      id,
      description: docstringOf(prompt, entryPoint) ?? id,
      prompt,
      entryPoint,
      visible: [],
      hidden: [],
      check: text(value, 'test', place),
      split: 'heldout',
      tags: ['humaneval'],
      ...(solution === undefined ? {} : { solution }),
    };
  });
  unique(tasks, (i) => at({ file: name }, rows[i]?.line));
  return tasks;
}

const at = (place: TaskFilePlace, line: number | undefined): TaskFilePlace =>
  line === undefined ? place : { ...place, line };

function unique(tasks: readonly Task[], place: (index: number) => TaskFilePlace): void {
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

/** Parsed lines with their 1-based numbers. */
function jsonLines(content: string, file: string): { readonly line: number; readonly value: unknown }[] {
  const rows = content
    .split('\n')
    .flatMap((source, i) =>
      source.trim() === '' ? [] : [{ line: i + 1, value: parseJson(source, { file, line: i + 1 }) }],
    );
  if (rows.length === 0)
    throw new TaskFileError({ file }, 'holds no tasks.', 'One JSON object per line is expected.');
  return rows;
}

function parseJson(source: string, place: TaskFilePlace): unknown {
  try {
    return JSON.parse(source);
  } catch {
    const offset = firstJsonError(source);
    const before = source.slice(0, offset < 0 ? 0 : offset).split('\n');
    const found = source.slice(offset, offset + 20).split('\n')[0];
    throw new TaskFileError(
      at({ file: place.file }, place.line ?? before.length),
      'is not valid JSON.',
      found
        ? `Correct column ${(before.at(-1) ?? '').length + 1}, at \`${found}\`.`
        : 'The text ends too early.',
    );
  }
}

/** The line each element of the "tasks" list begins on, found without a second parser: strings skipped, brackets counted. */
function taskLines(json: string): number[] {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  let inTasks = false;
  let expectElement = false;
  for (let i = 0; i < json.length; i++) {
    const c = json[i] as string;
    if (c === '\n') line++;
    if (/\s/.test(c)) continue;
    if (inTasks && depth === 2 && expectElement && c !== ']') {
      lines.push(line);
      expectElement = false;
    }
    if (c === '"') {
      const start = i;
      for (i++; i < json.length && json[i] !== '"'; i++) if (json[i] === '\\') i++;
      if (depth === 1 && !inTasks && json.slice(start, i + 1) === '"tasks"')
        inTasks = /^\s*:\s*\[/.test(json.slice(i + 1, i + 40));
    } else if (c === '[' || c === '{') {
      depth++;
      if (inTasks && depth === 2) expectElement = true;
    } else if (c === ']' || c === '}') {
      depth--;
      if (inTasks && depth === 1) break;
    } else if (c === ',' && depth === 2) expectElement = true;
  }
  return lines;
}

/** The first sentence of the entry point's docstring. */
function docstringOf(prompt: string, entryPoint: string): string | undefined {
  const body = prompt.slice(Math.max(0, prompt.indexOf(`def ${entryPoint}(`)));
  const doc = /("""|''')([\s\S]*?)(?:\1|$)/.exec(body)?.[2];
  const said = doc
    ?.split(/\n\s*\n|>>>/)[0]
    ?.replace(/\s+/g, ' ')
    .trim();
  const sentence = said === undefined ? undefined : (/^.*?[.!?](?= |$)/.exec(said)?.[0] ?? said);
  return sentence === '' ? undefined : sentence;
}
