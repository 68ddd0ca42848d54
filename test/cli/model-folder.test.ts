/** The cache's folder on a disk that takes less than it is given, and is stopped half way. */
import type * as Files from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { diskFolder } from '../../src/cli/model-folder.ts';

/** Bytes that one write takes, and what a rename does instead. */
const disk = vi.hoisted(() => ({ takes: Infinity, rename: null as null | (() => Promise<void>) }));
vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof Files>();
  return {
    ...fs,
    async open(...request: Parameters<typeof fs.open>): Promise<FileHandle> {
      const handle = await fs.open(...request);
      const write = handle.write.bind(handle) as (
        bytes: Uint8Array,
        offset: number,
        length: number,
        position: number,
      ) => ReturnType<FileHandle['write']>;
      handle.write = ((bytes: Uint8Array, offset: number, length: number, position: number) =>
        write(bytes, offset, Math.min(length, disk.takes), position)) as FileHandle['write'];
      return handle;
    },
    rename: (from: string, to: string) => (disk.rename ? disk.rename() : fs.rename(from, to)),
  };
});

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('the folder of downloaded models', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'tracewise-models-'));
    [disk.takes, disk.rename] = [Infinity, null];
  });
  afterEach(() => rm(path, { recursive: true, force: true }));
  const content = (): Promise<string> => readFile(join(path, 'model'), 'utf8');

  it('writes a piece where it belongs, and the bytes around it stay', async () => {
    const folder = diskFolder(path);
    await folder.write('model', 0, bytesOf('abcdef'));
    await folder.write('model', 2, bytesOf('XY'));
    expect(await content()).toBe('abXYef');
  });

  it('goes on with a piece of which the disk took only a part', async () => {
    disk.takes = 4;
    await diskFolder(path).write('model', 0, bytesOf('0123456789'));
    expect(await content()).toBe('0123456789');
  });

  it('does not pass for written what the disk does not take', async () => {
    disk.takes = 0;
    await expect(diskFolder(path).write('model', 0, bytesOf('0123'))).rejects.toThrow(/took no more/);
  });

  it('knows how much room there is before it is made', async () => {
    expect(await diskFolder(join(path, 'not', 'yet')).free()).toBeGreaterThan(0);
    expect(await readdir(path)).toEqual([]);
  });

  it('replaces a file as a whole, and keeps the old one when that fails', async () => {
    const folder = diskFolder(join(path, 'new'));
    await folder.replace('note', bytesOf('a long note'));
    await folder.replace('note', bytesOf('short'));
    const note = (): Promise<string> => readFile(join(path, 'new', 'note'), 'utf8');
    expect(await note()).toBe('short');
    disk.rename = () => Promise.reject(new Error('stopped'));
    await expect(folder.replace('note', bytesOf('lost'))).rejects.toThrow('stopped');
    expect(await note()).toBe('short');
    expect(await readdir(join(path, 'new'))).toEqual(['note']);
  });
});
