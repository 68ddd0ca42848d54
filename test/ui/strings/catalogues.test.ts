import { describe, expect, it } from 'vitest';
import { en } from '../../../src/ui/strings/en/index.ts';
import { catalogueOf, LANGUAGES, LOCALES } from '../../../src/ui/strings/index.ts';

/** Every text of a catalogue by its path; a function is called with stand-ins for what it is told. */
function texts(node: unknown, path: string, into = new Map<string, string>()): Map<string, string> {
  if (typeof node === 'string') into.set(path, node);
  else if (typeof node === 'function') into.set(path, String(call(node as (...args: unknown[]) => unknown)));
  else if (typeof node === 'object' && node !== null) {
    for (const [key, child] of Object.entries(node)) texts(child, path === '' ? key : `${path}.${key}`, into);
  }
  return into;
}

/**
 * Numbers stand in for everything, since they read as texts as well; lists of texts where a list is wanted.
 */
function call(text: (...args: unknown[]) => unknown): unknown {
  const numbers = Array.from({ length: 8 }, (_, i) => i + 2);
  const lists = numbers.map((n) => [String(n)]);
  try {
    const said = text(...numbers);
    // A number where a list is wanted has no first item.
    return String(said).includes('undefined') ? text(...lists) : said;
  } catch {
    return text(...lists);
  }
}

/** Names and units that are the same in every language. */
const SAME = new Set([
  'Tracewise',
  'RLVR',
  'CodeRL+',
  'GRPO',
  'REINFORCE++',
  'DAPO',
  'PPO',
  'PPO：lambda',
  'GGUF，F16',
  'GGUF，Q8_0',
  'LearnerWorkerError',
  'WebGPU',
  'WASM',
  '→',
  'L2',
]);

const catalogues = LOCALES.map((locale) => [locale, texts(catalogueOf(locale), '')] as const);
const english = texts(en, '');
const chinese = texts(catalogueOf('zh'), '');

describe('the catalogues', () => {
  it.each(catalogues)('%s: has no texts that the English one has not', (_, catalogue) => {
    expect([...catalogue.keys()].filter((key) => !english.has(key))).toEqual([]);
  });

  it.each(catalogues)('%s: nothing is empty, nothing was left undefined', (_, catalogue) => {
    for (const [key, text] of catalogue) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).not.toMatch(/undefined|\[object/);
    }
  });

  // A language that is under way says the rest in English.
  it.each(catalogues.filter(([locale]) => locale !== 'en' && LANGUAGES[locale].share === 1))(
    '%s: nothing is left in English',
    (_, catalogue) => {
      const left = [...catalogue].filter(
        ([key, text]) => text === english.get(key) && /\p{Letter}{2}/u.test(text) && !SAME.has(text),
      );
      expect(left).toEqual([]);
    },
  );

  it('every Chinese sentence has Chinese in it', () => {
    const without = [...chinese].filter(
      ([, text]) =>
        !/\p{Script=Han}/u.test(text) && /\p{Letter}/u.test(text) && !SAME.has(text) && text !== 'nat',
    );
    expect(without).toEqual([]);
  });
});
