/**
 * The built site as hosts serve it: each way it opens and loads a model with Python behind its boundary, in
 * Chromium and in Firefox. A server or a Firefox that this machine does not have is skipped with a line. In
 * Chromium the toy model stands in for nano: what is tried is the host.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../scripts/built-site.ts';
import { ensureFirefox, Firefox } from '../../scripts/firefox.ts';
import { serve, type Served } from '../../scripts/serve.ts';
import { buildSite, SITE } from '../../scripts/site-build.ts';
import { serveToy } from './toy-model.ts';

const WAIT = { timeout: 600_000 };
const DOCS = new URL('../../docs/hosting.md', import.meta.url);
let browser: Browser;
let firefox: Firefox | undefined;
let folder: string;
const running: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  await buildSite(true);
  browser = await launchChromium();
  const path = ensureFirefox((line) => console.warn(`hosts: ${line}`));
  // As in the Chromium beside it: a worker of an earlier opening would put the headers there itself.
  if (path !== undefined) firefox = await Firefox.launch(path, { 'dom.serviceWorkers.enabled': false });
  folder = await mkdtemp(join(tmpdir(), 'tracewise-hosts-'));
});
afterAll(async () => {
  for (const stop of running) await stop();
  await browser?.close();
  await firefox?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whether this machine has a server; said where it has not, since its test is then skipped. */
function has(command: string): boolean {
  const isThere = spawnSync(command, ['-v'], { stdio: 'ignore' }).error === undefined;
  if (!isThere) console.warn(`hosts: ${command} is not installed here, so it is not tried`);
  return isThere;
}
/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (data) => (said += String(data)));
  await expect
    .poll(() => {
      if (child.exitCode !== null && child.exitCode !== 0) throw new Error(`the server ended: ${said}`);
      return fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    }, WAIT)
    .toBe(true);
}

function begin(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(() => void child.kill());
  return child;
}

interface Expected {
  /** What fences Python in. */
  readonly boundary: 'policy by header' | 'policy by frame';
  /** Whether the first opening is isolated. */
  readonly isolated: boolean;
}

/** Opens the site and loads the model; whatever a file lacked would be an error here. */
async function works(
  url: string,
  expected: Expected,
  options: { readonly inFrame?: boolean } = {},
): Promise<void> {
  const context = await browser.newContext({ serviceWorkers: 'block', reducedMotion: 'reduce' });
  await serveToy(context);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(options.inFrame ? url : `${url}?room=play&device=wasm&lang=en`);
  const site = options.inFrame ? page.frameLocator('iframe') : page;
  await site
    .getByRole('button', { name: /Load the model/ })
    .first()
    .click(WAIT);
  // In a frame the header, which names the boundary, is left out.
  const sign = options.inFrame ? /^Ready\./ : expected.boundary;
  await site.getByText(sign).first().waitFor(WAIT);
  if (!options.inFrame) await isIsolated(page, expected.isolated);
  expect(problems).toEqual([]);
  await context.close();
  if (!options.inFrame) await worksInFirefox(url, expected);
}

async function worksInFirefox(url: string, expected: Expected): Promise<void> {
  const page = await firefox?.page();
  if (page === undefined) return;
  await page.goto(`${url}?room=play&device=wasm&lang=en`);
  await expect.poll(() => page.press('Load the model'), WAIT).toBe(true);
  await expect.poll(() => page.text(), WAIT).toContain(expected.boundary);
  expect(await page.evaluate<boolean>('globalThis.crossOriginIsolated')).toBe(expected.isolated);
  expect(page.problems).toEqual([]);
}

const isIsolated = async (page: Page, isolated: boolean): Promise<void> =>
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(isolated);

