/**
 * `npm run release`: everything of a version in build/release, with checksums and notes. The site as a zip, the
 * library's tarball, the Python package of the loop, SHA256SUMS, NOTES.md from the changelog. It publishes nothing
 * and tags nothing; the last lines say what is left to do by hand. Build the site before (`npm run build`).
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { zipSync, type Zippable } from 'fflate';
import { loopDistribution } from '../src/experiment/export/loop-package.ts';
import { buildLibrary, packLibrary } from './library.ts';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'build', 'release');
/** Fixed, so that the same files make the same zip. */
const ZIP_DATE = new Date(1980, 0, 1);

/** The notes of a version: its section of the changelog, or what is not released yet. @throws where there is neither */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section =
    sections.find((text) => text.startsWith(version)) ??
    sections.find((text) => text.startsWith('Unreleased'));
  if (section === undefined)
    throw new Error(`CHANGELOG.md has no section ${version} and none that is unreleased`);
  return `# Tracewise ${version}\n\n${section.slice(section.indexOf('\n') + 1).trim()}\n`;
}

/** `hash  name` a line, as `sha256sum --check` reads them. */
export const checksums = (files: ReadonlyMap<string, Uint8Array>): string =>
  [...files]
    .map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
    .join('');

async function filesUnder(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A folder as a zip, byte for byte the same for the same files. */
export async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries: Zippable = {};
  for (const path of await filesUnder(folder))
    entries[relative(folder, path).replaceAll('\\', '/')] = [
      await readFile(path),
      { mtime: ZIP_DATE, level: 6 },
    ];
  return zipSync(entries);
}

function zipTexts(files: ReadonlyMap<string, string>): Uint8Array {
  const text = new TextEncoder();
  return zipSync(
    Object.fromEntries(
      [...files].map(([path, content]) => [path, [text.encode(content), { mtime: ZIP_DATE }]]),
    ),
  );
}

if (process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const site = join(ROOT, 'dist');
  if (!(await stat(join(site, 'index.html')).catch(() => null))) {
    console.error('dist/index.html is missing: run "npm run build" before');
    process.exit(1);
  }
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  await buildLibrary();
  const tarball = packLibrary(join(ROOT, 'build'));
  await cp(tarball, join(OUT, basename(tarball)));
  await writeFile(join(OUT, `tracewise-site-${version}.zip`), await zipFolder(site));
  await writeFile(join(OUT, `tracewise-rl-${version}.zip`), zipTexts(loopDistribution));
  await writeFile(
    join(OUT, 'NOTES.md'),
    notesOf(await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8'), version),
  );
  const files = new Map<string, Uint8Array>();
  for (const path of await filesUnder(OUT)) files.set(basename(path), await readFile(path));
  await writeFile(join(OUT, 'SHA256SUMS'), checksums(files));
  for (const [name, bytes] of files)
    console.log(`${relative(process.cwd(), join(OUT, name))}  ${bytes.length} bytes`);
  console.error(
    `By hand: git tag v${version}, publish build/release with NOTES.md, "cd build/release && sha256sum --check SHA256SUMS".`,
  );
}
