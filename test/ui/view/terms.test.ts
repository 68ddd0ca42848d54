/** Terms in sentences, and a glossary that is whole. */
import { describe, expect, test } from 'vitest';
import { parseRich } from '../../../src/ui/learn/rich.ts';
import { catalogueOf, LOCALES } from '../../../src/ui/strings/index.ts';
import { splitTerms } from '../../../src/ui/view/terms.ts';

describe('terms in a sentence', () => {
  const words = { nats: 'nats', 'CodeRL+': 'plus', 'own CodeRL+': 'own', 优势: 'advantage' } as const;
  const marked = (sentence: string) =>
    splitTerms(sentence, words)
      .map(({ text, term }) => (term === null ? text : `<${term}:${text}>`))
      .join('');

  test.each([
    ['in nats per token.', 'in <nats:nats> per token.'],
    ['nats, and nats again', '<nats:nats>, and nats again'],
    ['the natsu and signats', 'the natsu and signats'],
    ['CodeRL+, not CodeRL', '<plus:CodeRL+>, not CodeRL'],
    ['own CodeRL+', '<own:own CodeRL+>'],
    ['每个优势都是 0', '每个<advantage:优势>都是 0'],
    ['nothing', 'nothing'],
    ['', ''],
  ])('%s', (sentence, expected) => {
    expect(marked(sentence)).toBe(expected);
  });
});

type Node = string | ((...told: never[]) => string) | { readonly [key: string]: Node };
function texts(node: Node): readonly string[] {
  if (typeof node === 'string') return [node];
  if (typeof node === 'function') return [(node as (...n: number[]) => string)(2, 3, 4, 5)];
  return Object.values(node).flatMap(texts);
}

describe.each(LOCALES)('the glossary in %s', (locale) => {
  const { glossary, learn, termWords } = catalogueOf(locale);
  const entries = Object.keys(glossary.terms);

  test('knows each word that it finds in sentences', () => {
    for (const [term, spellings] of Object.entries(termWords)) {
      expect(entries).toContain(term);
      expect(spellings.split('|').every((spelling) => spelling !== '')).toBe(true);
    }
  });

  test('has an entry for each term that Learn marks', () => {
    const marked = texts(learn as Node)
      .flatMap(parseRich)
      .flatMap((piece) => (piece.kind === 'term' ? [piece] : []));
    expect(marked.length).toBeGreaterThan(5);
    for (const { text, entry } of marked) expect(entries, text).toContain(entry);
  });

  test('has an entry for each measure of an evaluation', () => {
    for (const measure of Object.keys(learn.worked.measures)) expect(entries).toContain(measure);
  });
});