describe('hosts', () => {
  test('a sub-path of a server without headers, as GitHub Pages has it', async () => {
    const served = await serve(dirname(SITE), 0, '127.0.0.1', () => ({}));
    running.push(() => served.close());
    await works(`${served.url}${basename(SITE)}/`, { boundary: 'policy by frame', isolated: false });
  });

  test('Netlify and Cloudflare Pages, by _headers', async () => {
    const rules = parseHeaders(await readFile(join(SITE, '_headers'), 'utf8'));
    const headersOf = (path: string): Record<string, string> =>
      Object.assign({}, ...rules.filter(({ matches }) => matches(path)).map(({ headers }) => headers));
    const served: Served = await serve(SITE, 0, '127.0.0.1', headersOf);
    running.push(() => served.close());
    await works(served.url, { boundary: 'policy by header', isolated: true });
  });

  test.skipIf(!has('nginx'))('nginx as Debian ships it, with the lines of docs/hosting.md', async () => {
    const port = await freePort();
    const example = /```nginx\n([\s\S]*?)```/.exec(await readFile(DOCS, 'utf8'))![1]!;
    const server = example.replace('8080', `127.0.0.1:${port}`).replace('/var/www/tracewise', SITE);
    const config = join(folder, 'nginx.conf');
    await writeFile(
      config,
      `daemon off; pid ${folder}/nginx.pid; error_log stderr; user root;
events {}
http { include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${server} }`,
    );
    const url = `http://127.0.0.1:${port}/`;
    await answers(url, begin('nginx', ['-c', config]));
    await works(url, { boundary: 'policy by header', isolated: true });
  });

  test.skipIf(!has('apache2'))('Apache, by .htaccess', async () => {
    const port = await freePort();
    const config = join(folder, 'apache.conf');
    const modules = ['mpm_event', 'authz_core', 'mime', 'dir', 'headers', 'deflate', 'filter'];
    await symlink(SITE, join(folder, 'site'));
    await writeFile(
      config,
      [
        `ServerRoot ${folder}`,
        `ServerName localhost`,
        `Listen 127.0.0.1:${port}`,
        `PidFile ${folder}/apache.pid`,
        `ErrorLog ${folder}/apache.log`,
        ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
        'TypesConfig /etc/mime.types',
        'DirectoryIndex index.html',
        `DocumentRoot ${folder}/site`,
        `<Directory ${folder}/site>\nAllowOverride All\nRequire all granted\nOptions FollowSymLinks\n</Directory>`,
        '',
      ].join('\n'),
    );
    const url = `http://127.0.0.1:${port}/`;
    await answers(url, begin('apache2', ['-d', folder, '-f', config, '-DFOREGROUND']));
    await works(url, { boundary: 'policy by header', isolated: true });
  });

  test.skipIf(!has('python3'))('a plain server: python3 -m http.server', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const args = ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', SITE];
    await answers(url, begin('python3', args));
    await works(url, { boundary: 'policy by frame', isolated: false });
  });

  test('a frame in a page of another origin', async () => {
    const served = await serve(SITE, 0, '127.0.0.1', () => ({}));
    const outer: Server = createServer((_, response) =>
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(
          `<!doctype html><iframe width=1200 height=800 src="${served.url}?room=play&device=wasm&lang=en&embed"></iframe>`,
        ),
    );
    const port = await freePort();
    await new Promise<void>((resolve) => outer.listen(port, '127.0.0.1', resolve));
    running.push(
      () => served.close(),
      () => void outer.close(),
    );
    // Another origin than localhost of the site.
    await works(
      `http://127.0.0.1:${port}/`,
      { boundary: 'policy by frame', isolated: false },
      { inFrame: true },
    );
  });

  test('a script that is sent as octets is named with its status and type, before all else is fetched', async () => {
    const served = await serve(SITE, 0);
    running.push(() => served.close());
    const context = await browser.newContext({ serviceWorkers: 'block' });
    await serveToy(context);
    await context.route('**/ort/*.js', async (route) =>
      route.fulfill({ response: await route.fetch(), contentType: 'application/octet-stream' }),
    );
    const page = await context.newPage();
    await page.goto(`${served.url}?room=play&device=wasm&lang=en`);
    await page
      .getByRole('button', { name: /Load the model/ })
      .first()
      .click(WAIT);
    await expect
      .poll(() => page.getByRole('alert').first().innerText(), WAIT)
      .toMatch(
        /ort-wasm-simd-threaded\.js: the server answered 200 and sent it as application\/octet-stream/,
      );
    await context.close();
  });
});

interface HeaderRule {
  readonly matches: (path: string) => boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * As both hosts read the file: a path on its own line, `*` for anything, its headers
 * indented below; a path that several rules match has the headers of all.
 */
function parseHeaders(text: string): readonly HeaderRule[] {
  const rules: { path: string; headers: Record<string, string> }[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (line.startsWith('/')) rules.push({ path: line.trim(), headers: {} });
    else {
      const [name = '', ...value] = line.trim().split(': ');
      rules.at(-1)!.headers[name] = value.join(': ');
    }
  }
  return rules.map(({ path, headers }) => {
    const pattern = path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const whole = new RegExp(`^${pattern.join('.*')}$`);
    return { headers, matches: (asked) => whole.test(asked) };
  });
}
