/**
 * Stores bytes in the browser's origin-private file system, one file per key. In a
 * worker it uses synchronous handles, which every browser has.
 */
import { asStorageError } from './errors.ts';
import { checkKey, type ByteStore } from './store.ts';

const FOLDER = 'tracewise';

/** Where it exists: dedicated workers. Not yet in the type library of windows and workers together. */
interface SyncFile {
  createSyncAccessHandle?(): Promise<{
    truncate(size: number): void;
    write(bytes: Uint8Array, options: { at: number }): number;
    flush(): void;
    close(): void;
  }>;
}

export class OpfsStore implements ByteStore {
  readonly kind = 'opfs';

  private constructor(private readonly folder: FileSystemDirectoryHandle) {}

  /** @throws StorageDeniedError, StorageError also where the browser has no such file system */
  static async open(folder = FOLDER): Promise<OpfsStore> {
    try {
      const root = await navigator.storage.getDirectory();
      return new OpfsStore(await root.getDirectoryHandle(folder, { create: true }));
    } catch (cause) {
      throw asStorageError(cause, "opening the browser's file system");
    }
  }

  async read(key: string): Promise<Uint8Array | null> {
    try {
      const handle = await this.folder.getFileHandle(checkKey(key));
      return new Uint8Array(await (await handle.getFile()).arrayBuffer());
    } catch (cause) {
      if ((cause as DOMException).name === 'NotFoundError') return null;
      throw asStorageError(cause, `reading ${key}`);
    }
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    try {
      const handle = await this.folder.getFileHandle(checkKey(key), { create: true });
      const file = handle as unknown as SyncFile;
      if (typeof file.createSyncAccessHandle === 'function') await writeSync(file, bytes);
      else {
        const stream = await handle.createWritable();
        await stream.write(bytes as Uint8Array<ArrayBuffer>);
        await stream.close();
      }
    } catch (cause) {
      throw asStorageError(cause, `writing ${key}`);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.folder.removeEntry(checkKey(key));
    } catch (cause) {
      if ((cause as DOMException).name === 'NotFoundError') return;
      throw asStorageError(cause, `removing ${key}`);
    }
  }

  async keys(prefix: string): Promise<readonly string[]> {
    try {
      const names: string[] = [];
      // In the specification and in every browser; not in the type library used here.
      const all = this.folder as unknown as { keys(): AsyncIterable<string> };
      for await (const name of all.keys()) if (name.startsWith(prefix)) names.push(name);
      return names;
    } catch (cause) {
      throw asStorageError(cause, 'listing what is stored');
    }
  }
}

async function writeSync(file: SyncFile, bytes: Uint8Array): Promise<void> {
  const access = await file.createSyncAccessHandle!();
  try {
    access.truncate(0);
    // A full disk may show as a short write instead of an exception.
    if (access.write(bytes, { at: 0 }) < bytes.byteLength) {
      throw new DOMException('only part of the bytes was written', 'QuotaExceededError');
    }
    access.flush();
  } finally {
    access.close();
  }
}
