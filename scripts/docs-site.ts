/**
 * The documents of this repository as static pages, from the same Markdown, with the library's pages from the
 * comments in the sources. The built site has them in its folder docs; `npm run docs` writes them alone, to
 * build/docs. No script runs in them. Every link inside of them leads somewhere, or this fails.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { apiPages } from './docs-site/api.ts';
import { anchorOf, escapeHtml, htmlOf } from './docs-site/markdown.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'build', 'docs');
/** In this order; what docs holds beside them follows. */
const FIRST = [
  'README.md',
  'docs/architecture.md',
  'docs/method.md',
  'docs/library.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
];

export interface Page {
  /** In the repository, with `/`. */
  readonly path: string;
  readonly markdown: string;
}

const titleOf = ({ path, markdown }: Page): string => /^# (.*)$/m.exec(markdown)?.[1] ?? path;

/** `docs/method.md` -> `docs/method.html`; the README is the first page. */
export const addressOf = (path: string): string =>
  path === 'README.md' ? 'index.html' : path.replace(/\.md$/, '.html');

interface SiteOptions {
  /** The way from the first page to the page that these documents are of; null: they stand alone. */
  readonly home?: string | null;
}

/** A picture that a page shows, as it stands in the repository. */
const isPicture = (path: string): boolean => /\.(webp|png|svg)$/.test(path);

/**
 * HTML by address. Links to pages lead to pages of the site; other files of the repository are not in it,
 * and links to them are left as text in the source's own words.
 * @throws Error that names a link which leads nowhere
 */
export function docsSite(
  pages: readonly Page[],
  exists: (path: string) => boolean,
  { home = null }: SiteOptions = {},
): ReadonlyMap<string, string> {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  const broken: string[] = [];
  const html = pages.map((page) => {
    const link = (href: string): string | null => {
      if (/^[a-z]+:/i.test(href)) return href;
      const [file = '', anchor] = href.split('#');
      const target =
        file === '' ? page.path : relative('.', join(dirname(page.path), file)).replaceAll('\\', '/');
      const known = byPath.get(target);
      const to = known ? addressOf(target) : target;
      const isAnchored = anchor === undefined || !known || anchorsOf(known).has(anchor);
      if ((!known && !exists(target)) || !isAnchored) broken.push(`${page.path}: ${href}`);
      if (!known && !isPicture(target)) return null;
      const way = relative(dirname(addressOf(page.path)), to).replaceAll('\\', '/');
      return `${way}${anchor === undefined ? '' : `#${anchor}`}`;
    };
    return [addressOf(page.path), whole(page, htmlOf(page.markdown, link), pages, home)] as const;
  });
  if (broken.length > 0) throw new Error(`links that lead nowhere:\n  ${broken.join('\n  ')}`);
  return new Map(html);
}

const anchorsOf = ({ markdown }: Page): ReadonlySet<string> =>
  new Set([...markdown.matchAll(/^#{1,6} (.*)$/gm)].map(([, title]) => anchorOf(title!)));

const STYLE = `body{font:16px/1.6 system-ui,sans-serif;color:#1c1b19;background:#fdfcfa;margin:0;display:grid;
grid-template-columns:15rem minmax(0,48rem);gap:2rem;padding:1.5rem}nav a{display:block;padding:.15rem 0}a{color:#0b5c7a}
nav .home{margin-bottom:.6rem}nav a[aria-current]{font-weight:600;color:inherit;text-decoration:none}pre{background:#f2efe9;padding:.8rem;overflow:auto}
code{font-family:ui-monospace,monospace;font-size:.9em}table{border-collapse:collapse;display:block;overflow:auto}
th,td{border:1px solid #d8d3c8;padding:.3rem .6rem;text-align:left;vertical-align:top}img{max-width:100%}
@media(max-width:60rem){body{display:block}}@media(prefers-color-scheme:dark){body{background:#191816;color:#e9e5dc}
pre{background:#242220}a{color:#7cc4e0}th,td{border-color:#3a3733}}`;

function whole(page: Page, body: string, pages: readonly Page[], home: string | null): string {
  const own = addressOf(page.path);
  const out = home === null ? '' : `${'../'.repeat(own.split('/').length - 1)}${home}`;
  const back = home === null ? '' : `<a class="home" href="${out}">\u2190 Tracewise</a>`;
  const nav = pages.map((other) => {
    const way = relative(dirname(own), addressOf(other.path)).replaceAll('\\', '/');
    const here = other === page ? ' aria-current="page"' : '';
    return `<a href="${way}"${here}>${escapeHtml(titleOf(other).replaceAll('`', ''))}</a>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(titleOf(page))} - Tracewise</title>`,
    `<style>${STYLE}</style>`,
    `<nav>${back}${nav.join('')}</nav>`,
    `<main>${body}</main>`,
    '</html>',
    '',
  ].join('\n');
}

/** The repository's own pages, and those of the library. */
export async function docsPages(root: string = ROOT): Promise<readonly Page[]> {
  const others = (await readdir(join(root, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  const paths = [...FIRST, ...others.filter((path) => !FIRST.includes(path)).sort()];
  const written = await Promise.all(
    paths.map(async (path) => ({ path, markdown: await readFile(join(root, path), 'utf8') })),
  );
  return [...written, ...[...apiPages(root)].map(([name, markdown]) => ({ path: `docs/${name}`, markdown }))];
}

/**
 * Writes the pages and the pictures in them into a folder, which is emptied first. Returns how many pages.
 * @throws Error that names a link which leads nowhere
 */
export async function writeDocs(out: string, options: SiteOptions = {}): Promise<number> {
  const site = docsSite(await docsPages(), (path) => existsSync(join(ROOT, path)), options);
  await rm(out, { recursive: true, force: true });
  const pictures = new Set<string>();
  for (const [path, html] of site) {
    await mkdir(dirname(join(out, path)), { recursive: true });
    await writeFile(join(out, path), html);
    for (const [, src] of html.matchAll(/<img src="([^"]+)"/g))
      if (!/^[a-z]+:/i.test(src!)) pictures.add(join(dirname(path), src!));
  }
  for (const picture of pictures) {
    await mkdir(dirname(join(out, picture)), { recursive: true });
    await copyFile(join(ROOT, picture), join(out, picture));
  }
  return site.size;
}

if (process.argv[1] === import.meta.filename)
  console.log(`${relative(process.cwd(), OUT)}: ${await writeDocs(OUT)} pages`);
