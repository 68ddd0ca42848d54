/**
 * The panel "What execution is good for" on the built page: each instrument asks the real nano model on WASM
 * about a few tasks and shows a reading. Sizes are small, so that it ends; what the readings say is not
 * looked at here.
 */
import { mkdirSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { en } from '../../src/ui/strings/en/index.ts';
import { button, playAddress } from './play.ts';
import { openSite, type OpenSite, type WatchedPage } from './site.ts';

/** Where pictures of the readings go, when somebody wants to look at them. */
const PICTURES = process.env['PICTURES'];
const SMALL = {
  'code.prompts': 2,
  'code.groupSize': 4,
  'alignment.prompts': 0,
  'alignment.groupSize': 4,
  'eval.tasks': 2,
  'eval.samples': 2,
  'eval.k': 2,
};

let site: OpenSite;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  site = await openSite();
  watched = await site.page();
  page = watched.page;
  await page.setViewportSize({ width: 1440, height: 1000 });
  await page.goto(playAddress(site.url, SMALL));
  await button(page, /^Load/).first().click();
  await page.locator('.middle label', { hasText: en.instruments.heading }).click();
  await page.getByRole('heading', { name: en.instruments.heading, level: 2 }).waitFor();
});
afterAll(async () => {
  await watched?.close();
  await site?.close();
});

const card = (heading: string): Locator =>
  page.locator('section', { has: page.getByRole('heading', { name: heading, level: 3 }) }).last();

/** Takes a reading and waits for it. */
async function measure(heading: string, tasks: number): Promise<Locator> {
  const own = card(heading);
  await page.getByLabel(en.instruments.tasks, { exact: true }).fill(String(tasks));
  await own.getByRole('button').click();
  await expect
    .poll(() => own.getByRole('button').innerText(), { timeout: 600_000, interval: 200 })
    .toBe(en.instruments.measure);
  if (PICTURES !== undefined) {
    mkdirSync(PICTURES, { recursive: true });
    await own.screenshot({ path: `${PICTURES}/${heading.replace(/\W+/g, '-')}.png` });
  }
  return own;
}

describe('the instruments', () => {
  const { compass, verify, census, probe } = en.instruments;

  test('the compass says a cosine for every pair, or that it cannot be told', async () => {
    const rows = (await measure(compass.heading, 8)).locator('tbody tr');
    expect(await rows.count()).toBe(6);
    for (const text of await rows.locator('.number').allInnerTexts())
      expect(text).toMatch(new RegExp(`^[−]?[01]\\.\\d\\d|^${compass.unknown}`));
  });

  test('self-verification says every choice', async () => {
    const own = await measure(verify.heading, 8);
    expect(await own.locator('tbody th').allInnerTexts()).toEqual(Object.values(verify.names));
    await own.getByText(/^Its predictions against its own probability: [+−]/).waitFor();
  });

  test('the census says kinds of mistakes', async () => {
    const own = await measure(census.heading, 8);
    expect(await own.locator('tbody tr').count()).toBeGreaterThan(0);
  });

  test('the probe draws layers by places in both contexts, or says that it takes more tasks', async () => {
    expect(await (await measure(probe.heading, 8)).locator('.reading').innerText()).toContain(
      probe.few(60).slice(0, 20),
    );
    await page.getByLabel(probe.target).selectOption('passes');
    const own = await measure(probe.heading, 24);
    for (const context of Object.values(probe.contexts)) {
      const picture = own.locator('table', { hasText: context });
      expect(await picture.locator('tbody tr').count()).toBe(6);
      expect(await picture.locator('tbody td').count()).toBe(30);
    }
  });

  test('reward functions are tried on one program, taken, and shown by function in the next step', async () => {
    const own = page.getByTestId('reward-functions');
    await own.locator('summary').click();
    await button(page, new RegExp(`^${en.rewards.example}`)).click();
    await own.getByRole('button', { name: en.rewards.apply }).click();
    await own.locator('li', { hasText: 'short_reward' }).waitFor();
    expect(await own.locator('li code').allInnerTexts()).toEqual(['tests_reward', 'short_reward']);
    await page.getByText(en.middle.rollouts, { exact: true }).click();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('article').count(), { timeout: 600_000 }).toBeGreaterThan(0);
    expect(await page.locator('article').first().innerText()).toContain('short_reward');
  });

  test('nothing went wrong on the page', () => {
    expect(watched.problems).toEqual([]);
  });
});
