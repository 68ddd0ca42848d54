/**
 * `npm run screenshots`: builds and serves the site, lets nano learn a few real steps in headless Chromium on WASM, and writes the pictures
 * in docs/screenshots: light and dark, wide, middle and narrow. Usage: screenshots [--steps N]
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';
import { serve } from './serve.ts';
import { buildSite, SITE } from './site-build.ts';

const FOLDER = 'docs/screenshots';
const SIZES = { play: [1440, 900], 'play-1024': [1024, 768], 'play-390': [390, 844] } as const;

const { values } = parseArgs({ options: { steps: { type: 'string', default: '6' } } });
await buildSite(true);
const served = await serve(SITE, 0);
const executablePath = findChromium();
const browser = await chromium.launch({
  args: [...CHROMIUM_FLAGS],
  ...(executablePath === undefined ? {} : { executablePath }),
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const query = new URLSearchParams({ room: 'play', device: 'wasm' });
for (const setting of [`steps=${values.steps}`, 'eval.every=3']) query.append('set', setting);
await page.goto(`${served.url}?${query}`);
await page.getByRole('button', { name: 'Load the model' }).click();
const state = page.getByTestId('now');
await page.getByRole('button', { name: /^Start/ }).click({ timeout: 300_000 });
await state.filter({ hasText: /Finished|Done|finished|all steps/i }).waitFor({ timeout: 540_000 });
await mkdir(FOLDER, { recursive: true });
for (const scheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme: scheme });
  for (const [name, [width, height]] of Object.entries(SIZES)) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${FOLDER}/${name}${scheme === 'dark' ? '-dark' : ''}.png` });
  }
}
await browser.close();
await served.close();
