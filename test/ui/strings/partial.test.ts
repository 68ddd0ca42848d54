/** A catalogue under way: what it says, what English says for it, and what is missing. */
import { describe, expect, test } from 'vitest';
import { en } from '../../../src/ui/strings/en/index.ts';
import { catalogueOf, LANGUAGES, LOCALES } from '../../../src/ui/strings/index.ts';
import { completed, missing, share, type PartialStrings } from '../../../src/ui/strings/partial.ts';

const ENGLISH = {
  error: { heading: 'What happened', bytes: (n: number) => `${n} bytes` },
  list: ['one', 'two'],
  name: 'Name',
};

describe('a catalogue under way', () => {
  const own = { error: { bytes: (n: number) => `${n} octets` } };

  test('says what it has, and the rest in English', () => {
    const whole = completed<typeof ENGLISH>(own, ENGLISH);
    expect(whole.error.bytes(3)).toBe('3 octets');
    expect([whole.error.heading, whole.list, whole.name]).toEqual(['What happened', ['one', 'two'], 'Name']);
    expect(completed<typeof ENGLISH>({}, ENGLISH)).toEqual(ENGLISH);
  });

  test('names what is missing: three of four texts', () => {
    expect(missing<typeof ENGLISH>(own, ENGLISH)).toEqual(['error.heading', 'list', 'name']);
    expect(share<typeof ENGLISH>(own, ENGLISH)).toBe(0.25);
    expect(share<typeof ENGLISH>({ ...ENGLISH }, ENGLISH)).toBe(1);
  });

  test('an empty text is no translation of nothing: it is taken as it is', () => {
    expect(completed<typeof ENGLISH>({ name: '' }, ENGLISH).name).toBe('');
  });
});

test.each(LOCALES)(
  '%s: its parts are every section there is, and as much as it says it has',
  async (locale) => {
    expect(Object.keys(catalogueOf(locale)).sort()).toEqual(Object.keys(en).sort());
    const { parts, share: said } = LANGUAGES[locale];
    const own = Object.assign({}, ...(await Promise.all(Object.values(parts).map((load) => load()))));
    expect(share(own as PartialStrings, en)).toBeCloseTo(said, 2);
  },
);

test('English and Chinese are whole', () => {
  expect([LANGUAGES.en.share, LANGUAGES.zh.share]).toEqual([1, 1]);
});
