/**
 * A SentencePiece vocabulary in a GGUF file, as the model part of a tokenizer.json:
 * `llama` merges pieces by their scores and falls back to bytes, `t5` chooses the
 * most probable pieces (unigram). tokenizer.ts puts the rest around it.
 */
import type { JsonObject } from '../../base/json-object.ts';

/** What stands for a space in pieces. */
const SPACE = '▁';

interface Pieces {
  readonly tokens: readonly string[];
  readonly scores: readonly number[];
  /** The id of what no piece stands for. */
  readonly unknown: number | undefined;
}

/**
 * Merges two at a time, the one whose result has the best score first; between equal
 * scores the one of the earlier pieces.
 */
function scoredMerges({ tokens, scores }: Pick<Pieces, 'tokens' | 'scores'>): readonly [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: {
    readonly pair: [string, string];
    readonly score: number;
    readonly left: number;
    readonly right: number;
  }[] = [];
  tokens.forEach((token, id) => {
    const chars = [...token];
    for (let cut = 1, left = chars[0] ?? ''; cut < chars.length; left += chars[cut++]!) {
      const right = token.slice(left.length);
      const [a, b] = [ids.get(left), ids.get(right)];
      if (a !== undefined && b !== undefined)
        merges.push({ pair: [left, right], score: scores[id]!, left: a, right: b });
    }
  });
  merges.sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right);
  return merges.map(({ pair }) => pair);
}

export function mergedModel({ tokens, scores, unknown }: Pieces): JsonObject {
  return {
    type: 'BPE',
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: scoredMerges({ tokens, scores }),
    byte_fallback: true,
    fuse_unk: true,
    unk_token: unknown === undefined ? null : tokens[unknown],
    ignore_merges: false,
    dropout: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
  };
}

export function unigramModel({ tokens, scores, unknown }: Pieces): JsonObject {
  return {
    type: 'Unigram',
    vocab: tokens.map((token, id) => [token, scores[id]!]),
    unk_id: unknown ?? 0,
    byte_fallback: false,
  };
}

/** Spaces become pieces, and a text begins with one where `addsSpace`. */
export const spaceNormalizer = (addsSpace: boolean): JsonObject => {
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: SPACE };
  return addsSpace
    ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: SPACE }, replace] }
    : replace;
};

/** Decodes pieces to text. The space that was put before a text is taken off again. */
export const spaceDecoder = (addsSpace: boolean): JsonObject => ({
  type: 'Sequence',
  decoders: [
    { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    ...(addsSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
  ],
});
