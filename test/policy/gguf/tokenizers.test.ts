/**
 * Vocabularies as GGUF files carry them, against llama.cpp's own tokens (scripts/vectors/gguf_tokenizers.py):
 * pre-tokenizers of byte-level BPE, and SentencePiece with and without a space before the text.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PolicyError } from '../../../src/policy/errors.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { readGgufFiles, type GgufHeader } from '../../../src/policy/gguf/header.ts';
import { onlyGguf, partNames } from '../../../src/policy/gguf/parts.ts';
import { tokenizerOfGguf } from '../../../src/policy/gguf/tokenizer.ts';
import { ggufWhole, writeGguf } from '../../../src/policy/gguf/write.ts';
import { encodePrompt } from '../../../src/policy/tokenizer/encode-prompt.ts';
import { loadTokenizer } from '../../../src/policy/tokenizer/tokenizer.ts';
import type { Tokenizer } from '../../../src/policy/types.ts';

type Metadata = GgufHeader['metadata'];
interface Vectors {
  readonly vocabularies: Readonly<Record<string, Metadata>>;
  readonly cases: readonly {
    readonly name: string;
    readonly vocabulary?: string;
    readonly metadata: Metadata;
    readonly texts: readonly {
      readonly text: string;
      readonly ids: readonly number[];
      readonly prompt: readonly number[];
    }[];
  }[];
}
const path = new URL('../vectors/gguf/tokenizers.json', import.meta.url);
const vectors = JSON.parse(await readFile(path, 'utf8')) as Vectors;
const cases = new Map(vectors.cases.map((found) => [found.name, found]));

function opened(metadata: Metadata): Tokenizer {
  const files = tokenizerOfGguf({ metadata, tensors: new Map() }, 'a.gguf');
  return loadTokenizer(files.tokenizerJson, files.tokenizerConfig, { endIds: files.endIds });
}
const tokenizerOf = (name: string, more: Metadata = {}): Tokenizer => {
  const { vocabulary = 'bpe', metadata } = cases.get(name)!;
  return opened({ ...vectors.vocabularies[vocabulary], ...metadata, ...more });
};

describe.each([...cases.keys()])('%s', (name) => {
  it('cuts texts as llama.cpp does', () => {
    const tokenizer = tokenizerOf(name);
    for (const { text, ids } of cases.get(name)!.texts)
      expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
  });

  it('begins prompts as llama.cpp does, with one beginning where the text spells it', () => {
    const tokenizer = tokenizerOf(name);
    for (const { text, ids, prompt } of cases.get(name)!.texts)
      expect(encodePrompt(tokenizer, text)).toEqual(ids[0] === tokenizer.beginId ? ids : prompt);
  });
});

describe('an answer decoded alone', () => {
  it.each(['spm', 'spm-no-space', 'gpt-2'])('keeps its first space: %s', (name) => {
    const tokenizer = tokenizerOf(name);
    const [prompt, answer] = ['return', ' a + b'];
    const ids = tokenizer.encode(prompt + answer).slice(tokenizer.encode(prompt).length);
    expect(tokenizer.decode(ids)).toBe(answer);
    expect(ids.map((id) => tokenizer.decode([id])).join('')).toBe(answer);
  });
});

describe('ends', () => {
  it('are the tokens of eos, eot and eom', () => {
    const { eosId, endIds } = tokenizerOf('gpt-2', { 'tokenizer.ggml.eom_token_id': 7 });
    expect([eosId, endIds]).toEqual([420, [420, 421, 7]]);
    expect(tokenizerOf('gpt-2', { 'tokenizer.ggml.eos_token_id': 9999 }).endIds).toEqual([421]);
  });
});

describe('is refused by its name', () => {
  it.each([
    ['gpt-2', { 'tokenizer.ggml.pre': 'deepseek-llm' }, 'deepseek-llm'],
    ['gpt-2', { 'tokenizer.ggml.pre': 'toString' }, 'toString'],
    ['gpt-2', { 'tokenizer.ggml.model': 'bert' }, 'bert'],
    ['spm', { 'tokenizer.ggml.precompiled_charsmap': [1] }, 'precompiled_charsmap'],
    ['spm', { 'tokenizer.ggml.remove_extra_whitespaces': true }, 'remove_extra_whitespaces'],
  ])('%s with %o', (name, more, named) => {
    expect(() => tokenizerOf(name, more)).toThrow(PolicyError);
    expect(() => tokenizerOf(name, more)).toThrow(named);
  });
});

describe('a model in parts', () => {
  const parts = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'];
  it('is known by the name of any part', () => {
    expect(partNames(parts[1]!)).toEqual(parts);
    expect(partNames('m-00001-of-00000.gguf')).toEqual(['m-00001-of-00000.gguf']);
    expect(partNames('m.gguf')).toEqual(['m.gguf']);
    expect(onlyGguf(['README.md', ...parts])).toEqual(parts);
    expect(onlyGguf([...parts, 'other.gguf'])).toBeNull();
    expect(onlyGguf(['README.md'])).toBeNull();
  });

  it('is read as one, and named where a part is missing or a tensor is there twice', async () => {
    const part = (tensor: string, name: string) =>
      bytesSource(
        writeGguf({ 'split.count': ggufWhole(2) }, [
          { name: tensor, type: 'F32', dims: [2], bytes: new Uint8Array(8) },
        ]),
        name,
      );
    const [first, second] = [part('a', parts[0]!), part('b', parts[1]!)];
    const { tensors } = await readGgufFiles([first, second]);
    expect([...tensors].map(([name, { source }]) => [name, source.name])).toEqual([
      ['a', parts[0]],
      ['b', parts[1]],
    ]);
    await expect(readGgufFiles([first])).rejects.toThrow(/one of 2 parts, and 1 came/);
    await expect(readGgufFiles([first, part('a', parts[1]!)])).rejects.toThrow(/tensor a is in two files/);
  });
});
