/**
 * What can be wrong with a file of tasks, always with the place. What a program does wrong is no error but a
 * verdict.
 */

import { oneLine } from '../base/shown.ts';

export interface TaskFilePlace {
  /** Name of the file as the caller gave it. */
  readonly file: string;
  /** 1-based; absent where the whole file is meant. */
  readonly line?: number;
  /** The field that is wrong, e.g. `hidden[2].expected`. */
  readonly field?: string;
}

/** A file of tasks that cannot be used as it is. Nothing of it was kept. */
export class TaskFileError extends Error {
  override readonly name = 'TaskFileError';
  readonly file: string;
  readonly line: number | undefined;
  readonly field: string | undefined;

  constructor(
    place: TaskFilePlace,
    readonly problem: string,
    /** What to do about it. */
    readonly advice: string,
  ) {
    const line = place.line === undefined ? '' : `:${place.line}`;
    const field = place.field === undefined ? '' : `${place.field}: `;
    super(
      oneLine(
        `${oneLine(place.file, 120)}${line}: ${oneLine(field, 120)}${oneLine(problem, 200)} ${advice}`,
        600,
      ),
    );
    this.file = place.file;
    this.line = place.line;
    this.field = place.field;
  }
}
