/** Finding a Chromium, and not believing every file of that name. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureChromium, findChromium } from '../../scripts/chromium.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-chromium-'));
  vi.stubEnv('CHROMIUM', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function program(path: string, exitCode: number): Promise<string> {
  const full = join(folder, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, `#!/bin/sh\nexit ${exitCode}\n`);
  await chmod(full, 0o755);
  return full;
}

test('the one named by CHROMIUM comes first', async () => {
  const path = await program('mine', 0);
  vi.stubEnv('CHROMIUM', path);
  expect(findChromium()).toBe(path);
});

test('a wrong CHROMIUM is an error, not a reason to take another', () => {
  vi.stubEnv('CHROMIUM', join(folder, 'none'));
  expect(() => findChromium()).toThrow(/CHROMIUM=.*none is not an executable file/);
});

test('one that does not start is passed over for one that does', async () => {
  await program('a/chromium', 1);
  const works = await program('b/chromium-browser', 0);
  vi.stubEnv('PATH', `${join(folder, 'a')}:${join(folder, 'b')}:/bin`);
  const said: string[] = [];
  expect(ensureChromium((line) => said.push(line))).toBe(works);
  expect(said).toEqual([`Chromium: ${works}`]);
});
