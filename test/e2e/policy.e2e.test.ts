/**
 * What the built page may load and who may have it in a frame, on a server with headers and on a
 * host without; and where a visitor's token goes when a link names another server than the Hub.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../scripts/built-site.ts';
import { serve, type Served } from '../../scripts/serve.ts';
import { buildSite, SITE } from '../../scripts/site-build.ts';
import { hubServer, type HubServer } from '../policy/sources/hub-server.ts';

let browser: Browser;
let withHeaders: Served;
let bare: Served;
beforeAll(async () => {
  await buildSite(true);
  browser = await launchChromium();
  withHeaders = await serve(SITE, 0);
  bare = await serve(SITE, 0, '127.0.0.1', () => ({}));
});
afterAll(async () => {
  await browser.close();
  await Promise.all([withHeaders.close(), bare.close()]);
});

/** A page of the site and the violations that its policies reported. */
async function visit(url: string): Promise<{ page: Page; refused: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  context.setDefaultTimeout(600_000);
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(url);
  return { page, refused, close: () => context.close() };
}

describe.each([
  ['with headers', () => withHeaders],
  ['on a host without', () => bare],
])('%s', (_where, served) => {
  test('the page does all that it does, a step of training included, and nothing is refused', async () => {
    const settings = [
      'steps=1',
      'code.prompts=1',
      'code.groupSize=2',
      'code.maxNewTokens=16',
      'eval.baseline=false',
      'alignment.prompts=0',
    ];
    const query = settings.map((one) => `&set=${one}`).join('');
    const { page, refused, close } = await visit(`${served().url}?room=play&device=wasm${query}`);
    await page.getByRole('button', { name: /^Load/ }).first().click();
    await expect.poll(() => page.getByTestId('now').innerText()).toMatch(/Ready/);
    await page.getByRole('button', { name: /One step/ }).click();
    await expect.poll(() => page.locator('.counter b').innerText()).toBe('1');
    for (const room of ['learn', 'lab']) {
      await page.goto(`${served().url}?room=${room}`);
      await page.locator('main').waitFor();
    }
    expect(refused).toEqual([]);
    await close();
  });

  test('scripts that are not the site’s do not run', async () => {
    const { page, refused, close } = await visit(served().url);
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.inline = 1';
      document.head.append(script);
      const image = document.createElement('img');
      image.setAttribute('onerror', 'globalThis.handler = 1');
      image.src = 'data:,';
      document.body.append(image);
      await new Promise((resolve) => image.addEventListener('error', resolve, { once: true }));
      const here = globalThis as { inline?: number; handler?: number };
      return [here.inline, here.handler];
    });
    expect(ran).toEqual([undefined, undefined]);
    await expect.poll(() => refused.length).toBeGreaterThan(1);
    await close();
  });
});

test('another site’s frame shows the page only where the server allows it', async () => {
  const allowed = createServer((_request, response) => {
    const frames = [withHeaders.url, bare.url].map(
      (url) => `<iframe src="${url.replace('localhost', '127.0.0.1')}"></iframe>`,
    );
    response.writeHead(200, { 'content-type': 'text/html' }).end(frames.join(''));
  });
  await new Promise<void>((resolve) => allowed.listen(0, '127.0.0.1', resolve));
  const { page, close } = await visit(`http://127.0.0.1:${(allowed.address() as AddressInfo).port}/`);
  const shown = () => page.frames().map((frame) => frame.url());
  await expect.poll(() => shown().filter((url) => url.startsWith('chrome-error')).length).toBe(1);
  await close();
  await new Promise((resolve) => allowed.close(resolve));
});

describe('a token', () => {
  let hub: HubServer;
  beforeAll(async () => {
    const gguf = await readFile(new URL('../policy/vectors/gguf/llama.gguf', import.meta.url));
    hub = await hubServer({ 'some/tiny': { 'tiny.gguf': new Uint8Array(gguf) } });
  });
  afterAll(() => hub.close());

  test('goes to the server that a link names only once the visitor said so by its name', async () => {
    const { page, close } = await visit(
      `${withHeaders.url}?room=play&device=wasm&hub=${encodeURIComponent(hub.url)}`,
    );
    const host = new URL(hub.url).host;
    await page.getByTestId('model').click();
    const dialog = page.getByTestId('models');
    await dialog.getByTestId('other-hub').waitFor();
    expect(await dialog.getByTestId('other-hub').innerText()).toContain(host);
    await dialog.getByText('Access token').click();
    await dialog.locator('input[type=password]').fill('hf_secret');
    const lookUp = async (): Promise<void> => {
      hub.tokens.length = 0;
      await dialog.locator('input.field.mono').first().fill('some/tiny');
      await dialog.getByRole('button', { name: 'Look up' }).click();
      await page.getByTestId('model-cost').waitFor();
      expect(hub.tokens.length).toBeGreaterThan(1);
    };
    await lookUp();
    expect(hub.tokens.every((token) => token === undefined)).toBe(true);
    await dialog.getByLabel(`Send the token to ${host}`).check();
    await lookUp();
    expect(hub.tokens.every((token) => token === 'Bearer hf_secret')).toBe(true);
    await close();
  });
});
