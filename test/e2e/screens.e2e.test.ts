/**
 * Every screen that needs no model, in Chinese and English, on a phone that is
 * touched: nothing is cut off, untranslated or out of reach, and what is pressed
 * works by touch. Larger screens are in screens.long.test.ts.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCREENS, testScreens } from './screens.ts';
import { openSite, type OpenSite } from './site.ts';

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

testScreens(['a phone'], () => site);

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
