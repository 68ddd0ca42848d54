/** The page that the browser tests run in is the page we ship to: isolated, with our files in reach. */
import { expect, test } from 'vitest';

test('the test page is cross-origin isolated, so WASM threads exist', () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
});

test.each([
  ['/pyodide/pyodide.asm.wasm', 'application/wasm'],
  ['/pyodide/python_stdlib.zip', 'application/zip'],
  ['/ort/ort-wasm-simd-threaded.asyncify.js', 'text/javascript; charset=utf-8'],
])('%s is served by the project itself as %s', async (path, type) => {
  const response = await fetch(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
});

test('there is a WebGPU adapter, in software', async () => {
  const gpu = (navigator as unknown as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  expect(await gpu?.requestAdapter()).toBeTruthy();
});

test('the Python worker’s own response carries the policy in development too', async () => {
  const { default: address } = (await import('../../workers/python.ts?worker&url')) as { default: string };
  const response = await fetch(address, { method: 'HEAD' });
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'",
  );
});
