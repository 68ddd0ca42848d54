/**
 * The tokenizer inside a GGUF file, turned into the two files that transformers would
 * have for it: byte-level BPE (`gpt2`) with the pre-tokenizer of a supported model,
 * or SentencePiece (`llama`, `t5`). A file that holds a whole tokenizer.json is read by
 * that. tokenizer/tokenizer.ts reads the two files.
 */
import { isRecord } from '../../base/is-record.ts';
import { PolicyError } from '../errors.ts';
import type { GgufHeader } from './header.ts';
import type { JsonObject } from '../../base/json-object.ts';
import { byteLevel, PRE_TOKENIZERS } from './pre-tokenizers.ts';
import { CONTROL, UNKNOWN, USER_DEFINED } from './token-types.ts';
import { HUGGINGFACE_JSON } from './write-tokenizer.ts';
import { mergedModel, spaceDecoder, spaceNormalizer, unigramModel } from './sentencepiece.ts';

function refuse(name: string, what: string): never {
  throw new PolicyError(
    `${name}: ${what} is not supported.`,
    `Supported: byte-level BPE (gpt2) with ${Object.keys(PRE_TOKENIZERS).join(', ')}; SentencePiece (llama, t5). Another tokenizer can be read from a folder with tokenizer.json.`,
  );
}

export interface TokenizerFiles {
  readonly tokenizerJson: JsonObject;
  readonly tokenizerConfig: JsonObject;
  /** Tokens that end a text or a turn. */
  readonly endIds: readonly number[];
}

/** @throws PolicyError when the tokenizer is of another kind or incomplete */
export function tokenizerOfGguf({ metadata }: GgufHeader, name: string): TokenizerFiles {
  const model = metadata['tokenizer.ggml.model'];
  const of = (key: string): unknown => metadata[`tokenizer.ggml.${key}`];
  const list = (key: string): readonly unknown[] => {
    const value = of(key);
    if (Array.isArray(value)) return value;
    throw new PolicyError(`${name}: tokenizer.ggml.${key} is missing`, 'Use a complete model file.');
  };
  const tokens = list('tokens').map(String);
  const types = list('token_type').map(Number);
  const idAt = (key: string): number | undefined => {
    const id = of(key);
    return typeof id === 'number' && id < tokens.length ? id : undefined;
  };
  const tokenAt = (key: string): string | undefined => tokens[idAt(key) ?? -1];
  const isMarked = (...marks: readonly number[]) => marks.includes.bind(marks);
  const [isAdded, isSpecial] = [isMarked(CONTROL, USER_DEFINED, UNKNOWN), isMarked(CONTROL, UNKNOWN)];
  const added = tokens.flatMap((content, id) =>
    isAdded(types[id]!) && content !== ''
      ? [
          {
            id,
            content,
            special: isSpecial(types[id]!),
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
          },
        ]
      : [],
  );
  const own = ownJson(metadata[HUGGINGFACE_JSON], name);
  const parts = own
    ? { ...own, addsBos: undefined }
    : model === 'gpt2'
      ? bytePairs(of, tokens, list('merges').map(String), name)
      : model === 'llama' || model === 't5'
        ? sentencePieces(
            of,
            model,
            { tokens, scores: list('scores').map(Number), unknown: idAt('unknown_token_id') },
            name,
          )
        : refuse(name, `its tokenizer ${JSON.stringify(model)}`);
  const { addsBos, ...json } = parts;
  const saysBos = of('add_bos_token');
  const template = metadata['tokenizer.chat_template'];
  const ends = ['eos', 'eot', 'eom'].flatMap((end) => idAt(`${end}_token_id`) ?? []);
  return {
    tokenizerJson: { version: '1.0', added_tokens: added, post_processor: null, ...json },
    tokenizerConfig: {
      eos_token: tokenAt('eos_token_id') ?? tokens[ends[0] ?? -1],
      bos_token: tokenAt('bos_token_id'),
      unk_token: tokenAt('unknown_token_id'),
      add_bos_token: typeof saysBos === 'boolean' ? saysBos : addsBos,
      split_special_tokens: of('split_special_tokens') === true,
      ...(typeof template === 'string' && { chat_template: template }),
    },
    endIds: ends,
  };
}

/** The tokenizer.json that a file holds, or null. @throws PolicyError where it is none */
function ownJson(text: unknown, name: string): JsonObject | null {
  if (typeof text !== 'string') return null;
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json)) return json;
  } catch {
    // Said below.
  }
  throw new PolicyError(`${name}: its ${HUGGINGFACE_JSON} is no JSON object`, 'Use a complete model file.');
}

type Parts = JsonObject & { readonly addsBos: boolean | undefined };

function bytePairs(
  of: (key: string) => unknown,
  tokens: readonly string[],
  merges: readonly string[],
  name: string,
): Parts {
  const preName = of('pre') ?? 'gpt-2';
  const pre = Object.hasOwn(PRE_TOKENIZERS, String(preName)) ? PRE_TOKENIZERS[String(preName)] : undefined;
  if (!pre) return refuse(name, `its pre-tokenizer ${JSON.stringify(preName)}`);
  return {
    addsBos: pre.addsBos ?? false,
    normalizer: pre.normalizer ?? null,
    pre_tokenizer: pre.pre,
    decoder: byteLevel(true),
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
      ignore_merges: pre.ignoreMerges ?? false,
      byte_fallback: false,
      fuse_unk: false,
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
    },
  };
}

function sentencePieces(
  of: (key: string) => unknown,
  model: 'llama' | 't5',
  pieces: Parameters<typeof mergedModel>[0],
  name: string,
): Parts {
  if (of('precompiled_charsmap') !== undefined) refuse(name, 'a table of characters (precompiled_charsmap)');
  if (of('remove_extra_whitespaces') === true) refuse(name, 'taking spaces out (remove_extra_whitespaces)');
  const addsSpace = of('add_space_prefix') !== false;
  return {
    addsBos: model === 'llama',
    normalizer: spaceNormalizer(addsSpace),
    pre_tokenizer: null,
    decoder: spaceDecoder(addsSpace),
    model: model === 'llama' ? mergedModel(pieces) : unigramModel(pieces),
  };
}
