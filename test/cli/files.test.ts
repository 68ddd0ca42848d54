/** Files are read with errors that name the place, and written whole or not at all. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/errors.ts';
import { readJsonl, readFileText, withOutput } from '../../src/cli/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function given(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('reading', () => {
  test('gzip is unpacked and blank lines do not count, but keep their number', async () => {
    const path = await given('a.jsonl.gz', gzipSync('{"a":1}\n\n{"a":2}\r\n'));
    expect(await readJsonl(path)).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 3, value: { a: 2 } },
    ]);
  });

  test.each([
    ['not JSON', '{"a":1}\n{"a":\n', /:2: not JSON/],
    ['not an object', '[1]\n', /:1: expected a JSON object/],
    ['nothing', '\n\n', /holds no rows/],
    ['not text', new Uint8Array([0x7b, 0xff, 0xfe]), /not UTF-8/],
    ['damaged gzip', gzipSync('{"a":1}\n'.repeat(100)).subarray(0, 30), /damaged gzip/],
  ])('%s is refused with its place', async (_name, content, message) => {
    const path = await given('bad.jsonl', content);
    const failure = readJsonl(path);
    await expect(failure).rejects.toThrow(UsageError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(path);
  });

  test('a missing file and a folder are named', async () => {
    await expect(readFileText(join(folder, 'none.py'))).rejects.toThrow(/none\.py: no such file/);
    await expect(readFileText(folder)).rejects.toThrow(/is a folder/);
  });
});

describe('writing', () => {
  test('the file appears complete, and only then', async () => {
    const path = join(folder, 'out.jsonl');
    await withOutput(path, async (output) => {
      await output.write('{"a":1}\n');
      expect(await readdir(folder)).not.toContain('out.jsonl');
    });
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n');
    expect(await readdir(folder)).toEqual(['out.jsonl']);
  });

  test('work that fails leaves what was there before and nothing else', async () => {
    const path = await given('out.jsonl', 'before');
    const failure = withOutput(path, async (output) => {
      await output.write('half');
      throw new Error('stop');
    });
    await expect(failure).rejects.toThrow('stop');
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['out.jsonl']);
  });

  test('a place that cannot be written is found out before the work', async () => {
    await mkdir(join(folder, 'taken'));
    let worked = false;
    const work = async (): Promise<void> => {
      worked = true;
    };
    await expect(withOutput(join(folder, 'taken'), work)).rejects.toThrow(/is a folder/);
    await expect(withOutput(join(folder, 'no', 'such', 'out'), work)).rejects.toThrow(/no such file/);
    expect(worked).toBe(false);
  });
});
