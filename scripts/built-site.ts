/**
 * The built site as a visitor has it, with a headless Chromium to open it in. The site is built where it is
 * out of date and served from localhost. Benches, pictures and end-to-end tests use it.
 */
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';
import { serve } from './serve.ts';
import { buildSite, SITE } from './site-build.ts';

/** The Chromium of this machine, or playwright's own. */
export function launchChromium(extraFlags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    args: [...CHROMIUM_FLAGS, ...extraFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
}

export interface BuiltSite {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

/** The site alone, for whoever brings a browser. */
export async function openSite(): Promise<Omit<BuiltSite, 'browser'>> {
  await buildSite(true);
  return serve(SITE, 0);
}

export async function openBuiltSite(extraFlags: readonly string[] = []): Promise<BuiltSite> {
  const served = await openSite();
  try {
    const browser = await launchChromium(extraFlags);
    return {
      browser,
      url: served.url,
      async close() {
        await browser.close();
        await served.close();
      },
    };
  } catch (error) {
    await served.close();
    throw error;
  }
}

/** Browser and server are closed when the work ends, however it ends. @throws what the work throws */
export async function onBuiltSite<T>(work: (browser: Browser, url: string) => Promise<T>): Promise<T> {
  const site = await openBuiltSite();
  try {
    return await work(site.browser, site.url);
  } finally {
    await site.close();
  }
}
