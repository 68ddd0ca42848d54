/**
 * Words come in parts: with what shows them, in the language that is read, and again where they failed to.
 */
import { beforeEach, expect, test, vi } from 'vitest';
import type * as catalogues from '../../../src/ui/strings/index.ts';
import type * as languages from '../../../src/ui/strings/languages.ts';

type Parts = (typeof languages.LANGUAGES)['en']['parts'];
type Catalogues = typeof catalogues;

let words: Catalogues;
/** What was fetched, in order. */
let fetched: string[];
let isDown: boolean;

beforeEach(async () => {
  [fetched, isDown] = [[], false];
  vi.resetModules();
  vi.doMock('../../../src/ui/strings/languages.ts', async (original) => {
    const real = await original<typeof languages>();
    const watched = (locale: 'en' | 'zh'): Parts =>
      Object.fromEntries(
        Object.entries(real.LANGUAGES[locale].parts).map(([part, load]) => [
          part,
          () => {
            fetched.push(`${locale} ${part}`);
            return isDown ? Promise.reject(new TypeError('no network')) : load();
          },
        ]),
      ) as Parts;
    const { en, zh } = real.LANGUAGES;
    return {
      ...real,
      LANGUAGES: {
        en: { ...en, parts: watched('en') },
        zh: { ...zh, parts: watched('zh') },
        // Under way: one file with one section.
        xx: {
          name: 'X',
          tag: 'x',
          share: 0.01,
          parts: real.oneFile(() => Promise.resolve({ theme: { label: 'X-theme' } })),
        },
      },
    };
  });
  words = await import('../../../src/ui/strings/index.ts');
});

test('nothing is fetched unasked, and what is not here says so', async () => {
  expect(fetched).toEqual([]);
  expect(() => words.s.app).toThrow(/"app"/);
  await words.wantWords('learn');
  expect(fetched).toEqual(['en base', 'en learn']);
  expect(words.s.app.name).toBe('Tracewise');
  expect(words.s.learn.title).toMatch(/code model/);
  expect([words.hasWords('learn'), words.hasWords('lab')]).toEqual([true, false]);
  expect(() => words.s.lab).toThrow(/"lab"/);
});

test('each part is fetched once, whoever asks', async () => {
  await Promise.all([words.wantWords('teach'), words.wantWords('teach'), words.wantWords()]);
  await words.wantWords('teach');
  expect(fetched).toEqual(['en base', 'en teach']);
});

test('another language brings what is shown, also what was wanted while it came', async () => {
  await words.wantWords('lab');
  const coming = words.loadLanguage('zh');
  const more = words.wantWords('glossary');
  await Promise.all([coming, more]);
  expect(fetched.filter((what) => what.startsWith('zh'))).toEqual(['zh base', 'zh lab', 'zh glossary']);
  words.readLocaleFrom(() => 'zh');
  expect(words.s.lab).not.toBe(words.catalogueOf('en').lab);
});

test('what did not come is asked for again, and who reads is told when it has', async () => {
  const told = vi.fn();
  words.readLocaleFrom(() => 'en', told);
  isDown = true;
  await expect(words.wantWords('glossary')).rejects.toThrow('no network');
  expect(words.hasWords('glossary')).toBe(false);
  isDown = false;
  await words.wantWords('glossary');
  expect(words.hasWords('glossary')).toBe(true);
  expect(told).toHaveBeenCalled();
});

test('a language under way is filled up with English, part by part', async () => {
  words.readLocaleFrom(() => 'xx' as 'zh');
  await words.wantWords('teach');
  expect(words.s.theme.label).toBe('X-theme');
  expect(words.s.theme.light).toBe('Light');
  expect(words.s.teach.title).toBe((await import('../../../src/ui/strings/en/teach.ts')).teach.title);
  expect(fetched).toEqual(['en base', 'en teach']);
});
