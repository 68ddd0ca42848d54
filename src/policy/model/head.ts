/**
 * How the vocabulary is cut, so that logits of many tokens over a large one never exist at once. The statistics over the pieces are in
 * graphs/vocabulary.ts.
 */
import type { Architecture } from './architecture.ts';

/** Tokens of the vocabulary in one piece. */
export const HEAD_PIECE = 8192;

/** Whether logits are computed in pieces, and only where they are asked for. */
export const isLarge = ({ vocabSize }: Pick<Architecture, 'vocabSize'>): boolean => vocabSize > HEAD_PIECE;

/** Consecutive pieces of nearly equal size that cover the vocabulary. */
export function headPieces(vocabSize: number): readonly { readonly first: number; readonly size: number }[] {
  const count = Math.ceil(vocabSize / HEAD_PIECE);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * vocabSize) / count));
  return bounds.slice(0, -1).map((first, i) => ({ first, size: bounds[i + 1]! - first }));
}
