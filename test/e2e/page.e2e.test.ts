/**
 * The built page on WASM, driven as a visitor would: load, step, start, pause, turn
 * knobs, reset, by mouse and keyboard, with the real nano model, real Python and real
 * updates. Sizes are small so that it ends; nothing in it is scripted.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tasksDuring } from '../../bench/main-thread.ts';
import { atRest } from './at-rest.ts';
import { playAddress } from './play.ts';
import { openSite, type OpenSite, type WatchedPage } from './site.ts';

const MODEL = resolve(import.meta.dirname, '../../public/models/nano/model.safetensors');
/** A run small enough for a test. */
const SMALL = {
  'code.prompts': 4,
  'code.groupSize': 4,
  'alignment.prompts': 2,
  'alignment.groupSize': 4,
  'eval.tasks': 2,
  'eval.samples': 2,
  'eval.k': 2,
  'eval.alignmentRecords': 2,
};
/** Nobody waits longer than this for a frame: CPU time of one task of the main thread, milliseconds. */
const LONGEST_TASK = 50;

let site: OpenSite;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  if (!existsSync(MODEL)) {
    throw new Error(
      `${MODEL} is missing: the page has no model to train. Restore it from the repository or run npm run pretrain.`,
    );
  }
  site = await openSite();
  watched = await site.page();
  page = watched.page;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.addInitScript(watchShifts);
  await page.goto(playAddress(site.url, SMALL));
});
afterAll(async () => {
  await watched?.close();
  await site?.close();
});

/** Runs in the page: what moved without the visitor's doing. */
function watchShifts(): void {
  const shifts: { value: number; what: string[] }[] = [];
  Object.assign(window, { shifts });
  interface Shift extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly { readonly node: Node | null }[];
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      if (entry.hadRecentInput) continue;
      const what = entry.sources.map(({ node }) =>
        node instanceof Element ? `${node.tagName}.${node.className}` : 'text',
      );
      shifts.push({ value: entry.value, what });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

const shifts = () => page.evaluate(() => (window as unknown as { shifts: unknown[] }).shifts);
const now = () => page.getByTestId('now').innerText();
const step = async () => Number(await page.locator('.counter b').innerText());
const button = (name: RegExp) => page.getByRole('button', { name });
/** Rests, and says so. */
const rest = () => expect.poll(now, { timeout: 600_000, interval: 100 }).toMatch(/Paused|Ready/);

/**
 * The longest task of the page's main thread while `work` runs, in CPU time: a busy
 * machine does not count against the page.
 */
async function longestTask(work: () => Promise<void>): Promise<number> {
  const tasks = await tasksDuring(page, work);
  expect(tasks.length).toBeGreaterThan(50);
  return Math.max(...tasks);
}

describe('the page', () => {
  test('loads nano with its bytes, and shows model and device', async () => {
    // The weights are held back until the bytes have been seen: on one machine
    // loading is quicker than looking.
    let release: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/model.safetensors', async (route) => {
      await seen;
      await route.continue();
    });
    await button(/Load the model/).click();
    const downloading = page.locator('.stages [aria-current=step]');
    await expect
      .poll(() => downloading.innerText(), { timeout: 600_000 })
      .toMatch(/[1-9]\d* (kB|MB)\s*\/\s*\d+ MB/);
    release();
    await expect.poll(now, { timeout: 600_000 }).toMatch(/Ready/);
    expect(await page.getByTestId('model').innerText()).toMatch(/nano\s+[\d.]+M parameters/);
    expect(await page.getByTestId('device').innerText()).toMatch(/WASM, \d+ threads?, fp32$/);
    expect(await step()).toBe(0);
  });

  test('takes one step on the right arrow: programs judged, rewards, curves', async () => {
    await page.keyboard.press('ArrowRight');
    await expect.poll(now, { timeout: 600_000, interval: 20 }).not.toMatch(/Ready/);
    await rest();
    expect(await step()).toBe(1);
    const map = page.getByRole('radiogroup', { name: /Groups/ }).getByRole('radio');
    expect(await map.count()).toBe(SMALL['code.prompts']);
    const cards = page.locator('article');
    expect(await cards.count()).toBe(SMALL['code.groupSize']);
    for (const label of await cards.evaluateAll((all) =>
      all.map((card) => card.getAttribute('aria-label')),
    )) {
      expect(label).toMatch(
        /^\d: (Passed|Wrong answer|Exception|Syntax error|Too many steps|Timed out|No program)/,
      );
    }
    // Advantages of a group sum to nothing.
    const values = await page.locator('article dd.value').allInnerTexts();
    const sum = values.reduce((total, text) => total + Number(text.replace('\u2212', '-')), 0);
    expect(Math.abs(sum)).toBeLessThan(0.05);
    // The base model is measured after the first step, and the run rests before that.
    expect(await page.locator('figure', { hasText: 'Held-out pass@1' }).innerText()).toMatch(/sampled\s+–/);
    expect(await page.locator('.task').innerText()).toMatch(/Input/);
  });

  test('groups are browsed by keyboard without taking a step', async () => {
    await page.getByRole('radio').and(page.locator('[aria-checked=true]')).focus();
    // Which group is shown first is the one that teaches most.
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('.picker').innerText()).toMatch(/Group 1 of/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.picker').innerText()).toMatch(/Group 2 of/);
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.picker').innerText()).toMatch(/Group 4 of 4/);
    expect(await step()).toBe(1);
  });

  test('a chart is also a table', async () => {
    const figure = page.locator('figure', { hasText: 'Reward' }).first();
    await figure.locator('summary').click();
    const rows = figure.getByRole('row');
    expect(await rows.first().innerText()).toMatch(/Step/);
    expect(await rows.nth(1).innerText()).toMatch(/^1\s/);
    await figure.locator('summary').click();
  });

  test('space starts and pauses; no task of the main thread is long while training', async () => {
    await page.locator('h2').first().click();
    const longest = await longestTask(async () => {
      await page.keyboard.press(' ');
      await button(/Pause/).waitFor();
      await expect.poll(step, { timeout: 600_000, interval: 100 }).toBeGreaterThanOrEqual(3);
      await page.keyboard.press(' ');
      await rest();
    });
    expect(longest).toBeLessThan(LONGEST_TASK);
    const at = await step();
    await atRest(page);
    expect(await step()).toBe(at);
  });

  test('the reward mix takes effect at the next step: no alignment prompts at "outcome"', async () => {
    const groups = () =>
      page
        .getByRole('radiogroup', { name: /Groups/ })
        .getByRole('radio')
        .count();
    expect(await groups()).toBeGreaterThan(SMALL['code.prompts']);
    const mix = page.getByRole('slider', { name: 'Reward mix' });
    await mix.focus();
    await page.keyboard.press('Home');
    expect(await mix.getAttribute('aria-valuetext')).toBe('tests only');
    // The pause may have fallen into a step: the first click ends it, the second takes one with the new mix.
    for (const to of [(await step()) + 1, (await step()) + 2]) {
      await button(/One step/).click();
      await expect.poll(step, { timeout: 600_000, interval: 100 }).toBe(to);
      await rest();
    }
    expect(await groups()).toBe(SMALL['code.prompts']);
    await page.getByRole('button', { name: 'Back to the preset' }).click();
    expect(await mix.getAttribute('aria-valuetext')).toMatch(/% alignment/);
  });

  test('a setting that is fixed for a run asks for a reset', async () => {
    await page
      .getByRole('button', { name: /^Seed/ })
      .or(page.getByRole('combobox', { name: /^Seed/ }))
      .click();
    await page.getByRole('option', { name: '3', exact: true }).click();
    expect(await page.getByTestId('knobs-note').innerText()).toMatch(/Restart to apply:\s+seed 1 → 3/);
  });

  test('reset goes back to the start and keeps the model', async () => {
    await button(/Reset/).click();
    await rest();
    expect(await step()).toBe(0);
    expect(await page.locator('article').count()).toBe(0);
    expect(await page.getByTestId('model').innerText()).toMatch(/nano/);
    expect(await page.getByTestId('knobs-note').innerText()).not.toMatch(/Restart to apply/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(step, { timeout: 600_000, interval: 100 }).toBe(1);
    await rest();
  });

  test('the theme is switched by its button', async () => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    const theme = button(/Theme/);
    await theme.click();
    await theme.click();
    expect(await theme.getAttribute('aria-label')).toMatch(/Dark/);
    expect(await paper()).not.toBe(light);
    await theme.click();
  });

  test('nothing went wrong on the way', () => {
    expect(watched.problems).toEqual([]);
  });

  test('nothing jumped, from the first paint on', async () => {
    const all = (await shifts()) as { value: number; what: string[] }[];
    const sum = all.reduce((total, { value }) => total + value, 0);
    // A fifth of what counts as good: when a step has ended, the group that teaches most is shown unprompted.
    expect(sum, JSON.stringify(all)).toBeLessThan(0.02);
  });
});

