/**
 * A model as a folder that transformers loads. transformers' own tokens and
 * log-probabilities of nano's folder are in the vectors (scripts/vectors/nano_hf.py);
 * here the engine is held to them, and the folder to what they were made of.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adapterSnapshot, readAdapterFile } from '../../src/cli/adapter-file.ts';
import { openModelWithAdapter } from '../../src/cli/engine.ts';
import { ggufFiles, modelFiles } from '../../src/cli/export-model.ts';
import { openModelAt } from '../../src/cli/models.ts';
import { wholeOf, type StreamedFile } from '../../src/policy/files/streamed-file.ts';
import { parseSafetensors } from '../../src/policy/files/safetensors.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import { WorkingFolder } from './command-line.ts';

interface Expected {
  readonly eos: number;
  readonly texts: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly logProbs: readonly number[];
  }[];
}
const vectors = new URL('../policy/vectors/', import.meta.url);
const expected = JSON.parse(await readFile(new URL('nano-hf.json', vectors), 'utf8')) as Expected;
let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());
const quiet = () => undefined;
const contents = async (files: Promise<readonly StreamedFile[]>) =>
  new Map(await Promise.all((await files).map(async (file) => [file.name, await wholeOf(file)] as const)));
const sequences = expected.texts.map(({ ids: [first, ...rest] }) => ({ prompt: [first!], completion: rest }));
const scores = async (policy: LoraPolicy) =>
  (await policy.score({ sequences, temperature: 1 })).map(({ logProbs }) => [...logProbs]);
const gap = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));

test('nano cuts texts and scores them as transformers does with its folder', async () => {
  const policy = await openModelWithAdapter({ rank: 1, alpha: 1, seed: 0 });
  for (const { text, ids } of expected.texts) expect(policy.tokenizer.encode(text)).toEqual(ids);
  expect(policy.tokenizer.eosId).toBe(expected.eos);
  const wanted = expected.texts.map(({ logProbs }) => logProbs);
  expect(gap(await scores(policy), wanted)).toBeLessThan(1e-4);
  await policy.dispose();
});

test('its folder is the same model, with every token at its id and nothing left to a default', async () => {
  const files = await contents(modelFiles({ model: undefined, progress: quiet }));
  for (const [name, content] of files) await folder.write(name, content);
  const config = JSON.parse(await folder.read('config.json')) as Record<string, unknown>;
  expect(config).toMatchObject({
    bos_token_id: null,
    eos_token_id: 1,
    dtype: 'float32',
    model_type: 'llama',
  });
  const { model } = JSON.parse(await folder.read('tokenizer.json')) as {
    model: { vocab: Record<string, number> };
  };
  expect([model.vocab['<pad>'], model.vocab['<eos>'], model.vocab['<trace>']]).toEqual([0, 1, 2]);
  const tensors = parseSafetensors(files.get('model.safetensors')!).tensors;
  expect([...tensors.values()].every(({ dtype }) => dtype === 'F32')).toBe(true);
  const policy = await openModelWithAdapter({
    model: await openModelAt(folder.file('')),
    rank: 1,
    alpha: 1,
    seed: 0,
  });
  const wanted = expected.texts.map(({ logProbs }) => logProbs);
  expect(gap(await scores(policy), wanted)).toBeLessThan(1e-4);
  await policy.dispose();
});

test('an adapter is merged into it', async () => {
  const base = new URL('peft/', vectors).pathname;
  const [model, path] = [`${base}base`, `${base}patterns`];
  const own = { 'tokenizer.json': 'tokenizer.json', 'tokenizer_config.json': 'tokenizer_config.json' };
  // A tiny Llama of 48 tokens has no tokenizer of its own.
  const tokens = Object.fromEntries(
    Array.from({ length: 48 }, (_, id) => [String.fromCharCode(65 + id), id]),
  );
  await folder.write(
    own['tokenizer.json'],
    JSON.stringify({
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      model: { type: 'BPE', vocab: tokens, merges: [] },
    }),
  );
  await folder.write(own['tokenizer_config.json'], JSON.stringify({ eos_token: 'B' }));
  for (const name of ['config.json', 'model.safetensors'])
    await folder.write(name, await readFile(`${model}/${name}`));
  const files = await contents(modelFiles({ model: folder.file(''), adapter: path, progress: quiet }));
  const file = await readAdapterFile(path);
  const adapted = await openModelWithAdapter({
    model: await openModelAt(folder.file('')),
    rank: file.rank,
    alpha: file.alpha,
    seed: 0,
  });
  await adapted.restore(adapterSnapshot(file, adapted));
  await folder.write('model.safetensors', files.get('model.safetensors')!);
  const merged = await openModelWithAdapter({
    model: await openModelAt(folder.file('')),
    rank: 1,
    alpha: 1,
    seed: 0,
  });
  const of = [{ prompt: [5, 9], completion: [1, 30, 22, 7, 40] }];
  const [a, b] = [
    await adapted.score({ sequences: of, temperature: 1 }),
    await merged.score({ sequences: of, temperature: 1 }),
  ];
  expect(gap([[...a[0]!.logProbs]], [[...b[0]!.logProbs]])).toBeLessThan(1e-4);
  await Promise.all([adapted.dispose(), merged.dispose()]);
});

test('nano as GGUF is the same model and the same tokenizer, whether this reader knows the vocabulary or not', async () => {
  const [[name, bytes] = []] = await contents(ggufFiles({ model: undefined, progress: quiet }, 'F32'));
  expect(name).toBe('nano-F32.gguf');
  // llama.cpp was given this very file (scripts/vectors/llama_cpp.ts), and says what transformers says.
  const { nano } = JSON.parse(await readFile(new URL('llama-cpp.json', vectors), 'utf8')) as {
    readonly nano: { readonly sha256: string; readonly logProbs: readonly (readonly number[])[] };
  };
  expect(createHash('sha256').update(bytes!).digest('hex')).toBe(nano.sha256);
  expect(
    gap(
      nano.logProbs,
      expected.texts.map(({ logProbs }) => logProbs),
    ),
  ).toBeLessThan(1e-4);
  await folder.write(name!, bytes!);
  const policy = await openModelWithAdapter({
    model: await openModelAt(folder.file(name!)),
    rank: 1,
    alpha: 1,
    seed: 0,
  });
  for (const { text, ids } of expected.texts) expect(policy.tokenizer.encode(text)).toEqual(ids);
  expect(policy.tokenizer.eosId).toBe(expected.eos);
  const wanted = expected.texts.map(({ logProbs }) => logProbs);
  expect(gap(await scores(policy), wanted)).toBeLessThan(1e-4);
  await policy.dispose();
});

test('a GGUF file is written again as a folder, and the folder is the same model', async () => {
  const source = new URL('gguf/qwen2.gguf', vectors).pathname;
  for (const [name, content] of await contents(modelFiles({ model: source, progress: quiet })))
    await folder.write(name, content);
  const open = async (path: string) =>
    openModelWithAdapter({ model: await openModelAt(path), linears: 'fp32', rank: 1, alpha: 1, seed: 0 });
  const [file, written] = [await open(source), await open(folder.file(''))];
  const text = 'def f(x):\n    return x + 10';
  expect(written.tokenizer.encode(text)).toEqual(file.tokenizer.encode(text));
  const of = [{ prompt: [5, 9], completion: [11, 30, 22, 7, 40] }];
  const [a, b] = [
    await file.score({ sequences: of, temperature: 1 }),
    await written.score({ sequences: of, temperature: 1 }),
  ];
  expect(gap([[...a[0]!.logProbs]], [[...b[0]!.logProbs]])).toBeLessThan(1e-4);
  await Promise.all([file.dispose(), written.dispose()]);
});
