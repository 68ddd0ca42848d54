/**
 * Packs sequences of different lengths into rows of one static shape. Several share a row, kept apart
 * by segment numbers in the attention mask. Sequences with one prompt (the rollouts of a group) share
 * the prompt where they share a row: the prompt without its last token is one segment; its last token
 * with a completion is another, which looks at the first one as well. Every token sees what it would
 * see alone, at the distance it would have alone. Gradients of all completions meet in the prompt.
 */
import { RequestError } from '../errors.ts';
import type { Sequence } from '../types.ts';

export interface Placement {
  /** Index of the sequence in the request. */
  readonly sequence: number;
  readonly row: number;
  /** Where in the row its prompt's last token stands, which predicts the completion's first. */
  readonly start: number;
}

export interface PackedBatch {
  readonly rows: number;
  readonly sequenceLength: number;
  /** [rows, sequenceLength] */
  readonly ids: Int32Array;
  /** [rows * sequenceLength], of a token in its own sequence, from 0. */
  readonly positions: Int32Array;
  /** [rows, sequenceLength], 0 for padding, then 1, 2, ... within a row. */
  readonly segments: Float32Array;
  /**
   * [rows, sequenceLength], the segment that a token looks at besides its own: the
   * shared part of its prompt; -1 where there is none.
   */
  readonly prompts: Float32Array;
  /**
   * [rows * sequenceLength], the next token of the same sequence; 0 where there is
   * none, or where it depends on the sequence.
   */
  readonly targets: Int32Array;
  readonly placements: readonly Placement[];
}

/** Tokens of one micro-batch: large enough to fill the matrix units, small enough for a laptop's memory. */
export const MICRO_BATCH_TOKENS = 2048;
const SEQUENCE_LENGTHS = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];
/** Tokens of a row at most. */
export const LONGEST_ROW = SEQUENCE_LENGTHS.at(-1)!;

/**
 * The shape [rows, sequenceLength] of at most `tokens` for sequences up to `longest`
 * tokens, at least one row. There are few shapes, since each is a compiled graph.
 * @throws RequestError
 */
export function packedShape(
  longest: number,
  contextLength: number,
  tokens = MICRO_BATCH_TOKENS,
): { rows: number; sequenceLength: number } {
  const advice = 'Shorten the prompt or the completion budget.';
  if (longest > contextLength)
    throw new RequestError(
      `a sequence of ${longest} tokens does not fit a context of ${contextLength}`,
      advice,
    );
  const sequenceLength = SEQUENCE_LENGTHS.find((candidate) => candidate >= longest);
  if (sequenceLength === undefined)
    throw new RequestError(
      `a sequence of ${longest} tokens is longer than the ${LONGEST_ROW} that can be learned from or scored`,
      advice,
    );
  return { rows: Math.max(1, Math.floor(tokens / sequenceLength)), sequenceLength };
}

/** Rows up to this long are tried, so that more sequences share a prompt. */
export const SHARING_LENGTH = 256;

/** Lengths of rows that sequences may be packed into, the shortest first. @throws RequestError */
export function rowLengths(sequences: readonly Sequence[], contextLength: number): number[] {
  const { sequenceLength } = packedShape(Math.max(...sequences.map(lengthOf)), contextLength);
  return SEQUENCE_LENGTHS.filter(
    (candidate) =>
      candidate === sequenceLength || (candidate > sequenceLength && candidate <= SHARING_LENGTH),
  );
}

/**
 * The packing that takes the least work: tokens, padding included, and as much again for
 * rows of `attention` tokens, since attention grows with the row. The first of equals.
 */
export function cheapest(packings: readonly (readonly PackedBatch[])[], attention: number): PackedBatch[] {
  const work = (packing: readonly PackedBatch[]) =>
    packing.reduce(
      (sum, { rows, sequenceLength }) => sum + rows * sequenceLength * (1 + sequenceLength / attention),
      0,
    );
  return [...packings.reduce((best, next) => (work(next) < work(best) ? next : best))];
}

const lengthOf = ({ prompt, completion }: Sequence): number => prompt.length + completion.length;

/** Tokens of sequences with one prompt side by side. */
function sharedLength(sequences: readonly Sequence[], group: readonly number[]): number {
  const shared = sequences[group[0]!]!.prompt.length - 1;
  return group.reduce((sum, i) => sum + sequences[i]!.completion.length + 1, shared);
}

