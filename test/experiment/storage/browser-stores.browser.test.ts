/** The browser's own places for bytes. Files through streams here; a worker's synchronous handles are driven by the page's tests. */
import { describe, expect, test } from 'vitest';
import { openBrowserStore } from '../../../src/experiment/storage/browser-store.ts';
import { IndexedDbStore } from '../../../src/experiment/storage/indexeddb-store.ts';
import { OpfsStore } from '../../../src/experiment/storage/opfs-store.ts';
import { behavesAsStore } from './stores.ts';

describe('a place for bytes in the browser', () => {
  test('its file system', async () => behavesAsStore(await OpfsStore.open('test')));

  test('its database', async () => {
    const store = await IndexedDbStore.open('test');
    await behavesAsStore(store);
    store.close();
    indexedDB.deleteDatabase('test');
  });

  test('the database where there is no file system, and a clear refusal where there is neither', async () => {
    expect((await openBrowserStore()).kind).toBe('opfs');
    const storage = Object.getOwnPropertyDescriptor(Navigator.prototype, 'storage')!;
    const database = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!;
    Object.defineProperty(navigator, 'storage', { configurable: true, value: undefined });
    try {
      expect((await openBrowserStore()).kind).toBe('indexeddb');
      Object.defineProperty(globalThis, 'indexedDB', { configurable: true, value: undefined });
      await expect(openBrowserStore()).rejects.toMatchObject({ name: 'StorageDeniedError' });
    } finally {
      delete (navigator as { storage?: unknown }).storage;
      Object.defineProperty(Navigator.prototype, 'storage', storage);
      Object.defineProperty(globalThis, 'indexedDB', database);
    }
  });
});
