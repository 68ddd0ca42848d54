/**
 * How much must come before a room can be seen, in bytes, which are the same on every machine: the scripts
 * that the page and the room import when they start, as a server sends them. And how much Learn is in all.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SITE } from '../../scripts/site-build.ts';
import { LANGUAGES } from '../../src/ui/strings/languages.ts';
import { clickUntil, nextLocale } from './languages.ts';
import { openSite, type OpenSite } from './site.ts';

/** Bytes, gzipped. */
const MOST_SCRIPT = 200_000;
const MOST_OF_LEARN = 2_500_000;

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** A script and all that it imports before it runs; what it imports later is left out. */
function withImports(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(join(SITE, 'assets', file), 'utf8');
  for (const [, name] of source.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.js)"/g))
    withImports(name!, found);
  return found;
}

const only = (start: string): string => {
  const files = readdirSync(join(SITE, 'assets')).filter((name) =>
    new RegExp(`^${start}-[\\w-]{8}\\.js$`).test(name),
  );
  expect(files, start).toHaveLength(1);
  return files[0]!;
};

describe.each([
  ['Learn', 'en', ['base', 'learn-words']],
  ['Learn', 'zh', ['base', 'learn-words']],
  ['Play', 'en', ['base', 'setting-words', 'tasks']],
  ['Play', 'zh', ['base', 'setting-words', 'tasks']],
])('%s in %s', (room, language, words) => {
  test(`needs no more than ${MOST_SCRIPT / 1000} kB of script and words before it is seen`, () => {
    const page = /src="\.\/assets\/([\w.-]+\.js)"/.exec(readFileSync(join(SITE, 'index.html'), 'utf8'))![1]!;
    const parts = words.map((part) => only(`words-${language}-${part}`));
    const files = new Set([page, only(room), ...parts].flatMap((file) => [...withImports(file)]));
    const sizes = [...files].map((file) => {
      const path = join(SITE, 'assets', file);
      expect(existsSync(path), file).toBe(true);
      return [file, gzipSync(readFileSync(path)).length] as const;
    });
    const sum = sizes.reduce((total, [, size]) => total + size, 0);
    expect(sum, JSON.stringify(sizes.sort((a, b) => b[1] - a[1]))).toBeLessThanOrEqual(MOST_SCRIPT);
  });
});

test.each([
  ['en', 'zh'],
  ['zh', 'en'],
] as const)(
  'who reads in %s fetches its words alone, each part with what shows it',
  async (language, next) => {
    const { page, problems, close } = await site.page();
    const fetched = new Set<string>();
    page.on('request', (request) => {
      const [, part] = /\/words-([a-z]+-[\w-]+)-[\w-]{8}\.js$/.exec(request.url()) ?? [];
      if (part !== undefined) fetched.add(part);
    });
    const named = (of: string, ...parts: string[]): string[] => parts.map((part) => `${of}-${part}`);
    await page.goto(`${site.url}?room=learn&lang=${language}`);
    await page.getByTestId('words').waitFor();
    expect([...fetched].sort()).toEqual(named(language, 'base', 'glossary', 'learn-words'));
    await page.getByRole('tab').nth(2).click();
    await page.getByTestId('queue').waitFor();
    expect([...fetched].sort()).toEqual(
      named(language, 'base', 'glossary', 'lab', 'learn-words', 'setting-words'),
    );
    // Another language brings what has been shown, and the page stays where it is.
    await clickUntil(page, next);
    expect(await page.getByTestId('queue').count()).toBe(1);
    expect([...fetched].filter((part) => part.startsWith(next)).sort()).toEqual(
      named(next, 'base', 'glossary', 'lab', 'learn-words', 'setting-words'),
    );
    expect(problems).toEqual([]);
    await close();
  },
);

test('a language that does not come leaves the page in the one that it has, and says so', async () => {
  const { page, close } = await site.page();
  await page.goto(`${site.url}?room=play&lang=en`);
  await page.getByTestId('study-picture').waitFor();
  const next = nextLocale('en');
  // A catalogue of one file has the language's name alone.
  const words = new RegExp(`/assets/(words-)?${next}-`);
  await page.route(words, (route) => route.abort());
  await page.locator('header button[lang]').click();
  await page.getByText(`The words of the page in ${LANGUAGES[next].name} did not come.`).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  await page.unroute(words);
  await close();
});

test('Learn is small enough as a whole, read to its end', async () => {
  const { page, problems, close } = await site.page();
  // As a host sends them: texts gzipped, the rest as it lies there.
  const sizes: Promise<readonly [string, number]>[] = [];
  page.on('requestfinished', (request) => {
    const { pathname } = new URL(request.url());
    sizes.push(
      request
        .response()
        .then((response) => response!.body())
        .then((body) => [
          pathname,
          /\.(js|css|json|svg)$|\/$/.test(pathname) ? gzipSync(body).length : body.length,
        ]),
    );
  });
  await page.goto(`${site.url}?room=learn&lang=en`);
  await page.getByTestId('writing').waitFor();
  await page.locator('#chapter-6').scrollIntoViewIfNeeded();
  await page.getByTestId('heldout').waitFor();
  // Both runs: each of the two charts has two lines.
  await expect.poll(() => page.getByTestId('heldout').locator('.legend .of-line').count()).toBe(4);
  const sent = (await Promise.allSettled(sizes)).flatMap((one) =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  const bytes = sent.reduce((sum, [, size]) => sum + size, 0);
  expect(bytes, JSON.stringify(sent)).toBeLessThan(MOST_OF_LEARN);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(problems).toEqual([]);
  await close();
});
