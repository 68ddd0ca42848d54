/**
 * Adapters as PEFT saves them, on a tiny Llama: applied exactly as PEFT applies them, or refused by the name
 * of what is not applied. scripts/vectors/peft_adapters.py made the folders and PEFT's log-probabilities.
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/policy/errors.ts';
import { openSafetensors } from '../../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { readWeights } from '../../../src/policy/files/read-weights.ts';
import { writeSafetensors } from '../../../src/policy/files/safetensors.ts';
import { fitAdapter } from '../../../src/policy/lora/fit-adapter.ts';
import { readGgufHeader } from '../../../src/policy/gguf/header.ts';
import { ggufAdapter } from '../../../src/policy/lora/write-gguf-adapter.ts';
import { ggufReal, ggufText, ggufWholes, writeGguf } from '../../../src/policy/gguf/write.ts';
import { openAdapter } from '../../../src/policy/lora/open-adapter.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import type { AdapterFile } from '../../../src/policy/lora/read-adapter.ts';
import { parseArchitecture } from '../../../src/policy/model/architecture.ts';
import type { AdapterSettings } from '../../../src/policy/model/adapter.ts';
import type { Weights } from '../../../src/policy/model/weights.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import { SETTINGS } from '../harness.ts';
import { plainTokenizer } from '../tiny-model.ts';

interface Expected {
  readonly texts: readonly (readonly number[])[];
  readonly base: readonly (readonly number[])[];
  readonly adapters: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const read = (path: string) => readFile(new URL(`../vectors/peft/${path}`, import.meta.url));
const adapterAt = async (name: string): Promise<AdapterFile> => ({
  name,
  bytes: await read(`${name}/adapter_model.safetensors`),
  config: (await read(`${name}/adapter_config.json`)).toString(),
});
const expected = JSON.parse((await read('expected.json')).toString()) as Expected;

let runtime: Runtime;
let weights: Weights;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
  const source = bytesSource(await read('base/model.safetensors'), 'model.safetensors');
  const architecture = parseArchitecture(JSON.parse((await read('base/config.json')).toString()));
  weights = await readWeights(await openSafetensors([source]), architecture, 'stored');
});

/** The largest difference from expected log-probabilities, nats, over the texts' tokens after the first. */
async function distance(
  settings: AdapterSettings,
  file: AdapterFile,
  rows: readonly (readonly number[])[],
): Promise<number> {
  const { architecture } = weights;
  const tokenizer = plainTokenizer(architecture.vocabSize);
  const policy = new LoraPolicy({ name: 'tiny', runtime, weights, tokenizer, adapter: settings, seed: 1 });
  await policy.restore(fitAdapter(await openAdapter(file), architecture, settings));
  const scored = await policy.score({
    sequences: expected.texts.map(([first, ...rest]) => ({ prompt: [first!], completion: rest })),
    temperature: 1,
  });
  await policy.dispose();
  return Math.max(
    ...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - scored[i]!.logProbs[j]!))),
  );
}

describe('a folder of PEFT’s', () => {
  it.each(Object.keys(expected.adapters))('is applied as PEFT applies it: %s', async (name) => {
    const file = await adapterAt(name);
    const { rank, alpha, firstLayer } = await openAdapter(file);
    const layers = weights.architecture.layers - firstLayer;
    const rows = expected.adapters[name]!;
    expect(await distance({ rank, alpha, layers }, file, rows)).toBeLessThan(1e-4);
    // In an adapter of another rank, alpha and number of layers it does the same.
    expect(await distance({ rank: 8, alpha: 1 }, file, rows)).toBeLessThan(1e-4);
    expect(
      Math.max(...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected.base[i]![j]!)))),
    ).toBeGreaterThan(0.1);
  });

  it.each([
    ['dora', '"use_dora" is true'],
    ['head', '"modules_to_save" is ["lm_head"]'],
    ['bias', 'bias is "all"'],
    ['lora-bias', '"lora_bias" is true'],
    ['tokens', '"trainable_token_indices" is [3,4]'],
    ['embedding', 'embed_tokens.base_layer.weight'],
  ])('is refused by what is not applied: %s', async (name, named) => {
    const refused = openAdapter(await adapterAt(name));
    await expect(refused).rejects.toThrow(CheckpointError);
    await expect(refused).rejects.toThrow(named);
  });

  it('is refused without its configuration', async () => {
    const { config: _, ...alone } = await adapterAt('rslora');
    await expect(openAdapter(alone)).rejects.toThrow(/adapter_config\.json/);
  });
});

