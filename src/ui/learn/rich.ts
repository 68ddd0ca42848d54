/**
 * Sentences with marks, so that a catalogue can bind words to a figure without holding
 * components: `[phrase](key)` lights up the parts of the figure that carry the key, `*word*`
 * is a field term at its first use, `` `text` `` is code. Not Markdown; nothing nests.
 */

export type RichPiece =
  | { readonly kind: 'text' | 'term' | 'code'; readonly text: string }
  /** `after`: the punctuation that must stay with the phrase. */
  | { readonly kind: 'phrase'; readonly text: string; readonly key: string; readonly after: string };

const MARK = /\[(?<phrase>[^\]]+)\]\((?<key>[\w-]+)\)|\*(?<term>[^*\s][^*]*)\*|`(?<code>[^`]+)`/g;

/** Pieces in order; text that carries no mark stays as it is. */
export function parseRich(source: string): readonly RichPiece[] {
  const pieces: RichPiece[] = [];
  let at = 0;
  for (const { index, 0: whole, groups = {} } of source.matchAll(MARK)) {
    if (index > at) pieces.push({ kind: 'text', text: source.slice(at, index) });
    const { phrase, key, term, code } = groups;
    const after =
      phrase === undefined
        ? ''
        : (/^[.,:;!?。，：；！？、）)]+/u.exec(source.slice(index + whole.length))?.[0] ?? '');
    if (phrase !== undefined && key !== undefined) pieces.push({ kind: 'phrase', text: phrase, key, after });
    else if (term !== undefined) pieces.push({ kind: 'term', text: term });
    else if (code !== undefined) pieces.push({ kind: 'code', text: code });
    at = index + whole.length + after.length;
  }
  if (at < source.length) pieces.push({ kind: 'text', text: source.slice(at) });
  return pieces;
}

/** Keys of the phrases of a sentence. */
export const phraseKeys = (source: string): readonly string[] =>
  parseRich(source).flatMap((piece) => (piece.kind === 'phrase' ? [piece.key] : []));
