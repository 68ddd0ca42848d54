/**
 * The rows of a public set whose own program is right: the task as the product reads it, that program as
 * a whole, and the row itself. Sets without such a program are refused.
 */
import { existsSync } from 'node:fs';
import { readFileBytes, readJsonl } from '../../src/cli/files.ts';
import { isRecord } from '../../src/base/is-record.ts';
import type { FailedTest } from '../../src/learning/events.ts';
import { readJsonLines, jsonList } from '../../src/tasks/rows.ts';
import { readTaskFile } from '../../src/tasks/task-file.ts';
import { readText } from '../../src/tasks/text-file.ts';
import type { Task } from '../../src/tasks/types.ts';
import type { CPythonVerdict } from './cpython.ts';

export interface Program {
  readonly task: Task;
  /** The whole program. */
  readonly source: string;
  readonly row: Readonly<Record<string, unknown>>;
}

export interface Result {
  readonly id: string;
  readonly verdict: string;
  readonly seconds: number;
  readonly reason?: string;
  readonly failed?: FailedTest;
  readonly cpython?: CPythonVerdict;
}

/** @throws TaskFileError, UsageError, and where a row has no program of its own */
export async function readPrograms(path: string): Promise<Program[]> {
  const content = await readFileBytes(path);
  const tasks = await readTaskFile(content, path);
  const text = await readText(content, path);
  const rows = /^[\s\uFEFF]*\[/.test(text) ? jsonList(text, path) : readJsonLines(text, path);
  return rows.map(({ value, line }, i) => {
    const task = tasks[i]!;
    const source = isRecord(value) ? programOf(value, task) : undefined;
    if (source === undefined) throw new Error(`${path}:${line}: the row has no program that is right.`);
    return { task, source, row: value as Program['row'] };
  });
}

function programOf(row: Program['row'], { prompt, solution }: Task): string | undefined {
  if (typeof row['code'] === 'string') return row['code'];
  return solution === undefined ? undefined : prompt + solution;
}

/** What an earlier run wrote, by task. */
export async function readDone(path: string | undefined): Promise<ReadonlyMap<string, Result>> {
  if (path === undefined || !existsSync(path)) return new Map();
  const rows = (await readJsonl(path)).map(({ value }) => value as unknown as Result);
  return new Map(rows.map((result) => [result.id, result]));
}
