/**
 * Vite plugin: serves (dev, preview, tests) and copies (build) the WebAssembly and Python files that the page
 * loads by address. It sets the headers that isolate the page and fence in the Python workers. It bundles
 * nothing: the files pass through unchanged.
 */
import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { PYTHON_WORKER_POLICY } from '../src/sandbox/policy.ts';
import { hostFiles } from './host-files.ts';
import { pagePolicy, withPolicy } from './page-policy.ts';

const require = createRequire(import.meta.url);
/** `pyodide` exports its package.json; `onnxruntime-web` does not, but exports its wasm files. */
const PYODIDE = dirname(require.resolve('pyodide/package.json'));
const ORT = dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));

/**
 * The name of a package's file on the site. Servers that do not know `.mjs` (nginx as
 * Debian ships it) send it as octets, and browsers import no such thing.
 */
export const siteName = (file: string): string => file.replace(/\.mjs$/, '.js');

/** Folder under the site's base -> files and where they come from; on the site they have their `siteName`. */
export const SITE_ASSETS: Readonly<
  Record<string, { readonly from: string; readonly files: readonly string[] }>
> = {
  pyodide: {
    from: PYODIDE,
    files: ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'],
  },
  // `onnxruntime-web/wasm` fetches the plain pair, `onnxruntime-web/webgpu` the asyncify pair.
  ort: {
    from: ORT,
    files: [
      'ort-wasm-simd-threaded.mjs',
      'ort-wasm-simd-threaded.wasm',
      'ort-wasm-simd-threaded.asyncify.mjs',
      'ort-wasm-simd-threaded.asyncify.wasm',
    ],
  },
};

/** SharedArrayBuffer, and with it WASM threads, exists only on an isolated page. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * The Python worker is known by its file name: `assets/python-HASH.js` when built,
 * `workers/python.ts` in development.
 */
export function isPythonWorker(path: string): boolean {
  return /\/assets\/python-[^/]*\.js$/.test(path) || /\/workers\/python\.ts$/.test(path);
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.zip': 'application/zip',
};

export function contentType(path: string): string {
  return TYPES[extname(path)] ?? 'application/octet-stream';
}

/**
 * Headers for a path of the site, in development and under test. The page's own
 * policy is in scripts/page-policy.ts: the tools' pages have scripts of their own.
 */
export function siteHeaders(path: string): Readonly<Record<string, string>> {
  return isPythonWorker(path)
    ? { ...ISOLATION_HEADERS, 'Content-Security-Policy': PYTHON_WORKER_POLICY }
    : ISOLATION_HEADERS;
}

/**
 * Headers for a path of the built site, for whoever serves it.
 * @param ancestors who may show the page in a frame, beside the site itself
 */
export function builtSiteHeaders(ancestors: readonly string[] = []): typeof siteHeaders {
  const policy = pagePolicy(ancestors);
  return (path) =>
    isPythonWorker(path) ? siteHeaders(path) : { ...siteHeaders(path), 'Content-Security-Policy': policy };
}

function sourceOf(path: string): string | undefined {
  const [file = '', folder = ''] = path.split('/').reverse();
  const asset = SITE_ASSETS[folder];
  const source = asset?.files.find((name) => siteName(name) === file);
  return path === `/${folder}/${file}` && source !== undefined ? join(asset!.from, source) : undefined;
}

async function middleware(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  for (const [name, value] of Object.entries(siteHeaders(path))) response.setHeader(name, value);
  const source = sourceOf(path);
  if (source === undefined) return next();
  response.setHeader('Content-Type', contentType(source));
  response.setHeader('Content-Length', (await stat(source)).size);
  if (request.method === 'HEAD') response.end();
  else createReadStream(source).pipe(response);
}

/**
 * The module that holds the sizes of the large files, so that the page can say them
 * before anything is fetched.
 */
const SIZES_MODULE = 'virtual:site-sizes';
const PUBLIC = resolve(import.meta.dirname, '../public');
const SIZED = ['models', 'tasks'];

