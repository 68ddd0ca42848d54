/**
 * The weights of a model in host memory, as the graphs take them: matrices dense or
 * in blocks, biases and norms, by name. Names are those of a transformers checkpoint
 * without the leading `model.`. files/read-weights.ts reads them from files.
 */
import type { BlockQuantised } from '../../tensor/ops/matmul.ts';
import type { Architecture } from './architecture.ts';
import { dequantise } from './quantise.ts';

/** A linear map, [outFeatures, inFeatures] row-major when dense. */
export type LinearWeight =
  | {
      readonly kind: 'dense';
      readonly outFeatures: number;
      readonly inFeatures: number;
      readonly data: Float32Array;
    }
  | { readonly kind: 'quantised'; readonly blocks: BlockQuantised };

/** What became of one matrix of the file. */
export interface MatrixReport {
  readonly name: string;
  /** As the file has it: `BF16`, `Q4_1`, `int4`. */
  readonly stored: string;
  readonly held: 'fp32' | 'int4' | 'int8';
  /** |held - stored| / |stored|; 0 where it was taken over without loss. */
  readonly error: number;
}

export interface Weights {
  readonly architecture: Architecture;
  /** Layer linears by full name, e.g. `layers.0.mlp.up_proj`. */
  readonly linears: ReadonlyMap<string, LinearWeight>;
  /** Matrices that `linears` are parts of (joined.ts), by their names. */
  readonly joined?: ReadonlyMap<string, LinearWeight>;
  /** Biases by linear name, where the architecture has them. */
  readonly biases: ReadonlyMap<string, Float32Array>;
  /** Norms of the layers and the last one, by name. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** [vocabSize, hiddenSize] */
  readonly embedding: LinearWeight;
  /** [vocabSize, hiddenSize]; the embedding itself when tied. */
  readonly head: LinearWeight;
  /** Size of the checkpoint, bytes. */
  readonly bytes: number;
  readonly report: readonly MatrixReport[];
}

/** How matrices are held: as they are stored, or converted. */
export type LinearFormat = 'stored' | 'fp32' | 'int4' | 'int8';

/**
 * Tables of at most this many values are held dense: a copy per graph is cheap, and
 * looking rows up is faster.
 */
export const DENSE_TABLE_VALUES = 1 << 21;

/**
 * [outFeatures, inFeatures] as float32, of it values `begin` to `end`; absent: all.
 * Dense weights share their memory.
 */
export const dense = (weight: LinearWeight, begin?: number, end?: number): Float32Array =>
  weight.kind === 'dense' ? weight.data.subarray(begin, end) : dequantise(weight.blocks, begin, end);

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
