/**
 * Reads a tokenizer.json (with its tokenizer_config.json) into the policy's Tokenizer: text to ids
 * and back, nothing else. `encode` adds no beginning-of-sequence token; encode-prompt.ts does, where
 * the model was trained with one. A chat template is added by `withChat`, for models that have one.
 */
import { isRecord } from '../../base/is-record.ts';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { oneLine, shown } from '../../base/shown.ts';
import { checkPatterns } from './token-patterns.ts';
import { TokenizerError } from './tokenizer-error.ts';
import type { JsonObject } from '../../base/json-object.ts';
import type { Tokenizer } from '../types.ts';

export { TokenizerError };

/**
 * @param tokenizerJson content of tokenizer.json, parsed
 * @param config content of tokenizer_config.json, parsed: `eos_token` names the end of sequence; with
 *   `split_special_tokens: true` text that spells a special token is encoded as ordinary text
 * @param options `endIds`: further tokens that end a text, e.g. from generation_config.json
 * @throws TokenizerError when the files do not make a tokenizer or name no end of sequence
 */
export function loadTokenizer(
  tokenizerJson: unknown,
  config: unknown,
  options: { readonly endIds?: readonly number[] } = {},
): Tokenizer {
  const files = {
    tokenizer: asObject(tokenizerJson, 'tokenizer.json'),
    config: asObject(config, 'tokenizer_config.json'),
  };
  const { inner, special, vocabSize, longest } = attempt('could not be built', () => build(files));
  const isToken = (id: unknown): boolean => isId(id) && id < vocabSize;
  const further = (options.endIds ?? []).filter(isToken);
  const idOf = (token: unknown): number | undefined => {
    const name = nameOf(token);
    return name === null ? undefined : inner.token_to_id(name);
  };
  const eosId = idOf(files.config['eos_token']) ?? further[0];
  if (eosId === undefined) {
    throw new TokenizerError(
      'The tokenizer has no end-of-sequence token.',
      'Set eos_token in tokenizer_config.json to a token of tokenizer.json, or eos_token_id in config.json.',
    );
  }
  const cut = files.config['split_special_tokens'] === true ? cutter(special) : (text: string) => [text];
  const plain = (ids: readonly number[]): string =>
    inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  // The library is asked here too, and throws what it likes where parts of a file do not fit each other.
  const beginId = attempt('cannot say how a text begins', () => beginsWith(files, idOf));
  const before = attempt('cannot decode', () =>
    takesSpaceOff(files.tokenizer['decoder']) ? anchor(inner, plain) : null,
  );
  return {
    // A file may be well formed and still not hold together, a vocabulary without its
    // unknown token say: that shows only here.
    encode: (text) =>
      attempt('cannot encode this text', () => {
        if (text.length > longest) throw new TypeError(`its patterns take texts of ${longest} characters`);
        const ids = cut(text).flatMap((part) => inner.encode(part, { add_special_tokens: false }).ids);
        if (!ids.every(isToken)) throw new TypeError('a part of the text has no token');
        return ids;
      }),
    decode: (ids) =>
      ids.length === 0
        ? ''
        : attempt('cannot decode these tokens', () =>
            before ? plain([before.id, ...ids]).slice(before.text.length) : plain(ids),
          ),
    eosId,
    endIds: [...new Set([eosId, ...further])],
    ...(beginId !== undefined && { beginId }),
    vocabSize,
  };
}

/**
 * The token that every text begins with: of the post-processor, unless the configuration says
 * that there is none, or there is no post-processor and the configuration says that there is one.
 */
function beginsWith(
  { tokenizer, config }: { readonly tokenizer: JsonObject; readonly config: JsonObject },
  idOf: (token: unknown) => number | undefined,
): number | undefined {
  const says = config['add_bos_token'];
  if (says === false) return undefined;
  if (says === true) return idOf(config['bos_token']);
  const steps = [tokenizer['post_processor']].flatMap((step) =>
    isRecord(step) && Array.isArray(step['processors']) ? (step['processors'] as unknown[]) : [step],
  );
  for (const step of steps) {
    if (!isRecord(step) || step['type'] !== 'TemplateProcessing') continue;
    const [first] = Array.isArray(step['single']) ? (step['single'] as unknown[]) : [];
    const token = isRecord(first) ? first['SpecialToken'] : undefined;
    if (isRecord(token)) return idOf(token['id']);
  }
  return undefined;
}

