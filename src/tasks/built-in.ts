/**
 * The task sets that come with the project. They are read through whatever the runtime has (fetch, the file
 * system).
 */
import { readText } from './text-file.ts';
import { parseTaskSet } from './files.ts';
import type { Split, Task, TaskSet } from './types.ts';

/** Reads a file under public/ by its path there, e.g. `tasks/nano.json`. */
export type ReadPublic = (path: string) => Promise<Uint8Array>;

export const BUILT_IN = ['nano', 'easy'] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

/**
 * A built-in task set: train and held-out tasks together. @throws TaskFileError;
 * errors of `read` pass through
 */
export async function loadBuiltIn(read: ReadPublic, name: BuiltIn = 'nano'): Promise<TaskSet> {
  const path = `tasks/${name}.json`;
  return parseTaskSet(await readText(await read(path), path), path);
}

/** The tasks of one split, in file order. */
export function tasksOf(set: TaskSet, split: Split): readonly Task[] {
  return set.tasks.filter((task) => task.split === split);
}
