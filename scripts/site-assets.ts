/**
 * Vite plugin: serves (dev, preview, tests) and copies (build) the WebAssembly and Python files that the page loads by address, and sets
 * the headers that isolate the page and fence in the Python workers. Not a bundler: the files pass through untouched.
 */
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
/** `pyodide` exports its package.json; `onnxruntime-web` does not, but exports its wasm files. */
const PYODIDE = dirname(require.resolve('pyodide/package.json'));
const ORT = dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));

/** Folder under the site's base -> files and where they come from. */
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
 * A worker takes its policy from its own response: this one lets Python's WebAssembly be instantiated and nothing evaluate text or reach
 * any address, the site's own included. The files come to the worker by message.
 */
export const PYTHON_WORKER_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";

/** The Python worker is known by its file name: `assets/python-HASH.js` when built, `workers/python.ts` in development. */
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

/** Headers for a path of the site, whoever serves it. */
export function siteHeaders(path: string): Readonly<Record<string, string>> {
  return isPythonWorker(path)
    ? { ...ISOLATION_HEADERS, 'Content-Security-Policy': PYTHON_WORKER_POLICY }
    : ISOLATION_HEADERS;
}

function sourceOf(path: string): string | undefined {
  const [file = '', folder = ''] = path.split('/').reverse();
  const asset = SITE_ASSETS[folder];
  return path === `/${folder}/${file}` && asset?.files.includes(file) ? join(asset.from, file) : undefined;
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
    async closeBundle() {
      if (!isBuild) return;
      for (const [folder, { from, files }] of Object.entries(SITE_ASSETS)) {
        await mkdir(join(outDir, folder), { recursive: true });
        for (const file of files) await copyFile(join(from, file), join(outDir, folder, file));
      }
    },
  };
}
