/** Builds and serves the site once for an end-to-end test file and opens it in a headless Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBuiltSite } from '../../scripts/built-site.ts';

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
  const { browser, url, close } = await openBuiltSite(extraFlags);
  return {
    url,
    async page(options = {}) {
      // A kept site answers by itself; only its own test wants that.
      const context = await browser.newContext({ serviceWorkers: 'block', ...options });
      // Actions wait for their element as tests wait for states.
      context.setDefaultTimeout(600_000);
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(`console: ${message.text()}`);
      });
      page.on('request', (request) => {
        const asked = request.url();
        if (!asked.startsWith(url) && !/^(data|blob):/.test(asked))
          problems.push(`foreign request: ${asked}`);
      });
      page.on('response', (response) => {
        if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
      });
      return { page, problems, close: () => context.close() };
    },
    close,
  };
}
