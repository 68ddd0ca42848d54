/**
 * The cache of models when the folder fails at the worst moment, or another process
 * is at work: what was noted before stays noted.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { cachedSources } from '../../../src/policy/sources/hub.ts';
import { ModelCache, PIECE, type Folder } from '../../../src/policy/sources/model-cache.ts';
import { ModelStorageError } from '../../../src/policy/sources/source-errors.ts';

/** A folder in memory whose writes can be made to fail. */
class MemoryFolder implements Folder {
  private readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Fails the next time that it is true of an operation. */
  fails: (operation: 'write' | 'replace' | 'remove', name: string) => boolean = () => false;

  private check(operation: 'write' | 'replace' | 'remove', name: string): void {
    if (!this.fails(operation, name)) return;
    this.fails = () => false;
    throw new Error('no space left on the device');
  }
  list = () => Promise.resolve([...this.files.keys()]);
  file = (name: string) => {
    const bytes = this.files.get(name);
    return Promise.resolve(bytes === undefined ? null : new Blob([bytes]));
  };
  write = async (name: string, at: number, bytes: Uint8Array<ArrayBuffer>) => {
    this.check('write', name);
    const old = this.files.get(name) ?? new Uint8Array();
    const grown = new Uint8Array(Math.max(old.length, at + bytes.length));
    grown.set(old);
    grown.set(bytes, at);
    this.files.set(name, grown);
  };
  replace = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    this.check('replace', name);
    this.files.set(name, bytes.slice());
  };
  remove = async (name: string) => {
    this.check('remove', name);
    this.files.delete(name);
  };
  free = () => Promise.resolve(null);
}

describe('a cache whose folder fails', () => {
  const large = { key: 'some/model@main/model.safetensors', size: PIECE + 5, etag: 'one' };
  const small = { key: 'some/model@main/chat_template.jinja', size: 5, etag: 'two' };
  let folder: MemoryFolder;
  let cache: ModelCache;
  beforeEach(() => {
    folder = new MemoryFolder();
    cache = new ModelCache(folder);
  });
  const isNote = (operation: string, name: string): boolean =>
    operation !== 'remove' && name.endsWith('.json');
  const piece = new Uint8Array(5);

  it('still knows the pieces that came before the note that could not be written', async () => {
    await cache.begin(large);
    await cache.put(large.key, PIECE, piece);
    await cache.remember(large, new Set([1]));
    await cache.put(large.key, 0, new Uint8Array(PIECE));
    folder.fails = isNote;
    await expect(cache.remember(large, new Set([1, 0]))).rejects.toThrow(ModelStorageError);
    expect(await cache.begin(large)).toEqual(new Set([1]));
    expect((await cache.part(large.key))?.size).toBe(large.size);
  });

  it('does not take a model for whole whose last file could not be noted as whole', async () => {
    for (const file of [large, small]) await cache.announce(file);
    await cache.put(large.key, 0, new Uint8Array(large.size));
    await cache.finish(large, 'hash');
    await cache.put(small.key, 0, piece);
    await cache.remember(small, new Set([0]));
    folder.fails = isNote;
    await expect(cache.finish(small, 'hash')).rejects.toThrow(ModelStorageError);
    expect(await cachedSources({ id: 'some/model' }, cache)).toBeNull();
    expect(await cache.begin(small)).toEqual(new Set([0]));
  });

  it('does not take a model for whole of which one file was about to give way to a newer one', async () => {
    for (const file of [large, small]) await cache.announce(file);
    await cache.put(large.key, 0, new Uint8Array(large.size));
    await cache.finish(large, 'hash');
    await cache.put(small.key, 0, piece);
    await cache.remember(small, new Set([0]));
    const newer = { ...small, size: 3, etag: 'three' };
    folder.fails = (operation, name) => operation === 'remove' && !name.endsWith('.json');
    await expect(cache.begin(newer)).rejects.toThrow();
    expect(await cachedSources({ id: 'some/model' }, cache)).toBeNull();
    expect(await cache.begin(newer)).toEqual(new Set());
    // Its five bytes would be two too many.
    expect(await cache.part(small.key)).toBeNull();
  });
});

describe('a cache that two processes fill', () => {
  const file = { key: 'some/model@main/model.safetensors', size: PIECE + 5, etag: 'one' };
  const first = new Uint8Array(PIECE).fill(1);
  let folder: MemoryFolder;
  let cache: ModelCache;
  beforeEach(() => {
    folder = new MemoryFolder();
    cache = new ModelCache(folder);
  });

  it("leaves the first bytes of another's download where they are", async () => {
    await cache.announce(file);
    expect(await cache.begin(file)).toEqual(new Set());
    await cache.put(file.key, 0, first);
    expect(await new ModelCache(folder).begin(file)).toEqual(new Set());
    expect((await cache.part(file.key))?.size).toBe(PIECE);
  });

  it('removes a left-over that is too long for the file', async () => {
    await cache.announce(file);
    await cache.put(file.key, 6, first);
    expect(await cache.begin(file)).toEqual(new Set());
    expect(await cache.part(file.key)).toBeNull();
  });

  it('reads a note again that was replaced while it was read', async () => {
    await cache.remember(file, new Set([0]));
    const { file: open } = folder;
    let replaced = 0;
    folder.file = async (name) => {
      const blob = await open(name);
      const gone = new DOMException('the file has changed', 'NotReadableError');
      return blob && name.endsWith('.json') && replaced++ === 0
        ? Object.assign(blob, { text: () => Promise.reject(gone) })
        : blob;
    };
    expect(await cache.begin(file)).toEqual(new Set([0]));
  });
});
