/** Bytes that are kept, bytes that were cut off, and how the two are told apart. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/experiment/storage/checksum.ts';
import {
  asStorageError,
  RunFileError,
  StorageDeniedError,
  StorageError,
  StorageFullError,
  TornSnapshotError,
} from '../../../src/experiment/storage/errors.ts';
import { FileStore } from '../../../src/experiment/storage/file-store.ts';
import { MemoryStore } from '../../../src/experiment/storage/memory-store.ts';
import { readRunFile, writeRunFile } from '../../../src/experiment/storage/run-file.ts';
import { RunStore } from '../../../src/experiment/storage/run-store.ts';
import { readSections, writeSections } from '../../../src/experiment/storage/sections.ts';
import { createConfig } from '../../../src/learning/config.ts';
import type { TrainerState } from '../../../src/learning/state.ts';
import { behavesAsStore, FaultyStore } from './stores.ts';

const state = (step: number): TrainerState => ({
  version: 1,
  config: createConfig({ seed: 7, steps: 9 }),
  step,
  evaluatedAt: 0,
  taken: { code: 4 * step, fill: 0 },
  tokens: 100 * step,
  buffer: [],
  evaluationSet: null,
  policy: {
    step,
    tensors: { 'layers.0.q.lora_A': { dims: [2, 3], data: Float32Array.from([1, -0, 1e-40, 3, step, NaN]) } },
  },
  events: 2 * step,
  pending: [],
});
const lines = (step: number): string => `{"step":${step},"part":1}\n{"step":${step},"part":2}\n`;

describe('a place for bytes', () => {
  test('memory', () => behavesAsStore(new MemoryStore()));

  test('a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tracewise-store-'));
    try {
      await behavesAsStore(await FileStore.open(join(folder, 'made', 'for', 'it')));
      await writeFile(join(folder, 'file'), '');
      await expect(FileStore.open(join(folder, 'file', 'inside'))).rejects.toThrow(StorageError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('says whether it is full, forbidden or broken', () => {
    const named = (name: string) => new DOMException('x', name);
    const coded = (code: string) => Object.assign(new Error('x'), { code });
    for (const cause of [named('QuotaExceededError'), coded('ENOSPC')])
      expect(asStorageError(cause, 'writing')).toBeInstanceOf(StorageFullError);
    for (const cause of [named('SecurityError'), coded('EROFS')])
      expect(asStorageError(cause, 'writing')).toBeInstanceOf(StorageDeniedError);
    const other = asStorageError(new Error('bus on fire'), 'writing');
    expect(other.message).toMatch(/bus on fire/);
    expect(other.advice).toMatch(/Download/);
  });
});

describe('checksums', () => {
  test('are those of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  test('sections come back as they were, and no cut or changed byte goes unnoticed', () => {
    const sections = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(sections, fc.nat(), fc.integer({ min: 1, max: 255 }), (record, place, change) => {
        const file = writeSections(new Map(Object.entries(record)));
        expect(Object.fromEntries(readSections(file, 'it'))).toEqual(record);
        const at = place % file.length;
        expect(() => readSections(file.subarray(0, at), 'it')).toThrow(StorageError);
        file[at]! ^= change;
        expect(() => readSections(file, 'it')).toThrow(StorageError);
      }),
      { numRuns: 2000 },
    );
  });

  test('any other bytes get a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => readRunFile(bytes)).toThrow(RunFileError);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a saved run', () => {
  test('comes back as it was saved, with its journal, and costs no rewriting of what was saved before', async () => {
    const store = new FaultyStore();
    const runs = await RunStore.open(store);
    expect(runs.saved).toBeNull();
    const costs: number[] = [];
    for (let step = 1; step <= 5; step++) {
      const before = store.written;
      await runs.save(state(step), lines(step).repeat(step === 2 ? 1000 : 1), 1000 + step);
      costs.push(store.written - before);
    }
    // The long second piece was written once.
    expect(costs[1]! - costs[4]!).toBeGreaterThan(900 * lines(1).length);
    expect(Math.abs(costs[4]! - costs[3]!)).toBeLessThan(200);
    const loaded = await (await RunStore.open(store)).load();
    expect(loaded.info).toEqual({ step: 5, steps: 9, seed: 7, savedAt: 1005 });
    expect(loaded.state).toEqual(state(5));
    expect(loaded.journal).toBe(
      [1, 2, 3, 4, 5].map((step) => lines(step).repeat(step === 2 ? 1000 : 1)).join(''),
    );
  });

  test('looked at, is not mixed with the run that is being saved; gone on with, it is that run', async () => {
    const store = new FaultyStore();
    await (await RunStore.open(store)).save(state(1), lines(1), 1);
    const runs = await RunStore.open(store);
    runs.startNew();
    const { run, goOn } = await runs.find();
    expect(run.state).toEqual(state(1));
    expect(await runs.journal()).toBe('');
    goOn();
    expect(await runs.journal()).toBe(lines(1));
  });

  test('killed at any byte of a save, is the one before or the new one, and goes on from there', async () => {
    const whole = new FaultyStore();
    const full = await RunStore.open(whole);
    for (const step of [1, 2]) await full.save(state(step), lines(step), step);
    const sizes = [lines(3).length, 1400];
    for (const [write, size] of [
      [1, sizes[0]!],
      [2, sizes[1]!],
    ] as const) {
      for (let bytes = 0; bytes < size; bytes += 97) {
        const store = new FaultyStore();
        const runs = await RunStore.open(store);
        for (const step of [1, 2]) await runs.save(state(step), lines(step), step);
        store.cut = { write: store.writes + write, bytes };
        await expect(runs.save(state(3), lines(3), 3)).rejects.toThrow(/killed/);
        store.cut = null;
        const after = await RunStore.open(store);
        const loaded = await after.load();
        expect(loaded.state.step, `write ${write} cut at ${bytes}`).toBe(2);
        expect(loaded.journal).toBe(lines(1) + lines(2));
        await after.save(state(3), lines(3), 3);
        expect((await (await RunStore.open(store)).load()).journal).toBe(lines(1) + lines(2) + lines(3));
      }
    }
  });

  test('damaged in its newest state or journal, is the one before; damaged in both, says so', async () => {
    for (const damaged of ['run.state-1', 'run.log-3']) {
      const store = new MemoryStore();
      const runs = await RunStore.open(store);
      for (const step of [1, 2, 3]) await runs.save(state(step), lines(step), step);
      const bytes = (await store.read(damaged))!;
      bytes[bytes.length >> 1]! ^= 1;
      await store.write(damaged, bytes);
      const after = await RunStore.open(store);
      expect((await after.load()).state.step).toBe(2);
      await after.save(state(3), lines(3), 3);
      expect((await (await RunStore.open(store)).load()).state.step).toBe(3);
    }
    const store = new MemoryStore();
    const runs = await RunStore.open(store);
    for (const step of [1, 2]) await runs.save(state(step), lines(step), step);
    await store.remove('run.log-1');
    await expect((await RunStore.open(store)).load()).rejects.toThrow(TornSnapshotError);
  });

  test('a new run replaces it at its second save, not before', async () => {
    const store = new FaultyStore();
    const runs = await RunStore.open(store);
    for (const step of [1, 2]) await runs.save(state(step), lines(step), step);
    runs.startNew();
    store.cut = { write: store.writes + 2, bytes: 50 };
    await expect(runs.save(state(0), '', 5)).resolves.toBeDefined();
    await expect(runs.save(state(1), lines(9), 5)).rejects.toThrow(/killed/);
    store.cut = null;
    expect((await (await RunStore.open(store)).load()).journal).toBe('');
    for (const step of [1, 2]) await runs.save(state(step), lines(9), 5);
    expect((await (await RunStore.open(store)).load()).journal).toBe(lines(9) + lines(9));
    // Nothing of the old run is left.
    expect(await store.keys('run.log-')).toHaveLength(2);
    await runs.clear();
    expect(await store.keys('')).toEqual([]);
  });

  test('as one file to download, comes back whole', () => {
    const file = { state: state(4), journal: lines(1) };
    expect(readRunFile(writeRunFile(file))).toEqual(file);
    const torn = writeRunFile(file).subarray(0, -1);
    expect(() => readRunFile(torn)).toThrow(TornSnapshotError);
    const other = writeSections(new Map([['else', Uint8Array.of(1)]]));
    expect(() => readRunFile(other)).toThrow(RunFileError);
  });
});
