/** What every place for bytes must do, and places that fail on purpose. */
import { expect } from 'vitest';
import { MemoryStore } from '../../../src/experiment/storage/memory-store.ts';
import type { ByteStore } from '../../../src/experiment/storage/store.ts';

export async function behavesAsStore(store: ByteStore): Promise<void> {
  expect(await store.read('nothing')).toBeNull();
  await store.remove('nothing');
  await store.write('a.one', Uint8Array.of(1, 2, 3));
  await store.write('a.two', new Uint8Array(0));
  await store.write('b.one', new Uint8Array(300_000).fill(7));
  expect([...(await store.read('a.one'))!]).toEqual([1, 2, 3]);
  expect((await store.read('a.two'))!.byteLength).toBe(0);
  expect([...(await store.keys('a.'))].sort()).toEqual(['a.one', 'a.two']);
  // A shorter value leaves nothing of the longer one.
  await store.write('b.one', Uint8Array.of(9));
  expect([...(await store.read('b.one'))!]).toEqual([9]);
  await store.remove('a.one');
  expect(await store.read('a.one')).toBeNull();
  await expect(store.write('../outside', Uint8Array.of(1))).rejects.toThrow();
  for (const key of await store.keys('')) await store.remove(key);
  expect(await store.keys('')).toEqual([]);
}

/** Memory whose writes can be cut off or refused. */
export class FaultyStore extends MemoryStore {
  /** Thrown by the next writes, one each; null lets one through. */
  readonly refusals: (Error | null)[] = [];
  writes = 0;
  /** Bytes after which a write is cut off, by the number of the write; the process dies there. */
  cut: { readonly write: number; readonly bytes: number } | null = null;
  written = 0;

  override async write(key: string, bytes: Uint8Array): Promise<void> {
    this.writes++;
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    if (this.cut !== null && this.writes >= this.cut.write) {
      if (this.writes === this.cut.write) await super.write(key, bytes.subarray(0, this.cut.bytes));
      throw new Error('the process was killed');
    }
    this.written += bytes.byteLength;
    await super.write(key, bytes);
  }
}
