/** The site's files side by side: a part may be used as soon as its own files have come. */
import { afterEach, expect, test, vi } from 'vitest';
import { downloadSite, wanted } from '../../src/learner/downloads.ts';
import type { DownloadPart } from '../../src/learner/protocol.ts';
import { until } from '../until.ts';

afterEach(() => vi.unstubAllGlobals());

const site = { base: 'https://site.example/', model: 'models/nano/', device: 'wasm' } as const;

/** A server whose files come when the test says so. */
function slowServer() {
  const waiting = new Map<string, () => void>();
  vi.stubGlobal(
    'fetch',
    (url: string) =>
      new Promise<Response>((resolve) => {
        const path = new URL(url).pathname.slice(1);
        waiting.set(path, () =>
          resolve(new Response(path, { headers: { 'content-type': 'text/javascript' } })),
        );
      }),
  );
  return (path: string) => waiting.get(path)!();
}

test('tells of a part when the last of its files has come, whatever else is still missing', async () => {
  const send = slowServer();
  const told: DownloadPart[] = [];
  const done = downloadSite(
    site,
    () => undefined,
    (part) => void told.push(part),
  );
  const of = (part: DownloadPart) => wanted(site).flatMap((file) => (file.part === part ? [file.path] : []));
  const python = of('python');
  // What is asked for later comes later, too: where the whole of it is told of, the rest would have been.
  python.slice(1).forEach(send);
  send(of('model')[0]!);
  of('tasks').forEach(send);
  await until(() => expect(told).toEqual(['tasks']));
  send(python[0]!);
  await until(() => expect(told).toEqual(['tasks', 'python']));
  [...of('model').slice(1), ...of('runtime')].forEach(send);
  const files = await done;
  expect([...told].sort()).toEqual(['model', 'python', 'runtime', 'tasks']);
  expect(new TextDecoder().decode(files.get('config.json'))).toBe('models/nano/config.json');
});
