/**
 * A small static server for the built site. Its headers isolate the page and say what it may load. It is for
 * one's own machine, not for the internet.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join, resolve, sep } from 'node:path';
import type { CompressedFiles } from './compressed.ts';
import { builtSiteHeaders, contentType, type siteHeaders } from './site-assets.ts';

export interface Served {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Path on disk for a request path, or undefined for anything outside the folder or hidden. */
function fileFor(root: string, path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.split('/').some((part) => part.startsWith('.'))) return undefined;
  const file = resolve(join(root, decoded.endsWith('/') ? `${decoded}index.html` : decoded));
  return file.startsWith(root + sep) ? file : undefined;
}

/** What a file is known by in answers and copies: it changes when the file does. */
export const tagOf = ({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string =>
  `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`;

/** Whether a browser takes brotli (RFC 9110, 12.5.3): named, and not with a weight of 0. */
export function takesBrotli(accepted: string | undefined): boolean {
  const [, weight] = /(?:^|,)\s*br\s*(?:;\s*q=([0-9.]+)\s*)?(?:,|$)/i.exec(accepted ?? '') ?? [null, '0'];
  return Number(weight ?? 1) > 0;
}

interface Site {
  readonly root: string;
  readonly headers: typeof siteHeaders;
  readonly compressed: CompressedFiles | undefined;
}

async function answer(
  { root, headers, compressed }: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  for (const [name, value] of Object.entries(headers(pathname))) response.setHeader(name, value);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const file = fileFor(root, pathname);
  const info = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || info?.isFile() !== true) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
    return;
  }
  const tag = tagOf(info);
  const copy = takesBrotli(request.headers['accept-encoding']) ? await compressed?.copyOf(file, tag) : null;
  // Two forms of one file have tags of their own, and caches between keep them apart.
  const ownTag = copy ? tag.replace(/"$/, '-br"') : tag;
  response.setHeader('ETag', ownTag);
  if (compressed) response.setHeader('Vary', 'Accept-Encoding');
  // Names under assets/ carry a hash of their content; everything else is asked for again.
  response.setHeader(
    'Cache-Control',
    pathname.includes('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
  );
  if (request.headers['if-none-match'] === ownTag) {
    response.writeHead(304).end();
    return;
  }
  const sent = copy ?? file;
  response.writeHead(200, {
    'Content-Type': contentType(file),
    'Content-Length': copy ? (await stat(copy)).size : info.size,
    ...(copy && { 'Content-Encoding': 'br' }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  createReadStream(sent)
    .on('error', () => response.destroy())
    .pipe(response);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolvePort, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolvePort(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * Serves `root` on `port`, or on the next free one of the 20 after it; port 0 takes any.
 * Without `headers` of its own a server behaves like a host that one cannot configure.
 * With `compressed`, browsers that take brotli get it. Throws the server's own error when
 * none is free.
 */
export async function serve(
  root: string,
  port: number,
  host = '127.0.0.1',
  headers: typeof siteHeaders = builtSiteHeaders(),
  compressed?: CompressedFiles,
): Promise<Served> {
  const site = { root: resolve(root), headers, compressed };
  const server = createServer((request, response) => {
    answer(site, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  for (let candidate = port; ; candidate++) {
    try {
      const bound = await listen(server, candidate, host);
      return {
        url: `http://localhost:${bound}/`,
        port: bound,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      };
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || candidate >= port + 20) throw error;
    }
  }
}
