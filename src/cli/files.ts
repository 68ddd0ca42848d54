/**
 * Files as the commands need them: read whole with errors that name the place, written
 * whole or not at all. Paths are relative to the folder the command was started in.
 */
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { textLines } from '../base/lines.ts';
import { UsageError } from './errors.ts';

/** npm starts scripts in the project's folder and says in INIT_CWD where the user was. */
export function fromWhereTheUserIs(
  path: string,
  base: string = process.env['INIT_CWD'] ?? process.cwd(),
): string {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) ? path : join(base, path);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOTDIR: 'part of the path is not a folder',
  ENOSPC: 'no space left on the device',
  EROFS: 'read-only file system',
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return (code === undefined ? undefined : REASONS[code]) ?? (error as Error).message;
}

/** A gzip file of a few megabytes can hold gigabytes; samples for HumanEval, two hundred each, are 20 MB. */
const MAX_UNPACKED_BYTES = 256 * 2 ** 20;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes of a file. @throws UsageError */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(fromWhereTheUserIs(path));
  } catch (error) {
    throw new UsageError(`${path}: ${reason(error)}`);
  }
}

/** A text file, unpacked when it is gzip, without a byte order mark. @throws UsageError */
export async function readFileText(path: string): Promise<string> {
  let bytes = await readFileBytes(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
    } catch (error) {
      throw new UsageError(`${path}: damaged gzip file (${(error as Error).message})`);
    }
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UsageError(`${path}: not UTF-8 text`);
  }
}

export interface JsonRow {
  /** 1-based line in the file. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The objects of a JSONL file, blank lines skipped. @throws UsageError naming file and line */
export async function readJsonl(path: string): Promise<JsonRow[]> {
  const rows: JsonRow[] = [];
  for (const { line, text } of textLines(await readFileText(path))) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new UsageError(`${path}:${line}: not JSON (${(error as Error).message})`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError(`${path}:${line}: expected a JSON object`);
    }
    rows.push({ line, value: value as Record<string, unknown> });
  }
  if (rows.length === 0) throw new UsageError(`${path}: holds no rows`);
  return rows;
}

/** A text field of a row. @throws UsageError naming file, line and field */
export function textField(path: string, row: JsonRow, name: string): string {
  const value = row.value[name];
  if (typeof value === 'string') return value;
  const problem = value === undefined ? `"${name}" is missing` : `"${name}" is not text`;
  throw new UsageError(`${path}:${row.line}: ${problem}`);
}

/**
 * A file that appears under its name only when it is complete: lines go to a
 * temporary file beside it, `commit` renames, `discard` removes. Opened before the
 * work starts, so that an output that cannot be written is found out first.
 */
export interface OutputFile {
  write(content: string | Uint8Array): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** @throws UsageError when the place cannot be written */
export async function createOutput(path: string): Promise<OutputFile> {
  const target = fromWhereTheUserIs(path);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  if ((await stat(target).catch(() => undefined))?.isDirectory() === true) {
    throw new UsageError(`${path}: is a folder, not a file`);
  }
  await removeLeftOver(target);
  const handle = await open(temporary, 'w').catch((error: unknown) => {
    throw new UsageError(`${path}: cannot be written (${reason(error)})`);
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    async write(content) {
      await handle.appendFile(content);
    },
    async commit() {
      await handle.sync();
      await close();
      await rename(temporary, target);
    },
    async discard() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/** Temporary files of processes that were killed before they could name theirs. */
async function removeLeftOver(target: string): Promise<void> {
  const names = await readdir(dirname(target)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(`.${basename(target)}.`) || !name.endsWith('.tmp')) continue;
    const owner = Number(name.slice(basename(target).length + 2, -4));
    if (Number.isSafeInteger(owner) && owner > 0 && !isRunning(owner)) {
      await rm(join(dirname(target), name), { force: true });
    }
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Runs `work` with the output and keeps the file only if it returns. */
export async function withOutput<T>(path: string, work: (output: OutputFile) => Promise<T>): Promise<T> {
  const output = await createOutput(path);
  try {
    const result = await work(output);
    await output.commit();
    return result;
  } catch (error) {
    await output.discard();
    throw error;
  }
}
