/**
 * Test projects: `node`, `browser` (real headless Chromium, cross-origin isolated), `e2e` (Node driving the
 * built site) and `long`, more of the same kind that `npm test` leaves out (`npm run test:long`).
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, findChromium } from './scripts/chromium.ts';
import { siteAssets } from './scripts/site-assets.ts';
import { shared } from './vite.config.ts';

const chromium = findChromium();

/**
 * `#raw/...` as Vite reads it: vitest runs in Node, but Node's way (package.json,
 * src/base/raw.mjs) needs an address that vitest cuts short.
 */
const raw = {
  alias: [
    { find: /^#raw\/(.*)$/, replacement: `${fileURLToPath(new URL('./src/', import.meta.url))}$1?raw` },
  ],
};

/**
 * Limits only end what will not end by itself; tests wait for states. So they hold on a
 * machine that is busy with other work, and how fast something is, the benchmarks say.
 */
const patience = {
  testTimeout: 900_000,
  hookTimeout: 900_000,
  expect: { poll: { timeout: 600_000, interval: 20 } },
};

export default defineConfig({
  test: {
    // The whole suite runs on two cores beside Chromium.
    maxWorkers: 2,
    projects: [
      {
        plugins: [svelte()],
        resolve: raw,
        test: {
          name: 'node',
          setupFiles: ['test/words.ts'],
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/**/*.e2e.test.ts', 'test/**/*.long.test.ts'],
          ...patience,
        },
      },
      {
        ...shared,
        // Found in the middle of a test it would bring a second copy of Svelte along.
        optimizeDeps: { ...shared.optimizeDeps, include: ['bits-ui'] },
        plugins: [svelte(), siteAssets()],
        worker: { format: 'es' },
        test: {
          name: 'browser',
          setupFiles: ['test/words.ts'],
          include: ['test/**/*.browser.test.ts'],
          ...patience,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                args: [...CHROMIUM_FLAGS],
                ...(chromium === undefined ? {} : { executablePath: chromium }),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      ...(['e2e', 'long'] as const).map((name) => ({
        resolve: raw,
        test: {
          name,
          environment: 'node' as const,
          include: [`test/e2e/**/*.${name}.test.ts`],
          // Each file has a server and a Chromium of its own, so that they may run beside each other.
          globalSetup: ['test/e2e/setup.ts'],
          ...patience,
        },
      })),
    ],
  },
});
