/**
 * Folders as transformers writes them: one file or shards, three number formats,
 * several ends of a text; and what is refused.
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../../src/policy/files/checkpoint.ts';
import { CheckpointError } from '../../src/policy/errors.ts';
import { exportAdapter } from '../../src/policy/lora/peft.ts';
import { importAdapter } from './adapter-file.ts';
import {
  floatBytes,
  parseSafetensors,
  toFloat32,
  writeSafetensors,
  type TensorToStore,
} from '../../src/policy/files/safetensors.ts';
import { openModel, type ModelFiles } from '../../src/policy/sources/open-model.ts';
import { bytesSource } from '../../src/policy/files/range-source.ts';
import { OtherModelError } from '../../src/policy/lora/same-model.ts';
import { fingerprint } from '../../src/policy/files/fingerprint.ts';
import { readWeights } from '../../src/policy/files/read-weights.ts';
import { buildPolicy, loadPolicy } from '../../src/policy/lora/load.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { plainTokenizer } from './tiny-model.ts';

const vector = (name: string): Promise<Uint8Array> => readFile(new URL(`./vectors/${name}`, import.meta.url));
const nano = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`../../public/models/nano/${name}`, import.meta.url));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function filesOf(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  return {
    name: 'folder',
    has: (name) => Promise.resolve(name in files),
    open: (name) =>
      name in files
        ? Promise.resolve(bytesSource(files[name]!, name))
        : Promise.reject(new Error(`no ${name}`)),
  };
}

/** Floats to sixteen bits by cutting (bfloat16) or by the few exact values used here (half). */
function asBrain(data: Float32Array): Uint8Array {
  const out = new Uint16Array(data.length);
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  bits.forEach((value, i) => (out[i] = value >>> 16));
  return new Uint8Array(out.buffer);
}

it.each(['BF16', 'F32'] as const)('a large matrix in %s is read in pieces, never whole', async (dtype) => {
  const [rows, columns] = [9000, 1024] as const;
  const data = Float32Array.from({ length: rows * columns }, (_, i) => i % 251);
  const bytes = dtype === 'F32' ? floatBytes(data) : asBrain(data);
  const source = bytesSource(
    writeSafetensors([{ name: 'a.weight', dtype, dims: [rows, columns], bytes }]),
    'a',
  );
  const sizes: number[] = [];
  const watched: typeof source = {
    ...source,
    read: (begin, end) => (sizes.push(end - begin), source.read(begin, end)),
  };
  const { weight } = await (await openSafetensors([watched])).matrix('a', [rows, columns]);
  // Not toEqual: nine million numbers compared one by one take longer than the rest of this file.
  expect(weight.kind === 'dense' && Buffer.compare(floatBytes(weight.data), floatBytes(data))).toBe(0);
  expect(Math.max(...sizes)).toBeLessThan(bytes.length);
});

