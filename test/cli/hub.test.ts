/**
 * `run` and `eval` with the id of a model: a local server in place of the Hub, named
 * by HF_ENDPOINT as everywhere.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hubServer, type HubServer } from '../policy/sources/hub-server.ts';
import { tracewise, WorkingFolder, type Ended } from './command-line.ts';

/** The tiny model with 20 MB behind it that nobody reads: three pieces. */
const PADDING = 20 * 2 ** 20;
/** A port where nobody answers. */
const NOWHERE = 'http://127.0.0.1:1';

let hub: HubServer;
let folder: WorkingFolder;
let tasks: string;

beforeAll(async () => {
  const tiny = await readFile(new URL('../policy/vectors/gguf/qwen2.gguf', import.meta.url));
  const padded = new Uint8Array(tiny.length + PADDING);
  padded.set(tiny);
  const problems = (file: string) => readFile(new URL(`../tasks/vectors/${file}`, import.meta.url));
  hub = await hubServer({
    'some/tiny': { 'tiny.gguf': padded },
    'some/locked': { 'tiny.gguf': tiny },
    'datasets/some/mbpp': {
      'full/train-00000-of-00001.parquet': await problems('mbpp.parquet'),
      'sanitized/mbpp.jsonl': await problems('mbpp.jsonl'),
      'dataset_infos.json': new TextEncoder().encode('{}'),
    },
  });
});
afterAll(() => hub.close());
beforeEach(async () => {
  folder = await WorkingFolder.create();
  const row = { prompt: 'def f(x):\n', hidden: [['1', '2']] };
  tasks = await folder.writeRows('tasks.jsonl', [
    { id: 'a', ...row },
    { id: 'b', ...row, prompt: 'def f(y):\n', split: 'heldout' },
  ]);
  vi.stubEnv('XDG_CACHE_HOME', folder.path);
  vi.stubEnv('HF_ENDPOINT', `${hub.url}/`);
  hub.patience = Infinity;
  hub.isUnreachable = false;
  hub.requests.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

const SMALL = [
  ...['prompt.style=completion', 'code.extraction=body', 'code.prompts=1', 'code.groupSize=2'],
  ...['code.maxNewTokens=4', 'eval.tasks=1', 'eval.samples=1', 'eval.k=1'],
].flatMap((setting) => ['--set', setting]);

const evaluate = (id: string): Promise<Ended> =>
  tracewise(['eval', '--suite', tasks, '--model', id, '--n', '1', ...SMALL, '--threads', '1']);
const train = (id: string): Promise<Ended> =>
  tracewise(['run', '--tasks', tasks, '--model', id, '--steps', '1', ...SMALL, '--threads', '1']);

describe('a model by its id', () => {
  test('sizes are said first; fetched once, it needs no connection', async () => {
    const first = await evaluate('some/tiny');
    expect([first.code, first.progress.join('\n')]).toEqual([0, expect.any(String)]);
    expect(first.progress[0]).toMatch(/^some\/tiny: one file, 21 MB, into .*tracewise.models$/);
    expect(first.progress[1]).toMatch(/^ {2}training it takes about \d+ MB$/);
    hub.isUnreachable = true;
    const again = await train('some/tiny');
    expect([again.code, again.progress.join('\n')]).toEqual([0, expect.any(String)]);
    expect(again.out.join('\n')).toMatch(/^step +1 /m);
  });

  test('a download that breaks off keeps what came and goes on from there', async () => {
    hub.patience = 2; // the first bytes, and one piece
    const broken = await train('some/tiny');
    expect(broken.code).toBe(1);
    expect(broken.progress.join('\n')).toMatch(/the connection broke[^]*What has arrived is kept/);
    hub.patience = Infinity;
    hub.isUnreachable = false;
    hub.requests.length = 0;
    const ended = await evaluate('some/tiny');
    expect([ended.code, ended.progress.join('\n')]).toEqual([0, expect.any(String)]);
    const pieces = hub.requests.filter(({ range }) => range !== 'bytes=0-65535');
    expect(pieces.map(({ range }) => range?.split('-')[0])).toEqual(['bytes=8388608', 'bytes=16777216']);
  });

  test.each([
    ['some/missing', undefined, /there is no model some\/missing[^]*Check the spelling/],
    ['some/gated', undefined, /some\/gated is gated, private, or does not exist[^]*access token/],
    ['some/tiny', NOWHERE, /the Hub cannot be reached[^]*use a model from the cache or from a file/],
  ])('%s at %s: what happened and what to do', async (id, endpoint, message) => {
    if (endpoint !== undefined) vi.stubEnv('HF_ENDPOINT', endpoint);
    for (const command of [train, evaluate]) {
      const ended = await command(id);
      expect(ended.code).toBe(1);
      expect(ended.progress).toHaveLength(2);
      expect(ended.progress.join('\n')).toMatch(message);
    }
    expect(hub.requests).toEqual([]);
  });
});

describe('tasks by the id of a dataset', () => {
  const measure = (id: string): Promise<Ended> =>
    tracewise(['eval', '--suite', id, '--n', '1', '--json', '--set', 'eval.k=1', '--threads', '1']);

  test('its size is said first; fetched once, it needs no connection', async () => {
    const first = await measure('hub:some/mbpp/full');
    expect([first.code, first.progress.join('\n')]).toEqual([0, expect.any(String)]);
    expect(first.progress.join('\n')).toMatch(/^some\/mbpp\/full: one file, .*tracewise.models$/m);
    expect(JSON.parse(first.out.at(-1)!)).toHaveProperty('eval_heldout/pass@1');
    hub.isUnreachable = true;
    const again = await measure('hub:some/mbpp/full');
    expect([again.code, again.out]).toEqual([0, first.out]);
  });

  test.each([
    ['hub:some/mbpp', /several parts[\s\S]*some\/mbpp\/PATH with full, sanitized\./],
    ['hub:some/mbpp/other', /holds no file of tasks/],
    ['hub:some/where', /there is no dataset some\/where/],
    ['hub:mbpp', /"mbpp" is no dataset id/],
    ['hub:some/gated', /gated, private, or does not exist/],
  ])('%s is answered in one line with advice', async (id, said) => {
    const ended = await measure(id);
    expect(ended.code).toBe(1);
    expect(ended.progress.join('\n')).toMatch(said);
  });
});
