/**
 * Every screen that needs no model, in Chinese and English, on a phone that is touched, on two projectors and
 * at a zoom of 200 %: nothing is cut off, untranslated or out of reach. And what is pressed works by touch.
 */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest } from './at-rest.ts';
import { faultsOf } from './seen.ts';
import { openSite, type OpenSite } from './site.ts';

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  'a phone': { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  'a small projector': { viewport: { width: 1280, height: 720 } },
  'a large projector': { viewport: { width: 1920, height: 1080 } },
  'a zoom of 200 %': { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
};
/** A phone is narrow for both; of the others each language has some. */
const LANGUAGES_ON: Readonly<Record<string, readonly string[]>> = {
  'a phone': ['zh', 'en'],
  'a small projector': ['zh'],
  'a large projector': ['en'],
  'a zoom of 200 %': ['en'],
};
const RUN = 'coderl-plus-60';
/** By query: what is there once the state is reached. */
const STATES: Readonly<Record<string, string>> = {
  'room=learn': '[data-testid=words]',
  'room=play': '[data-testid=study-picture]',
  [`room=play&run=${RUN}&step=20&group=3`]: '.picker',
  [`room=play&run=${RUN}&step=60&view=compare`]: '[data-testid=distributions]',
  'room=lab': '[data-testid=queue]',
  'room=learn&teach': 'main h1',
  'lecture=policy': '[data-testid=lecture] li',
  'lecture=failure&at=1': '[data-testid=lecture] pre',
  'lecture=trace&at=3': '[data-testid=trace]',
  'lecture=prediction&at=4': '[data-testid=lecture] .beat > *',
  'lecture=difference': '[data-testid=study-picture]',
  'lecture=difference&at=1': '[data-testid=lecture-charts]',
};

describe.each(Object.keys(SCREENS))('on %s', (screen) => {
  test.each(Object.entries(STATES))('nothing is cut off or untranslated: %s', async (query, there) => {
    for (const language of LANGUAGES_ON[screen]!) {
      const { page, problems, close } = await site.page({ ...SCREENS[screen], reducedMotion: 'reduce' });
      await page.goto(`${site.url}?${query}&lang=${language}`);
      await page.locator(there).first().waitFor();
      await page.waitForLoadState('networkidle');
      await atRest(page);
      expect(await faultsOf(page), language).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    }
  });
});

describe('by touch', () => {
  let page: Page;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ page, close } = await site.page({ ...SCREENS['a phone'], reducedMotion: 'reduce' }));
    await page.goto(`${site.url}?room=learn&lang=en`);
    await page.getByTestId('lesson').waitFor();
  });
  afterAll(() => close());

  test('“fork” leads to a fork, the slider and the tree to where they are touched', async () => {
    const slider = page.getByTestId('writing').getByRole('slider');
    await page.locator('#chapter-1 [data-phrase=fork]').tap();
    await expect
      .poll(() => page.getByTestId('next-token').locator('li:not(.rest)').count())
      .toBeGreaterThan(1);
    const { x, y, width, height } = (await slider.boundingBox())!;
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    const [at, max] = [Number(await slider.inputValue()), Number(await slider.getAttribute('max'))];
    expect(at).toBeGreaterThan(0.4 * max);
    expect(at).toBeLessThan(0.6 * max);
    // The tree comes after the guess.
    await page.locator('#chapter-1 fieldset button').last().tap();
    const leaves = page.getByTestId('tree').getByRole('button');
    await leaves.last().tap();
    await expect.poll(() => leaves.last().getAttribute('aria-pressed')).toBe('true');
  });

  test('a word of the glossary opens and closes', async () => {
    const term = page.locator('#chapter-1 .term').first();
    const tip = term.locator('xpath=following-sibling::*[1]');
    await term.tap();
    await expect.poll(() => tip.isVisible()).toBe(true);
    await term.tap();
    await expect.poll(() => tip.isVisible()).toBe(false);
  });

  test('knobs of Play answer', async () => {
    await page.goto(`${site.url}?room=play&lang=en`);
    await page.getByTestId('study-picture').waitFor();
    await page.locator('.parts').getByText('Task').tap();
    const track = page.locator('.track:has([role=slider]):visible').first();
    const thumb = track.getByRole('slider');
    const before = await thumb.getAttribute('aria-valuenow');
    const { x, y, width, height } = (await track.boundingBox())!;
    const [value, low, high] = await Promise.all(
      ['aria-valuenow', 'aria-valuemin', 'aria-valuemax'].map(async (name) =>
        Number(await thumb.getAttribute(name)),
      ),
    );
    // To the other half.
    const share = value! - low! > (high! - low!) / 2 ? 0.1 : 0.9;
    await page.touchscreen.tap(x + share * width, y + height / 2);
    await expect.poll(() => thumb.getAttribute('aria-valuenow')).not.toBe(before);
  });
});
