/**
 * What `run` writes: the log apart from its seconds, the adapters on the way, and
 * nothing where nothing is asked for.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/errors.ts';
import { adaptersAt, withAdapter, withLogs } from '../../src/cli/run-outputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-outputs-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('adapters on the way are named after the file of the last one', () => {
  expect([...adaptersAt('5,20', 'a/b.safetensors')]).toEqual([
    [5, 'a/b.step-5.safetensors'],
    [20, 'a/b.step-20.safetensors'],
  ]);
  expect(adaptersAt(undefined, undefined).size).toBe(0);
  for (const [steps, file] of [
    ['5', undefined],
    ['0', 'b'],
    ['1,x', 'b'],
    ['', 'b'],
  ] as const)
    expect(() => adaptersAt(steps, file)).toThrow(UsageError);
});

test('events go to the log and seconds beside it', async () => {
  const path = join(folder, 'run.jsonl');
  await withLogs(path, (log) =>
    log.lines([
      { text: '{"a":1}', isTiming: false },
      { text: '{"s":2}', isTiming: true },
      { text: '{"a":3}', isTiming: false },
    ]),
  );
  expect(await readFile(path, 'utf8')).toBe('{"a":1}\n{"a":3}\n');
  expect(await readFile(join(folder, 'run.timing.jsonl'), 'utf8')).toBe('{"s":2}\n');
});

test('the adapter is in its file, and without a file there is nothing to call', async () => {
  const path = join(folder, 'a.safetensors');
  await withAdapter(path, (save) => save!(new Uint8Array([1, 2])));
  expect([...(await readFile(path))]).toEqual([1, 2]);
  const before = (await readdir(folder)).length;
  expect(await withAdapter(undefined, async (save) => save)).toBeUndefined();
  await withLogs(undefined, (log) => log.lines([{ text: 'x', isTiming: false }]));
  expect(await readdir(folder)).toHaveLength(before);
});
