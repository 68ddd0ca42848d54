/** Bytes in IndexedDB, for browsers without an origin-private file system. */
import { asStorageError } from './errors.ts';
import { checkKey, type ByteStore } from './store.ts';

const TABLE = 'bytes';

export class IndexedDbStore implements ByteStore {
  readonly kind = 'indexeddb';

  private constructor(private readonly database: IDBDatabase) {}

  /** @throws StorageDeniedError, StorageError */
  static async open(name = 'tracewise'): Promise<IndexedDbStore> {
    try {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
      return new IndexedDbStore(await settled(opening));
    } catch (cause) {
      throw asStorageError(cause, "opening the browser's database");
    }
  }

  async read(key: string): Promise<Uint8Array | null> {
    const found = await this.#inside('readonly', `reading ${key}`, (table) => table.get(checkKey(key)));
    return found instanceof Uint8Array ? found : null;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#inside('readwrite', `writing ${key}`, (table) => table.put(bytes, checkKey(key)));
  }

  async remove(key: string): Promise<void> {
    await this.#inside('readwrite', `removing ${key}`, (table) => table.delete(checkKey(key)));
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const all = await this.#inside('readonly', 'listing what is stored', (table) => table.getAllKeys());
    return all.filter((key): key is string => typeof key === 'string' && key.startsWith(prefix));
  }

  close(): void {
    this.database.close();
  }

  /** One request in a transaction of its own; done when the transaction is. */
  async #inside<T>(
    mode: IDBTransactionMode,
    doing: string,
    ask: (table: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    try {
      const transaction = this.database.transaction(TABLE, mode, { durability: 'strict' });
      const committed = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
      });
      committed.catch(() => undefined); // awaited below, unless the request fails first
      const result = await settled(ask(transaction.objectStore(TABLE)));
      await committed;
      return result;
    } catch (cause) {
      throw asStorageError(cause, doing);
    }
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the request failed'));
  });
}
