/**
 * The built page with the real nano: what was said to be kept is offered after a reload, whenever that comes.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { button, now, playAddress, step } from './play.ts';
import { openSite, type OpenSite } from './site.ts';

const SETTINGS = {
  steps: 400,
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

const offered = (page: Page) => page.getByTestId('saved-run').innerText();

/**
 * Milliseconds from the press of Start to the reload; null: at rest. Further ones by the environment:
 * RELOADS=20 tries twenty more.
 */
const random = createRandom(17);
const MOMENTS: readonly (number | null)[] = [
  null,
  150,
  ...Array.from({ length: 2 + Number(process.env['RELOADS'] ?? 0) }, () => 200 + random.int(4800)),
];

test('whenever the page has said that everything is kept, a reload offers the run at that step', async () => {
  const { page, close } = await site.page();
  await page.goto(playAddress(site.url, SETTINGS));
  await button(page, /Load the model/)
    .first()
    .click();
  await expect.poll(() => now(page)).toMatch(/Ready/);
  for (const wait of MOMENTS) {
    const from = await step(page);
    await button(page, /Start|Continue|Go on/)
      .first()
      .click();
    await expect.poll(() => step(page)).toBeGreaterThanOrEqual(from + 3);
    await button(page, /Pause/).click();
    await expect.poll(() => now(page)).toMatch(/Paused\. Everything is kept/);
    const rested = await step(page);
    if (wait !== null) {
      await button(page, /Start|Continue|Go on/)
        .first()
        .click();
      await page.waitForTimeout(wait);
    }
    await page.reload();
    await expect.poll(() => offered(page)).toMatch(/step \d+ of 400/);
    const [, kept] = /step (\d+) of 400/.exec(await offered(page))!;
    // It may have been saved once more before the reload.
    if (wait === null) expect(Number(kept)).toBe(rested);
    else expect(Number(kept)).toBeGreaterThanOrEqual(rested);
    await button(page, /Resume run/)
      .first()
      .click();
    await expect.poll(() => now(page)).toMatch(/Paused/);
    expect(await step(page)).toBe(Number(kept));
  }
  await close();
});
