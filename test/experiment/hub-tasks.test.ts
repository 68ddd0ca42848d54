/**
 * Tasks from a dataset of a server that speaks the Hub's protocol: what counts as
 * wholly in the cache, and what does not.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cachedHubTasks, describeHubTasks, fetchHubTasks } from '../../src/experiment/hub-tasks.ts';
import { CheckpointError } from '../../src/policy/errors.ts';
import { memoryFolder } from '../../src/policy/sources/memory-folder.ts';
import { ModelCache } from '../../src/policy/sources/model-cache.ts';
import { ModelDownloadError } from '../../src/policy/sources/source-errors.ts';
import { hubServer, type HubServer } from '../policy/sources/hub-server.ts';

const file = (id: string): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ id, prompt: `def ${id}(x):\n`, hidden: [['1', '2']] })}\n`);

describe('a dataset in the cache', () => {
  const files: Record<string, Uint8Array> = {};
  let hub: HubServer;
  let cache: ModelCache;

  beforeAll(async () => {
    hub = await hubServer({ 'datasets/some/tasks': files });
  });
  afterAll(() => hub.close());
  beforeEach(() => {
    for (const name of Object.keys(files)) delete files[name];
    Object.assign(files, { 'a.jsonl': file('a'), 'b.jsonl': file('b') });
    cache = new ModelCache(memoryFolder());
    [hub.patience, hub.isDamaged] = [Infinity, false];
  });

  const access = () => ({ hubUrl: hub.url });
  const fetchAll = async () => fetchHubTasks(await describeHubTasks('some/tasks', access()), access(), cache);
  const cachedIds = async () => (await cachedHubTasks('some/tasks', access(), cache))?.map(({ id }) => id);

  it('is read without a connection once all of it was fetched', async () => {
    expect(await cachedIds()).toBeUndefined();
    await fetchAll();
    expect(await cachedIds()).toEqual(['a', 'b']);
  });

  it('is not whole when one of its files arrived damaged', async () => {
    hub.patience = 1;
    await expect(fetchAll()).rejects.toThrow(ModelDownloadError);
    [hub.patience, hub.isDamaged] = [Infinity, true];
    await expect(fetchAll()).rejects.toThrow(CheckpointError);
    expect(await cachedIds()).toBeUndefined();
    hub.isDamaged = false;
    await fetchAll();
    expect(await cachedIds()).toEqual(['a', 'b']);
  });

  it('lets go of a file that was renamed while another one was still missing', async () => {
    hub.patience = 1;
    await expect(fetchAll()).rejects.toThrow(ModelDownloadError);
    files['a2.jsonl'] = files['a.jsonl']!;
    delete files['a.jsonl'];
    hub.patience = Infinity;
    await fetchAll();
    expect(await cachedIds()).toEqual(['a', 'b']);
  });

  it('keeps what was fetched under another id', async () => {
    const read = async (id: string) => (await cachedHubTasks(id, access(), cache))?.map((task) => task.id);
    const one = await describeHubTasks('some/tasks/a.jsonl', access());
    await fetchHubTasks(one, access(), cache);
    await fetchAll();
    expect([await read('some/tasks/a.jsonl'), await cachedIds()]).toEqual([['a'], ['a', 'b']]);
  });
});