describe.each(['llama', 'qwen2'])('a folder: %s', (name) => {
  let common: Record<string, Uint8Array>;
  let tensors: TensorToStore[];
  beforeAll(async () => {
    common = {
      'config.json': await vector(`${name}/config.json`),
      'tokenizer.json': await nano('tokenizer.json'),
      'tokenizer_config.json': await nano('tokenizer_config.json'),
      'generation_config.json': json({ eos_token_id: [3, 7] }),
    };
    const stored = parseSafetensors(await vector(`${name}/model.safetensors`)).tensors;
    tensors = [...stored].map(([key, tensor]) => ({ name: key, ...tensor }));
  });
  const load = async (files: Record<string, Uint8Array>) => {
    const model = await openModel(filesOf({ ...common, ...files }));
    return readWeights(model.checkpoint, model.architecture, 'stored');
  };

  it('gives the same weights from one file and from shards', async () => {
    const half = Math.floor(tensors.length / 2);
    const parts = {
      'model-1.safetensors': tensors.slice(0, half),
      'model-2.safetensors': tensors.slice(half),
    };
    const weight_map = Object.fromEntries(
      Object.entries(parts).flatMap(([file, list]) => list.map((tensor) => [tensor.name, file])),
    );
    const whole = await load({ 'model.safetensors': writeSafetensors(tensors) });
    const sharded = await load({
      'model.safetensors.index.json': json({ weight_map }),
      ...Object.fromEntries(Object.entries(parts).map(([file, list]) => [file, writeSafetensors(list)])),
    });
    expect(sharded.linears).toEqual(whole.linears);
    expect(sharded.embedding).toEqual(whole.embedding);
    expect(sharded.norms).toEqual(whole.norms);
  });

  it('reads F32 and BF16 as the same numbers where both can say them', async () => {
    const wide = tensors.map((tensor) => ({ ...tensor, floats: toFloat32(tensor, tensor.name) }));
    const brain = wide.map(({ floats, ...tensor }) => ({
      ...tensor,
      dtype: 'BF16' as const,
      bytes: asBrain(floats),
    }));
    const cut = brain.map((tensor) => {
      const floats = toFloat32(tensor, tensor.name);
      return { ...tensor, dtype: 'F32' as const, bytes: new Uint8Array(floats.buffer) };
    });
    const [a, b] = [
      await load({ 'model.safetensors': writeSafetensors(brain) }),
      await load({ 'model.safetensors': writeSafetensors(cut) }),
    ];
    expect(a.linears).toEqual(b.linears);
    expect(a.report[0]).toMatchObject({ stored: 'BF16', held: 'fp32', error: 0 });
    expect(b.report[0]).toMatchObject({ stored: 'F32' });
  });

  it('takes the whole file before an index that speaks of others, as transformers does', async () => {
    const weight_map = { 'model.norm.weight': 'model-00001-of-00002.safetensors' };
    const { norms } = await load({
      'model.safetensors': writeSafetensors(tensors),
      'model.safetensors.index.json': json({ weight_map }),
    });
    expect(norms.size).toBeGreaterThan(0);
  });

  it('finds what ends a text in special_tokens_map.json, and else in config.json', async () => {
    const file = { 'model.safetensors': writeSafetensors(tensors) };
    const own = JSON.parse(new TextDecoder().decode(common['tokenizer_config.json'])) as object;
    const without = { ...common, ...file, 'tokenizer_config.json': json({ ...own, eos_token: undefined }) };
    const mapped = { ...without, 'special_tokens_map.json': json({ eos_token: { content: '<pad>' } }) };
    expect((await openModel(filesOf(mapped))).tokenizer.eosId).toBe(0);
    expect((await openModel(filesOf(without))).tokenizer.eosId).toBe(3);
  });

  it('ends a text at every token that its files name', async () => {
    const model = await openModel(filesOf({ ...common, 'model.safetensors': writeSafetensors(tensors) }));
    expect(model.tokenizer.endIds).toEqual([model.tokenizer.eosId, 3, 7]);
  });

  it.each(['model.layers.1.mlp.up_proj.weight', 'model.norm.weight'])(
    'refuses weights that are no numbers: %s',
    async (damaged) => {
      const broken = tensors.map((tensor) =>
        // All bits set are no number in any format of floats.
        tensor.name === damaged
          ? { ...tensor, bytes: new Uint8Array(tensor.bytes.length).fill(0xff) }
          : tensor,
      );
      await expect(load({ 'model.safetensors': writeSafetensors(broken) })).rejects.toThrow(
        `tensor ${damaged} holds NaN`,
      );
    },
  );

  it('refuses an index that names a path out of the folder, and a tensor in two files', async () => {
    const index = json({ weight_map: { a: '../../secret.safetensors' } });
    await expect(load({ 'model.safetensors.index.json': index })).rejects.toThrow(CheckpointError);
    const twice = json({ weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors' } });
    const file = writeSafetensors(tensors);
    await expect(
      load({
        'model.safetensors.index.json': twice,
        'model-1.safetensors': file,
        'model-2.safetensors': file,
      }),
    ).rejects.toThrow(/in two files/);
  });

  it('adapts the last layers alone when asked to, and says so in the adapter it exports', async () => {
    const model = await openModel(filesOf({ ...common, 'model.safetensors': writeSafetensors(tensors) }));
    const options = { name, device: nodeWasm(1), rank: 2, alpha: 4, seed: 1, adapterLayers: 1 };
    const policy = await buildPolicy(
      { ...model, tokenizer: plainTokenizer(model.architecture.vocabSize) },
      options,
    );
    const last = policy.architecture.layers - 1;
    const snapshot = await policy.snapshot();
    expect(Object.keys(snapshot.tensors).every((key) => key.startsWith(`layers.${last}.`))).toBe(true);
    const row = {
      prompt: [1, 2],
      completion: [3, 4],
      advantages: Float32Array.of(1, 1),
      weights: Float32Array.of(0.5, 0.5),
    };
    const settings = {
      learningRate: 0.01,
      temperature: 1,
      clipLow: 0.2,
      clipHigh: 0.2,
      dualClip: 3,
      klCoefficient: 0,
      klEstimator: 'k3',
      entropyCoefficient: 0,
      maxGradNorm: 1,
      weightDecay: 0,
      beta1: 0.9,
      beta2: 0.99,
      adamEps: 1e-8,
    } as const;
    expect((await policy.update([row], settings)).gradNorm).toBeGreaterThan(0);
    const after = await policy.snapshot();
    const files = exportAdapter(after, policy.architecture, policy.adapter, policy.info);
    expect(JSON.parse(files['adapter_config.json'])).toMatchObject({ layers_to_transform: [last] });
    const back = importAdapter(
      files['adapter_model.safetensors'],
      policy.architecture,
      policy.adapter,
      'adapter',
      policy.info,
    );
    const key = `layers.${last}.mlp.up_proj.lora_B`;
    expect(back.tensors[key]!.data).toEqual(after.tensors[key]!.data);
    // Of the same shapes, and another model all the same.
    const other = { ...policy.info, name: 'twin', hash: 'f'.repeat(64) };
    const adopt = () =>
      importAdapter(
        files['adapter_model.safetensors'],
        policy.architecture,
        policy.adapter,
        'adapter',
        other,
      );
    expect(adopt).toThrow(OtherModelError);
    expect(adopt).toThrow(new RegExp(`adapter was made with ${name} .*the model loaded is twin`));
    await policy.dispose();
  });
});

describe('the fingerprint of a model', () => {
  const large = new Uint8Array(3 << 20).map((_, i) => i % 251);
  it('is of its content, not of its name', async () => {
    const first = await fingerprint([bytesSource(large, 'a')]);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint([bytesSource(large, 'b')])).toBe(first);
    expect(await fingerprint([bytesSource(large.subarray(1), 'a')])).not.toBe(first);
    const changed = large.slice();
    changed[changed.length - 1]! ^= 1;
    expect(await fingerprint([bytesSource(changed, 'a')])).not.toBe(first);
    const small = bytesSource(large.subarray(0, 10), 's');
    expect(await fingerprint([small, bytesSource(large, 'a')])).not.toBe(first);
  });
});

describe('the model of the page', () => {
  it('is loaded from its four files alone', async () => {
    const asked: string[] = [];
    const read = (name: string): Promise<Uint8Array> => {
      asked.push(name);
      return nano(name);
    };
    const policy = await loadPolicy({ name: 'nano', read, device: nodeWasm(1), rank: 2, alpha: 4, seed: 1 });
    expect(asked.sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    await policy.dispose();
  });
});
