/**
 * Takes training steps of nano on the built page, as a visitor would, and samples the page's memory after
 * every few steps.
 */
import type { Browser } from 'playwright-core';
import { buildSite, SITE } from '../scripts/site-build.ts';
import { serve } from '../scripts/serve.ts';
import { descendantsMemory, type Sample } from './memory-samples.ts';

/** A step of the default preset takes seconds; a machine may be slow. */
const STEP_TIMEOUT_MS = 600_000;

export async function soakSteps(
  browser: Browser,
  {
    steps,
    seed,
    settings,
    say,
  }: {
    readonly steps: number;
    readonly seed: number;
    readonly settings: readonly string[];
    readonly say: (line: string) => void;
  },
) {
  await buildSite(true);
  const served = await serve(SITE, 0);
  const samples: Sample[] = [];
  const surprises: string[] = [];
  const started = performance.now();
  let seconds = 0;
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => surprises.push(`uncaught: ${error.message}`));
    const query = new URLSearchParams({ room: 'play', device: 'wasm' });
    for (const setting of [`steps=${steps}`, `seed=${seed}`, 'eval.every=50', ...settings])
      query.append('set', setting);
    await page.goto(`${served.url}?${query}`);
    await page
      .getByRole('button', { name: /Load the model/ })
      .first()
      .click();
    await page.getByTestId('now').filter({ hasText: 'Ready' }).waitFor({ timeout: STEP_TIMEOUT_MS });
    await page.getByRole('button', { name: /Start/ }).click();
    const every = Math.max(1, Math.floor(steps / 40));
    for (let next = every; next <= steps; next += every) {
      await page.waitForFunction(
        (wanted) => Number(document.querySelector('.counter b')?.textContent) >= wanted,
        next,
        { timeout: STEP_TIMEOUT_MS * every, polling: 500 },
      );
      const bytes = await descendantsMemory('chrom');
      if (bytes !== null) samples.push({ at: next, bytes });
      seconds = (performance.now() - started) / 1000;
      say(`step ${next} of ${steps}, ${((bytes ?? 0) / 2 ** 20).toFixed(0)} MiB, ${seconds.toFixed(0)} s`);
    }
    for (const alert of await page.getByRole('alert').allInnerTexts())
      surprises.push(`alert: ${alert.slice(0, 300)}`);
  } finally {
    await served.close();
  }
  return { samples, counts: { steps: Math.floor(steps) }, surprises };
}
