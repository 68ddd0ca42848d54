/**
 * How the byte-level BPE of a GGUF file cuts text into words before it merges bytes, in the terms of
 * tokenizer.json. The key is `tokenizer.ggml.pre`. Names to which llama.cpp gives the same expressions share
 * an entry. tokenizer.ts uses them.
 */
import { wordsAndDigits } from '../tokenizer/token-patterns.ts';
import type { JsonObject } from '../../base/json-object.ts';

export interface PreTokenizer {
  readonly pre: JsonObject;
  readonly normalizer?: JsonObject;
  /** A word that is a token is taken whole, whatever the merges say. */
  readonly ignoreMerges?: boolean;
  /** A text begins with the beginning-of-sequence token where the file does not say whether it does. */
  readonly addsBos?: boolean;
}

export const byteLevel = (useRegex: boolean): JsonObject => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});

/**
 * Text is cut by each expression in turn; what one matches and what lies between stand alone from there on.
 */
const cutBy = (...patterns: readonly string[]): JsonObject => ({
  type: 'Sequence',
  pretokenizers: [
    ...patterns.map((Regex) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false })),
    byteLevel(false),
  ],
});

const GPT2: PreTokenizer = { pre: byteLevel(true) };
const DIGITS: PreTokenizer = {
  pre: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)] },
};
const LLAMA3: PreTokenizer = { pre: cutBy(wordsAndDigits('{1,3}')), ignoreMerges: true, addsBos: true };
const QWEN2: PreTokenizer = { pre: cutBy(wordsAndDigits('')), normalizer: { type: 'NFC' } };

/** Words as in GPT-2, without its last alternative. */
const WORDS = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)`;

export const PRE_TOKENIZERS: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': GPT2,
  'phi-2': GPT2,
  olmo: GPT2,
  smollm: DIGITS,
  starcoder: DIGITS,
  refact: DIGITS,
  'command-r': DIGITS,
  qwen2: QWEN2,
  qwen3: QWEN2,
  'deepseek-r1-qwen': QWEN2,
  'llama-bpe': LLAMA3,
  llama3: LLAMA3,
  'llama-v3': LLAMA3,
  // Llama 3's expression alone.
  dbrx: { pre: LLAMA3.pre },
  'smaug-bpe': { pre: LLAMA3.pre },
  default: { pre: cutBy('[\\p{P}\\$\\+<=>\\^~\\|]+', WORDS, '\\p{N}+', '[0-9][0-9][0-9]') },
};