/**
 * Whether a decoder takes the space off that was put before the text. An answer does
 * not begin the text: its first space is its own.
 */
function takesSpaceOff(decoder: unknown): boolean {
  if (!isRecord(decoder)) return false;
  const { type, decoders } = decoder;
  if (Array.isArray(decoders)) return decoders.some(takesSpaceOff);
  return type === 'Strip' || type === 'Metaspace';
}

/** A token that what is decoded may follow, and its own text. */
function anchor(
  inner: HuggingFaceTokenizer,
  decode: (ids: readonly number[]) => string,
): { id: number; text: string } | null {
  const id = inner.encode('a', { add_special_tokens: false }).ids.at(-1);
  return id === undefined ? null : { id, text: decode([id]) };
}

/**
 * The tokenizer with `chat`, where its configuration holds a template. The template's
 * language is loaded only then, because it is larger than everything else here.
 * @throws TokenizerError
 */
export async function withChat(tokenizer: Tokenizer, config: unknown): Promise<Tokenizer> {
  if (!isRecord(config) || config['chat_template'] === undefined) return tokenizer;
  const { chatTemplate } = await import('./chat-template.ts');
  return { ...tokenizer, ...chatTemplate(config) };
}

/** Token ids are compared as float32 in the graphs, exact to 2^24. */
const isId = (id: unknown): id is number =>
  Number.isInteger(id) && (id as number) >= 0 && (id as number) < 1 << 24;

interface Built {
  readonly inner: HuggingFaceTokenizer;
  /** Texts of the special tokens. */
  readonly special: readonly string[];
  readonly vocabSize: number;
  /** Characters of a text that may be encoded: patterns of strangers can take long. */
  readonly longest: number;
}

/**
 * Patterns and ids are checked before the library sees them: it makes a list as long as the largest
 * one. Throws what the library throws where it meets something else that it does not expect.
 */
function build({ tokenizer, config }: { tokenizer: JsonObject; config: JsonObject }): Built {
  const added = tokenizer['added_tokens'] ?? [];
  if (!Array.isArray(added) || !added.every(isAddedToken))
    throw new TypeError('added_tokens is not a list of tokens');
  let vocabSize = 0;
  for (const id of [vocabularyIds(tokenizer['model']), added.map((token) => token.id)].flat()) {
    if (!isId(id)) throw new TypeError(`${shown(id)} is no token id`);
    vocabSize = Math.max(vocabSize, id + 1);
  }
  const longest = checkPatterns(tokenizer);
  const inner = new HuggingFaceTokenizer(tokenizer, config);
  const special = added.filter((token) => token.special === true).map(({ content }) => content);
  return { inner, special, vocabSize, longest };
}

/**
 * Ids of the model's own vocabulary: a map from token to id, or a list of [token,
 * score] whose places are the ids.
 */
function vocabularyIds(model: unknown): readonly unknown[] {
  const vocabulary = asObject(model, 'The model in tokenizer.json')['vocab'];
  if (!Array.isArray(vocabulary))
    return Object.values(asObject(vocabulary, 'The vocabulary in tokenizer.json'));
  const isPair = (row: unknown): boolean =>
    Array.isArray(row) && typeof row[0] === 'string' && typeof row[1] === 'number';
  if (!Array.isArray(vocabulary) || !vocabulary.every(isPair))
    throw new TypeError('its model has no vocabulary');
  return [...vocabulary.keys()];
}

interface AddedToken {
  readonly id: unknown;
  readonly content: string;
  readonly special?: unknown;
}

function isAddedToken(token: unknown): token is AddedToken {
  if (typeof token !== 'object' || token === null) return false;
  const { content } = token as JsonObject;
  return typeof content === 'string' && content !== '';
}

/** @throws TokenizerError for anything that `work` throws */
function attempt<T>(problem: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const detail = cause instanceof Error ? ` (${oneLine(cause.message, 120)})` : '';
    throw new TokenizerError(
      `The tokenizer ${problem}${detail}.`,
      'Check that tokenizer.json is complete and of a supported kind.',
      { cause },
    );
  }
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

function asObject(data: unknown, file: string): JsonObject {
  if (isRecord(data)) return data;
  throw new TokenizerError(
    `${file} is not a JSON object.`,
    'Fetch the file again; a page in its place is a common cause.',
  );
}

/** A token is given as text or as an object with `content`. */
function nameOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  const content = typeof token === 'object' && token !== null ? (token as JsonObject)['content'] : undefined;
  return typeof content === 'string' ? content : null;
}