/** Bytes by path under the site's base: the runtime's, Python's, the models' and the tasks' files. */
export async function siteSizes(): Promise<Readonly<Record<string, number>>> {
  const sizes: Record<string, number> = {};
  for (const [folder, { from, files }] of Object.entries(SITE_ASSETS))
    for (const file of files) sizes[`${folder}/${siteName(file)}`] = (await stat(join(from, file))).size;
  for (const folder of SIZED) {
    const entries = await readdir(join(PUBLIC, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      sizes[relative(PUBLIC, path).split(sep).join('/')] = (await stat(path)).size;
    }
  }
  return sizes;
}

/**
 * Not kept: the page itself comes from the network first, the worker cannot keep
 * itself, maps are for developers.
 */
const NOT_KEPT = /^(index\.html|sw\.js|_headers|\..*|.*\.map)$/;

/** The service worker of a built site: its source with the list of files and headers filled in. */
async function serviceWorker(outDir: string): Promise<string> {
  const source = await readFile(resolve(import.meta.dirname, '../workers/site-cache.js'), 'utf8');
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const path = relative(outDir, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (!entry.isFile() || NOT_KEPT.test(path)) continue;
    const content = await readFile(join(outDir, path));
    files[path] = createHash('sha256').update(content).digest('hex').slice(0, 16);
  }
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return source
    .replace('const FILES = {};', `const FILES = ${JSON.stringify(sorted)};`)
    .replace('const ISOLATION = {};', `const ISOLATION = ${JSON.stringify(ISOLATION_HEADERS)};`)
    .replace("const PYTHON_POLICY = '';", `const PYTHON_POLICY = ${JSON.stringify(PYTHON_WORKER_POLICY)};`);
}

/** Puts one folder of files that come from packages into a built site. */
export async function copySiteAssets(outDir: string, folder: keyof typeof SITE_ASSETS): Promise<void> {
  const { from, files } = SITE_ASSETS[folder]!;
  await mkdir(join(outDir, folder), { recursive: true });
  for (const file of files) await copyFile(join(from, file), join(outDir, folder, siteName(file)));
}

export function siteAssets(): Plugin {
  let outDir = 'dist';
  let isBuild = false;
  return {
    name: 'tracewise-site-assets',
    // Before everyone else's middleware, so that no response goes out without the headers.
    enforce: 'pre',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
      isBuild = config.command === 'build';
    },
    configureServer(server) {
      server.middlewares.use(
        (request, response, next) => void middleware(request, response, next).catch(next),
      );
    },
    configurePreviewServer(server) {
      server.middlewares.use(
        (request, response, next) => void middleware(request, response, next).catch(next),
      );
    },
    transformIndexHtml: { order: 'post', handler: (html) => (isBuild ? withPolicy(html) : html) },
    resolveId: (id) => (id === SIZES_MODULE ? `\0${SIZES_MODULE}` : undefined),
    async load(id) {
      if (id !== `\0${SIZES_MODULE}`) return undefined;
      return `export const sizes = ${JSON.stringify(await siteSizes())};`;
    },
    async closeBundle() {
      if (!isBuild) return;
      for (const folder of Object.keys(SITE_ASSETS)) await copySiteAssets(outDir, folder);
      // With the compiler, which only a build needs.
      const { writeDocs } = await import('./docs-site.ts');
      await writeDocs(join(outDir, 'docs'), { home: '../' });
      await writeFile(join(outDir, 'sw.js'), await serviceWorker(outDir));
      const scripts = await readdir(join(outDir, 'assets'));
      const python = scripts.find((name) => isPythonWorker(`/assets/${name}`));
      if (python === undefined) throw new Error('The built site has no script of the Python worker.');
      for (const [name, text] of hostFiles(`assets/${python}`, ISOLATION_HEADERS))
        await writeFile(join(outDir, name), text);
    },
  };
}
