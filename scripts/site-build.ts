/** Builds the site into dist/ unless what is there was built from the very same files. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '..');
export const SITE = join(ROOT, 'dist');
const STAMP = join(SITE, '.built-from');

/** Everything the built site depends on; the lock file stands for node_modules. */
const INPUTS = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'docs',
  'index.html',
  'package-lock.json',
  'package.json',
  'public',
  'scripts/docs-site',
  'scripts/docs-site.ts',
  'scripts/host-files.ts',
  'scripts/page-policy.ts',
  'scripts/site-assets.ts',
  'scripts/site-build.ts',
  'src',
  'svelte.config.js',
  'tsconfig.json',
  'tsconfig.library.json',
  'vite.config.ts',
  'workers',
];

async function filesUnder(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return [];
  if (info.isFile()) return [path];
  const names = (await readdir(path)).sort();
  return (await Promise.all(names.map((name) => filesUnder(join(path, name))))).flat();
}

/** Sizes and times of change of all inputs: cheap, and also notices a file that is gone. */
async function fingerprint(): Promise<string> {
  const files = (await Promise.all(INPUTS.map((input) => filesUnder(join(ROOT, input))))).flat();
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Returns whether anything had to be built. Vite's messages go to its own logger, errors are thrown. */
export async function buildSite(quiet = false): Promise<boolean> {
  const wanted = await fingerprint();
  const built = await readFile(STAMP, 'utf8').catch(() => undefined);
  if (built === wanted) return false;
  await rm(STAMP, { force: true });
  // A test runner says NODE_ENV=test, and Vite would build for development: slower,
  // larger and without the service worker.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: quiet ? 'warn' : 'info' });
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
  await writeFile(STAMP, wanted);
  return true;
}
