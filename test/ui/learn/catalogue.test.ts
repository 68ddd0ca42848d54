/**
 * What the sentences of Learn point at: the same things in every language, and things that the figures have.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { phraseKeys } from '../../../src/ui/learn/rich.ts';
import { catalogueOf, LOCALES } from '../../../src/ui/strings/index.ts';

type Node = string | ((...told: never[]) => string) | { readonly [key: string]: Node };

/** Phrase keys of every sentence, by its path. */
function phrases(node: Node, path: string): readonly (readonly [string, readonly string[]])[] {
  if (typeof node === 'string') return [[path, phraseKeys(node)]];
  if (typeof node === 'function')
    return [[path, phraseKeys((node as (...n: number[]) => string)(2, 3, 4, 5))]];
  return Object.entries(node).flatMap(([key, child]) => phrases(child, `${path}.${key}`));
}

const english = phrases(catalogueOf('en').learn as Node, 'learn').filter(([, keys]) => keys.length > 0);

test.each(LOCALES)('%s: a sentence lights up what it does in English', (locale) => {
  const own = new Map(phrases(catalogueOf(locale).learn as Node, 'learn'));
  for (const [path, keys] of english)
    expect([...(own.get(path) ?? [])].sort(), path).toEqual([...keys].sort());
});

test('every phrase lights up something', () => {
  const folder = resolve(import.meta.dirname, '../../../src/ui/learn');
  const figures = readdirSync(folder).filter((name) => name.endsWith('.svelte'));
  const source = figures.map((name) => readFileSync(resolve(folder, name), 'utf8')).join('\n');
  for (const [path, keys] of english)
    for (const key of keys) expect(source.includes(`lights.on('${key}')`), `${path}: ${key}`).toBe(true);
});
