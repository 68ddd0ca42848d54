/**
 * IndexedDB as promises: tables of values under keys that the caller gives, one
 * transaction at a time. The stores that use it know what is stored and what to tell
 * a person when it fails. Errors are the browser's own, as a rule a DOMException.
 */

export type Table = (name: string) => IDBObjectStore;

export class Database {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // A newer version of the page in another tab must not wait for this one.
    database.onversionchange = () => database.close();
  }

  /** Opens the database, and makes it with these tables where there is none yet. */
  static async open(name: string, tables: readonly string[]): Promise<Database> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const table of tables) request.result.createObjectStore(table);
    };
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(new Database(request.result));
      request.onerror = () => reject(request.error ?? new Error('the database did not open'));
      request.onblocked = () => reject(new Error('blocked by another tab'));
    });
  }

  /**
   * All requests of `work` in one transaction: either every change is stored or none. Resolves
   * with the result of the request that `work` returns, once the changes are on the disk.
   */
  transact<T>(
    tables: readonly string[],
    mode: IDBTransactionMode,
    work: (table: Table) => IDBRequest<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction([...tables], mode, { durability: 'strict' });
      transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
      try {
        const request = work((name) => transaction.objectStore(name));
        transaction.oncomplete = () => resolve(request.result);
      } catch (error) {
        // A value that cannot be stored: what was asked before it must not be stored either.
        reject(error as Error);
        transaction.abort();
      }
    });
  }

  close(): void {
    this.#database.close();
  }
}
