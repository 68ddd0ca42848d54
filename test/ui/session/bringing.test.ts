/**
 * What the visitor brings: read, offered, and joining the run on their word; a
 * dataset by its id, from a local server in place of the Hub.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { Bringing } from '../../../src/ui/session/bringing.svelte.ts';
import { hubServer, type HubServer } from '../../policy/sources/hub-server.ts';

const vector = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(`../../tasks/vectors/${name}`, import.meta.url)));
const session = {
  watch: vi.fn(() => Promise.resolve()),
  // One of them has no room.
  addTasks: vi.fn((tasks: readonly unknown[]) => Promise.resolve(tasks.length - 1)),
  adopt: vi.fn(() => Promise.resolve()),
};
const go = vi.fn();
let hub: HubServer;
let bringing: Bringing;

beforeAll(async () => {
  hub = await hubServer({ 'datasets/some/mbpp': { 'full/train.parquet': await vector('mbpp.parquet') } });
});
afterAll(() => hub.close());
beforeEach(() => {
  vi.clearAllMocks();
  hub.requests.length = 0;
  bringing = new Bringing({ session, rooms: { go }, error: null, hub: hub.url });
});

it('offers a file’s problems; those for training join the run, and who had no room is said', async () => {
  await bringing.take(new Blob([await vector('mbpp.parquet')]), 'mbpp.parquet');
  expect(bringing.offered).toMatchObject({ kind: 'tasks', name: 'mbpp.parquet' });
  await bringing.accept();
  expect(session.addTasks.mock.calls[0]![0]).toMatchObject([{ id: 'MBPP/601' }, { id: 'MBPP/602' }]);
  expect(bringing.said).toMatch(/1 task added\..*1 task left no room/);
  expect([bringing.offered, go.mock.calls]).toEqual([null, [['play']]]);
});

it('looks a dataset up without downloading, then downloads and offers it', async () => {
  await bringing.lookUp('some/mbpp');
  expect(bringing.found).toMatchObject({ id: 'some/mbpp', files: [{ path: 'full/train.parquet' }] });
  expect(hub.requests).toEqual([]);
  await bringing.fetch();
  expect(hub.requests).toHaveLength(1);
  expect(bringing.offered).toMatchObject({ kind: 'tasks', name: 'hub:some/mbpp' });
  expect([bringing.found, bringing.said, bringing.error]).toEqual([null, '', null]);
});

it('says what is wrong with an id, a download or a file, and offers nothing', async () => {
  await bringing.lookUp('some/where');
  expect(bringing.error).toMatchObject({ message: 'there is no dataset some/where' });
  await bringing.lookUp('some/mbpp');
  expect(bringing.error).toBeNull();
  hub.isDamaged = true;
  await bringing.fetch();
  hub.isDamaged = false;
  expect(bringing.error).toMatchObject({ message: expect.stringContaining('arrived damaged') as string });
  await bringing.take(new Blob(['{"a": 1}']), 'a.json');
  expect(bringing.error).toMatchObject({ name: 'UnknownFileError' });
  expect([bringing.offered, bringing.said]).toEqual([null, '']);
});

it('keeps the offer when a refusal is dismissed, and what was brought last wins', async () => {
  await bringing.take(new Blob([await vector('mbpp.parquet')]), 'mbpp.parquet');
  session.addTasks.mockRejectedValueOnce(new Error('the model is lent'));
  await bringing.accept();
  expect([bringing.error?.message, bringing.offered?.name]).toEqual(['the model is lent', 'mbpp.parquet']);
  // Twice at once is once.
  await Promise.all([bringing.accept(), bringing.accept()]);
  expect([bringing.error, session.addTasks.mock.calls.length]).toEqual([null, 2]);

  await bringing.lookUp('some/mbpp');
  const download = bringing.fetch();
  expect(bringing.isReading).toBe(true);
  await bringing.take(new Blob([await vector('humaneval.jsonl')]), 'humaneval.jsonl');
  await download;
  expect([bringing.offered?.name, bringing.isReading, bringing.error]).toEqual([
    'humaneval.jsonl',
    false,
    null,
  ]);
});
