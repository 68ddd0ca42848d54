/**
 * Sentences with marks, so that a catalogue can bind words to a figure without holding components:
 * `[phrase](key)` lights up the parts of the figure that carry the key, `*word*{entry}` is a field term
 * at its first use with its entry of the glossary, `` `text` `` is code. Not Markdown; nothing nests.
 */

export type RichPiece =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  /** `entry`: its place in the glossary. */
  | { readonly kind: 'term'; readonly text: string; readonly entry: string | null }
  /** `after`: the punctuation that must stay with the phrase. */
  | { readonly kind: 'phrase'; readonly text: string; readonly key: string; readonly after: string };

const MARK =
  /\[(?<phrase>[^\]]+)\]\((?<key>[\w-]+)\)|\*(?<term>[^*\s][^*]*)\*(?:\{(?<entry>[\w-]+)\})?|`(?<code>[^`]+)`/g;

/** Pieces in order; text that carries no mark stays as it is. */
export function parseRich(source: string): readonly RichPiece[] {
  const pieces: RichPiece[] = [];
  let at = 0;
  for (const { index, 0: whole, groups = {} } of source.matchAll(MARK)) {
    if (index > at) pieces.push({ kind: 'text', text: source.slice(at, index) });
    const { phrase, key, term, entry, code } = groups;
    const after =
      phrase === undefined
        ? ''
        : (/^[.,:;!?。，：；！？、）)]+/u.exec(source.slice(index + whole.length))?.[0] ?? '');
    if (phrase !== undefined && key !== undefined) pieces.push({ kind: 'phrase', text: phrase, key, after });
    else if (term !== undefined) pieces.push({ kind: 'term', text: term, entry: entry ?? null });
    else if (code !== undefined) pieces.push({ kind: 'code', text: code });
    at = index + whole.length + after.length;
  }
  if (at < source.length) pieces.push({ kind: 'text', text: source.slice(at) });
  return pieces;
}

/** Keys of the phrases of a sentence. */
export const phraseKeys = (source: string): readonly string[] =>
  parseRich(source).flatMap((piece) => (piece.kind === 'phrase' ? [piece.key] : []));
