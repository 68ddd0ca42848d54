/** The server of `npm start`: isolated, confined to its folder, and never in the way of another server. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pagePolicy, withPolicy } from '../../scripts/page-policy.ts';
import { serve, type Served } from '../../scripts/serve.ts';

let folder: string;
let served: Served;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-serve-'));
  await mkdir(join(folder, 'site', 'assets'), { recursive: true });
  await mkdir(join(folder, 'site-private'));
  await writeFile(join(folder, 'site', 'index.html'), '<title>here</title>');
  await writeFile(join(folder, 'site', '.stamp'), 'hidden');
  await writeFile(join(folder, 'site', 'assets', 'python-abc123.js'), 'export {}');
  await writeFile(join(folder, 'site', 'assets', 'learner-abc123.js'), 'export {}');
  await writeFile(join(folder, 'site-private', 'secret.txt'), 'secret');
  served = await serve(join(folder, 'site'), 0);
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

/** The path as it stands: fetch would tidy up the dots before sending. */
function status(path: string, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: served.port, path, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test('the folder itself is index.html, with the headers that isolate a page', async () => {
  const response = await fetch(served.url);
  expect(await response.text()).toBe('<title>here</title>');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
});

test('the Python worker alone gets the policy that forbids evaluating text; all else gets the page’s', async () => {
  const python = await fetch(`${served.url}assets/python-abc123.js`);
  expect(python.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'",
  );
  for (const path of ['', 'assets/learner-abc123.js']) {
    const policy = (await fetch(`${served.url}${path}`)).headers.get('content-security-policy')!;
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob: 'sha256-[\w+/]{43}='; /,
    );
    expect(policy).toMatch(/; frame-ancestors 'self'$/);
    expect(policy).not.toMatch(
      /unsafe-eval'(?<!wasm-unsafe-eval')|script-src[^;]*(unsafe-inline|\*|https?:)/,
    );
  }
});

test('who may show the page in a frame is named, by origins alone', () => {
  expect(pagePolicy(['https://course.example', 'https://other.example:8443'])).toMatch(
    /; frame-ancestors 'self' https:\/\/course\.example https:\/\/other\.example:8443$/,
  );
  for (const bad of [
    'course.example',
    "'none'",
    "https://a.example; script-src 'unsafe-eval'",
    'javascript:',
  ])
    expect(() => pagePolicy([bad])).toThrow(/no origin/);
});

test('the built page carries the policy before all that it is about', () => {
  const html = withPolicy('<head>\n    <meta charset="utf-8" />\n    <link rel="icon" href="x" /></head>');
  expect(html).toMatch(
    /charset="utf-8" \/>\s*<meta http-equiv="Content-Security-Policy" content="default-src 'none';[^"]*" \/>\s*<link/,
  );
  // A header alone can say it; in a page it would be an error in the console.
  expect(html).not.toContain('frame-ancestors');
});

test('a server told so sends no headers of its own, like a host that one cannot configure', async () => {
  const bare = await serve(join(folder, 'site'), 0, '127.0.0.1', () => ({}));
  const python = await fetch(`${bare.url}assets/python-abc123.js`);
  expect(python.headers.get('content-security-policy')).toBeNull();
  await bare.close();
});

describe('nothing outside the folder or hidden in it goes out', () => {
  test.each([
    '/../site-private/secret.txt',
    '/%2e%2e/site-private/secret.txt',
    '/..%2fsite-private/secret.txt',
    '/assets/../../site-private/secret.txt',
    '/.stamp',
    '/%00',
    '/%',
    '/assets',
    '/missing',
  ])('%s', async (path) => {
    expect(await status(path)).toBe(404);
  });

  test('and nothing is written', async () => {
    expect(await status('/index.html', 'PUT')).toBe(405);
  });
});

test('an unchanged file is not sent twice', async () => {
  const tag = (await fetch(served.url)).headers.get('etag') ?? '';
  const again = await fetch(served.url, { headers: { 'If-None-Match': tag } });
  expect(again.status).toBe(304);
});

test('a taken port gives the next free one', async () => {
  const second = await serve(join(folder, 'site'), served.port);
  expect(second.port).toBeGreaterThan(served.port);
  expect((await fetch(second.url)).status).toBe(200);
  await second.close();
});
