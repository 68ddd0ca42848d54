/**
 * Tiny models in GGUF, every block format in each, against NumPy
 * (scripts/vectors/gguf_models.py); damaged and unsupported files.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyError } from '../../../src/policy/errors.ts';
import { FAMILIES } from '../../../src/policy/families/families.ts';
import { readGgufHeader } from '../../../src/policy/gguf/header.ts';
import { buildPolicy } from '../../../src/policy/lora/load.ts';
import type { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import { openGgufModel, type OpenedModel } from '../../../src/policy/sources/open-model.ts';
import { blobSource, bytesSource } from '../../../src/policy/files/range-source.ts';
import { TokenizerError } from '../../../src/policy/tokenizer/tokenizer.ts';
import type { MatrixReport } from '../../../src/policy/model/weights.ts';
import { createRandom } from '../../../src/base/random.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';

const read = async (file: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(`../vectors/gguf/${file}`, import.meta.url)));

interface Expected {
  readonly ids: readonly number[];
  readonly logProbs: readonly number[];
  readonly texts: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});

describe.each(['llama', 'qwen2'])('a GGUF file: %s', (name) => {
  let model: OpenedModel;
  let expected: Expected;
  let report: readonly MatrixReport[] = [];
  const opened: LoraPolicy[] = [];
  beforeAll(async () => {
    model = await openGgufModel(blobSource(new Blob([await read(`${name}.gguf`)]), `${name}.gguf`));
    expected = JSON.parse(new TextDecoder().decode(await read(`${name}.json`))) as Expected;
  });
  afterAll(async () => {
    for (const policy of opened) await policy.dispose();
  });

  const logProbs = async (linears: 'fp32' | 'stored'): Promise<Float32Array> => {
    const options = { name, device: runtime, rank: 2, alpha: 4, seed: 1, linears } as const;
    const policy = await buildPolicy(model, { ...options, onReport: (said) => (report = said) });
    opened.push(policy);
    const [prompt, ...completion] = expected.ids;
    const [score] = await policy.score({ sequences: [{ prompt: [prompt!], completion }], temperature: 1 });
    return score!.logProbs;
  };
  const gap = (found: Float32Array): number =>
    Math.max(...expected.logProbs.map((value, i) => Math.abs(value - found[i]!)));

  it('computes what the stored weights say', async () => {
    expect(gap(await logProbs('fp32'))).toBeLessThan(1e-4);
  });

  it('computes the same from repacked blocks; only Q6_K is requantised, and the report says so', async () => {
    const found = gap(await logProbs('stored'));
    const lossy = report.filter(({ error }) => error > 0);
    expect(lossy.map((matrix) => [matrix.name, matrix.stored, matrix.held])).toEqual([
      ['layers.1.mlp.down_proj', 'Q6_K', 'int8'],
    ]);
    expect(lossy[0]!.error).toBeLessThan(0.01);
    expect(found).toBeLessThan(0.02);
    expect(report.find((matrix) => matrix.stored === 'Q4_K')).toMatchObject({ held: 'int4', error: 0 });
  });

  it('cuts text into the tokens its own tokenizer would', () => {
    for (const { text, ids } of expected.texts) expect(model.tokenizer.encode(text)).toEqual(ids);
    const [plain] = expected.texts;
    expect(model.tokenizer.decode(plain!.ids)).toBe(plain!.text);
  });

  it('has its end of sequence and its chat template', () => {
    expect(model.tokenizer.eosId).toBe(2);
    expect(model.tokenizer.chat?.([{ role: 'user', content: 'hi' }])).toBe(
      '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n',
    );
  });
});

describe('a GGUF file that cannot be used', () => {
  const open = async (bytes: Uint8Array): Promise<unknown> => {
    const model = await openGgufModel(bytesSource(bytes, 'model.gguf'));
    const options = { name: 'm', device: runtime, rank: 2, alpha: 4, seed: 1 } as const;
    await (await buildPolicy(model, options)).dispose();
    return model;
  };
  /** The file with the first occurrence of a text replaced by one of the same length. */
  const renamed = async (from: string, to: string): Promise<Uint8Array> => {
    const bytes = Buffer.from(await read('llama.gguf'));
    bytes.write(to, bytes.indexOf(from));
    return new Uint8Array(bytes);
  };

  it.each([0, 3, 20, 5000, 20_000, 100_000, 132_000])(
    'cut after %i bytes: an error with advice',
    async (length) => {
      const bytes = (await read('llama.gguf')).subarray(0, length);
      await expect(open(bytes)).rejects.toThrow(PolicyError);
      await expect(open(bytes)).rejects.toMatchObject({
        advice: expect.stringMatching(/fetch it again/) as string,
      });
    },
  );

  it('names an unsupported architecture and what is supported', async () => {
    const error = await open(await renamed('llama', 'mamba')).catch((found: unknown) => found as PolicyError);
    expect(error).toMatchObject({ message: expect.stringContaining('"mamba"') as string });
    for (const { gguf } of FAMILIES) expect((error as PolicyError).advice).toContain(gguf.architecture);
  });

  it('names an unsupported tokenizer and an unsupported pre-tokenizer', async () => {
    await expect(open(await renamed('gpt2', 'bert'))).rejects.toThrow(/tokenizer "bert" is not supported/);
    await expect(open(await renamed('smollm', 'smaug!'))).rejects.toThrow(
      /pre-tokenizer "smaug!" is not supported/,
    );
  });

  it('names an unsupported quantisation', async () => {
    const bytes = await read('llama.gguf');
    const name = 'token_embd.weight';
    // After the name: the number of dimensions, two dimensions of 8 bytes, the type.
    const at = Buffer.from(bytes).indexOf(name) + name.length + 4 + 16;
    new DataView(bytes.buffer).setUint32(at, 17, true);
    await expect(open(bytes)).rejects.toThrow(/quantised as IQ2_XS, which is not supported/);
  });

  it.each([
    ['a scale of blocks', 'blk.0.attn_q.weight'],
    ['a norm', 'blk.1.attn_norm.weight'],
  ])('whose numbers are none: %s', async (_, name) => {
    const bytes = await read('llama.gguf');
    // Sixteen set bits are no number in half precision, thirty-two in single.
    const { begin } = (await readGgufHeader(bytesSource(bytes, 'model.gguf'))).tensors.get(name)!;
    bytes.fill(0xff, begin, begin + 4);
    await expect(open(bytes)).rejects.toThrow(`model.gguf: tensor ${name} holds NaN`);
  });

  it('answers changed bytes with a model or a typed error, never another one', async () => {
    const random = createRandom('damaged GGUF');
    const bytes = await read('llama.gguf');
    for (let i = 0; i < 60; i++) {
      const damaged = bytes.slice();
      for (let n = 0; n < 4; n++) damaged[random.int(11_000)] = random.int(256);
      const error = await openGgufModel(bytesSource(damaged, 'model.gguf')).then(
        () => null,
        (found: unknown) => found,
      );
      if (error !== null && !(error instanceof TokenizerError)) expect(error).toBeInstanceOf(PolicyError);
    }
  });
});
