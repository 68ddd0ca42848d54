/** The button in the header that goes from one language to the next, however many there are. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { LANGUAGES, LOCALES, type Locale } from '../../src/ui/strings/languages.ts';

/** Which language the button names. */
export const nextLocale = (current: Locale): Locale =>
  LOCALES[(LOCALES.indexOf(current) + 1) % LOCALES.length]!;

/** Clicks the button, language by language, until the page is in this one. */
export async function clickUntil(page: Page, locale: Locale): Promise<void> {
  const lang = () => page.locator('html').getAttribute('lang');
  const button = page.locator('header button[lang]');
  const tag = LANGUAGES[locale].tag;
  for (let clicks = 0; clicks < LOCALES.length && (await lang()) !== tag; clicks++) {
    const next = await button.getAttribute('lang');
    await button.click();
    await expect.poll(lang).toBe(next);
  }
  expect(await lang()).toBe(tag);
}
