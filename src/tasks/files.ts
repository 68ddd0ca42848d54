/**
 * Readers of our own task files: task sets (JSON) and JSONL, plain or gzipped. They check and convert, and
 * run nothing. Every complaint names file, line and field. forms.ts names the readers of other people's
 * formats.
 */
import { isRecord } from '../base/is-record.ts';
import { readText } from './text-file.ts';
import { shown } from '../base/shown.ts';
import { TaskFileError } from './errors.ts';
import { readJsonLines, onLine, parseJson, requireUnique, taskPlaces } from './rows.ts';
import { readTask, requiredText } from './schema.ts';
import type { Task, TaskSet } from './types.ts';

/** The format written by scripts/corpus/tasks.ts. A change of meaning bumps it. */
const TASK_SET_VERSION = 1;

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
  const title = requiredText(raw, 'name', place);
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
      lines ??= linesOf(json);
      const field = error.field === undefined ? `tasks[${i}]` : `tasks[${i}].${error.field}`;
      throw new TaskFileError(onLine({ file: name, field }, lines[i]), error.problem, error.advice);
    }
  });
  requireUnique(tasks, (i) => onLine({ file: name }, (lines ??= linesOf(json))[i]));
  return { name: title, version: TASK_SET_VERSION, tasks };
}

const linesOf = (json: string): readonly number[] => taskPlaces(json).map(({ line }) => line);

/**
 * Own JSONL: one task per line, fields as in `Task`, plain or gzipped. Empty lines
 * are skipped. @throws TaskFileError
 */
export async function importJsonl(content: string | Uint8Array, name: string): Promise<Task[]> {
  const rows = readJsonLines(await readText(content, name), name);
  const tasks = rows.map(({ line, value }) => readTask(value, { file: name, line }));
  requireUnique(tasks, (i) => onLine({ file: name }, rows[i]?.line));
  return tasks;
}
