/**
 * Downloads one file from a server into the cache: by ranges, several at a time, resumed
 * where it stopped, checked against its size and hash. hub.ts knows which files make a model.
 */
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { CheckpointError } from '../errors.ts';
import { PIECE, type ModelCache, type ServedFile } from './model-cache.ts';
import type { RangeSource } from '../files/range-source.ts';
import { ModelDownloadError, GatedError } from './source-errors.ts';

const PARALLEL = 4;

export interface RemoteFile extends ServedFile {
  readonly url: string;
  /** SHA-256 that the server promises, where it does. */
  readonly sha256?: string;
}

export interface DownloadOptions {
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** Bytes of the file that are there, what an earlier try left included. */
  readonly onProgress?: (bytes: number) => void;
}

/** @throws DownloadError, StorageError, CheckpointError; what came is kept */
export async function download(
  file: RemoteFile,
  cache: ModelCache,
  { fetch: get = fetch, signal, onProgress }: DownloadOptions = {},
): Promise<RangeSource> {
  const { key, size, etag } = file;
  const known = await cache.open(key);
  if (known && (await cache.note(key))?.etag === etag) return known;
  await cache.requireRoom(key, [file]);
  const there = await cache.begin(file);
  const count = Math.ceil(size / PIECE);
  const lengthOf = (piece: number): number => Math.min(PIECE, size - piece * PIECE);
  let bytes = [...there].reduce((sum, piece) => sum + lengthOf(piece), 0);
  onProgress?.(bytes);
  const todo = Array.from({ length: count }, (_, piece) => piece).filter((piece) => !there.has(piece));
  // Writes and notes one after another: two lanes would write one note over the other.
  let writing = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (let piece = todo.shift(); piece !== undefined; piece = todo.shift()) {
      const got = await fetchRange(file, piece * PIECE, lengthOf(piece), get, signal);
      const own = piece;
      writing = writing.then(async () => {
        await cache.put(key, own * PIECE, got);
        there.add(own);
        await cache.remember(file, there);
      });
      await writing;
      bytes += got.length;
      onProgress?.(bytes);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(PARALLEL, todo.length) }, lane));
  const failed = lanes.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return verified(file, cache);
}

/**
 * Files that make one thing, one after another, in their order.
 * @param what their name, for an error
 * @param isOfSet which keys in the cache are of this set: what is no file of it any
 * more is let go. Absent: nothing is
 * @throws what `download` throws
 */
export async function downloadSet(
  what: string,
  files: readonly RemoteFile[],
  cache: ModelCache,
  isOfSet: ((key: string) => boolean) | undefined,
  optionsOf: (index: number) => DownloadOptions,
): Promise<RangeSource[]> {
  await cache.requireRoom(what, files);
  // All are noted before any is fetched: a set of which one file is missing is not whole.
  for (const file of files) await cache.announce(file);
  if (isOfSet) await cache.dropOthers(files, isOfSet);
  const sources: RangeSource[] = [];
  for (const [i, file] of files.entries()) sources.push(await download(file, cache, optionsOf(i)));
  return sources;
}

async function verified(file: RemoteFile, cache: ModelCache): Promise<RangeSource> {
  const { key, size, sha256 } = file;
  const blob = await cache.part(key);
  const hash = sha256Of.create();
  for (let at = 0; blob && at < blob.size; at += PIECE)
    hash.update(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
  const found = bytesToHex(hash.digest());
  if (blob?.size !== size || (sha256 !== undefined && found !== sha256)) {
    await cache.restart(file);
    throw new CheckpointError(key, `it arrived damaged (SHA-256 ${found.slice(0, 12)}…) and was deleted`);
  }
  await cache.finish(file, found);
  return (await cache.open(key))!;
}

/** @throws DownloadError, GatedError */
export async function fetchRange(
  { key, url }: RemoteFile,
  begin: number,
  length: number,
  get: typeof fetch,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const broken = (what: string, cause?: unknown): ModelDownloadError =>
    new ModelDownloadError(
      `${key}: ${what}`,
      'What has arrived is kept: load the model again when there is a connection, and it goes on from there.',
      { cause },
    );
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const headers = { range: `bytes=${begin}-${begin + length - 1}` };
    const response = await get(url, { headers, ...(signal && { signal }) });
    // A gated model shows its files to everyone and hands them to those who agreed.
    if (response.status === 401 || response.status === 403) throw new GatedError(key);
    if (!response.ok) throw broken(`the server answered ${response.status}`);
    bytes = new Uint8Array(await response.arrayBuffer());
    // A server that ignores the range sends all of it.
    if (response.status === 200 && bytes.length > length) bytes = bytes.slice(begin, begin + length);
  } catch (error) {
    if (error instanceof ModelDownloadError || error instanceof GatedError || signal?.aborted) throw error;
    throw broken(`the connection broke (${(error as Error).message})`, error);
  }
  if (bytes.length !== length) throw broken(`${bytes.length} bytes of ${length} arrived`);
  return bytes;
}
