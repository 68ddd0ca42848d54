/** Stores bytes in IndexedDB, for browsers without an origin-private file system. */
import { Database } from './database.ts';
import { asStorageError } from './errors.ts';
import { checkKey, type ByteStore } from './store.ts';

const TABLE = 'bytes';

export class IndexedDbStore implements ByteStore {
  readonly kind = 'indexeddb';

  private constructor(private readonly database: Database) {}

  /** @throws StorageDeniedError, StorageError */
  static async open(name = 'tracewise'): Promise<IndexedDbStore> {
    try {
      return new IndexedDbStore(await Database.open(name, [TABLE]));
    } catch (cause) {
      throw asStorageError(cause, "opening the browser's database");
    }
  }

  async read(key: string): Promise<Uint8Array | null> {
    const found = await this.#request('readonly', `reading ${key}`, (table) => table.get(checkKey(key)));
    return found instanceof Uint8Array ? found : null;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#request('readwrite', `writing ${key}`, (table) => table.put(bytes, checkKey(key)));
  }

  async remove(key: string): Promise<void> {
    await this.#request('readwrite', `removing ${key}`, (table) => table.delete(checkKey(key)));
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const all = await this.#request('readonly', 'listing what is stored', (table) => table.getAllKeys());
    return all.filter((key): key is string => typeof key === 'string' && key.startsWith(prefix));
  }

  close(): void {
    this.database.close();
  }

  /** One request in a transaction of its own. @throws StorageFullError, StorageDeniedError, StorageError */
  async #request<T>(
    mode: IDBTransactionMode,
    doing: string,
    request: (table: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    try {
      return await this.database.transact([TABLE], mode, (table) => request(table(TABLE)));
    } catch (cause) {
      throw asStorageError(cause, doing);
    }
  }
}
