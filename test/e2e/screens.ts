/**
 * The screens that need no model, and a check that nothing on one is cut off, untranslated or out of reach.
 * Which are checked on which device is in screens.e2e.test.ts (the phone) and screens.long.test.ts.
 */
import type { BrowserContextOptions } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { atRest } from './at-rest.ts';
import { faultsOf } from './seen.ts';
import type { OpenSite } from './site.ts';

export const SCREENS = {
  'a phone': { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  'a small projector': { viewport: { width: 1280, height: 720 } },
  'a large projector': { viewport: { width: 1920, height: 1080 } },
  'a zoom of 200 %': { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;
type Screen = keyof typeof SCREENS;

/** A phone is narrow for both; of the others each language has some. */
const LANGUAGES_ON: Readonly<Record<Screen, readonly string[]>> = {
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

/** Declares a test for each state on each of these screens. @param site open once the tests run */
export function testScreens(screens: readonly Screen[], site: () => OpenSite): void {
  describe.each(screens)('on %s', (screen) => {
    test.each(Object.entries(STATES))('nothing is cut off or untranslated: %s', async (query, there) => {
      for (const language of LANGUAGES_ON[screen]) {
        const { page, problems, close } = await site().page({ ...SCREENS[screen], reducedMotion: 'reduce' });
        await page.goto(`${site().url}?${query}&lang=${language}`);
        await page.locator(there).first().waitFor();
        await page.waitForLoadState('networkidle');
        await atRest(page);
        expect(await faultsOf(page), language).toEqual([]);
        expect(problems).toEqual([]);
        await close();
      }
    });
  });
}
