/**
 * GGUF and safetensors files of a few bytes that claim anything: refused in time, and
 * nothing of what they claim is allocated.
 */
import { describe, expect, it } from 'vitest';
import { PolicyError } from '../../../src/policy/errors.ts';
import { peekArchitecture } from '../../../src/policy/gguf/peek.ts';
import { readGgufHeader } from '../../../src/policy/gguf/header.ts';
import { parseSafetensors, parseSafetensorsHeader } from '../../../src/policy/files/safetensors.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { computed } from '../../fuzz.ts';

const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
const u64 = (value: number | bigint): number[] => [
  ...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer),
];
const text = (value: string): number[] => [...u64(value.length), ...Buffer.from(value)];
const gguf = (
  tensors: number | bigint,
  pairs: number | bigint,
  ...rest: readonly (readonly number[])[]
): Uint8Array =>
  Uint8Array.from([
    ...Buffer.from('GGUF'),
    ...u32(3),
    ...u64(tensors),
    ...u64(pairs),
    ...rest.flat(),
    ...Array<number>(4096).fill(0),
  ]);

const [UINT8, STRING, ARRAY] = [0, 8, 9] as const;
const most = 2n ** 63n - 1n;
const array = (of: number, length: number | bigint): number[] => [...u32(ARRAY), ...u32(of), ...u64(length)];
const nested = Array.from({ length: 20_000 }, () => [...u32(ARRAY), ...u64(1)]).flat();

const claims: readonly [string, Uint8Array][] = [
  ['as many tensors as there are numbers', gguf(most, 0)],
  ['as many pairs as there are numbers', gguf(0, most)],
  ['a hundred million tensors', gguf(100_000_000, 0)],
  ['a key of any length', gguf(0, 1, u64(most))],
  ['a text of any length', gguf(0, 1, text('general.architecture'), u32(STRING), u64(most))],
  ['a list of bytes of any length', gguf(0, 1, text('a'), array(UINT8, most))],
  ['a list of a billion bytes', gguf(0, 1, text('a'), array(UINT8, 1e9))],
  ['a list of a billion texts', gguf(0, 1, text('tokenizer.ggml.tokens'), array(STRING, 1e9))],
  ['lists in lists', gguf(0, 1, text('a'), u32(ARRAY), nested)],
  ['a tensor of as many dimensions', gguf(1, 0, text('a.weight'), u32(0xffffffff))],
  [
    'a tensor of any size',
    gguf(1, 0, text('a.weight'), u32(2), u64(2n ** 40n), u64(2n ** 40n), u32(0), u64(0)),
  ],
  ['a tensor anywhere', gguf(1, 0, text('a.weight'), u32(1), u64(32), u32(0), u64(most))],
];

describe('GGUF', () => {
  it.each(claims)('%s', async (_what, bytes) => {
    const [start, before] = [computed(), process.memoryUsage().rss];
    await expect(readGgufHeader(bytesSource(bytes, 'x.gguf'))).rejects.toBeInstanceOf(PolicyError);
    try {
      expect(peekArchitecture(bytes, 'x.gguf')).toBeNull();
    } catch (error) {
      expect(error).toBeInstanceOf(PolicyError);
    }
    expect(computed() - start).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  });
});

describe('safetensors', () => {
  const file = (header: string, length = BigInt(header.length)): Uint8Array =>
    Uint8Array.from([...u64(length), ...Buffer.from(header)]);
  const tensor = (shape: string, offsets = '[0,0]'): string =>
    `{"a":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;
  it.each([
    ['a header of any length', file('{}', most)],
    ['a header longer than the file', file('{}', 1000n)],
    ['a tensor of any size', file(tensor('[1099511627776,1099511627776]'))],
    ['dimensions without number', file(tensor(`[${'9007199254740991,'.repeat(1000)}0,1.5]`))],
    ['bytes anywhere', file(tensor('[1]', '[9007199254740987,9007199254740991]'))],
    ['lists in lists', file('['.repeat(1_000_000))],
  ])('%s', async (_what, bytes) => {
    const start = computed();
    expect(() => parseSafetensors(bytes)).toThrow(PolicyError);
    await expect(parseSafetensorsHeader(bytesSource(bytes, 'x.safetensors'))).rejects.toBeInstanceOf(
      PolicyError,
    );
    expect(computed() - start).toBeLessThan(10_000);
  });
});
