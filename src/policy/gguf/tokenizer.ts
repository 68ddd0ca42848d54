/**
 * The tokenizer inside a GGUF file, turned into the two files that transformers would have for it. It must be byte-level BPE
 * (`gpt2`) with the pre-tokenizer of a supported model. tokenizer/tokenizer.ts reads the two files.
 */
import { PolicyError } from '../errors.ts';
import { wordsAndDigits } from '../tokenizer/token-patterns.ts';
import type { GgufHeader } from './header.ts';
import type { JsonObject } from '../tokenizer/json.ts';

const byteLevel = (useRegex: boolean): JsonObject => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});
const cutBy = (pattern: string): JsonObject => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
});
interface PreTokenizer {
  readonly pre: JsonObject;
  readonly normalizer?: JsonObject;
  /** A word that is a token is taken whole, whatever the merges say. */
  readonly ignoreMerges?: boolean;
}

/** By `tokenizer.ggml.pre`. */
const PRE_TOKENIZERS: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': { pre: byteLevel(true) },
  smollm: {
    pre: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)] },
  },
  qwen2: { pre: cutBy(wordsAndDigits('')), normalizer: { type: 'NFC' } },
  'llama-bpe': { pre: cutBy(wordsAndDigits('{1,3}')), ignoreMerges: true },
};

/** `tokenizer.ggml.token_type` */
const CONTROL = 3;
const USER_DEFINED = 4;

function refuse(name: string, what: string): never {
  throw new PolicyError(
    `${name}: ${what} is not supported.`,
    `Supported: byte-level BPE (gpt2) with ${Object.keys(PRE_TOKENIZERS).join(', ')}; another tokenizer can be read from a folder with tokenizer.json.`,
  );
}

export interface TokenizerFiles {
  readonly tokenizerJson: JsonObject;
  readonly tokenizerConfig: JsonObject;
}

/** @throws PolicyError when the tokenizer is of another kind or incomplete */
export function tokenizerOfGguf({ metadata }: GgufHeader, name: string): TokenizerFiles {
  const model = metadata['tokenizer.ggml.model'];
  if (model !== 'gpt2') refuse(name, `its tokenizer ${JSON.stringify(model)}`);
  const preName = metadata['tokenizer.ggml.pre'] ?? 'gpt-2';
  const pre = Object.hasOwn(PRE_TOKENIZERS, String(preName)) ? PRE_TOKENIZERS[String(preName)] : undefined;
  if (!pre) refuse(name, `its pre-tokenizer ${JSON.stringify(preName)}`);
  const list = (key: string): readonly unknown[] => {
    const value = metadata[`tokenizer.ggml.${key}`];
    if (Array.isArray(value)) return value;
    throw new PolicyError(`${name}: tokenizer.ggml.${key} is missing`, 'Use a complete model file.');
  };
  const tokens = list('tokens').map(String);
  const types = list('token_type').map(Number);
  const added = tokens.flatMap((content, id) =>
    types[id] === CONTROL || types[id] === USER_DEFINED
      ? [
          {
            id,
            content,
            special: types[id] === CONTROL,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
          },
        ]
      : [],
  );
  const tokenAt = (key: string): string | undefined => {
    const id = metadata[`tokenizer.ggml.${key}`];
    return typeof id === 'number' ? tokens[id] : undefined;
  };
  const template = metadata['tokenizer.chat_template'];
  return {
    tokenizerJson: {
      version: '1.0',
      added_tokens: added,
      normalizer: pre.normalizer ?? null,
      pre_tokenizer: pre.pre,
      post_processor: null,
      decoder: byteLevel(true),
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: list('merges').map(String),
        ignore_merges: pre.ignoreMerges ?? false,
        byte_fallback: false,
        fuse_unk: false,
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
      },
    },
    tokenizerConfig: {
      eos_token: tokenAt('eos_token_id'),
      bos_token: tokenAt('bos_token_id'),
      ...(typeof template === 'string' && { chat_template: template }),
    },
  };
}
