/**
 * Times the built page on a recorded run in headless Chromium, from localhost, each time in a browser that
 * has stored nothing. It takes the time until something is painted and until the first rollouts are there,
 * and the work of the main thread while the run plays at its fastest. It needs no model.
 */
import type { Browser } from 'playwright-core';
import { onBuiltSite } from '../scripts/built-site.ts';
import { framesDuring, tasksDuring } from './main-thread.ts';
import { addSamples } from './statistics.ts';

const RECORDING = 'coderl-plus-60';
/** Milliseconds that the run is watched for. */
const WATCHED = 5000;

/** Milliseconds, and frames a second, by what was measured. */
export async function benchPage(
  repeat: number,
  progress: (line: string) => void,
): Promise<Record<string, readonly number[]>> {
  const samples: Record<string, number[]> = {};
  await onBuiltSite(async (browser, url) => {
    for (let i = 0; i < repeat; i++) {
      progress(`page: ${i + 1} of ${repeat}`);
      addSamples(samples, await visit(browser, url));
    }
  });
  return samples;
}

async function visit(browser: Browser, url: string): Promise<Readonly<Record<string, number>>> {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('article') === null) return;
      performance.mark('moved');
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  const opening = await tasksDuring(page, async () => {
    await page.goto(`${url}?room=play&lang=en&run=${RECORDING}`);
    await page.locator('article').first().waitFor({ timeout: 60_000 });
  });
  const { paint, moved } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    moved: performance.getEntriesByName('moved')[0]?.startTime ?? NaN,
  }));
  await page.getByLabel(/^Speed: /).click();
  await page.getByRole('option', { name: '8×' }).click();
  let frames = NaN;
  const playing = await tasksDuring(page, async () => {
    frames = await framesDuring(page, () => page.waitForTimeout(WATCHED));
  });
  await context.close();
  return {
    'page: first paint, ms': paint,
    'page: first rollouts of the replay, ms': moved,
    'page: longest task while opening, CPU ms': Math.max(...opening),
    'page: longest task while playing at 8×, CPU ms': Math.max(...playing),
    'page: frames a second while playing at 8×': frames,
  };
}
