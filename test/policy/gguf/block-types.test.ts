/** Blocks of GGUF against what the `gguf` package makes of them (scripts/vectors/gguf_blocks.py). */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { dequantise } from '../../../src/policy/model/quantise.ts';
import {
  BLOCK_TYPES,
  decodeBlocks,
  isBlockType,
  repackBlocks,
  type BlockTypeName,
} from '../../../src/policy/gguf/block-types.ts';

interface Vectors {
  readonly rows: number;
  readonly columns: number;
  readonly types: Readonly<Record<string, { readonly bytes: string; readonly values: string }>>;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const floatsOf = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer);

describe('GGUF blocks', () => {
  let vectors: Vectors;
  beforeAll(async () => {
    const path = new URL('../vectors/gguf/blocks.json', import.meta.url);
    vectors = JSON.parse(await readFile(path, 'utf8')) as Vectors;
  });

  it('covers every supported format', () => {
    expect(Object.keys(vectors.types).sort()).toEqual(Object.keys(BLOCK_TYPES).sort());
    expect(isBlockType('IQ2_XS')).toBe(false);
    expect(isBlockType('toString')).toBe(false);
  });

  it.each(Object.keys(BLOCK_TYPES) as BlockTypeName[])('%s reads as the package reads it', (type) => {
    const { bytes, values } = vectors.types[type]!;
    const decoded = decodeBlocks(type, bytesOf(bytes));
    const expected = floatsOf(values);
    expect(decoded.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs));
    decoded.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-6 * largest));
  });

  it.each(['Q4_0', 'Q4_1', 'Q8_0', 'Q4_K', 'Q5_0', 'Q5_1', 'Q5_K', 'IQ4_NL'] as const)(
    '%s repacks without loss',
    (type) => {
      const { rows, columns } = vectors;
      const { bytes, values } = vectors.types[type]!;
      const blocks = repackBlocks(type, bytesOf(bytes), rows, columns)!;
      expect(blocks.bits).toBe(/^Q4/.test(type) ? 4 : 8);
      const held = dequantise(blocks);
      const expected = floatsOf(values);
      const largest = Math.max(...expected.map(Math.abs));
      held.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-6 * largest));
    },
  );

  it.each(['F16', 'Q6_K', 'Q2_K', 'Q3_K'] as const)('%s has no such form', (type) => {
    const { rows, columns } = vectors;
    expect(repackBlocks(type, bytesOf(vectors.types[type]!.bytes), rows, columns)).toBeNull();
  });
});
