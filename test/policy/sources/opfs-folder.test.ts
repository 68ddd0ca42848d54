/**
 * How a folder of the browser's file system is written, against handles that note
 * what is called. In a real browser: the test beside it.
 */
import { describe, expect, it } from 'vitest';
import { opfsFolder } from '../../../src/policy/sources/opfs-folder.ts';

/** A file as a handle has it, with the calls that came. */
class FakeFile {
  readonly calls: string[] = [];
  /** Bytes that one write takes at most. */
  takes = Infinity;
  content = new Uint8Array();

  put(bytes: Uint8Array, at: number): number {
    const length = Math.min(bytes.length, this.takes);
    const grown = new Uint8Array(Math.max(this.content.length, at + length));
    grown.set(this.content);
    grown.set(bytes.subarray(0, length), at);
    this.content = grown;
    return length;
  }

  async createWritable({ keepExistingData = false } = {}) {
    this.calls.push(keepExistingData ? 'copy' : 'empty');
    const next = new FakeFile();
    if (keepExistingData) next.content = this.content.slice();
    return {
      write: (data: Uint8Array | { position: number; data: Uint8Array }) => {
        if (this.takes < Infinity) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
        const [bytes, at] = data instanceof Uint8Array ? [data, 0] : [data.data, data.position];
        return Promise.resolve(void next.put(bytes, at));
      },
      close: () => {
        this.calls.push('close');
        this.content = next.content;
        return Promise.resolve();
      },
      abort: () => Promise.resolve(void this.calls.push('abort')),
    };
  }
}

/** In a worker a handle has synchronous access as well. */
class FakeWorkerFile extends FakeFile {
  async createSyncAccessHandle() {
    this.calls.push('open');
    return {
      write: (bytes: Uint8Array, { at }: { at: number }) => this.put(bytes, at),
      flush: () => void this.calls.push('flush'),
      close: () => void this.calls.push('close'),
    };
  }
}

function folderOf(file: FakeFile) {
  const root = { getFileHandle: () => Promise.resolve(file) };
  const folder = opfsFolder(root as unknown as FileSystemDirectoryHandle, {} as StorageManager);
  file.content = Uint8Array.from([0, 1, 2, 3, 4, 5]);
  return folder;
}
const bytes = Uint8Array.from([70, 71]);

describe.each([
  ['in a worker', new FakeWorkerFile(), ['open', 'flush', 'close']],
  ['in a page', new FakeFile(), ['copy', 'close']],
])('a piece of a file, %s', (_, file, calls) => {
  it('is written where it belongs, and the bytes around it stay', async () => {
    await folderOf(file).write('model', 2, bytes);
    expect([...file.content]).toEqual([0, 1, 70, 71, 4, 5]);
    expect(file.calls).toEqual(calls);
  });
});

describe('a piece that only half fits', () => {
  it('is an error in a worker, and the file is let go', async () => {
    const file = new FakeWorkerFile();
    const folder = folderOf(file);
    file.takes = 1;
    await expect(folder.write('model', 2, bytes)).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(file.calls.at(-1)).toBe('close');
  });

  it('is an error in a page, and the stream is let go without its copy', async () => {
    const file = new FakeFile();
    const folder = folderOf(file);
    file.takes = 1;
    await expect(folder.write('model', 2, bytes)).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(file.calls).toEqual(['copy', 'abort']);
    expect([...file.content]).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a file that is replaced', () => {
  it('takes over when all of it is written: the old one is there until then', async () => {
    const file = new FakeWorkerFile();
    await folderOf(file).replace('note', bytes);
    expect([...file.content]).toEqual([70, 71]);
    expect(file.calls).toEqual(['empty', 'close']);
  });

  it('stays as it was when that fails', async () => {
    const file = new FakeWorkerFile();
    const folder = folderOf(file);
    file.takes = 1;
    await expect(folder.replace('note', bytes)).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(file.calls).toEqual(['empty', 'abort']);
    expect([...file.content]).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
