/**
 * A tokenizer.json as the metadata of a GGUF file: byte-level BPE whose way of cutting words llama.cpp
 * knows by name, or a vocabulary of whole pieces, as nano's, for llama.cpp's tokenizer that always takes
 * the longest piece. The file itself goes along, for readers that have one. tokenizer.ts is the way back.
 */
import type { JsonObject } from '../../base/json-object.ts';
import { isRecord } from '../../base/is-record.ts';
import { PolicyError } from '../errors.ts';
import { PRE_TOKENIZERS } from './pre-tokenizers.ts';
import { CONTROL, UNUSED, USER_DEFINED } from './token-types.ts';
import { ggufFlag, ggufText, ggufTexts, ggufWhole, ggufWholes, type GgufValue } from './write.ts';

/** The key that the GGUF specification has for a whole tokenizer.json. */
export const HUGGINGFACE_JSON = 'tokenizer.huggingface.json';
const NORMAL = 1;

interface TokenToAdd {
  readonly id: number;
  readonly content: string;
  readonly special?: boolean;
}

/**
 * @param rows of the embedding: there is a token for each, those without one are unused
 * @throws PolicyError for a tokenizer that llama.cpp does not have
 */
export function ggufTokenizer(
  json: JsonObject,
  config: JsonObject,
  rows: number,
  name: string,
): Record<string, GgufValue> {
  const model = json['model'] as JsonObject;
  const vocab = model['vocab'] as Readonly<Record<string, number>>;
  const merges = ((model['merges'] ?? []) as readonly (string | readonly string[])[]).map((merge) =>
    typeof merge === 'string' ? merge : merge.join(' '),
  );
  const added = (json['added_tokens'] ?? []) as readonly TokenToAdd[];
  const isBpe = model['type'] === 'BPE' && !Array.isArray(vocab) && model['byte_fallback'] !== true;
  const isPieces = isBpe && merges.length === 0 && model['ignore_merges'] === true;
  const pre = isBpe && !isPieces ? preTokenizerOf(json) : undefined;
  if (!isPieces && pre === undefined)
    throw new PolicyError(
      `${name}: its tokenizer cannot be written as GGUF; llama.cpp has byte-level BPE that cuts words as ${Object.keys(PRE_TOKENIZERS).join(', ')} do.`,
      'Write a folder instead (--format hf), and convert it with llama.cpp.',
    );
  const tokens = Array.from({ length: rows }, (_, id) => `[PAD${id}]`);
  const types = tokens.map(() => UNUSED);
  for (const [token, id] of Object.entries(vocab)) {
    tokens[id] = isPieces ? escaped(bytesOf(token)) : token;
    types[id] = NORMAL;
  }
  for (const { id, content, special } of added) {
    tokens[id] = isPieces ? escaped(new TextEncoder().encode(content)) : content;
    types[id] = special === true ? CONTROL : USER_DEFINED;
  }
  const idOf = (key: string): number | undefined => {
    const token = isRecord(config[key]) ? config[key]['content'] : config[key];
    return (
      added.find(({ content }) => content === token)?.id ??
      (typeof token === 'string' ? vocab[token] : undefined)
    );
  };
  const ids = Object.entries({ bos: idOf('bos_token'), eos: idOf('eos_token'), padding: idOf('pad_token') });
  const template = config['chat_template'];
  return {
    'tokenizer.ggml.model': ggufText(isPieces ? 'rwkv' : 'gpt2'),
    ...(pre !== undefined && { 'tokenizer.ggml.pre': ggufText(pre) }),
    'tokenizer.ggml.tokens': ggufTexts(tokens),
    'tokenizer.ggml.token_type': ggufWholes(types),
    ...(!isPieces && { 'tokenizer.ggml.merges': ggufTexts(merges) }),
    ...Object.fromEntries(
      ids.flatMap(([key, id]) =>
        id === undefined ? [] : [[`tokenizer.ggml.${key}_token_id`, ggufWhole(id)]],
      ),
    ),
    'tokenizer.ggml.add_bos_token': ggufFlag(config['add_bos_token'] === true),
    // Of ours: text that spells a special token is text.
    ...(config['split_special_tokens'] === true && {
      'tokenizer.ggml.split_special_tokens': ggufFlag(true),
    }),
    ...(typeof template === 'string' && { 'tokenizer.chat_template': ggufText(template) }),
    [HUGGINGFACE_JSON]: ggufText(JSON.stringify(json)),
  };
}

/** The name under which llama.cpp cuts words as this file says; undefined where it has none. */
function preTokenizerOf(json: JsonObject): string | undefined {
  const ignoresMerges = (json['model'] as JsonObject)['ignore_merges'] === true;
  const found = Object.entries(PRE_TOKENIZERS).find(
    ([, known]) =>
      plainly(known.pre) === plainly(json['pre_tokenizer']) &&
      plainly(known.normalizer ?? null) === plainly(json['normalizer'] ?? null) &&
      (known.ignoreMerges ?? false) === ignoresMerges,
  );
  return found?.[0];
}

/** As text, without what changes offsets alone. */
const plainly = (part: unknown): string =>
  JSON.stringify(part, (key, value: unknown) =>
    key === 'trim_offsets'
      ? undefined
      : isRecord(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  );

/** The bytes that ByteLevel's printable stand-ins stand for. */
function bytesOf(token: string): Uint8Array {
  return Uint8Array.from(token, (symbol) => {
    const byte = BYTES.get(symbol);
    if (byte === undefined)
      throw new PolicyError(`${symbol} stands for no byte.`, 'Use a complete tokenizer.json.');
    return byte;
  });
}

const isPrintable = (b: number): boolean =>
  (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
/** Printable Latin-1 stands for itself, the other bytes for U+0100 and on, in order. */
const BYTES: ReadonlyMap<string, number> = new Map(
  (() => {
    let next = 0x100;
    return Array.from(
      { length: 256 },
      (_, b) => [String.fromCodePoint(isPrintable(b) ? b : next++), b] as const,
    );
  })(),
);

/** As llama.cpp reads the pieces of such a vocabulary: ASCII as it is, other bytes as `\xhh`. */
const escaped = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (char === '\\') return '\\\\';
    return byte >= 0x20 && byte < 0x7f ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  }).join('');
