/**
 * What can go wrong with storing a run, as classes that say what was kept and what to
 * do. Only this file translates how the platforms name these troubles.
 */

export class StorageError extends Error {
  override readonly name: string = 'StorageError';
  constructor(
    message: string,
    readonly kept: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const STILL_RUNNING = 'The run goes on in memory; the last save that succeeded is untouched.';

/** No room left. Trying again makes sense once there is some. */
export class StorageFullError extends StorageError {
  override readonly name = 'StorageFullError';
  constructor(doing: string, options?: ErrorOptions) {
    super(
      `No space left while ${doing}.`,
      STILL_RUNNING,
      'Download the run, or make room; saving is tried again at the next save.',
      options,
    );
  }
}

/** The platform does not let us store at all: private windows, blocked site data, a read-only folder. */
export class StorageDeniedError extends StorageError {
  override readonly name = 'StorageDeniedError';
  constructor(doing: string, options?: ErrorOptions) {
    super(
      `Storage is not allowed while ${doing}.`,
      STILL_RUNNING,
      'Download the run before you leave, or allow this place to store data.',
      options,
    );
  }
}

/** Bytes that are not what was written: a write that was cut off, or damage since. */
export class TornSnapshotError extends StorageError {
  override readonly name = 'TornSnapshotError';
  constructor(what: string, problem: string) {
    super(
      `${what} is damaged: ${problem}.`,
      'Nothing of it was loaded and nothing was overwritten.',
      'Start a new run, or load a run file that you downloaded.',
    );
  }
}

/** Whole, but not a run of this program. */
export class RunFileError extends StorageError {
  override readonly name = 'RunFileError';
  constructor(what: string, problem: string) {
    super(
      `${what} is not a run that can be resumed here: ${problem}.`,
      'Nothing of it was loaded; the present run is untouched.',
      'Choose a run file that was downloaded from this program.',
    );
  }
}

const FULL = ['QuotaExceededError', 'ENOSPC', 'EDQUOT'];
const DENIED = [
  'NotAllowedError',
  'SecurityError',
  'InvalidStateError',
  'NoModificationAllowedError',
  'EACCES',
  'EPERM',
  'EROFS',
];

/** @param doing completes "... while", e.g. `writing the snapshot` */
export function asStorageError(cause: unknown, doing: string): StorageError {
  if (cause instanceof StorageError) return cause;
  const { name, code, message } = (cause ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  const says = (known: readonly string[]): boolean =>
    [name, code].some((word) => typeof word === 'string' && known.includes(word));
  if (says(FULL)) return new StorageFullError(doing, { cause });
  if (says(DENIED)) return new StorageDeniedError(doing, { cause });
  const text = typeof message === 'string' ? message : String(cause);
  return new StorageError(
    `Storage failed while ${doing}: ${text.slice(0, 300)}`,
    STILL_RUNNING,
    'Download the run before you leave; saving is tried again at the next save.',
    { cause },
  );
}
