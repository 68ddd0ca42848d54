/**
 * Chooses where a browser keeps bytes: its file system, else its database. Both are
 * tried with a write before they are trusted.
 */
import { asStorageError, StorageDeniedError } from './errors.ts';
import { IndexedDbStore } from './indexeddb-store.ts';
import { OpfsStore } from './opfs-store.ts';
import type { ByteStore } from './store.ts';

/** @throws StorageFullError, StorageDeniedError, StorageError when neither takes a byte */
export async function openBrowserStore(): Promise<ByteStore> {
  let first: unknown;
  for (const open of [() => OpfsStore.open(), () => IndexedDbStore.open()]) {
    try {
      const store = await open();
      // A name of its own: two that try at once would be in each other's way.
      const probe = `probe-${Math.floor(1000 * (performance.timeOrigin + performance.now()))}`;
      await store.write(probe, Uint8Array.of(1));
      await store.remove(probe);
      return store;
    } catch (cause) {
      first ??= cause;
    }
  }
  // A browser that has neither says so by a TypeError: for the person that is the same as a refusal.
  if (first instanceof Error && first.cause instanceof TypeError) {
    throw new StorageDeniedError("opening the browser's storage", { cause: first });
  }
  throw asStorageError(first, "opening the browser's storage");
}
