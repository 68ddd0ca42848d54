/** Text from bytes, packed by Node's zlib; bytes that are no text. */
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BytesError, inflate, MAX_TEXT_BYTES, textOfBytes } from '../../src/base/bytes.ts';

const TEXT = 'naïve – 中\n';
const BYTES = new TextEncoder().encode(TEXT);

test.each([
  ['plain', BYTES],
  ['gzipped', gzipSync(BYTES)],
  ['with a byte order mark', new TextEncoder().encode(`\uFEFF${TEXT}`)],
  ['decoded elsewhere', `\uFEFF${TEXT}`],
])('%s', async (_, content) => {
  expect(await textOfBytes(content)).toBe(TEXT);
});

test.each([
  ['not-utf8', new Uint8Array([0x61, 0xff])],
  ['not-gzip', gzipSync(BYTES).subarray(0, 12)],
  ['not-gzip', new Uint8Array([0x1f, 0x8b, 9, 9, 9])],
  ['too-large', gzipSync(new Uint8Array(MAX_TEXT_BYTES + 1))],
] as const)('%s is refused', async (problem, content) => {
  const error = await textOfBytes(content).catch((found: unknown) => found);
  expect(error).toBeInstanceOf(BytesError);
  expect(error).toMatchObject({ problem, advice: expect.stringMatching(/\.$/) as string });
});

test('what deflate packed is unpacked', async () => {
  expect(await inflate(deflateSync(BYTES), 'deflate')).toEqual(BYTES);
});
