/**
 * Where a file goes that is written piece by piece: into the browser's private storage, from which the page
 * saves it without holding it; in memory where the browser keeps no files for the page. It knows no formats.
 */
import type { StreamedFile } from '../policy/files/streamed-file.ts';
import { opfsFolder } from '../policy/sources/opfs-folder.ts';
import type { Folder } from '../policy/sources/model-cache.ts';

export interface PlaceToWrite {
  readonly kind: 'storage' | 'memory';
  /** Bytes that it still takes; null where nobody knows. */
  readonly free: number | null;
  /**
   * @param goesOn told how far it is; false: no more is wanted
   * @returns null when no more was wanted @throws the storage's error when it is full
   */
  write(
    file: StreamedFile,
    goesOn: (done: number, total: number) => boolean | Promise<boolean>,
  ): Promise<Blob | null>;
}

const FOLDER = 'tracewise-written';
/** What was written earlier has been saved by then. */
const KEPT_MS = 3_600_000;
/** Bytes between two reports. */
const REPORT_EVERY = 8 * 2 ** 20;

export async function placeToWrite(): Promise<PlaceToWrite> {
  const folder = await openFolder();
  if (folder === null) return { kind: 'memory', free: null, write: inMemory };
  await removeOld(folder);
  return {
    kind: 'storage',
    free: await folder.free().catch(() => null),
    write: (file, goesOn) => intoFolder(folder, file, goesOn),
  };
}

/** Null where the browser keeps no files for this page, as in a private window of some. */
async function openFolder(): Promise<Folder | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return opfsFolder(await root.getDirectoryHandle(FOLDER, { create: true }));
  } catch {
    return null;
  }
}

async function removeOld(folder: Folder): Promise<void> {
  for (const name of await folder.list()) {
    const written = await folder.file(name);
    const isOld = written instanceof File && Date.now() - written.lastModified > KEPT_MS;
    if (isOld) await folder.remove(name);
  }
}

type Write = PlaceToWrite['write'];

async function intoFolder(
  folder: Folder,
  file: StreamedFile,
  goesOn: Parameters<Write>[1],
): Promise<Blob | null> {
  // Another tab may write a file of the same name.
  const name = `${crypto.randomUUID()} ${file.name}`;
  try {
    let at = 0;
    const isWhole = await eachPiece(file, goesOn, async (piece) => {
      await folder.write(name, at, piece);
      at += piece.byteLength;
    });
    if (isWhole) return await folder.file(name);
  } catch (error) {
    await folder.remove(name).catch(() => undefined);
    throw error;
  }
  await folder.remove(name);
  return null;
}

async function inMemory(file: StreamedFile, goesOn: Parameters<Write>[1]): Promise<Blob | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const isWhole = await eachPiece(file, goesOn, (piece) => {
    parts.push(piece);
    return Promise.resolve();
  });
  return isWhole ? new Blob(parts) : null;
}

/** Whether all of it was taken. */
async function eachPiece(
  file: StreamedFile,
  goesOn: Parameters<Write>[1],
  take: (piece: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<boolean> {
  let done = 0;
  let reported = 0;
  if (!(await goesOn(0, file.size))) return false;
  for await (const piece of file.pieces()) {
    await take(piece);
    done += piece.byteLength;
    if (done - reported < REPORT_EVERY && done < file.size) continue;
    reported = done;
    if (!(await goesOn(done, file.size))) return false;
  }
  return true;
}