describe('without the model', () => {
  test('the page says what happened, what was kept and what to do', async () => {
    const { page: other, close } = await site.page();
    await other.route('**/model.safetensors', (route) => route.fulfill({ status: 404 }));
    await other.goto(`${site.url}?room=play&device=wasm`);
    await other.getByRole('button', { name: 'Load the model' }).click();
    const alert = other.getByRole('alert');
    await alert.waitFor({ timeout: 600_000 });
    expect(await alert.innerText()).toMatch(
      /What happened[\s\S]*model\.safetensors[\s\S]*404[\s\S]*What was kept[\s\S]*What to do/,
    );
    await other.unroute('**/model.safetensors');
    await other.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => other.getByTestId('now').innerText(), { timeout: 600_000 }).toMatch(/Ready/);
    await close();
  });
});

describe.each([
  [1024, 768],
  [390, 844],
])('at %i x %i', (width, height) => {
  test('nothing is cut off sideways', async () => {
    const { page: other, close } = await site.page();
    await other.setViewportSize({ width, height });
    await other.goto(`${site.url}?room=play&device=wasm`);
    await other.getByRole('toolbar').waitFor();
    expect(await other.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const column of await other.locator('.column').all()) {
      expect(
        await column.evaluate((element) => element.scrollWidth - element.clientWidth),
      ).toBeLessThanOrEqual(0);
    }
    const bar = await other.getByRole('toolbar').boundingBox();
    expect(bar!.y + bar!.height).toBeLessThanOrEqual(height);
    await close();
  });
});
