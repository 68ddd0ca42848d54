/** A folder of the browser's private file system, for a worker and for a page. */
import type { Folder } from './model-cache.ts';

interface SyncAccess {
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/**
 * Synchronous access exists in dedicated workers alone; not yet in the type library
 * of windows and workers together.
 */
type WritableFile = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncAccess> };

export function opfsFolder(
  root: FileSystemDirectoryHandle,
  storage: StorageManager = navigator.storage,
): Folder {
  const handle = (name: string) =>
    root.getFileHandle(name).catch((error: unknown) => {
      if ((error as Error).name === 'NotFoundError') return null;
      throw error;
    });
  return {
    async list() {
      const names: string[] = [];
      for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys())
        names.push(name);
      return names;
    },
    file: async (name) => (await (await handle(name))?.getFile()) ?? null,
    async write(name, at, bytes) {
      const file: WritableFile = await root.getFileHandle(name, { create: true });
      if (file.createSyncAccessHandle) await writeInPlace(await file.createSyncAccessHandle(), at, bytes);
      else await writeThrough(await file.createWritable({ keepExistingData: true }), at, bytes);
    },
    // A stream's file takes the place of the old one when it is closed, in a worker as well.
    async replace(name, bytes) {
      const file = await root.getFileHandle(name, { create: true });
      await writeThrough(await file.createWritable(), 0, bytes);
    },
    async remove(name) {
      if (await handle(name)) await root.removeEntry(name);
    },
    async free() {
      const { quota, usage } = await storage.estimate();
      return quota === undefined || usage === undefined ? null : quota - usage;
    },
  };
}

async function writeInPlace(access: SyncAccess, at: number, bytes: Uint8Array): Promise<void> {
  try {
    // A full disk may show as a short write instead of an exception.
    if (access.write(bytes, { at }) < bytes.length)
      throw new DOMException('only part of the bytes was written', 'QuotaExceededError');
    access.flush();
  } finally {
    access.close();
  }
}

/** To keep what is there a stream copies the whole file, once for each piece: a worker does without. */
async function writeThrough(
  stream: FileSystemWritableFileStream,
  at: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  try {
    await stream.write({ type: 'write', position: at, data: bytes });
    await stream.close();
  } catch (error) {
    // Lets go of the copy, and of the lock.
    await stream.abort().catch(() => undefined);
    throw error;
  }
}
