/** The built site loads, isolated, from its own files alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSite, type OpenSite } from './site.ts';

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site.close();
});

describe('the built site', () => {
  test('opens without an error and without a request to anyone else', async () => {
    const { page, problems, close } = await site.page();
    await page.goto(site.url, { waitUntil: 'load' });
    await page.locator('#app > *').first().waitFor();
    expect(await page.title()).toMatch(/Tracewise/);
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  test.each([
    ['ort/ort-wasm-simd-threaded.wasm', 'application/wasm'],
    ['ort/ort-wasm-simd-threaded.asyncify.wasm', 'application/wasm'],
    ['pyodide/pyodide.asm.wasm', 'application/wasm'],
    ['pyodide/python_stdlib.zip', 'application/zip'],
  ])('carries %s', async (path, type) => {
    const response = await fetch(new URL(path, site.url), { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1_000_000);
  });

  test.each(['../package.json', '%2e%2e/package.json', '.built-from', 'no-such-file', '%'])(
    'does not hand out %s',
    async (path) => {
      const response = await fetch(`${site.url}${path}`);
      expect(response.status).toBe(404);
    },
  );
});
