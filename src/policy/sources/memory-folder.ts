/** A folder for the cache that lasts as long as the page, for small files that are read once. */
import type { Folder } from './model-cache.ts';

export function memoryFolder(): Folder {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    list: () => Promise.resolve([...files.keys()]),
    file(name) {
      const bytes = files.get(name);
      return Promise.resolve(bytes ? new Blob([bytes]) : null);
    },
    write(name, at, bytes) {
      const before = files.get(name) ?? new Uint8Array();
      const after = new Uint8Array(Math.max(before.length, at + bytes.length));
      after.set(before);
      after.set(bytes, at);
      files.set(name, after);
      return Promise.resolve();
    },
    replace: (name, bytes) => Promise.resolve(void files.set(name, bytes)),
    remove: (name) => Promise.resolve(void files.delete(name)),
    free: () => Promise.resolve(null),
  };
}
