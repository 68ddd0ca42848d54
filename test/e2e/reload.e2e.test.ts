/**
 * The built page with the real nano: what was said to be kept is offered after a reload, whenever that comes.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSite, type OpenSite } from './site.ts';

const SETTINGS = {
  steps: 40,
  'code.prompts': 2,
  'code.groupSize': 4,
  'code.maxNewTokens': 32,
  'alignment.prompts': 1,
  'alignment.groupSize': 4,
  'eval.baseline': false,
  'eval.every': 0,
  'eval.tasks': 1,
  'eval.samples': 2,
  'eval.k': 2,
  'eval.alignmentRecords': 1,
};

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

const now = (page: Page) => page.getByTestId('now').innerText();
const step = async (page: Page) => Number(await page.locator('.counter b').innerText());
const button = (page: Page, name: RegExp) => page.getByRole('button', { name });
const offered = (page: Page) => page.getByTestId('saved-run').innerText();

test('a run that rested and went on is offered after a reload', async () => {
  const query = new URLSearchParams({ room: 'play', device: 'wasm' });
  for (const [key, value] of Object.entries(SETTINGS)) query.append('set', `${key}=${value}`);
  const { page, close } = await site.page();
  await page.goto(`${site.url}?${query}`);
  await button(page, /Load the model/)
    .first()
    .click();
  await expect.poll(() => now(page)).toMatch(/Ready/);
  for (const wait of [150, 3000]) {
    await button(page, /Start|Continue|Go on/)
      .first()
      .click();
    const from = await step(page);
    await expect.poll(() => step(page)).toBeGreaterThanOrEqual(from + 3);
    await button(page, /Pause/).click();
    await expect.poll(() => now(page)).toMatch(/Paused/);
    const rested = await step(page);
    await button(page, /Start|Continue|Go on/)
      .first()
      .click();
    await page.waitForTimeout(wait);
    await page.reload();
    await expect.poll(() => offered(page)).toMatch(/step \d+ of 40/);
    const [, kept] = /step (\d+) of 40/.exec(await offered(page))!;
    expect(Number(kept)).toBeGreaterThanOrEqual(rested);
    await button(page, /Resume|Take up|Go on from/)
      .first()
      .click();
    await expect.poll(() => now(page)).toMatch(/Paused/);
  }
  await close();
});
