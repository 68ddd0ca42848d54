/**
 * Halves and Q8_0 blocks as they are written, against NumPy's and the gguf package's
 * (scripts/vectors/gguf_written.py).
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { halfToFloat, halvesOf } from '../../../src/policy/files/half.ts';
import { q80Blocks } from '../../../src/policy/gguf/write-model.ts';

interface Vectors {
  readonly values: readonly string[];
  readonly halves: readonly number[];
  readonly rows: readonly number[];
  readonly q8_0: readonly number[];
}
const path = new URL('../vectors/gguf-written.json', import.meta.url);
const { values, halves, rows, q8_0: blocks } = JSON.parse(await readFile(path, 'utf8')) as Vectors;

test('halves are the nearest ones, ties to even, and read back', () => {
  const floats = Float32Array.from(values, (text) => Number(text.replace('inf', 'Infinity')));
  expect([...halvesOf(floats)]).toEqual(halves);
  const exact = Float32Array.from(halves, halfToFloat);
  expect([...halvesOf(exact)]).toEqual(halves);
});

test('Q8_0 blocks are the gguf package’s, byte for byte', () => {
  expect([...q80Blocks(Float32Array.from(rows))]).toEqual(blocks);
});
