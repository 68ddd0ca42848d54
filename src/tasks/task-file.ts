/**
 * Any task file that is read here, recognised by its fields: our task sets and JSONL, HumanEval, MBPP, CRUXEval; JSONL or a JSON list,
 * plain or gzipped, or parquet. It also says what to keep in mind about public benchmarks.
 */
import { readCruxEval, readMbpp, type Row } from './benchmarks.ts';
import { readText } from './bytes.ts';
import { TaskFileError } from './errors.ts';
import { importHumanEval, importJsonl, parseTaskSet } from './files.ts';
import { isParquet, parquetLines } from './parquet.ts';
import { publicBenchmarks } from './public.ts';
import { isRecord } from './schema.ts';
import type { Task } from './types.ts';

/** @throws TaskFileError naming file, line and field */
export async function readTaskFile(content: string | Uint8Array, name: string): Promise<Task[]> {
  const source =
    typeof content !== 'string' && isParquet(content)
      ? await parquetLines(content, name)
      : await readText(content, name);
  const start = source.trimStart()[0];
  const whole = start === '[' || start === '{' ? parsed(source) : undefined;
  if (isRecord(whole) && whole['tasks'] !== undefined) return [...parseTaskSet(source, name).tasks];
  const lines = Array.isArray(whole) ? whole.map((row) => JSON.stringify(row)).join('\n') : source;
  const first = lines.split('\n').find((line) => line.trim() !== '');
  const row = first === undefined ? undefined : parsed(first);
  if (!isRecord(row)) return importJsonl(lines, name); // its complaint names the line
  if ('test' in row && 'entry_point' in row) return importHumanEval(lines, name);
  if ('test_list' in row) return rows(lines, name, readMbpp);
  if ('output' in row && 'code' in row && 'input' in row) return rows(lines, name, readCruxEval);
  return importJsonl(lines, name);
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function rows(
  source: string,
  file: string,
  read: (row: Row, place: { file: string; line: number }) => Task,
): Task[] {
  const seen = new Set<string>();
  return source.split('\n').flatMap((text, i) => {
    if (text.trim() === '') return [];
    const place = { file, line: i + 1 };
    const row = parsed(text);
    if (!isRecord(row))
      throw new TaskFileError(place, 'is not a JSON object.', 'One problem per line is expected.');
    const task = read(row, place);
    if (seen.has(task.id))
      throw new TaskFileError(
        place,
        `the task "${task.id}" is in the file twice.`,
        'Give each task an id of its own.',
      );
    seen.add(task.id);
    return [task];
  });
}

/**
 * A sentence where scores could be about memory: problems that are on the web, or a held-out problem that is trained on as well. Null where
 * there is nothing to say.
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
