/**
 * A server that speaks the part of the Hub's protocol that a download needs: the list of
 * a repository's files with sizes and hashes, and the files in ranges. It can break off,
 * damage what it sends and keep models to itself. Also for pages of another origin.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface HubServer {
  readonly url: string;
  /** Answers this many file requests, then breaks connections. */
  patience: number;
  /** Breaks every connection: as good as none. */
  isUnreachable: boolean;
  /** Changes a byte of every answer. */
  isDamaged: boolean;
  /** Requests for files so far. */
  readonly requests: { readonly url: string; readonly range: string | undefined }[];
  /** What each request, of lists too, said of who asks; undefined: nothing. */
  readonly tokens: (string | undefined)[];
  close(): Promise<void>;
}

/** What is asked for beside a file: allowed to any page, as the Hub allows it. */
const CORS = {
  'access-control-allow-origin': '*',
  // A wildcard does not stand for this one.
  'access-control-allow-headers': '*, authorization',
  'access-control-expose-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
};

/**
 * @param repositories files by repository (a dataset's begins with `datasets/`), `some/locked`
 * shows its files and does not hand them out; `some/gated` is gated, any other one does not exist
 */
export async function hubServer(
  repositories: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>,
): Promise<HubServer> {
  const state = {
    patience: Infinity,
    isUnreachable: false,
    isDamaged: false,
    requests: [] as HubServer['requests'],
    tokens: [] as HubServer['tokens'],
  };
  const tree = (response: ServerResponse, repository: string): void => {
    if (repository.endsWith('some/gated')) return void response.writeHead(401, CORS).end('{"error":"gated"}');
    const files = repositories[repository];
    if (!files) return void response.writeHead(404, CORS).end('{"error":"not found"}');
    const entries = Object.entries(files).map(([path, bytes]) => {
      const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 130 };
      return { type: 'file', path, size: bytes.length, oid: 'f'.repeat(40), lfs };
    });
    const all = [...entries, { type: 'file', path: 'README.md', size: 9, oid: 'a' }];
    response.writeHead(200, { ...CORS, 'content-type': 'application/json' }).end(JSON.stringify(all));
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (state.isUnreachable) return void request.socket.destroy();
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end();
    state.tokens.push(request.headers.authorization);
    const { pathname } = new URL(request.url!, 'http://localhost');
    const listed = /^\/api\/(?:models|(datasets))\/(.+)\/tree\/main$/.exec(pathname);
    if (listed) return tree(response, `${listed[1] ? 'datasets/' : ''}${listed[2]}`);
    const [, repository, path] =
      /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(pathname) ?? [];
    const file = repositories[repository ?? '']?.[path ?? ''];
    state.requests.push({ url: pathname, range: request.headers.range });
    if (repository === 'some/locked') return void response.writeHead(403, CORS).end();
    if (!file) return void response.writeHead(404, CORS).end();
    if (state.patience-- <= 0) return void request.socket.destroy();
    const [, begin, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')!;
    const part = Buffer.from(file.subarray(Number(begin), Number(last) + 1));
    if (state.isDamaged) part[5] = part[5]! ^ 1;
    response.writeHead(206, { ...CORS, 'content-range': `bytes ${begin}-${last}/${file.length}` }).end(part);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
