/**
 * Packs sequences of different lengths into rows of one static shape, several to a row, kept apart by segment numbers in the
 * attention mask. Rotary positions are relative, so a sequence may start anywhere in a row.
 */
import { RequestError } from './errors.ts';
import type { Sequence } from './types.ts';

export interface Placement {
  /** Index of the sequence in the request. */
  readonly sequence: number;
  readonly row: number;
  readonly offset: number;
}

export interface PackedBatch {
  readonly rows: number;
  readonly time: number;
  /** [rows, time] */
  readonly ids: Int32Array;
  /** [rows, time], 0 for padding, then 1, 2, ... within a row. */
  readonly segments: Float32Array;
  /** [rows * time], the next token of the same sequence; 0 where there is none. */
  readonly targets: Int32Array;
  readonly placements: readonly Placement[];
}

/** Tokens of one micro-batch: large enough to fill the matrix units, small enough for a laptop's memory. */
export const MICRO_BATCH_TOKENS = 2048;
const TIMES = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];
/** Tokens of a row at most. */
export const LONGEST_ROW = TIMES.at(-1)!;

/** The shape [rows, time] of at most `tokens` for sequences up to `longest` tokens, at least one row. Few shapes, since each is a compiled graph. */
export function packedShape(
  longest: number,
  contextLength: number,
  tokens = MICRO_BATCH_TOKENS,
): { rows: number; time: number } {
  // Rows twice the longest sequence waste little; attention grows with the row.
  const time = TIMES.find((candidate) => candidate >= longest);
  if (time === undefined || longest > contextLength) {
    throw new RequestError(
      `a sequence of ${longest} tokens does not fit a context of ${contextLength}`,
      'Shorten the prompt or the completion budget.',
    );
  }
  return { rows: Math.max(1, Math.floor(tokens / time)), time };
}

/** First-fit decreasing; ties keep the request's order, so the packing is a function of the lengths. */
export function pack(sequences: readonly Sequence[], shape: { rows: number; time: number }): PackedBatch[] {
  const { rows, time } = shape;
  const lengths = sequences.map(({ prompt, completion }) => prompt.length + completion.length);
  const order = lengths.map((_, index) => index).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const bins: { used: number; items: number[] }[] = [];
  for (const index of order) {
    const length = lengths[index]!;
    let bin = bins.find(({ used }) => used + length <= time);
    if (!bin) bins.push((bin = { used: 0, items: [] }));
    bin.items.push(index);
    bin.used += length;
  }
  const batches: PackedBatch[] = [];
  for (let first = 0; first < bins.length; first += rows) {
    batches.push(
      fill(
        sequences,
        bins.slice(first, first + rows).map(({ items }) => items),
        rows,
        time,
      ),
    );
  }
  return batches;
}

function fill(
  sequences: readonly Sequence[],
  bins: readonly (readonly number[])[],
  rows: number,
  time: number,
): PackedBatch {
  const ids = new Int32Array(rows * time);
  const segments = new Float32Array(rows * time);
  const targets = new Int32Array(rows * time);
  const placements: Placement[] = [];
  bins.forEach((items, row) => {
    let offset = 0;
    items.forEach((sequence, position) => {
      const tokens = [...sequences[sequence]!.prompt, ...sequences[sequence]!.completion];
      const start = row * time + offset;
      tokens.forEach((token, i) => {
        ids[start + i] = token;
        segments[start + i] = position + 1;
        if (i > 0) targets[start + i - 1] = token;
      });
      placements.push({ sequence, row, offset });
      offset += tokens.length;
    });
  });
  return { rows, time, ids, segments, targets, placements };
}

/** Where the log-probability of a sequence's first completion token stands in a [rows * time] vector. */
export function completionStart(
  batch: PackedBatch,
  { row, offset }: Placement,
  { prompt }: Sequence,
): number {
  return row * batch.time + offset + prompt.length - 1;
}

/** Spreads one value per completion token over a [rows * time] vector, 0 elsewhere. */
export function scatterCompletions(
  batch: PackedBatch,
  sequences: readonly Sequence[],
  values: (sequence: number) => ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(batch.rows * batch.time);
  for (const placement of batch.placements) {
    const row = values(placement.sequence);
    const start = completionStart(batch, placement, sequences[placement.sequence]!);
    for (let i = 0; i < row.length; i++) out[start + i] = row[i]!;
  }
  return out;
}

/** The inverse: per placed sequence, the values of its completion tokens. */
export function collectCompletions(
  batch: PackedBatch,
  sequences: readonly Sequence[],
  vector: Float32Array,
  width = 1,
): Map<number, Float32Array> {
  return new Map(
    batch.placements.map((placement) => {
      const sequence = sequences[placement.sequence]!;
      const start = completionStart(batch, placement, sequence);
      return [
        placement.sequence,
        vector.slice(start * width, (start + sequence.completion.length) * width),
      ] as const;
    }),
  );
}

/**
 * The positions of a batch that completions are asked about, in order, padded with position 0 to one of a few lengths. A large vocabulary
 * makes every other position's logits a waste.
 */
export interface Places {
  readonly at: Int32Array;
  /** Of a [rows * time] vector the values at the places. */
  take<T extends Float32Array | Int32Array>(vector: T): T;
  /** Values at the places back to a [rows * time] vector, 0 elsewhere; `width` values each. */
  spread(values: Float32Array, width?: number): Float32Array;
}

export function completionPlaces(batch: PackedBatch, sequences: readonly Sequence[]): Places {
  const size = batch.rows * batch.time;
  const real = batch.placements.flatMap((placement) => {
    const sequence = sequences[placement.sequence]!;
    const start = completionStart(batch, placement, sequence);
    return sequence.completion.map((_, i) => start + i);
  });
  const length = [size / 8, size / 4, size / 2].find((candidate) => candidate >= real.length) ?? size;
  const at = new Int32Array(length);
  at.set(real);
  return {
    at,
    take(vector) {
      const out = vector.slice(0, length) as typeof vector;
      at.forEach((place, i) => (out[i] = vector[place]!));
      // Padding repeats position 0 and must weigh nothing.
      return out.fill(0, real.length) as typeof vector;
    },
    spread(values, width = 1) {
      const out = new Float32Array(size * width);
      real.forEach((place, i) => out.set(values.subarray(i * width, (i + 1) * width), place * width));
      return out;
    },
  };
}
