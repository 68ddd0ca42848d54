/**
 * The cache of downloaded models on disk, ~/.cache/tracewise/models (XDG_CACHE_HOME moves it). In a browser
 * OPFS holds this cache.
 */
import { openAsBlob } from 'node:fs';
import { constants, mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Folder } from '../policy/sources/model-cache.ts';

export const modelFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tracewise', 'models');

export function diskFolder(path: string): Folder {
  const at = (name: string): string => join(path, name);
  return {
    list: () => readdir(path).catch(() => []),
    file: async (name) => ((await stat(at(name)).catch(() => null)) ? openAsBlob(at(name)) : null),
    async write(name, position, bytes) {
      await mkdir(path, { recursive: true });
      const handle = await open(at(name), constants.O_WRONLY | constants.O_CREAT);
      try {
        // A disk that is nearly full takes a part, and says so only in the count.
        for (let written = 0; written < bytes.length;) {
          const left = bytes.length - written;
          const { bytesWritten } = await handle.write(bytes, written, left, position + written);
          if (bytesWritten === 0) throw new Error(`the disk took no more, ${left} bytes are left`);
          written += bytesWritten;
        }
        // Their note is flushed as well, and must not outlive what it speaks of.
        await handle.datasync();
      } finally {
        await handle.close();
      }
    },
    async replace(name, bytes) {
      await mkdir(path, { recursive: true });
      // Two commands may load the same model.
      const temporary = at(`${name}.${process.pid}.tmp`);
      try {
        await writeFile(temporary, bytes, { flush: true });
        await rename(temporary, at(name));
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    remove: (name) => rm(at(name), { force: true }),
    async free() {
      // The first write makes the folder: until then its disk is that of the folder it will lie in.
      for (let place = resolve(path); ; place = dirname(place)) {
        const disk = await statfs(place).catch(() => null);
        if (disk !== null) return disk.bavail * disk.bsize;
        if (place === dirname(place)) return null;
      }
    },
  };
}
