/** What stands around the code: the documents' site, the licences, what a release holds. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loopDistribution } from '../../src/experiment/export/loop-package.ts';
import { docsSite } from '../../scripts/docs-site.ts';
import { anchorOf, htmlOf } from '../../scripts/docs-site/markdown.ts';
import { isAllowed, licencesPage, licensedPackages } from '../../scripts/licences.ts';
import { checksums, notesOf } from '../../scripts/release.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('Markdown', () => {
  test('becomes HTML, and markup in it stays text', () => {
    expect(htmlOf('# A <b> & `x < y`\n\nGo *on* to **b**, see [here](a.md#b-c).')).toBe(
      '<h1 id="a-b--x--y">A &lt;b&gt; &amp; <code>x &lt; y</code></h1>\n<p>Go <em>on</em> to <strong>b</strong>, see <a href="a.md#b-c">here</a>.</p>'.replace(
        'a-b--x--y',
        anchorOf('A <b> & `x < y`'),
      ),
    );
  });

  test('lists nest, go on over lines, and tables keep bars in code', () => {
    expect(htmlOf('- a\n  b\n  1. c\n- d')).toBe('<ul><li>a b<ol><li>c</li></ol></li><li>d</li></ul>');
    expect(htmlOf('| a | b |\n|---|---|\n| `x \\| y` | 2 |')).toBe(
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x | y</code></td><td>2</td></tr></tbody></table>',
    );
  });
});

test('links between pages lead to pages of the site; one that leads nowhere is an error', () => {
  const pages = [
    { path: 'README.md', markdown: '# Start\n\n[m](docs/m.md#the-part)' },
    { path: 'docs/m.md', markdown: '# M\n\n## The part\n\n[back](../README.md)' },
  ];
  const site = docsSite(pages, () => false);
  expect(site.get('index.html')).toContain('<a href="docs/m.html#the-part">m</a>');
  expect(site.get('docs/m.html')).toContain('<a href="../index.html">back</a>');
  expect(() => docsSite([{ path: 'a.md', markdown: '[x](b.md)' }], () => false)).toThrow(/a\.md: b\.md/);
  expect(() => docsSite([pages[0]!, { path: 'docs/m.md', markdown: '# M' }], () => true)).toThrow(
    /#the-part/,
  );
});

test('files that are not in the site are words, pictures are, and every page leads back to the page', () => {
  const pages = [
    { path: 'README.md', markdown: '# Start\n\n[the card](public/card.md) ![shot](docs/a.webp)' },
    { path: 'docs/m.md', markdown: '# M' },
  ];
  const site = docsSite(pages, () => true, { home: '../' });
  expect(site.get('index.html')).toContain('<p>the card <img src="docs/a.webp" alt="shot"></p>');
  expect(site.get('index.html')).toContain('<a class="home" href="../">');
  expect(site.get('docs/m.html')).toContain('<a class="home" href="../../">');
  expect(docsSite(pages, () => true).get('index.html')).not.toContain('class="home"');
});

describe('licences', () => {
  test('of everything that is installed are on the list, and the page is up to date', async () => {
    const packages = await licensedPackages();
    expect(packages.filter(({ licence }) => !isAllowed(licence))).toEqual([]);
    expect(packages.some(({ name, use }) => name === 'pyodide' && use === 'shipped')).toBe(true);
    expect(await readFile(join(ROOT, 'docs/licences.md'), 'utf8')).toBe(await licencesPage(packages));
  });

  test('that ask for more are refused', () => {
    expect(['GPL-3.0-only', 'unknown', 'MIT AND GPL-2.0'].map(isAllowed)).toEqual([false, false, false]);
    expect(['(MIT OR GPL-3.0)', 'MIT AND ISC'].map(isAllowed)).toEqual([true, true]);
  });
});

test('a release has notes from the changelog and checksums that sha256sum reads', async () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n- new\n\n## 0.1.0\n\n- old\n';
  expect(notesOf(changelog, '0.1.0')).toBe('# Tracewise 0.1.0\n\n- old\n');
  expect(notesOf(changelog, '0.2.0')).toBe('# Tracewise 0.2.0\n\n- new\n');
  const bytes = new TextEncoder().encode('abc');
  expect(
    checksums(
      new Map([
        ['b', bytes],
        ['a', bytes],
      ]),
    ),
  ).toBe(['a', 'b'].map((name) => `${createHash('sha256').update('abc').digest('hex')}  ${name}\n`).join(''));
});

test('the Python package has the version of this one', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(loopDistribution.get('pyproject.toml')).toContain(`version = "${version}"`);
  expect(existsSync(join(ROOT, '.github/dependabot.yml'))).toBe(true);
});