describe('a configuration', () => {
  const changed = async (change: Record<string, unknown>): Promise<unknown> => {
    const file = await adapterAt('plain');
    const config = JSON.stringify({ ...(JSON.parse(file.config!) as object), ...change });
    return fitAdapter(await openAdapter({ ...file, config }), weights.architecture, { rank: 4, alpha: 10 });
  };

  it.each([
    [{ r: 8 }, 'is of rank 8 by it, its matrices are of 4'],
    [{ lora_alpha: null }, 'lora_alpha is null'],
    [{ peft_type: 'LOHA' }, 'peft_type is "LOHA"'],
    [{ init_lora_weights: 'pissa' }, 'init_lora_weights is "pissa"'],
    [{ a_field_of_tomorrow: 3 }, '"a_field_of_tomorrow" is 3'],
    [{ target_modules: ['q_proj'] }, 'adapter_config.json does not adapt it'],
    [{ target_modules: null }, 'target_modules is null'],
    [{ rank_pattern: { '(a+)+$': 2 } }, 'rank_pattern has "(a+)+$"'],
    [{ alpha_pattern: { q_proj: -1 } }, 'alpha_pattern of "q_proj" is -1'],
  ])(
    'that does not belong to its matrices, or is not understood, is refused: %o',
    async (change, problem) => {
      await expect(changed(change)).rejects.toThrow(CheckpointError);
      await expect(changed(change)).rejects.toThrow(problem);
    },
  );

  it('that adapts more than the file has matrices for is refused by the first of them', async () => {
    const { bytes, config } = await adapterAt('q-v-only');
    const more = JSON.stringify({
      ...(JSON.parse(config!) as object),
      target_modules: ['q_proj', 'v_proj', 'o_proj'],
    });
    const opened = await openAdapter({ name: 'cut', bytes, config: more });
    const fit = () => fitAdapter(opened, weights.architecture, { rank: 4, alpha: 10 });
    expect(fit).toThrow('layers.0.self_attn.o_proj has no matrices');
  });

  it('of no safetensors but a pickle is refused unread', async () => {
    const file = { name: 'adapter_model.bin', bytes: new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]) };
    await expect(openAdapter(file)).rejects.toThrow(/pickle/);
    await expect(openAdapter({ ...file, bytes: writeSafetensors([], { alpha: '2' }) })).rejects.toThrow(
      /no LoRA matrices/,
    );
  });
});

describe('a GGUF file', () => {
  it('is applied as PEFT applies the folder that it was made of', async () => {
    const file = { name: 'plain.gguf', bytes: await read('plain.gguf') };
    expect(await distance({ rank: 4, alpha: 10 }, file, expected.adapters['plain']!)).toBeLessThan(1e-4);
  });

  it('is written with the same tensors as by the gguf package', async () => {
    const settings = { rank: 4, alpha: 10 };
    const snapshot = fitAdapter(await openAdapter(await adapterAt('plain')), weights.architecture, settings);
    const written = ggufAdapter(snapshot, weights.architecture, settings, { name: 'tiny' });
    const tensorsOf = async (bytes: Uint8Array) => {
      const { metadata, tensors } = await readGgufHeader(bytesSource(bytes, 'a.gguf'));
      const list = [...tensors].map(
        ([name, { dims, begin, end }]) => [name, dims, [...bytes.subarray(begin, end)]] as const,
      );
      return {
        type: ['general.architecture', 'general.type', 'adapter.type', 'adapter.lora.alpha'].map(
          (key) => metadata[key],
        ),
        tensors: list.sort(([a], [b]) => (a < b ? -1 : 1)),
      };
    };
    expect(await tensorsOf(written)).toEqual(await tensorsOf(await read('plain.gguf')));
  });

  it('leaves out what changes nothing', async () => {
    const settings = { rank: 4, alpha: 10 };
    const snapshot = fitAdapter(
      await openAdapter(await adapterAt('q-v-only')),
      weights.architecture,
      settings,
    );
    const bytes = ggufAdapter(snapshot, weights.architecture, settings, { name: 'tiny' });
    const { pairs } = await openAdapter({ name: 'a.gguf', bytes });
    expect([...pairs.keys()].every((name) => /[qv]_proj$/.test(name)) && pairs.size).toBe(6);
  });

  it.each([
    [{ 'general.type': ggufText('model') }, /GGUF of type model/],
    [{ 'adapter.lora.alpha': ggufReal(0) }, /adapter\.lora\.alpha/],
    [{ 'adapter.alora.invocation_tokens': ggufWholes([1]) }, /alora/],
    [{ 'general.architecture': ggufText('qwen2') }, /it is for qwen2, this model is llama/],
    [{ 'general.architecture': ggufText('bert') }, /architecture is "bert"/],
  ])('of another kind is refused: %o', async (change, problem) => {
    const base = {
      'general.architecture': ggufText('llama'),
      'general.type': ggufText('adapter'),
      'adapter.type': ggufText('lora'),
      'adapter.lora.alpha': ggufReal(2),
    };
    const matrix = (side: string, dims: number[]) =>
      ({
        name: `blk.0.ffn_up.weight.lora_${side}`,
        type: 'F32',
        dims,
        bytes: new Uint8Array(4 * dims[0]! * dims[1]!),
      }) as const;
    const bytes = writeGguf({ ...base, ...change }, [matrix('a', [1, 16]), matrix('b', [24, 1])]);
    const fitted = async () =>
      fitAdapter(await openAdapter({ name: 'a.gguf', bytes }), weights.architecture, { rank: 1, alpha: 2 });
    await expect(fitted()).rejects.toThrow(problem);
  });
});

it('trains on: what a smaller adapter leaves alone stays as it is', async () => {
  const settings = { rank: 6, alpha: 6 };
  const { architecture } = weights;
  const tokenizer = plainTokenizer(architecture.vocabSize);
  const policy = new LoraPolicy({ name: 'tiny', runtime, weights, tokenizer, adapter: settings, seed: 1 });
  await policy.restore(fitAdapter(await openAdapter(await adapterAt('q-v-only')), architecture, settings));
  const before = (await policy.snapshot()).tensors;
  await policy.update(
    [
      {
        prompt: [5, 9],
        completion: [1, 7, 3],
        advantages: new Float32Array([1, -1, 2]),
        weights: new Float32Array(3).fill(1 / 3),
      },
    ],
    SETTINGS,
  );
  const after = (await policy.snapshot()).tensors;
  await policy.dispose();
  for (const name of Object.keys(before).filter((name) => /lora_[AB]$/.test(name))) {
    const moved = after[name]!.data.some((value, i) => value !== before[name]!.data[i]);
    expect([name, moved]).toEqual([name, /\.[qv]_proj\./.test(name)]);
  }
});
