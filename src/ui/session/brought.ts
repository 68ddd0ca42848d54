/**
 * Tells what a dropped or pasted file is, by its content and not by its name, and reads it with the reader of
 * its kind. It changes nothing on the page.
 */
import { readRecording } from '../../experiment/recorded.ts';
import { isGguf, openAdapter } from '../../policy/lora/open-adapter.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, type AdapterFile } from '../../policy/lora/read-adapter.ts';
import { readText } from '../../tasks/text-file.ts';
import { isParquet } from '../../tasks/parquet.ts';
import { readTaskFile } from '../../tasks/task-file.ts';
import type { Task } from '../../tasks/types.ts';
import { s } from '../strings/index.ts';

export type Brought =
  | { readonly kind: 'recording'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'tasks'; readonly name: string; readonly tasks: readonly Task[] }
  | (AdapterFile & { readonly kind: 'adapter'; readonly rank: number });

/** A file that is none of the kinds the page reads. */
export class UnknownFileError extends Error {
  override readonly name = 'UnknownFileError';
  readonly kept = s.brought.kept;
  readonly advice = s.brought.known;
}

/** Larger files are not read: a run log of a thousand steps is far below it. */
const MOST_MEGABYTES = 256;

/**
 * @param config adapter_config.json that was brought with an adapter's file
 * @throws UnknownFileError, RecordingError, TaskFileError, CheckpointError: whatever is wrong with a file of
 * that kind
 */
export async function readBrought(bytes: Uint8Array, name: string, config?: string): Promise<Brought> {
  if (bytes.byteLength === 0) throw new UnknownFileError(s.brought.empty(name));
  if (bytes.byteLength > 1e6 * MOST_MEGABYTES)
    throw new UnknownFileError(s.brought.tooLarge(name, MOST_MEGABYTES));
  if (isZip(bytes)) return adapter({ name, ...(await unzipAdapter(bytes, name)) });
  if (isSafetensors(bytes) || isGguf(bytes))
    return adapter({ name, bytes, ...(config !== undefined && { config }) });
  if (isParquet(bytes)) return { kind: 'tasks', name, tasks: await readTaskFile(bytes, name) };
  const text = await readText(bytes, name);
  const kind = kindOf(text);
  switch (kind) {
    case 'recording':
      await readRecording(text, name); // what is wrong with it is said now
      return { kind, name, bytes };
    case 'tasks':
      return { kind: 'tasks', name, tasks: await readTaskFile(text, name) };
    case null:
      throw new UnknownFileError(s.brought.unknown(name));
  }
}

/** Read once before it is offered, so that what is wrong with it is said now. */
const adapter = async (file: AdapterFile): Promise<Brought> => ({
  kind: 'adapter',
  ...file,
  rank: (await openAdapter(file)).rank,
});

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3;

/** The two files of an adapter in a .zip, in whatever folder of it. */
async function unzipAdapter(bytes: Uint8Array, name: string): Promise<Omit<AdapterFile, 'name'>> {
  const { unzipSync } = await import('fflate');
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name: path, originalSize }) =>
        /(^|\/)adapter_(model\.safetensors|config\.json)$/.test(path) && originalSize <= 1e6 * MOST_MEGABYTES,
    });
  } catch (cause) {
    throw new UnknownFileError(s.brought.damagedZip(name), { cause });
  }
  const weights = Object.keys(files).filter((path) => path.endsWith(ADAPTER_WEIGHTS));
  if (weights.length !== 1) throw new UnknownFileError(s.brought.adaptersInZip(name, weights.length));
  const config = files[weights[0]!.replace(ADAPTER_WEIGHTS, ADAPTER_CONFIG)];
  return {
    bytes: files[weights[0]!]!,
    ...(config !== undefined && { config: new TextDecoder().decode(config) }),
  };
}

/** Eight bytes of the header's length, then the header, which is JSON. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 10 || bytes[8] !== 0x7b) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return length < BigInt(bytes.byteLength);
}

function kindOf(text: string): 'recording' | 'tasks' | null {
  const trimmed = text.trimStart();
  // A list: MBPP's sanitized problems are one.
  if (trimmed.startsWith('[')) return 'tasks';
  if (!trimmed.startsWith('{')) return null;
  const line = trimmed.split('\n', 1)[0] ?? '';
  let first: unknown;
  try {
    first = JSON.parse(line);
  } catch {
    // One object over several lines.
    return /"tasks"\s*:/.test(text) ? 'tasks' : null;
  }
  const has = (key: string): boolean => Object.hasOwn(first as object, key);
  if (has('type')) return 'recording';
  return ['tasks', 'task_id', 'prompt', 'code'].some(has) ? 'tasks' : null;
}
