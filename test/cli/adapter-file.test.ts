/** Which file of a folder is the adapter, as PEFT lays them out. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAdapterFile } from '../../src/cli/adapter-file.ts';
import { UsageError } from '../../src/cli/errors.ts';

const STORED = new URL('../policy/vectors/peft/plain', import.meta.url).pathname;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-adapters-'));
  // What save_pretrained writes of a model with adapters of other names than "default".
  for (const name of ['two', 'one']) await cp(STORED, join(folder, 'named', name), { recursive: true });
  await mkdir(join(folder, 'named', 'ref'));
  await mkdir(join(folder, 'pickle'));
  await writeFile(join(folder, 'pickle', 'adapter_model.bin'), 'PK');
  await mkdir(join(folder, 'empty'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a folder of named adapters is refused by their names, and each of them is read', async () => {
  const refused = readAdapterFile(join(folder, 'named'));
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(/in each of its folders one, two; name one of them$/);
  expect((await readAdapterFile(join(folder, 'named', 'one'))).rank).toBe(4);
});

test.each([
  ['pickle', /adapter_model\.bin is a pickle/],
  ['empty', /there is no adapter_model\.safetensors in it$/],
])('a folder without safetensors is refused: %s', async (name, problem) => {
  await expect(readAdapterFile(join(folder, name))).rejects.toThrow(problem);
});
