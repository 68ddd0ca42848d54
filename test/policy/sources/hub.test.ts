/**
 * Models by id from a server that speaks the Hub's protocol: sizes first, ranges,
 * resumption, damage, access, the cache.
 */
import { readFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { diskFolder } from '../../../src/cli/model-folder.ts';
import { CheckpointError } from '../../../src/policy/errors.ts';
import { download } from '../../../src/policy/sources/download.ts';
import {
  cachedSources,
  describeHubModel,
  hubArchitecture,
  openCachedModel,
  openHubModel,
} from '../../../src/policy/sources/hub.ts';
import { ModelCache, type Folder } from '../../../src/policy/sources/model-cache.ts';
import {
  ModelDownloadError,
  GatedError,
  ModelAccessError,
  ModelStorageError,
} from '../../../src/policy/sources/source-errors.ts';
import { hubServer, sha256, type HubServer } from './hub-server.ts';

describe('a model by its id', () => {
  let hub: HubServer;
  let hubUrl: string;
  let folder: string;
  let cache: ModelCache;
  let gguf: Uint8Array;
  /** 20 MB: three pieces. */
  const big = new Uint8Array(20 * 2 ** 20).map((_, i) => (i * 31 + (i >> 8)) & 255);

  /** Of a repository that changes. */
  const moving: Record<string, Uint8Array> = {};

  beforeAll(async () => {
    gguf = await readFile(new URL('../vectors/gguf/llama.gguf', import.meta.url));
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const two = { 'config.json': text('{}'), 'model.safetensors': text('no weights') };
    hub = await hubServer({
      'some/moving': moving,
      'some/tiny': { 'tiny.gguf': gguf },
      'some/big': { 'big.bin': big },
      'some/two': two,
      'some/locked': { 'tiny.gguf': gguf },
      'some/pair': {
        ...two,
        'model.safetensors': big.subarray(0, 1e7),
        'model-2.safetensors': big.subarray(1e7, 2e7),
      },
      'some/both': { ...two, 'q4.gguf': gguf },
      'some/several': { 'q4.gguf': gguf, 'q8.gguf': gguf },
    });
    hubUrl = hub.url;
  });
  afterAll(() => hub.close());
  beforeEach(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
    folder = mkdtempSync(join(tmpdir(), 'tracewise-models-'));
    cache = new ModelCache(diskFolder(folder));
    [hub.patience, hub.isDamaged] = [Infinity, false];
    hub.requests.length = 0;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const bigFile = () => ({
    key: 'some/big@main/big.bin',
    url: `${hubUrl}/some/big/resolve/main/big.bin`,
    size: big.length,
    etag: 'one',
    sha256: sha256(big),
  });

  it('says what it would fetch, fetches that, opens it, and opens it again without a connection', async () => {
    const request = { id: 'some/tiny', hubUrl };
    const described = await describeHubModel(request);
    expect(described).toMatchObject({
      bytes: gguf.length,
      files: [{ path: 'tiny.gguf', size: gguf.length }],
    });
    expect(hub.requests).toEqual([]);
    expect(await hubArchitecture(request, described)).toMatchObject({ layers: 2 });
    expect(hub.requests).toHaveLength(1);
    const seen: number[] = [];
    const model = await openHubModel(request, described, cache, {
      onProgress: ({ bytes }) => seen.push(bytes),
    });
    expect(model.architecture.layers).toBe(2);
    expect(seen.at(-1)).toBe(gguf.length);
    expect(await cache.list()).toEqual([
      {
        key: `${hubUrl}/some/tiny@main/tiny.gguf`,
        size: gguf.length,
        sha256: sha256(gguf),
        isWhole: true,
        there: gguf.length,
      },
    ]);
    const asked = hub.requests.length;
    expect((await openCachedModel({ id: 'some/tiny', hubUrl }, cache))?.architecture).toEqual(
      model.architecture,
    );
    await openHubModel(request, described, cache);
    expect(hub.requests.length).toBe(asked);
    await cache.delete(`${hubUrl}/some/tiny@main/tiny.gguf`);
    expect(await cache.list()).toEqual([]);
    expect(await openCachedModel({ id: 'some/tiny', hubUrl }, cache)).toBeNull();
  });

  const fetchAll = async (id: string) => {
    const request = { id, hubUrl };
    await openHubModel(request, await describeHubModel(request), cache).catch((error: unknown) => {
      // What "some/both" holds in safetensors is whole and no model.
      if (!(error instanceof CheckpointError || error instanceof ModelAccessError)) throw error;
    });
  };
  const cachedPaths = async (id: string) => {
    const sources = await cachedSources({ id, hubUrl }, cache);
    return sources === null ? null : [...sources.keys()].sort();
  };

  describe('a GGUF file in the cache that was asked for by its name', () => {
    it('is not the model of a repository that holds safetensors', async () => {
      await fetchAll('some/both/q4.gguf');
      expect(await cachedPaths('some/both')).toBeNull();
      await fetchAll('some/both');
      expect(await cachedPaths('some/both')).toEqual(['config.json', 'model.safetensors']);
      expect(await cachedPaths('some/both/q4.gguf')).toEqual(['q4.gguf']);
    });

    it('does not keep the safetensors from opening when its download broke off', async () => {
      await fetchAll('some/both');
      hub.patience = 0;
      await expect(fetchAll('some/both/q4.gguf')).rejects.toThrow(ModelDownloadError);
      expect(await cachedPaths('some/both')).toEqual(['config.json', 'model.safetensors']);
    });

    it('is not the model of a repository with several, which has to be named', async () => {
      for (const file of ['q4.gguf', 'q8.gguf']) {
        await fetchAll(`some/several/${file}`);
        expect(await cachedPaths('some/several')).toBeNull();
      }
      await expect(fetchAll('some/several')).rejects.toThrow(/several GGUF files/);
    });

    it('is the model of a repository that turns out to hold nothing else', async () => {
      await fetchAll('some/tiny/tiny.gguf');
      expect(await cachedPaths('some/tiny')).toBeNull();
      const asked = hub.requests.length;
      await fetchAll('some/tiny');
      expect(hub.requests.length).toBe(asked);
      expect(await cachedPaths('some/tiny')).toEqual(['tiny.gguf']);
      await fetchAll('some/tiny/tiny.gguf');
      expect(await cachedPaths('some/tiny')).toEqual(['tiny.gguf']);
    });
  });

  it('stays the model of its repository when its download is gone on with by its name', async () => {
    hub.patience = 0;
    await expect(fetchAll('some/tiny')).rejects.toThrow(ModelDownloadError);
    hub.patience = Infinity;
    await fetchAll('some/tiny/tiny.gguf');
    expect(await cachedPaths('some/tiny')).toEqual(['tiny.gguf']);
  });

  it('is not any of several GGUF files that were kept before it was noted how they were asked for', async () => {
    await fetchAll('some/tiny');
    expect(await cachedPaths('some/tiny')).toEqual(['tiny.gguf']);
    await download({ ...bigFile(), key: `${hubUrl}/some/tiny@main/big.gguf` }, cache);
    expect(await cachedPaths('some/tiny')).toBeNull();
  });

  it('resumes a download where it broke', async () => {
    hub.patience = 1;
    await expect(download(bigFile(), cache)).rejects.toThrow(ModelDownloadError);
    expect((await cache.list())[0]).toMatchObject({ isWhole: false, sha256: null, there: 8 * 2 ** 20 });
    const before = hub.requests.length;
    hub.patience = Infinity;
    const seen: number[] = [];
    const source = await download(bigFile(), cache, { onProgress: (bytes) => seen.push(bytes) });
    expect(seen[0]).toBe(8 * 2 ** 20);
    expect(hub.requests.slice(before).length).toBe(2);
    expect(sha256(await source.read(0, source.size))).toBe(sha256(big));
  });

  it('is not taken for whole when one of its files has not begun to come', async () => {
    const request = { id: 'some/two', hubUrl };
    const described = await describeHubModel(request);
    hub.patience = 1;
    await expect(openHubModel(request, described, cache)).rejects.toThrow(ModelDownloadError);
    expect((await cache.list()).map(({ isWhole }) => isWhole).sort()).toEqual([false, true]);
    expect(await openCachedModel({ id: 'some/two', hubUrl }, cache)).toBeNull();
  });

  it('starts anew when the file on the server is another one', async () => {
    hub.patience = 1;
    await expect(download(bigFile(), cache)).rejects.toThrow(ModelDownloadError);
    hub.patience = Infinity;
    const before = hub.requests.length;
    await download({ ...bigFile(), etag: 'two' }, cache);
    expect(hub.requests.slice(before).length).toBe(3);
  });

  it('does not keep what arrived damaged', async () => {
    hub.isDamaged = true;
    await expect(download(bigFile(), cache)).rejects.toThrow(CheckpointError);
    expect(await cache.list()).toMatchObject([{ isWhole: false, sha256: null, there: 0 }]);
    expect(await cache.part(bigFile().key)).toBeNull();
    hub.isDamaged = false;
    expect((await download(bigFile(), cache)).size).toBe(big.length);
  });

  it('is not taken for whole when one of its files arrived damaged', async () => {
    const request = { id: 'some/two', hubUrl };
    const described = await describeHubModel(request);
    hub.isDamaged = true; // config.json is too short for it
    await expect(openHubModel(request, described, cache)).rejects.toThrow(/arrived damaged/);
    expect((await cache.list()).map(({ isWhole }) => isWhole).sort()).toEqual([false, true]);
    expect(await cachedSources({ id: 'some/two', hubUrl }, cache)).toBeNull();
  });

  it('lets go of files that its repository has no more, and of no GGUF file beside them', async () => {
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const shard = 'model-00001-of-00001.safetensors';
    const [old, later] = [
      { 'config.json': text('{}'), 'model.safetensors.index.json': text('{}'), [shard]: text('no weights') },
      { 'config.json': text('{}'), 'model.safetensors': text('no weights'), 'q4.gguf': gguf },
    ];
    Object.assign(moving, old, { 'q4.gguf': gguf });
    await fetchAll('some/moving/q4.gguf');
    hub.patience = 2;
    await expect(fetchAll('some/moving')).rejects.toThrow(ModelDownloadError);
    hub.patience = Infinity;
    for (const name of Object.keys(old)) delete moving[name];
    Object.assign(moving, later);
    await fetchAll('some/moving/q4.gguf');
    expect(await cache.note(`${hubUrl}/some/moving@main/model.safetensors.index.json`)).not.toBeNull();
    await fetchAll('some/moving');
    expect(await cachedPaths('some/moving')).toEqual(['config.json', 'model.safetensors']);
    expect(await cachedPaths('some/moving/q4.gguf')).toEqual(['q4.gguf']);
  });

  it('says that there is no room before anything is fetched', async () => {
    const full: Folder = { ...diskFolder(folder), free: () => Promise.resolve(1_000_000) };
    await expect(download(bigFile(), new ModelCache(full))).rejects.toThrow(ModelStorageError);
    expect(hub.requests).toEqual([]);
  });

  it('says that files of which each would fit do not fit together, and touches nothing', async () => {
    const request = { id: 'some/pair', hubUrl };
    const described = await describeHubModel(request);
    const room: Folder = { ...diskFolder(folder), free: () => Promise.resolve(15_000_000) };
    const opening = openHubModel(request, described, new ModelCache(room));
    await expect(opening).rejects.toThrow(/some\/pair needs 20 MB[^]*15 MB/);
    await expect(opening).rejects.toThrow(ModelStorageError);
    expect(hub.requests).toEqual([]);
    expect(await cache.list()).toEqual([]);
  });

  it('asks for room for what is missing: not for what is there, but for the rest of what broke off', async () => {
    const request = { id: 'some/pair', hubUrl };
    const described = await describeHubModel(request);
    hub.patience = 2; // config.json, and a piece
    await expect(openHubModel(request, described, cache)).rejects.toThrow(ModelDownloadError);
    hub.patience = Infinity;
    const there = (await cache.list()).reduce((sum, file) => sum + file.there, 0);
    expect(there).toBeGreaterThan(1_000_000);
    hub.requests.length = 0;
    const missing = described.bytes - there;
    const withRoom = (free: number) =>
      openHubModel(
        request,
        described,
        new ModelCache({ ...diskFolder(folder), free: () => Promise.resolve(free) }),
      );
    await expect(withRoom(missing - 1)).rejects.toThrow(ModelStorageError);
    expect(hub.requests).toEqual([]);
    // It fits; that these files are no model is found out when they are there.
    await expect(withRoom(missing)).rejects.not.toThrow(ModelStorageError);
    expect(hub.requests.length).toBeGreaterThan(0);
  });

  it('says so when another page is writing the same file', async () => {
    const locked = new DOMException('there is another open handle', 'NoModificationAllowedError');
    const shared: Folder = { ...diskFolder(folder), write: () => Promise.reject(locked) };
    const error = await download(bigFile(), new ModelCache(shared)).catch((found: unknown) => found);
    expect(error).toBeInstanceOf(ModelStorageError);
    expect((error as ModelStorageError).advice).toMatch(/another page/);
  });

  it.each([
    ['some/gated', ModelAccessError, /gated/],
    ['some/missing', ModelAccessError, /there is no model/],
    ['no id', ModelAccessError, /no model id/],
  ])('%s: a typed error', async (id, kind, message) => {
    const error = await describeHubModel({ id, hubUrl }).catch((found: unknown) => found);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    expect((error as ModelAccessError).advice).not.toBe('');
  });

  it('says that a model is gated also where only its files are', async () => {
    const request = { id: 'some/locked', hubUrl };
    const described = await describeHubModel(request);
    await expect(hubArchitecture(request, described)).rejects.toThrow(GatedError);
    await expect(openHubModel(request, described, cache)).rejects.toThrow(/tiny\.gguf is gated/);
  });

  it('without a network: a typed error', async () => {
    const offline: typeof fetch = () => Promise.reject(new TypeError('fetch failed'));
    await expect(describeHubModel({ id: 'some/tiny', fetch: offline })).rejects.toThrow(ModelDownloadError);
  });
});
