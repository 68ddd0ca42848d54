/** `vite preview` serves a built site with the same headers as `npm start` and the development server. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preview, type PreviewServer } from 'vite';
import { siteAssets, siteHeaders } from '../../scripts/site-assets.ts';

let folder: string;
let server: PreviewServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-preview-'));
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
  await writeFile(join(folder, 'dist', 'index.html'), '<title>here</title>');
  for (const name of ['python', 'learner'])
    await writeFile(join(folder, 'dist', 'assets', `${name}-abc123.js`), 'export {}');
  server = await preview({
    root: folder,
    configFile: false,
    plugins: [siteAssets()],
    logLevel: 'silent',
    preview: { port: 0, host: '127.0.0.1' },
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ['the page', 'index.html', null],
  ['the learner', 'assets/learner-abc123.js', null],
  [
    'the Python worker',
    'assets/python-abc123.js',
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'",
  ],
])('%s comes with the headers it has everywhere', async (_, path, policy) => {
  const response = await fetch(new URL(path, server.resolvedUrls?.local[0]));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toBe(policy);
  for (const [name, value] of Object.entries(siteHeaders(`/${path}`)))
    expect(response.headers.get(name)).toBe(value);
});