/** Indices of sequences with equal prompts, in the order of the request. */
function byPrompt(sequences: readonly Sequence[]): number[][] {
  const groups = new Map<string, number[]>();
  sequences.forEach(({ prompt }, index) => {
    const key = prompt.join();
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return [...groups.values()];
}

/** A row being filled: parts of groups, each with one prompt. */
interface Bin {
  used: number;
  readonly parts: Map<number, number[]>;
}

export interface PackingShape {
  /** Of a batch at most. */
  readonly rows: number;
  readonly sequenceLength: number;
  /** A row without a sequence costs as much as others. Where other sizes are dear, there are few of them. */
  readonly rounding?: 'none' | 'power of 2';
}

/**
 * First-fit decreasing, whole groups after one another; ties keep the request's
 * order. A row that holds a group's prompt already is tried first. The packing is a
 * function of the lengths and of which prompts are equal.
 * @param shape rows at most, of which batches have as many as are needed, rounded up by `rounding`
 */
export function pack(
  sequences: readonly Sequence[],
  { rows: most, sequenceLength, rounding = 'none' }: PackingShape,
): PackedBatch[] {
  const longer = (a: number, b: number) => lengthOf(sequences[b]!) - lengthOf(sequences[a]!) || a - b;
  const groups = byPrompt(sequences).map((group) => group.sort(longer));
  const lengths = groups.map((group) => sharedLength(sequences, group));
  const order = groups.map((_, g) => g).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const bins: Bin[] = [];
  for (const g of order) {
    for (const index of groups[g]!) {
      const whole = lengthOf(sequences[index]!);
      const own = sequences[index]!.completion.length + 1;
      let bin = bins.find(({ used, parts }) => parts.has(g) && used + own <= sequenceLength);
      const isShared = bin !== undefined;
      bin ??= bins.find(({ used, parts }) => !parts.has(g) && used + whole <= sequenceLength);
      if (!bin) bins.push((bin = { used: 0, parts: new Map() }));
      bin.used += isShared ? own : whole;
      bin.parts.set(g, [...(bin.parts.get(g) ?? []), index]);
    }
  }
  return Array.from({ length: Math.ceil(bins.length / most) }, (_, batch) => {
    const own = bins.slice(batch * most, (batch + 1) * most).map(({ parts }) => [...parts.values()]);
    const rows = rounding === 'none' ? own.length : 2 ** Math.ceil(Math.log2(own.length));
    return fill(sequences, own, Math.min(most, rows), sequenceLength);
  });
}

/** @param bins per row its parts, each some sequences with one prompt */
function fill(
  sequences: readonly Sequence[],
  bins: readonly (readonly (readonly number[])[])[],
  rows: number,
  sequenceLength: number,
): PackedBatch {
  const ids = new Int32Array(rows * sequenceLength);
  const positions = new Int32Array(rows * sequenceLength);
  const segments = new Float32Array(rows * sequenceLength);
  const prompts = new Float32Array(rows * sequenceLength).fill(-1);
  const targets = new Int32Array(rows * sequenceLength);
  const placements: Placement[] = [];
  bins.forEach((parts, row) => {
    let [next, segment] = [row * sequenceLength, 0];
    const write = (tokens: readonly number[], position: number, prompt: number): void => {
      segment++;
      tokens.forEach((token, i) => {
        ids[next] = token;
        positions[next] = position + i;
        segments[next] = segment;
        prompts[next] = prompt;
        targets[next] = tokens[i + 1] ?? 0;
        next++;
      });
    };
    for (const part of parts) {
      const { prompt } = sequences[part[0]!]!;
      // A sequence alone, or with a prompt of one token, is one segment.
      const shared = part.length > 1 ? prompt.length - 1 : 0;
      if (shared > 0) write(prompt.slice(0, shared), 0, -1);
      const of = shared > 0 ? segment : -1;
      for (const sequence of part) {
        placements.push({ sequence, row, start: next - row * sequenceLength + prompt.length - 1 - shared });
        write([...prompt.slice(shared), ...sequences[sequence]!.completion], shared, of);
      }
    }
  });
  return { rows, sequenceLength, ids, positions, segments, prompts, targets, placements };
}

/**
 * Where the log-probability of a sequence's first completion token stands in a [rows
 * * sequenceLength] vector.
 */
export const completionStart = (batch: PackedBatch, { row, start }: Placement): number =>
  row * batch.sequenceLength + start;

/** Spreads one value per completion token over a [rows * sequenceLength] vector, 0 elsewhere. */
export function scatterCompletions(
  batch: PackedBatch,
  values: (sequence: number) => ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(batch.rows * batch.sequenceLength);
  for (const placement of batch.placements) {
    const row = values(placement.sequence);
    const start = completionStart(batch, placement);
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
      const start = completionStart(batch, placement);
      return [
        placement.sequence,
        vector.slice(start * width, (start + sequence.completion.length) * width),
      ] as const;
    }),
  );
}

/**
 * The positions of a batch that completions are asked about, in order, padded with position
 * 0 to one of a few lengths. A large vocabulary makes every other position's logits a waste.
 */
export interface Places {
  readonly at: Int32Array;
  /** Of a [rows * sequenceLength] vector the values at the places. */
  take<T extends Float32Array | Int32Array>(vector: T): T;
  /** Values at the places back to a [rows * sequenceLength] vector, 0 elsewhere; `width` values each. */
  spread(values: Float32Array, width?: number): Float32Array;
}

export function completionPlaces(batch: PackedBatch, sequences: readonly Sequence[]): Places {
  const size = batch.rows * batch.sequenceLength;
  const real = batch.placements.flatMap((placement) => {
    const sequence = sequences[placement.sequence]!;
    const start = completionStart(batch, placement);
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
