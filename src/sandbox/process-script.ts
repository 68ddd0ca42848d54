/**
 * The JavaScript that an interpreter's process starts from: one file, so that Node
 * need let the process read no other. In the package it lies beside this file. In the
 * repository it is bundled from TypeScript, once per content: teaching each worker to
 * read TypeScript took .4 s of the processor, more than all else of a start.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCacheFile } from './cache-file.ts';

/** Its name in the package, where scripts/library.ts puts it. */
export const PACKAGED = 'python-process.mjs';
const here = dirname(fileURLToPath(import.meta.url));
/** Milliseconds after which a bundle of another content is taken for left over. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** Path of the script. @param cache a folder that may be written; where it may not, one for this process */
export async function processScript(cache: string): Promise<string> {
  if (!import.meta.url.endsWith('.ts')) return join(here, PACKAGED);
  const esbuild = bundler();
  const name = `python-process-${await contentKey(esbuild.version)}.mjs`;
  const path = join(cache, name);
  if (await stat(path).catch(() => undefined)) return path;
  const text = await bundleProcess();
  try {
    await writeCacheFile(cache, name, text);
    await sweep(cache, name);
    return path;
  } catch {
    const own = join(await mkdtemp(join(tmpdir(), 'tracewise-')), name);
    await writeFile(own, text);
    return own;
  }
}

/** What is used of esbuild, which comes with tsx. */
interface Bundler {
  readonly version: string;
  build(options: object): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>;
}

function bundler(): Bundler {
  const require = createRequire(createRequire(import.meta.url).resolve('tsx/package.json'));
  return require('esbuild') as Bundler;
}

/** Text of the script, made from the repository's sources. */
export async function bundleProcess(): Promise<string> {
  const { outputFiles } = await bundler().build({
    entryPoints: [join(here, 'process-node.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    // `#raw/...` is the text of a file (src/base/raw.mjs); Node's rule for it means nothing in one file.
    plugins: [{ name: 'raw', setup: rawTexts }],
  });
  return outputFiles[0]!.text;
}

interface PluginBuild {
  onResolve(filter: object, found: (args: { path: string }) => object): void;
  onLoad(filter: object, load: (args: { path: string }) => Promise<object>): void;
}

function rawTexts(build: PluginBuild): void {
  const filter = /^#raw\//;
  build.onResolve({ filter }, ({ path }) => ({
    path: join(dirname(here), path.replace(filter, '')),
    namespace: 'raw',
  }));
  build.onLoad({ filter: /.*/, namespace: 'raw' }, async ({ path }) => ({
    contents: await readFile(path, 'utf8'),
    loader: 'text',
  }));
}

/** Of everything that may be in it. */
async function contentKey(version: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256').update(version);
  for (const name of ['pyodide', 'comlink'])
    hash.update(await readFile(join(packageFolder(require.resolve(name), name), 'package.json')));
  for (const folder of [here, join(dirname(here), 'base')]) {
    const names = (await readdir(folder, { recursive: true }))
      .filter((name) => /\.(ts|py)$/.test(name))
      .sort();
    for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

const packageFolder = (file: string, name: string): string =>
  file.slice(0, file.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length);

/** Others may be in use by a run that began with other sources. */
async function sweep(cache: string, kept: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.startsWith('python-process-') && name !== kept);
  for (const name of names) {
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > KEPT_MS) await rm(join(cache, name), { force: true });
  }
}
