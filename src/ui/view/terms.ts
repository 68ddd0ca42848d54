/** Finds the terms of a glossary in a sentence. Data in, data out. */

export interface TermPiece<K extends string> {
  readonly text: string;
  /** Null: ordinary words. */
  readonly term: K | null;
}

const escape = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The sentence in pieces, each term's first place marked. Of words that begin alike the longest is taken.
 * @param words how a term may be written, and which term it is
 */
export function splitTerms<K extends string>(
  sentence: string,
  words: Readonly<Record<string, K>>,
): readonly TermPiece<K>[] {
  const longest = Object.keys(words).sort((a, b) => b.length - a.length);
  if (longest.length === 0) return [{ text: sentence, term: null }];
  // Letters on either side make it another word; Chinese has no spaces between words.
  const pattern = new RegExp(`(?<![A-Za-z])(?:${longest.map(escape).join('|')})(?![A-Za-z])`, 'g');
  const seen = new Set<K>();
  const pieces: TermPiece<K>[] = [];
  let at = 0;
  for (const { index, 0: found } of sentence.matchAll(pattern)) {
    const term = words[found]!;
    if (seen.has(term)) continue;
    seen.add(term);
    if (index > at) pieces.push({ text: sentence.slice(at, index), term: null });
    pieces.push({ text: found, term });
    at = index + found.length;
  }
  if (at < sentence.length) pieces.push({ text: sentence.slice(at), term: null });
  return pieces;
}
