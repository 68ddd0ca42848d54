/**
 * The built site as a visitor has it: made where it is out of date, served from localhost, with a headless Chromium to open it in. For benches
 * and pictures; the end-to-end tests keep theirs open over many tests (test/e2e/site.ts).
 */
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';
import { serve } from './serve.ts';
import { buildSite, SITE } from './site-build.ts';

/** Browser and server are closed when the work ends, however it ends. @throws what the work throws */
export async function onBuiltSite<T>(work: (browser: Browser, url: string) => Promise<T>): Promise<T> {
  await buildSite(true);
  const served = await serve(SITE, 0);
  const executablePath = findChromium();
  try {
    const browser = await chromium.launch({
      args: [...CHROMIUM_FLAGS],
      ...(executablePath === undefined ? {} : { executablePath }),
    });
    try {
      return await work(browser, served.url);
    } finally {
      await browser.close();
    }
  } finally {
    await served.close();
  }
}
