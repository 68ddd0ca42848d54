/**
 * Reads a tokenizer.json (with its tokenizer_config.json) into the policy's Tokenizer: text to ids and back, nothing else.
 * No chat template and no beginning-of-sequence token are added; a prompt is exactly its text.
 */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { Tokenizer } from './types.ts';

/** A tokenizer file that cannot be used. Nothing was loaded; `advice` says what to look at. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(`${message} ${advice}`, options);
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * @param tokenizerJson content of tokenizer.json, parsed
 * @param config content of tokenizer_config.json, parsed: `eos_token` names the end of sequence; with
 *   `split_special_tokens: true` text that spells a special token is encoded as ordinary text
 * @throws TokenizerError when the files do not make a tokenizer or name no end of sequence
 */
export function loadTokenizer(tokenizerJson: unknown, config: unknown): Tokenizer {
  const files = {
    tokenizer: asObject(tokenizerJson, 'tokenizer.json'),
    config: asObject(config, 'tokenizer_config.json'),
  };
  let inner: HuggingFaceTokenizer;
  try {
    inner = new HuggingFaceTokenizer(files.tokenizer, files.config);
  } catch (cause) {
    throw new TokenizerError(
      'The tokenizer could not be built.',
      'Check that tokenizer.json is complete and of a supported kind.',
      { cause },
    );
  }
  const eosToken = nameOf(files.config['eos_token']);
  const eosId = eosToken === null ? undefined : inner.token_to_id(eosToken);
  if (eosId === undefined) {
    throw new TokenizerError(
      'The tokenizer has no end-of-sequence token.',
      'Set eos_token in tokenizer_config.json to a token of tokenizer.json.',
    );
  }
  const vocabSize = Math.max(...inner.get_vocab().values()) + 1;
  const special = [...inner.get_added_tokens_decoder().values()]
    .filter((t) => t.special)
    .map((t) => t.content);
  const cut = files.config['split_special_tokens'] === true ? cutter(special) : (text: string) => [text];
  return {
    encode: (text) => cut(text).flatMap((part) => inner.encode(part, { add_special_tokens: false }).ids),
    decode: (ids) =>
      ids.length === 0
        ? ''
        : inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    eosId,
    vocabSize,
  };
}

/** Cuts text inside every spelled special token, after its first character, so that no part spells one. */
function cutter(contents: readonly string[]): (text: string) => readonly string[] {
  const usable = contents.filter((content) => content.length > 1);
  if (usable.length === 0) return (text) => [text];
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(
    usable.map((c) => `(?<=${escape(c[0] as string)})(?=${escape(c.slice(1))})`).join('|'),
    'u',
  );
  return (text) => text.split(pattern);
}

function asObject(data: unknown, file: string): Json {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Json;
  throw new TokenizerError(
    `${file} is not a JSON object.`,
    'Fetch the file again; a page in its place is a common cause.',
  );
}

/** A token is given as text or as an object with `content`. */
function nameOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  const content = typeof token === 'object' && token !== null ? (token as Json)['content'] : undefined;
  return typeof content === 'string' ? content : null;
}
