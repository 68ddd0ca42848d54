/**
 * A store that keeps bytes under short names, the least that a saved run needs. Its implementations
 * are beside this file. A write replaces what was there, and a crash may cut it off. The store
 * promises nothing about that; whoever reads checks what was written (run-store.ts).
 */

export type StoreKind = 'opfs' | 'indexeddb' | 'files' | 'memory';

export interface ByteStore {
  readonly kind: StoreKind;
  /** The bytes, a copy; null when there are none. @throws StorageError */
  read(key: string): Promise<Uint8Array | null>;
  /** @throws StorageFullError, StorageDeniedError, StorageError */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Nothing happens when there is none. @throws StorageError */
  remove(key: string): Promise<void>;
  /** All names that start so, in no order. @throws StorageError */
  keys(prefix: string): Promise<readonly string[]>;
}

/**
 * Names are file names everywhere: small letters, digits, dots and dashes, not
 * starting with a dot. @throws RangeError
 */
export function checkKey(key: string): string {
  if (!/^[a-z0-9-][a-z0-9.-]{0,99}$/.test(key)) throw new RangeError(`"${key}" is no name for stored bytes.`);
  return key;
}
