/**
 * The built page in a stock Firefox, a desktop's size and a phone's: it opens
 * isolated, plays a recorded run, and trains two steps with the real model, real
 * Python and real updates. Skipped with a line where there is no Firefox.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureFirefox, Firefox } from '../../scripts/firefox.ts';
import { serve, type Served } from '../../scripts/serve.ts';
import { buildSite, SITE } from '../../scripts/site-build.ts';
import { playAddress } from './play.ts';

const WAIT = { timeout: 600_000, interval: 200 };
const path = ensureFirefox((line) => console.error(`[firefox] ${line}`));
const SMALL = {
  steps: 2,
  'eval.baseline': false,
  'eval.every': 0,
  'code.prompts': 2,
  'code.groupSize': 2,
  'code.maxNewTokens': 32,
  'alignment.prompts': 0,
  'eval.tasks': 1,
  'eval.samples': 1,
  'eval.k': 1,
  'eval.alignmentRecords': 1,
};

describe.skipIf(path === undefined)('in Firefox', () => {
  let served: Served;
  let firefox: Firefox;
  beforeAll(async () => {
    await buildSite(true);
    served = await serve(SITE, 0);
    firefox = await Firefox.launch(path!);
  });
  afterAll(async () => {
    await firefox?.close();
    await served?.close();
  });

  test.each([
    [1280, 900],
    [390, 844],
  ])('every room opens at %i x %i, isolated, and nothing is cut off sideways', async (width, height) => {
    const page = await firefox.page();
    await page.size(width, height);
    for (const [room, shown] of [
      ['learn', /policy/i],
      ['play', /Load the model/],
      ['lab', /Hypothesis/i],
    ] as const) {
      await page.goto(`${served.url}?room=${room}&lang=en`);
      await expect.poll(() => page.text(), WAIT).toMatch(shown);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(await page.evaluate('globalThis.crossOriginIsolated')).toBe(true);
    // Leaving a room ends what was still being fetched for it, and Firefox logs that as an error.
    expect(page.problems.filter((text) => !text.includes('A ServiceWorker intercepted'))).toEqual([]);
  });

  test('a recorded run plays', async () => {
    const page = await firefox.page();
    await page.goto(`${served.url}?room=play&run=coderl-plus-60&lang=en`);
    const step = () =>
      page.evaluate<string | null>(
        "document.querySelector('[role=slider][aria-label=\"Step of the recording\"]')?.getAttribute('aria-valuenow') ?? null",
      );
    await expect.poll(async () => Number((await step()) ?? 0), WAIT).toBeGreaterThan(0);
    expect(await page.evaluate("document.querySelectorAll('article').length")).toBeGreaterThan(0);
    expect(page.problems).toEqual([]);
  });

  test('two steps are trained', async () => {
    const page = await firefox.page();
    await page.size(1280, 900);
    await page.goto(playAddress(served.url, SMALL, { lang: 'en' }));
    await expect.poll(() => page.press('Load the model'), WAIT).toBe(true);
    await expect.poll(() => page.press('Start'), WAIT).toBe(true);
    const counter = () => page.evaluate<string>("document.querySelector('.counter b')?.innerText ?? ''");
    const failed = () => page.evaluate<string>("document.querySelector('[role=alert]')?.innerText ?? ''");
    // A run that fails ends the wait at once, and what the page says is in the failure.
    await expect.poll(async () => [await counter(), await failed()].join(' '), WAIT).not.toMatch(/^[01]? ?$/);
    expect([await counter(), await failed(), ...page.problems], await page.text()).toEqual(['2', '']);
  });
});
