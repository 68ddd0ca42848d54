/**
 * Checkpoint files: what was written is read, and any bytes get a typed error or a
 * parse, before anything large is allocated.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointError, PolicyError } from '../../src/policy/errors.ts';
import { dequantise, quantise } from '../../src/policy/model/quantise.ts';
import {
  floatBytes,
  parseSafetensors,
  toFloat32,
  writeSafetensors,
  type TensorToStore,
} from '../../src/policy/files/safetensors.ts';
import { parseArchitecture } from '../../src/policy/model/architecture.ts';
import { openSafetensors } from '../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../src/policy/files/range-source.ts';
import type { LinearFormat, Weights } from '../../src/policy/model/weights.ts';
import { readWeights } from '../../src/policy/files/read-weights.ts';
import { createRandom, type Random } from '../../src/base/random.ts';

const vector = (name: string) => readFile(new URL(`./vectors/${name}`, import.meta.url));
const bytesOf = (header: unknown, data = new Uint8Array(0)): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
};

describe('safetensors', () => {
  it('reads what it wrote: names, shapes, bytes, metadata', () => {
    const tensors: TensorToStore[] = [
      { name: 'a', dtype: 'F32', dims: [2, 2], bytes: floatBytes(Float32Array.of(1, -2, 0.5, 4)) },
      { name: 'empty', dtype: 'F32', dims: [0, 3], bytes: new Uint8Array(0) },
      { name: 'ünïcode', dtype: 'U8', dims: [3], bytes: Uint8Array.of(1, 2, 3) },
    ];
    const file = writeSafetensors(tensors, { format: 'pt' });
    expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
    const { tensors: read, metadata } = parseSafetensors(file);
    expect(metadata).toEqual({ format: 'pt' });
    expect([...read].map(([name, { dtype, dims, bytes }]) => ({ name, dtype, dims, bytes }))).toEqual(
      tensors,
    );
  });

  it('reads half precision in both kinds', () => {
    const half = (dtype: 'F16' | 'BF16', bits: number[]) =>
      toFloat32({ dtype, dims: [bits.length], bytes: new Uint8Array(Uint16Array.from(bits).buffer) }, 'test');
    expect(half('F16', [0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000])).toEqual(
      Float32Array.of(1, -2, 2 ** -24, 65504, Infinity, -0),
    );
    expect(half('F16', [0x7e00])[0]).toBeNaN();
    expect(half('BF16', [0x3f80, 0xc049, 0x7f80])).toEqual(Float32Array.of(1, -3.140625, Infinity));
  });

  it('reads a Node buffer that starts at an odd place of a larger one', () => {
    const file = writeSafetensors([
      { name: 'a', dtype: 'F32', dims: [2], bytes: floatBytes(Float32Array.of(1.5, 2.5)) },
    ]);
    const buffer = Buffer.concat([Buffer.of(0, 0, 0), file]).subarray(3);
    expect(toFloat32(parseSafetensors(buffer).tensors.get('a')!, 'a')).toEqual(Float32Array.of(1.5, 2.5));
  });

  const nested = '['.repeat(50_000) + ']'.repeat(50_000);
  const entry = (fields: object) => ({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields } });
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a header longer than the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 1)],
    ['a header that is no JSON', bytesOf('{')],
    ['a header that is no UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe)],
    ['a header that is a list', bytesOf('[]')],
    ['an entry that is a number', bytesOf({ a: 1 })],
    ['an unknown type', bytesOf(entry({ dtype: 'F8' }), new Uint8Array(4))],
    ['a type from the prototype', bytesOf(entry({ dtype: 'toString' }), new Uint8Array(4))],
    ['a type nested deeply', bytesOf(`{"a":{"dtype":${nested}}}`)],
    ['metadata nested deeply', bytesOf(`{"__metadata__":{"x":${nested}}}`)],
    ['metadata that cannot be a text', bytesOf('{"__metadata__":{"x":{"toString":1,"valueOf":1}}}')],
    ['a shape that is a text', bytesOf(entry({ shape: '1' }), new Uint8Array(4))],
    ['a negative size', bytesOf(entry({ shape: [-1] }), new Uint8Array(4))],
    [
      'sizes whose product overflows',
      bytesOf(entry({ shape: [2 ** 52, 2 ** 52, 2 ** 52] }), new Uint8Array(4)),
    ],
    ['offsets beyond the end', bytesOf(entry({ data_offsets: [0, 4] }), new Uint8Array(3))],
    ['offsets in the wrong order', bytesOf(entry({ data_offsets: [4, 0] }), new Uint8Array(4))],
    ['offsets that do not hold the shape', bytesOf(entry({ shape: [2] }), new Uint8Array(4))],
  ])('%s is a checkpoint error with advice', (_name, file) => {
    expect(() => parseSafetensors(file)).toThrow(CheckpointError);
    expect(() => parseSafetensors(file)).toThrow(
      expect.objectContaining({ advice: expect.stringMatching(/fetch it again/) as string }),
    );
  });

  it('answers 10,000 random and mutated files with a parse or a checkpoint error', () => {
    const random = createRandom('fuzz safetensors');
    const honest = writeSafetensors(
      [
        { name: 'a.weight', dtype: 'F32', dims: [2, 3], bytes: new Uint8Array(24) },
        { name: 'b', dtype: 'BF16', dims: [4], bytes: new Uint8Array(8) },
      ],
      { format: 'pt' },
    );
    let parsed = 0;
    for (let i = 0; i < 10_000; i++) {
      const file = i % 5 === 0 ? randomBytes(random) : mutated(honest, random);
      try {
        const { tensors } = parseSafetensors(file);
        parsed += 1;
        const views = [...tensors.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
        // Views into the file: nothing is allocated per tensor, whatever the header claims.
        for (const { bytes } of tensors.values()) expect(bytes.buffer).toBe(file.buffer);
        expect(views).toBeLessThanOrEqual(file.byteLength * tensors.size);
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
      }
    }
    expect(parsed, 'some mutations leave a file that parses').toBeGreaterThan(50);
    expect(parsed).toBeLessThan(9000);
  });
});

function randomBytes(random: Random): Uint8Array {
  const file = Uint8Array.from({ length: random.int(200) }, () => random.int(256));
  // A plausible header length for half of them.
  if (file.length > 8 && random.next() < 0.5)
    new DataView(file.buffer).setBigUint64(0, BigInt(random.int(file.length)), true);
  return file;
}

const FRAGMENTS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '-1',
  '1e99',
  'null',
  '"F32"',
  '"dtype"',
  '"shape"',
  '9007199254740993',
  '\u0000',
  '"__proto__"',
];
function mutated(honest: Uint8Array, random: Random): Uint8Array {
  let bytes = Array.from(honest);
  for (let n = 1 + random.int(3); n > 0; n--) {
    const place = random.int(bytes.length);
    switch (random.int(4)) {
      case 0:
        bytes[place] = random.int(256);
        break;
      case 1:
        bytes = bytes.slice(0, place).concat(bytes.slice(place + 1 + random.int(8)));
        break;
      case 2:
        bytes.splice(place, random.int(6), ...new TextEncoder().encode(random.pick(FRAGMENTS)));
        break;
      default:
        bytes = bytes.slice(0, place);
    }
    if (bytes.length === 0) break;
  }
  return Uint8Array.from(bytes);
}

const loadWeights = async (config: unknown, file: Uint8Array, format: LinearFormat): Promise<Weights> =>
  readWeights(
    await openSafetensors([bytesSource(file, 'model.safetensors')]),
    parseArchitecture(config),
    format,
  );

describe('loading a checkpoint', () => {
  it.each(['fp32', 'stored', 'int4', 'int8'] as const)('as %s', async (format) => {
    const config = JSON.parse((await vector('llama/config.json')).toString()) as unknown;
    const file = await vector('llama/model.safetensors');
    const load = () => loadWeights(config, file, format);
    // 16 inputs are no multiple of a block of 32.
    if (format === 'int4' || format === 'int8') await expect(load()).rejects.toThrow(PolicyError);
    else expect((await load()).linears.size).toBe(14);
  });

  it('names the tensor that is missing, of another shape, or of another type', async () => {
    const config = JSON.parse((await vector('llama/config.json')).toString()) as unknown;
    const { tensors } = parseSafetensors(await vector('llama/model.safetensors'));
    const name = 'model.layers.1.mlp.up_proj.weight';
    const rewrite = (change: (tensor: TensorToStore) => TensorToStore[]) =>
      writeSafetensors(
        [...tensors].flatMap(([key, tensor]) =>
          key === name ? change({ name: key, ...tensor }) : [{ name: key, ...tensor }],
        ),
      );
    const cases = [
      rewrite(() => []),
      rewrite((tensor) => [{ ...tensor, dims: [16, 24] }]),
      rewrite((tensor) => [{ ...tensor, dtype: 'U8', dims: [24, 16], bytes: tensor.bytes.slice(0, 384) }]),
    ];
    for (const file of cases) {
      await expect(loadWeights(config, file, 'fp32')).rejects.toThrow(CheckpointError);
      await expect(loadWeights(config, file, 'fp32')).rejects.toThrow(/layers\.1\.mlp\.up_proj/);
    }
  });

  it.each([
    ['another architecture', { model_type: 'gpt2' }],
    ['no width', { hidden_size: undefined }],
    ['a layer and a half', { num_hidden_layers: 1.5 }],
    ['a billion layers', { num_hidden_layers: 1e9 }],
    ['a vocabulary without end', { vocab_size: Number.MAX_VALUE }],
    ['heads that do not share', { num_key_value_heads: 3 }],
    ['an odd head', { head_dim: 5 }],
    ['positions scaled in a way that is not known', { rope_scaling: { type: 'unheard-of', factor: 2 } }],
    ['linear positions without a factor', { rope_scaling: { type: 'linear' } }],
    ['scaled positions of transformers 5', { rope_parameters: { rope_type: 'yarn', rope_theta: 1e4 } }],
    ['another activation', { hidden_act: 'gelu' }],
    ['biases in the MLP', { mlp_bias: true }],
  ])('a configuration with %s is refused with advice', async (_name, change) => {
    const config = JSON.parse((await vector('llama/config.json')).toString()) as object;
    expect(() => parseArchitecture({ ...config, ...change })).toThrow(PolicyError);
  });

  it('reads the rotary base where transformers 4 and where transformers 5 write it', async () => {
    const config = JSON.parse((await vector('qwen2/config.json')).toString()) as object;
    expect(parseArchitecture(config).ropeTheta).toBe(1000);
    const newer = {
      ...config,
      rope_theta: undefined,
      rope_parameters: { rope_type: 'default', rope_theta: 5e5 },
    };
    expect(parseArchitecture(newer).ropeTheta).toBe(5e5);
  });
});

describe('quantisation', () => {
  it.each([4, 8] as const)(
    'to %s bits is within half a step of every weight, and survives a second time',
    (bits) => {
      const random = createRandom(`quantise ${bits}`);
      const weight = Float32Array.from({ length: 6 * 64 }, () => (random.next() + random.next() - 1) * 0.2);
      const blocks = quantise(weight, 6, 64, bits);
      const back = dequantise(blocks);
      const half = 2 ** (bits - 1);
      let squared = 0;
      weight.forEach((value, i) => {
        const scale = Math.abs(blocks.scales[Math.floor(i / 32)]!);
        // Half a step, or clipped at the end of the range.
        const clipped = Math.max(0, Math.abs(value) - scale * (half - 1));
        expect(Math.abs(value - back[i]!)).toBeLessThanOrEqual(scale / 2 + clipped + 1e-6);
        squared += (value - back[i]!) ** 2;
      });
      expect(Math.sqrt(squared / weight.length)).toBeLessThan(bits === 4 ? 0.01 : 0.0007);
      const twice = dequantise(quantise(back, 6, 64, bits));
      expect(Math.max(...twice.map((value, i) => Math.abs(value - back[i]!)))).toBeLessThan(
        bits === 4 ? 0.02 : 0.002,
      );
    },
  );

  it('of zeros is zeros', () => {
    expect(dequantise(quantise(new Float32Array(32), 1, 32, 4))).toEqual(new Float32Array(32));
  });
});

describe('a tensor of more values than a list can hold', () => {
  // The embedding of Qwen2.5-Coder-0.5B has 151,936 x 896.
  const COUNT = 151_936 * 896;

  it.each([
    ['BF16', 0x3fc0],
    ['F16', 0x3e00],
  ] as const)('in %s is read', (dtype, oneAndAHalf) => {
    const words = new Uint16Array(COUNT).fill(oneAndAHalf);
    words[COUNT - 1] = 0;
    const floats = toFloat32({ dtype, bytes: new Uint8Array(words.buffer) }, 'embedding');
    expect(floats).toHaveLength(COUNT);
    expect([floats[0], floats[COUNT - 2], floats[COUNT - 1]]).toEqual([1.5, 1.5, 0]);
  });
});
