/** Which language the page begins with, and which one its button offers. Pure functions; nothing is drawn. */
import { describe, expect, it } from 'vitest';
import { LOCALES, type Locale } from '../../../src/ui/strings/index.ts';
import { chooseLocale, nextLocale } from '../../../src/ui/strings/locale.svelte.ts';

describe('the language', () => {
  it('is the first of the visitor’s that there is a catalogue for, else English', () => {
    expect(chooseLocale(['fr', 'zh-TW', 'en'])).toBe('zh');
    expect(chooseLocale(['EN-gb'])).toBe('en');
    expect(chooseLocale(['fr', 'constructor'])).toBe('en');
    expect(chooseLocale([])).toBe('en');
  });

  it('offered by the button comes to every language once and back again', () => {
    for (const start of LOCALES) {
      const seen: Locale[] = [];
      for (let at = nextLocale(start); !seen.includes(at); at = nextLocale(at)) seen.push(at);
      expect(seen.toSorted()).toEqual(LOCALES.toSorted());
      expect(seen.at(-1)).toBe(start);
    }
  });
});
