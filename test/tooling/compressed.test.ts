/** What a server of the site sends to browsers that take brotli, against the files themselves. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CompressedFiles } from '../../scripts/compressed.ts';
import { serve, tagOf, takesBrotli, type Served } from '../../scripts/serve.ts';

const LONG = 'def total(xs):\n    return sum(xs)\n'.repeat(400);
let folder: string;
let served: Served;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-compressed-'));
  await mkdir(join(folder, 'site'));
  await writeFile(join(folder, 'site', 'long.py'), LONG);
  await writeFile(join(folder, 'site', 'short.py'), 'x = 1\n');
  await writeFile(join(folder, 'site', 'stdlib.zip'), LONG);
  served = await serve(
    join(folder, 'site'),
    0,
    '127.0.0.1',
    () => ({}),
    new CompressedFiles(join(folder, 'kept')),
  );
});
afterEach(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** As the bytes come; fetch would undo the encoding. */
function fetched(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: served.port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).on('error', reject);
  });
}
const BR = { 'accept-encoding': 'gzip, deflate, br' };

test('a browser that takes brotli gets the file in it, and another the file as it is', async () => {
  const short = await fetched('/long.py', BR);
  expect(short.headers['content-encoding']).toBe('br');
  expect(short.body.length).toBeLessThan(LONG.length / 10);
  expect(Number(short.headers['content-length'])).toBe(short.body.length);
  expect(brotliDecompressSync(short.body).toString()).toBe(LONG);
  const plain = await fetched('/long.py');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(LONG);
  expect(plain.headers['vary']).toBe('Accept-Encoding');
  expect(plain.headers['etag']).not.toBe(short.headers['etag']);
});

test('what is short or dense is sent as it is', async () => {
  for (const path of ['/short.py', '/stdlib.zip'])
    expect((await fetched(path, BR)).headers['content-encoding']).toBeUndefined();
});

test('what has not changed is not sent again, and what has changed is sent anew', async () => {
  const first = await fetched('/long.py', BR);
  const again = await fetched('/long.py', { ...BR, 'if-none-match': first.headers['etag']! });
  expect([again.status, again.body.length]).toEqual([304, 0]);
  const path = join(folder, 'site', 'long.py');
  await writeFile(path, LONG.replaceAll('total', 'bound'));
  await utimes(path, new Date(), new Date(Date.now() + 5000));
  const changed = await fetched('/long.py', { ...BR, 'if-none-match': first.headers['etag']! });
  expect(brotliDecompressSync(changed.body).toString()).toBe(LONG.replaceAll('total', 'bound'));
  // The older copy is gone.
  expect(await readdir(join(folder, 'kept'))).toHaveLength(1);
});

test('copies may be made beforehand, and the site stays as it was', async () => {
  const kept = join(folder, 'beforehand');
  const files = new CompressedFiles(kept);
  await files.warm(join(folder, 'site'), tagOf);
  const [name] = await readdir(kept);
  expect(brotliDecompressSync(await readFile(join(kept, name!))).toString()).toBe(LONG);
  expect((await readdir(join(folder, 'site'))).sort()).toEqual(['long.py', 'short.py', 'stdlib.zip']);
  const path = join(folder, 'site', 'long.py');
  expect(await files.copyOf(path, tagOf(await stat(path)))).toBe(join(kept, name!));
});

test('a folder that cannot be written costs the copy, not the answer', async () => {
  await writeFile(join(folder, 'file'), '');
  const bare = await serve(
    join(folder, 'site'),
    0,
    '127.0.0.1',
    () => ({}),
    new CompressedFiles(join(folder, 'file', 'x')),
  );
  const response = await fetch(`${bare.url}long.py`);
  expect(await response.text()).toBe(LONG);
  await bare.close();
});

test.each([
  ['br', true],
  ['gzip, br;q=0.5, *;q=0.1', true],
  ['gzip, br;q=0', false],
  ['gzip', false],
  ['abr, brx', false],
  [undefined, false],
])('Accept-Encoding %s', (header, takes) => {
  expect(takesBrotli(header)).toBe(takes);
});
