/**
 * The browser's own places for bytes. Files through streams here; a worker's
 * synchronous handles are driven by the page's tests.
 */
import { describe, expect, test } from 'vitest';
import { openBrowserStore } from '../../../src/experiment/storage/browser-store.ts';
import { Database } from '../../../src/experiment/storage/database.ts';
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

describe('a database', () => {
  test('stores all changes of a transaction or none', async () => {
    const database = await Database.open('test-database', ['first', 'second']);
    const both = (second: unknown) =>
      database.transact(['first', 'second'], 'readwrite', (table) => {
        table('first').put('kept?', 'a');
        return table('second').put(second, 'a');
      });
    // A function cannot be stored; what was put before it is taken back.
    await expect(both(() => undefined)).rejects.toMatchObject({ name: 'DataCloneError' });
    const first = () => database.transact(['first'], 'readonly', (table) => table('first').get('a'));
    expect(await first()).toBeUndefined();
    await both('storable');
    expect(await first()).toBe('kept?');
    database.close();
    await expect(first()).rejects.toMatchObject({ name: 'InvalidStateError' });
    indexedDB.deleteDatabase('test-database');
  });

  test('is there again for who opens it next, and makes way for who deletes it', async () => {
    const one = await Database.open('test-again', ['t']);
    await one.transact(['t'], 'readwrite', (table) => table('t').put(7, 'n'));
    const other = await Database.open('test-again', ['t']);
    expect(await other.transact(['t'], 'readonly', (table) => table('t').get('n'))).toBe(7);
    const deleted = new Promise<string>((resolve) => {
      const request = indexedDB.deleteDatabase('test-again');
      request.onsuccess = () => resolve('deleted');
      request.onblocked = () => resolve('blocked');
    });
    expect(await deleted).toBe('deleted');
  });
});
