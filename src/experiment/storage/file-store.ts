/** Stores bytes as files of one folder. For Node alone. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asStorageError } from './errors.ts';
import { checkKey, type ByteStore } from './store.ts';

/** What a crash may leave of a write. */
const TEMPORARY = '.tmp';

export class FileStore implements ByteStore {
  readonly kind = 'files';

  private constructor(readonly folder: string) {}

  /** Makes the folder when there is none. @throws StorageDeniedError, StorageError */
  static async open(folder: string): Promise<FileStore> {
    try {
      await mkdir(folder, { recursive: true });
      return new FileStore(folder);
    } catch (cause) {
      throw asStorageError(cause, `opening ${folder}`);
    }
  }

  async read(key: string): Promise<Uint8Array | null> {
    try {
      return new Uint8Array(await readFile(join(this.folder, checkKey(key))));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw asStorageError(cause, `reading ${join(this.folder, key)}`);
    }
  }

  /** On the disk before it takes its name, so that a power cut leaves the old bytes or the new ones. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.folder, checkKey(key));
    try {
      const file = await open(`${path}${TEMPORARY}`, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}${TEMPORARY}`, path);
    } catch (cause) {
      await rm(`${path}${TEMPORARY}`, { force: true }).catch(() => undefined);
      throw asStorageError(cause, `writing ${path}`);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await rm(join(this.folder, checkKey(key)), { force: true });
    } catch (cause) {
      throw asStorageError(cause, `removing ${join(this.folder, key)}`);
    }
  }

  async keys(prefix: string): Promise<readonly string[]> {
    try {
      const names = await readdir(this.folder);
      return names.filter((name) => name.startsWith(prefix) && !name.endsWith(TEMPORARY));
    } catch (cause) {
      throw asStorageError(cause, `listing ${this.folder}`);
    }
  }
}
