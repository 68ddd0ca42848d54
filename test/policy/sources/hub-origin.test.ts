/** Who gets a visitor's token, and whose files are whose in the cache: a link may name any server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diskFolder } from '../../../src/cli/model-folder.ts';
import { hubAccess } from '../../../src/cli/hub.ts';
import { cachedHubTasks, describeHubTasks, fetchHubTasks } from '../../../src/experiment/hub-tasks.ts';
import { HUB, isHub, originOf, tokenFor } from '../../../src/policy/sources/hub-origin.ts';
import {
  describeHubModel,
  hubArchitecture,
  openCachedModel,
  openHubModel,
} from '../../../src/policy/sources/hub.ts';
import { ModelCache } from '../../../src/policy/sources/model-cache.ts';
import { ModelAccessError } from '../../../src/policy/sources/source-errors.ts';
import { cachedModels } from '../../../src/ui/session/models/cached.ts';
import { hubServer } from './hub-server.ts';

describe('the server', () => {
  it('is told by its origin, however its address is written', () => {
    for (const hubUrl of [undefined, HUB, `${HUB}/`, 'https://HuggingFace.co:443'])
      expect(isHub(hubUrl === undefined ? {} : { hubUrl })).toBe(true);
    for (const hubUrl of [
      'https://huggingface.co.evil.example',
      'https://huggingface.co@evil.example',
      'https://hf.co',
    ])
      expect(isHub({ hubUrl })).toBe(false);
  });

  it.each(['', 'evil.example', 'javascript:alert(1)', 'http://evil.example', 'file:///etc', 'https://'])(
    'is no server: %s',
    (hubUrl) => {
      expect(() => originOf({ hubUrl })).toThrow(ModelAccessError);
    },
  );

  it('gets the token where it is the Hub, or where it was named', () => {
    const accessToken = 'hf_secret';
    expect(tokenFor({ accessToken })).toBe(accessToken);
    expect(tokenFor({ accessToken, hubUrl: 'https://mirror.example' })).toBeUndefined();
    const named = {
      accessToken,
      hubUrl: 'https://mirror.example/hub',
      tokenOrigin: 'https://mirror.example',
    };
    expect(tokenFor(named)).toBe(accessToken);
    expect(tokenFor({ ...named, hubUrl: 'https://other.example' })).toBeUndefined();
    expect(tokenFor({ ...named, hubUrl: HUB })).toBe(accessToken);
  });
});

describe('a server that a link names', () => {
  const folders: string[] = [];
  const open = (): ModelCache => {
    folders.push(mkdtempSync(join(tmpdir(), 'tracewise-models-')));
    return new ModelCache(diskFolder(folders.at(-1)!));
  };
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it('sees no token in any request, for models and datasets; and sees it once its owner named it', async () => {
    const gguf = new Uint8Array(await readFile(new URL('../vectors/gguf/llama.gguf', import.meta.url)));
    const own = new TextEncoder().encode('{"id":"a","prompt":"def f(x):","hidden":[["1","1"]]}\n');
    const server = await hubServer({
      'some/tiny': { 'tiny.gguf': gguf },
      'datasets/some/tasks': { 'a.jsonl': own },
    });
    try {
      const seen: (string | null)[] = [];
      const get: typeof fetch = (input, init) => {
        seen.push(new Headers(init?.headers).get('authorization'));
        return fetch(input, init);
      };
      const every = async (extra: object): Promise<void> => {
        const access = { accessToken: 'hf_secret', hubUrl: server.url, fetch: get, ...extra };
        const request = { id: 'some/tiny', ...access };
        const model = await describeHubModel(request);
        await hubArchitecture(request, model);
        await openHubModel(request, model, open());
        await fetchHubTasks(await describeHubTasks('some/tasks', access), access, open());
      };
      await every({});
      expect(seen.length).toBeGreaterThan(4);
      expect(seen.every((token) => token === null)).toBe(true);
      seen.length = 0;
      await every({ tokenOrigin: new URL(server.url).origin });
      expect(seen.every((token) => token === 'Bearer hf_secret')).toBe(true);
    } finally {
      await server.close();
    }
  });

  it('puts nothing in the place of the Hub’s files, and the list says whose they are', async () => {
    const gguf = new Uint8Array(await readFile(new URL('../vectors/gguf/llama.gguf', import.meta.url)));
    const own = new TextEncoder().encode('{"id":"a","prompt":"def f(x):","hidden":[["1","1"]]}\n');
    const server = await hubServer({
      'some/tiny': { 'tiny.gguf': gguf },
      'datasets/some/tasks': { 'a.jsonl': own },
    });
    const cache = open();
    const access = { hubUrl: server.url };
    try {
      const request = { id: 'some/tiny', ...access };
      await openHubModel(request, await describeHubModel(request), cache);
      await fetchHubTasks(await describeHubTasks('some/tasks', access), access, cache);
    } finally {
      await server.close();
    }
    expect(await openCachedModel({ id: 'some/tiny', ...access }, cache)).not.toBeNull();
    expect(await openCachedModel({ id: 'some/tiny' }, cache)).toBeNull();
    expect(await openCachedModel({ id: 'some/tiny', hubUrl: 'https://mirror.example' }, cache)).toBeNull();
    expect(await cachedHubTasks('some/tasks', access, cache)).toHaveLength(1);
    expect(await cachedHubTasks('some/tasks', {}, cache)).toBeNull();
    const [kept] = (await cachedModels(cache)).filter(({ id }) => id.includes('tiny'));
    expect(kept).toMatchObject({
      id: 'some/tiny/tiny.gguf',
      server: new URL(server.url).origin,
      isWhole: true,
    });
  });
});

describe('the command line', () => {
  const set = (values: Record<string, string | undefined>): void => {
    for (const [name, value] of Object.entries(values))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };

  it('keeps HF_TOKEN from another HF_ENDPOINT, and says so', () => {
    const before = {
      HF_TOKEN: undefined,
      HF_ENDPOINT: undefined,
      HF_TOKEN_ENDPOINT: undefined,
      ...process.env,
    };
    const [HF_TOKEN, HF_ENDPOINT] = ['hf_secret', 'https://mirror.example/'];
    const said: string[] = [];
    const access = () => hubAccess((line) => said.push(line));
    try {
      set({ HF_TOKEN, HF_ENDPOINT, HF_TOKEN_ENDPOINT: undefined });
      expect(tokenFor(access())).toBeUndefined();
      expect(said).toEqual([expect.stringMatching(/^HF_TOKEN is not sent to https:\/\/mirror\.example,/)]);
      set({ HF_TOKEN_ENDPOINT: 'https://mirror.example' });
      expect(tokenFor(access())).toBe('hf_secret');
      set({ HF_ENDPOINT: undefined, HF_TOKEN_ENDPOINT: undefined });
      expect(tokenFor(access())).toBe('hf_secret');
      expect(said).toHaveLength(1);
    } finally {
      set(
        Object.fromEntries(
          ['HF_TOKEN', 'HF_ENDPOINT', 'HF_TOKEN_ENDPOINT'].map((name) => [name, before[name as 'HF_TOKEN']]),
        ),
      );
    }
  });
});
