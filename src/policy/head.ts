/**
 * How the vocabulary is cut, so that logits of many tokens over a large one never exist at once. The statistics over the pieces are in
 * graphs/vocabulary.ts.
 */
import type { Architecture } from './architecture.ts';
import type { LinearWeight } from './weights.ts';

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

/** Rows `first` to `first + count` of a weight; shares its memory. */
export function rowsOf(weight: LinearWeight, first: number, count: number): LinearWeight {
  if (weight.kind === 'dense') {
    const { inFeatures, data } = weight;
    const rows = data.subarray(first * inFeatures, (first + count) * inFeatures);
    return { kind: 'dense', outFeatures: count, inFeatures, data: rows };
  }
  const { bits, block, inFeatures, quants, scales, offsets } = weight.blocks;
  const cut = <T extends Uint8Array | Float32Array>(values: T, perRow: number): T =>
    values.subarray(first * perRow, (first + count) * perRow) as T;
  return {
    kind: 'quantised',
    blocks: {
      bits,
      block,
      outFeatures: count,
      inFeatures,
      quants: cut(quants, (inFeatures * bits) / 8),
      scales: cut(scales, inFeatures / block),
      ...(offsets && { offsets: cut(offsets, inFeatures / block) }),
    },
  };
}
