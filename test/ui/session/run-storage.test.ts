/** What the page finds stored when it is opened. No browser: places for bytes in memory. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageDeniedError, StorageError } from '../../../src/experiment/storage/errors.ts';
import { MemoryStore } from '../../../src/experiment/storage/memory-store.ts';
import { RunStore } from '../../../src/experiment/storage/run-store.ts';
import type { ByteStore } from '../../../src/experiment/storage/store.ts';
import { createConfig } from '../../../src/learning/config.ts';
import { BrowserRunStorage } from '../../../src/ui/session/run-storage.ts';
import { nowLine } from '../../../src/ui/play/now.ts';
import { SavedRunState } from '../../../src/ui/session/saved-run.svelte.ts';

/** A place whose files are held by a worker that is being ended: as many reads fail. */
class HeldStore extends MemoryStore {
  held = 0;
  override async read(key: string): Promise<Uint8Array | null> {
    if (this.held-- > 0) throw new StorageError('the file could not be read', 'k', 'a');
    return super.read(key);
  }
}

const ignore = (): void => undefined;

async function withRun(store: ByteStore): Promise<void> {
  const runs = await RunStore.open(store);
  const policy = { step: 3, tensors: { a: { dims: [1], data: Float32Array.of(1) } } };
  const state = {
    version: 1 as const,
    config: createConfig({ steps: 9 }),
    step: 3,
    evaluatedAt: 0,
    taken: { code: 0, fill: 0 },
    tokens: 0,
    buffer: [],
    evaluationSet: null,
    policy,
    events: 0,
    pending: [],
  };
  await runs.save(state, '', 1);
}

describe('a run that is stored', () => {
  beforeEach(() => void vi.stubGlobal('navigator', {}));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('is found although its files are still held for a moment by the page before', async () => {
    const store = new HeldStore();
    await withRun(store);
    store.held = 2;
    expect(await new BrowserRunStorage([async () => store]).look()).toMatchObject({ step: 3, steps: 9 });
  });

  test('is found although they are held for ten seconds, as by a worker in the middle of a long step', async () => {
    const store = new HeldStore();
    await withRun(store);
    vi.useFakeTimers();
    store.held = Infinity;
    setTimeout(() => (store.held = 0), 10_000);
    const found = new BrowserRunStorage([async () => store]).look();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await found).toMatchObject({ step: 3, steps: 9 });
  });

  test('that can never be read is not taken for none', async () => {
    const store = new HeldStore();
    await withRun(store);
    vi.useFakeTimers();
    store.held = Infinity;
    const saved = new SavedRunState(() => new BrowserRunStorage([async () => store]));
    const looked = saved.look(ignore, ignore);
    expect(saved.isUnread).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    await looked;
    expect([saved.isUnread, saved.offer]).toEqual([true, null]);
    // The learner, which opens it later, could read it.
    saved.found({ step: 3, steps: 9, seed: 1, savedAt: 1 });
    expect(saved.offer).toMatchObject({ step: 3 });
    expect(saved.isUnread).toBe(false);
  });

  test('is found in the second place where the first cannot be opened', async () => {
    const store = new MemoryStore();
    await withRun(store);
    const closed = (): Promise<ByteStore> =>
      Promise.reject(new StorageError('it could not be opened', 'k', 'a'));
    expect(await new BrowserRunStorage([closed, async () => store]).look()).toMatchObject({ step: 3 });
  });

  test('is found although its place could not be opened at first', async () => {
    const store = new MemoryStore();
    await withRun(store);
    vi.useFakeTimers();
    let tries = 0;
    const late = async (): Promise<ByteStore> => {
      if (++tries < 5) throw new StorageError('it could not be opened', 'k', 'a');
      return store;
    };
    const found = new BrowserRunStorage([late, async () => new MemoryStore()]).look();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await found).toMatchObject({ step: 3 });
  });

  test('is not looked for where the browser has no such place, or refuses it', async () => {
    const absent = (): Promise<ByteStore> =>
      Promise.reject(new StorageError('no file system', 'k', 'a', { cause: new TypeError('undefined') }));
    const refused = (): Promise<ByteStore> => Promise.reject(new StorageDeniedError('opening'));
    expect(await new BrowserRunStorage([absent, refused]).look()).toBeNull();
  });

  test('that was discarded does not come back by what the learner had read before', async () => {
    const store = new MemoryStore();
    await withRun(store);
    const saved = new SavedRunState(() => new BrowserRunStorage([async () => store]));
    await saved.look(ignore, ignore);
    const stored = saved.offer;
    expect(stored).toMatchObject({ step: 3 });
    await saved.discard();
    saved.found(stored);
    expect(saved.offer).toBeNull();
  });
});

test('that everything is kept is said of a run that is stored as it is, and of no other', () => {
  const savedRun = new SavedRunState(() => null);
  const model = { phase: 'ready', model: {} as never } as const;
  const said = (step: number) => nowLine(model, 'paused', { doing: 'nothing' }, false, savedRun.holds(step));
  expect(said(3)).toMatch(/in this tab alone/);
  savedRun.onSaved({ step: 3, steps: 9, seed: 1, savedAt: 1 });
  expect(said(3)).toMatch(/Everything is kept/);
  expect(said(4)).toMatch(/in this tab alone/);
  savedRun.onProblem({ name: 'StorageFullError', message: 'full', kept: 'k', advice: 'a' });
  expect(said(3)).toMatch(/in this tab alone/);
});
