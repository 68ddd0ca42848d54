/**
 * Tells what a dropped or pasted file is by its content, and reads it with the reader
 * of its kind. Where the content is of no kind, a name that ends as those of a kind do
 * makes it a damaged one of that kind, with the place. It changes nothing on the page.
 */
import { firstJsonError } from '../../base/json-error.ts';
import { shown } from '../../base/shown.ts';
import { parseSafetensors } from '../../policy/files/safetensors.ts';
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
  // A name that says the kind is believed where the content says none: then what is
  // wrong with it is the news.
  if (!isZip(bytes) && /\.zip$/i.test(name)) throw damaged(s.brought.noZip(name, startOf(bytes)));
  if (isZip(bytes)) {
    const found = await unzip(bytes, name);
    if (!('log' in found)) return adapter({ name, ...found });
    await readRecording(found.log, name);
    return { kind: 'recording', name, bytes: found.log };
  }
  if (isSafetensors(bytes) || isGguf(bytes))
    return adapter({ name, bytes, ...(config !== undefined && { config }) });
  if (/\.safetensors$/i.test(name)) throw notSafetensors(bytes, name);
  if (/\.gguf$/i.test(name)) throw damaged(s.brought.noGguf(name, startOf(bytes)));
  if (!isParquet(bytes) && /\.parquet$/i.test(name)) throw damaged(s.brought.noParquet(name, startOf(bytes)));
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
      throw notJson(text, name) ?? new UnknownFileError(s.brought.unknown(name));
  }
}

/** A file of a kind that the page reads, which is not whole. */
class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
  readonly kept = s.brought.kept;
  readonly advice = s.brought.damagedAdvice;
}

const damaged = (message: string): DamagedFileError => new DamagedFileError(message);

/** The first bytes, as text where they are some and as numbers where not. */
function startOf(bytes: Uint8Array): string {
  const first = bytes.subarray(0, 8);
  const isText = first.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText
    ? shown(String.fromCharCode(...first))
    : [...first].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What its own reader says is wrong. */
function notSafetensors(bytes: Uint8Array, name: string): Error {
  try {
    parseSafetensors(bytes, name);
  } catch (cause) {
    return cause as Error;
  }
  return damaged(s.brought.noSafetensors(name, startOf(bytes)));
}

/**
 * Where a file that is named as JSON or JSON Lines stops being that; null where its name says something else.
 */
function notJson(text: string, name: string): DamagedFileError | null {
  const isLines = /\.jsonl(\.gz)?$/i.test(name);
  if (!isLines && !/\.json(\.gz)?$/i.test(name)) return null;
  const [first = ''] = text.trimStart().split('\n', 1);
  const checked = isLines ? first : text;
  const at = firstJsonError(checked);
  if (at < 0) return isLines ? damaged(s.brought.otherLines(name, shown(first))) : null;
  const before = isLines ? text.slice(0, text.indexOf(first)) : text.slice(0, at);
  const line = before.split('\n').length;
  const column = isLines ? at + 1 : at - (before.lastIndexOf('\n') + 1) + 1;
  return damaged(s.brought.noJson(name, line, column));
}

/** Read once before it is offered, so that what is wrong with it is said now. */
const adapter = async (file: AdapterFile): Promise<Brought> => ({
  kind: 'adapter',
  ...file,
  rank: (await openAdapter(file)).rank,
});

/** A .zip begins so, also one that is empty or was cut off. */
const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * The two files of an adapter in a .zip, in whatever folder of it, or the log of the
 * run that the Lab exported.
 */
async function unzip(
  bytes: Uint8Array,
  name: string,
): Promise<Omit<AdapterFile, 'name'> | { readonly log: Uint8Array }> {
  const { unzipSync } = await import('fflate');
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name: path, originalSize }) =>
        /(^|\/)(adapter_(model\.safetensors|config\.json)|run\.jsonl)$/.test(path) &&
        originalSize <= 1e6 * MOST_MEGABYTES,
    });
  } catch (cause) {
    throw damaged(s.brought.damagedZip(name, cause instanceof Error ? cause.message : String(cause)));
  }
  const logs = Object.entries(files).filter(([path]) => path.endsWith('run.jsonl'));
  if (logs.length > 1) throw new UnknownFileError(s.brought.runsInZip(name, logs.length));
  if (logs[0]) return { log: logs[0][1] };
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
