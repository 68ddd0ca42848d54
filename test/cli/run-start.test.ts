/**
 * What `run` begins with: an adapter's rank and alpha become settings, a file of
 * reward functions one setting.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/errors.ts';
import { readStart } from '../../src/cli/run-start.ts';
import { createConfig } from '../../src/learning/config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('is nothing where nothing is asked for', async () => {
  expect(await readStart(undefined, undefined)).toEqual({ layer: {}, adapter: null });
});

it('takes reward functions from a file, which settings then check', async () => {
  const file = join(folder, 'rewards.py');
  const source = 'def short_reward(completion, prompt, tests, trace, variables):\n    return 1\n';
  await writeFile(file, source);
  const { layer } = await readStart(undefined, file);
  expect(createConfig(layer)['reward.functions']).toBe(source.trim());
  await writeFile(file, 'print(1)\n');
  const other = await readStart(undefined, file);
  expect(() => createConfig(other.layer)).toThrow(/"reward.functions" has no function/);
});

it('names a file that is missing or is no adapter', async () => {
  await expect(readStart(undefined, join(folder, 'none.py'))).rejects.toThrow(UsageError);
  await expect(readStart(join(folder, 'none'), undefined)).rejects.toThrow(UsageError);
  const file = join(folder, 'adapter.safetensors');
  await writeFile(file, 'no adapter');
  await expect(readStart(file, undefined)).rejects.toThrow(UsageError);
});
