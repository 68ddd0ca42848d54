/**
 * `npm run screenshots`: builds and serves the site, drives its three rooms in headless Chromium on WASM, and writes the pictures in
 * docs/screenshots: light and dark, wide, middle and narrow. Play shows some real steps of nano, Lab a small real experiment, Learn the
 * recording that ships. Usage: screenshots [--rooms learn,play,lab] [--steps N] [--to FOLDER]
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';
import { serve } from './serve.ts';
import { buildSite, SITE } from './site-build.ts';

const SIZES = { '': [1440, 900], '-1024': [1024, 768], '-390': [390, 844] } as const;
/** What takes long on a busy machine: loading the model, training some steps. */
const LONG = { timeout: 900_000 };
/** An experiment of two arms that ends within minutes; its numbers are real and mean nothing. */
const SMALL = {
  steps: 4,
  'eval.every': 2,
  'code.prompts': 4,
  'code.groupSize': 4,
  'alignment.groupSize': 4,
  'eval.tasks': 8,
  'eval.samples': 2,
  'eval.k': 2,
};

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: 'learn,play,lab' },
    steps: { type: 'string', default: '6' },
    to: { type: 'string', default: 'docs/screenshots' },
  },
});
const folder = values.to;

const prepare: Readonly<Record<string, (page: Page, url: string) => Promise<void>>> = {
  async learn(page, url) {
    await page.goto(`${url}?room=learn&lang=en`);
    await page.getByTestId('writing').waitFor(LONG);
  },
  async play(page, url) {
    await page.goto(address(url, 'play', { steps: values.steps, 'eval.every': 3 }));
    await page.getByRole('button', { name: 'Load the model' }).click();
    await page.getByRole('button', { name: /^Start/ }).click(LONG);
    await page.getByTestId('now').filter({ hasText: 'All steps done' }).waitFor(LONG);
  },
  async lab(page, url) {
    await page.goto(address(url, 'lab', SMALL));
    await page.getByLabel('Seeds', { exact: true }).fill('3');
    await page.getByLabel('Seeds', { exact: true }).press('Tab');
    await page.getByRole('button', { name: /^Run \d+ runs$/ }).click();
    await page.getByTestId('queue').filter({ hasText: 'Nothing is running' }).waitFor({ state: 'detached' });
    await page.getByTestId('queue').filter({ hasText: 'Nothing is running' }).waitFor(LONG);
  },
};

function address(url: string, room: string, settings: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams({ room, device: 'wasm', lang: 'en' });
  for (const [key, value] of Object.entries(settings)) query.append('set', `${key}=${value}`);
  return `${url}?${query}`;
}

await buildSite(true);
const served = await serve(SITE, 0);
const executablePath = findChromium();
const browser = await chromium.launch({
  args: [...CHROMIUM_FLAGS],
  ...(executablePath === undefined ? {} : { executablePath }),
});
await mkdir(folder, { recursive: true });
for (const room of values.rooms.split(',')) {
  const ready = prepare[room];
  if (ready === undefined)
    throw new Error(`There is no room ${room}: choose from ${Object.keys(prepare).join(', ')}.`);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await ready(page, served.url);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [size, [width, height]] of Object.entries(SIZES)) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(500);
      await page.screenshot({ path: `${folder}/${room}${size}${scheme === 'dark' ? '-dark' : ''}.png` });
    }
  }
  await context.close();
}
await browser.close();
await served.close();
