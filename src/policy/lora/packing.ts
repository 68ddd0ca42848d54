/**
 * Packs sequences of different lengths into rows of one static shape, for pretraining (what is scored and
 * learned from is laid out by spans.ts), and says how long a sequence may be. Several share a row, kept apart
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
const completionStart = (batch: PackedBatch, { row, start }: Placement): number =>
  row * batch.sequenceLength + start;

/** Spreads one value per completion token over a [rows * sequenceLength] vector, 0 elsewhere. */
export function spreadOverRows(
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
