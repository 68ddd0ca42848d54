/**
 * Stores bytes in memory, for tests and for browsers that let nothing be stored. The bytes are lost with the
 * process.
 */
import { checkKey, type ByteStore } from './store.ts';

export class MemoryStore implements ByteStore {
  readonly kind = 'memory';
  readonly #entries = new Map<string, Uint8Array>();

  async read(key: string): Promise<Uint8Array | null> {
    return this.#entries.get(checkKey(key))?.slice() ?? null;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.#entries.set(checkKey(key), bytes.slice());
  }

  async remove(key: string): Promise<void> {
    this.#entries.delete(checkKey(key));
  }

  async keys(prefix: string): Promise<readonly string[]> {
    return [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
  }
}
