/** An archive that is made while it is read: its size is known before, and what is in it comes out again. */
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { ArchiveTooLargeError, zipStream } from '../../../src/experiment/export/zip-stream.ts';
import { givenFile, wholeOf, type StreamedFile } from '../../../src/policy/files/streamed-file.ts';

test('files of several pieces, an empty one and a name with an umlaut', async () => {
  const pieced: StreamedFile = {
    name: 'weights/größe.bin',
    size: 5,
    async *pieces() {
      yield await Promise.resolve(Uint8Array.of(1, 2));
      yield Uint8Array.of(3, 4, 5);
    },
  };
  const zip = zipStream('a.zip', [givenFile('config.json', '{}'), pieced, givenFile('empty', '')]);
  // As long as was said: wholeOf would leave zeros, or not hold it.
  const lengths: number[] = [];
  for await (const piece of zip.pieces()) lengths.push(piece.byteLength);
  expect(lengths.reduce((a, b) => a + b, 0)).toBe(zip.size);
  const entries = unzipSync(await wholeOf(zip));
  expect(Object.keys(entries)).toEqual(['config.json', 'weights/größe.bin', 'empty']);
  expect(strFromU8(entries['config.json']!)).toBe('{}');
  expect([...entries['weights/größe.bin']!]).toEqual([1, 2, 3, 4, 5]);
});

test('what does not fit is refused before anything is written', () => {
  const file: StreamedFile = { ...givenFile('large', ''), size: 2 ** 32 };
  expect(() => zipStream('a.zip', [file])).toThrow(ArchiveTooLargeError);
});
