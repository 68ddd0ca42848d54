/**
 * Files written in pieces, in the browser's own file system: by a worker in place, by a page through streams.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { opfsFolder } from '../../../src/policy/sources/opfs-folder.ts';

const NAME = 'written in pieces';
type Piece = readonly [name: string, at: number, bytes: Uint8Array<ArrayBuffer>];
/** The last one first, as lanes may bring them. */
const PIECES: readonly Piece[] = [
  [NAME, 4, Uint8Array.of(4, 5)],
  [NAME, 0, Uint8Array.of(9, 9, 2, 3)],
  [NAME, 0, Uint8Array.of(0, 1)],
];

const open = async () => opfsFolder(await navigator.storage.getDirectory());
const content = async () => [...new Uint8Array(await (await (await open()).file(NAME))!.arrayBuffer())];

async function inWorker(pieces: readonly Piece[]): Promise<void> {
  const worker = new Worker(new URL('./opfs-writer.worker.ts', import.meta.url), { type: 'module' });
  try {
    const problem = await new Promise<string | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<string | null>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(pieces);
    });
    if (problem !== null) throw new Error(problem);
  } finally {
    worker.terminate();
  }
}

async function inPage(pieces: readonly Piece[]): Promise<void> {
  const folder = await open();
  for (const piece of pieces) await folder.write(...piece);
}

describe.each([
  ['a worker', inWorker],
  ['a page', inPage],
])('pieces that %s writes', (_, write) => {
  afterEach(async () => (await open()).remove(NAME));

  test('lie where they belong, and one over another leaves the rest', async () => {
    await write(PIECES);
    expect(await content()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
