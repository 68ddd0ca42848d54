/** Builds and serves the site once for an end-to-end test file and opens it in a headless Chromium. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../../scripts/chromium.ts';
import { buildSite, SITE } from '../../scripts/site-build.ts';
import { serve, type Served } from '../../scripts/serve.ts';

export interface OpenSite {
  readonly url: string;
  /** A fresh context: nothing stored, everything that went wrong on it listed in `problems`. */
  page(options?: BrowserContextOptions): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface WatchedPage {
  readonly page: Page;
  /** Uncaught errors, console errors and failed or foreign requests so far. */
  readonly problems: string[];
  close(): Promise<void>;
}

export async function openSite(extraFlags: readonly string[] = []): Promise<OpenSite> {
  await buildSite(true);
  const served: Served = await serve(SITE, 0);
  const executablePath = findChromium();
  const browser: Browser = await chromium.launch({
    args: [...CHROMIUM_FLAGS, ...extraFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  return {
    url: served.url,
    async page(options = {}) {
      // A kept site answers by itself; only its own test wants that.
      const context = await browser.newContext({ serviceWorkers: 'block', ...options });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(`console: ${message.text()}`);
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(served.url) && !/^(data|blob):/.test(url))
          problems.push(`foreign request: ${url}`);
      });
      page.on('response', (response) => {
        if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
      });
      return { page, problems, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}
