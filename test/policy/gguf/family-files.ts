/**
 * The tiny checkpoint of each family (scripts/vectors/families.py) as the GGUF file
 * that is written of it, for llama.cpp (scripts/vectors/llama_cpp.ts) and for the
 * test that holds the files to what llama.cpp made of them.
 */
import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../../../src/base/json-object.ts';
import { openSafetensors } from '../../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { wholeOf } from '../../../src/policy/files/streamed-file.ts';
import { ggufModel } from '../../../src/policy/gguf/write-model.ts';
import { parseArchitecture } from '../../../src/policy/model/architecture.ts';

/** Where llama.cpp has one choice fixed in its code, and transformers' vectors have another. */
const CHANGES: Readonly<Record<string, JsonObject>> = {
  gemma3_text: {
    query_pre_attn_scalar: 8,
    layer_types: ['sliding_attention', 'sliding_attention', 'sliding_attention'],
  },
  smollm3: { no_rope_layers: [1, 1, 1, 0] },
};

/** Any will do: texts are given as ids. */
const TOKENIZER = {
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    vocab: {
      ...Object.fromEntries(Array.from({ length: 47 }, (_, id) => [String.fromCharCode(65 + id), id])),
      AB: 47,
    },
    merges: ['A B'],
  },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  post_processor: null,
  added_tokens: [],
} as const;

/** @param modelType of config.json */
export async function familyFile(modelType: string) {
  const read = (file: string) =>
    readFile(new URL(`../vectors/families/${modelType}/${file}`, import.meta.url));
  const config = JSON.parse((await read('config.json')).toString()) as JsonObject;
  const architecture = parseArchitecture({ ...config, ...CHANGES[modelType] });
  const checkpoint = await openSafetensors([bytesSource(await read('model.safetensors'), modelType)]);
  const tokenizer = { json: TOKENIZER as unknown as JsonObject, config: { eos_token: 'B' } };
  // Not by its family: of a file whose name holds phi-3 llama.cpp expects tokens of Phi-3's.
  const file = ggufModel({ name: 'tiny', architecture, checkpoint, tokenizer, type: 'F32' });
  return { architecture, checkpoint, bytes: await wholeOf(file) };
}
