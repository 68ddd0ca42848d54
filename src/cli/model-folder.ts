/** The cache of downloaded models on disk, ~/.cache/tracewise/models (XDG_CACHE_HOME moves it): what the browser keeps in OPFS. */
import { openAsBlob } from 'node:fs';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
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
      const handle = await open(at(name), 'r+').catch(() => open(at(name), 'w+'));
      try {
        await handle.write(bytes, 0, bytes.length, position);
      } finally {
        await handle.close();
      }
    },
    remove: (name) => rm(at(name), { force: true }),
    async free() {
      const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: Infinity, bsize: 1 }));
      return Number.isFinite(bavail) ? bavail * bsize : null;
    },
  };
}
