/**
 * Reads any task file, recognised by its fields (forms.ts): our task sets and JSONL, and public sets. The
 * file may be JSONL, a JSON list (both plain or gzipped) or parquet. It also says what to keep in mind about
 * public benchmarks.
 */
import { readText } from './text-file.ts';
import { TaskFileError } from './errors.ts';
import { parseTaskSet } from './files.ts';
import type { FormRow, ReadForm } from './form.ts';
import { formOf, readUnknown } from './forms.ts';
import { isParquet, parquetLines } from './parquet.ts';
import { publicBenchmarks } from './public.ts';
import { readJsonLines, jsonList, requireUnique, type SourceRow } from './rows.ts';
import { isRecord } from '../base/is-record.ts';
import type { Task } from './types.ts';

/** @throws TaskFileError naming file, line and field */
export async function readTaskFile(content: string | Uint8Array, name: string): Promise<Task[]> {
  const source =
    typeof content !== 'string' && isParquet(content)
      ? await parquetLines(content, name)
      : await readText(content, name);
  const start = /[^\s\uFEFF]/.exec(source)?.[0];
  if (start === '{' && isTaskSet(source)) return [...parseTaskSet(source, name).tasks];
  return readRows(start === '[' ? jsonList(source, name) : readJsonLines(source, name), name);
}

/** One object over the whole text that has "tasks": JSONL is not one, and no row of it has them. */
function isTaskSet(source: string): boolean {
  if (!/"tasks"\s{0,100}:/.test(source)) return false;
  try {
    const whole: unknown = JSON.parse(source);
    return isRecord(whole) && whole['tasks'] !== undefined;
  } catch {
    // Broken, or JSONL: then the first line is an object by itself.
    const [line] = source.trimStart().split('\n', 1);
    try {
      return !isRecord(JSON.parse(line!));
    } catch {
      return true;
    }
  }
}

/** @throws TaskFileError */
export async function readRows(rows: readonly SourceRow[], file: string, form?: ReadForm): Promise<Task[]> {
  let first: ReadForm | null = form ?? null;
  const tasks: Task[] = [];
  for (const [index, { line, source, value }] of rows.entries()) {
    const place = { file, line };
    if (!isRecord(value))
      throw new TaskFileError(place, 'is not a JSON object.', 'One problem per line is expected.');
    const row: FormRow = { raw: value, place, source, index };
    const own = form ?? formOf(value, place);
    first ??= own;
    tasks.push(await (own === null ? readUnknown(row, first) : own(row)));
  }
  requireUnique(tasks, (i) => ({ file, line: rows[i]!.line }));
  return tasks;
}

/**
 * A sentence where scores could be about memory: problems that are on the web, or a
 * held-out problem that is trained on as well. Null where there is nothing to say.
 */
export function contaminationWarning(tasks: readonly Task[]): string | null {
  const known = publicBenchmarks(tasks);
  const trained = new Set(tasks.filter(({ split }) => split === 'train').map(({ prompt }) => prompt.trim()));
  const shared = tasks.filter(({ split, prompt }) => split === 'heldout' && trained.has(prompt.trim()));
  const said = [
    ...(known.length === 0
      ? []
      : [
          `${known.join(' and ')}: public, so a model trained on the web may know the answers; compare before with after, not with other models.`,
        ]),
    ...(shared.length === 0
      ? []
      : [`${shared.length} held-out problems are in the training part as well (first ${shared[0]!.id}).`]),
  ];
  return said.length === 0 ? null : said.join(' ');
}
