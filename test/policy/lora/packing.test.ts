/**
 * Packing, for any sequences: nothing lost, nothing overlapping, values come back where they went in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../src/policy/errors.ts';
import { pack, packedShape, spreadOverRows, type PackedBatch } from '../../../src/policy/lora/packing.ts';
import type { Sequence } from '../../../src/policy/types.ts';

const token = fc.integer({ min: 1, max: 49 });
const completion = fc.array(token, { minLength: 0, maxLength: 24 });
/** Groups with one prompt, as rollouts have, in any order. */
const sequences = fc
  .array(
    fc.record({
      prompt: fc.array(token, { minLength: 1, maxLength: 40 }),
      completions: fc.array(completion, { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .chain((groups) => {
    const all = groups.flatMap(({ prompt, completions }) =>
      completions.map((c) => ({ prompt, completion: c })),
    );
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 5 }),
  sequenceLength: fc.constantFrom(64, 100, 128),
});
const CASES = { numRuns: 200 };

const lengthOf = ({ prompt, completion: c }: Sequence): number => prompt.length + c.length;

/** The places of a row that a place looks at, by the rule of the mask. */
function seenFrom({ segments, prompts, sequenceLength }: PackedBatch, row: number, from: number): number[] {
  const at = (place: number): number => row * sequenceLength + place;
  const own = [segments[at(from)], prompts[at(from)]];
  return Array.from({ length: from + 1 }, (_, place) => place).filter((p) => own.includes(segments[at(p)]));
}

describe('packing, for any sequences', () => {
  it('lets each completion token see what it would see alone, in order, and nothing else', () => {
    fc.assert(
      fc.property(sequences, shapes, (all, shape) => {
        const batches = pack(all, shape);
        const placed = batches.flatMap(({ placements }) => placements.map(({ sequence }) => sequence));
        expect([...placed].sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
        for (const batch of batches) {
          expect(batch.sequenceLength).toBe(shape.sequenceLength);
          expect(batch.rows).toBeLessThanOrEqual(shape.rows);
          expect(new Set(batch.placements.map(({ row }) => row)).size, 'no row without a sequence').toBe(
            batch.rows,
          );
          const [owned, used] = [new Set<number>(), new Set<number>()];
          for (const { sequence, row, start } of batch.placements) {
            const { prompt, completion: own } = all[sequence]!;
            const tokens = [...prompt, ...own];
            expect(start + own.length).toBeLessThan(shape.sequenceLength);
            for (let i = 0; i <= own.length; i++) {
              const place = row * shape.sequenceLength + start + i;
              expect(owned.has(place), 'a place of one sequence alone').toBe(false);
              owned.add(place);
              const seen = seenFrom(batch, row, start + i).map((other) => row * shape.sequenceLength + other);
              seen.forEach((other) => used.add(other));
              const until = prompt.length + i;
              expect(seen.map((place) => batch.ids[place])).toEqual(tokens.slice(0, until));
              expect(seen.map((place) => batch.positions[place])).toEqual([...tokens.slice(0, until).keys()]);
              expect(batch.targets[place]).toBe(tokens[until] ?? 0);
            }
          }
          for (let place = 0; place < batch.segments.length; place++) {
            if (used.has(place)) expect(batch.segments[place]).toBeGreaterThan(0);
            else expect(batch.segments[place]).toBe(0);
          }
          const numbers = batch.placements.map(
            ({ row, start }) => `${row}:${batch.segments[row * shape.sequenceLength + start]}`,
          );
          expect(new Set(numbers).size, 'no segment number twice in a row').toBe(numbers.length);
        }
      }),
      CASES,
    );
  });

  it('holds a prompt once in a row, whatever number of sequences has it', () => {
    const prompt = Array.from({ length: 30 }, (_, i) => i + 1);
    const all = [5, 9, 2, 7].map((length) => ({ prompt, completion: Array<number>(length).fill(50) }));
    const [batch, ...more] = pack(all, { rows: 1, sequenceLength: 64 });
    expect(more).toEqual([]);
    expect([...batch!.segments].filter((segment) => segment > 0)).toHaveLength(29 + 4 + 23);
    expect([...batch!.ids].filter((id) => id === 1)).toHaveLength(1);
  });

  it('takes as few rows as are needed, or few sizes', () => {
    const all = [1, 2, 3].map((id) => ({ prompt: [id, id], completion: Array<number>(60).fill(id) }));
    const rowsOf = (most: number, rounding?: 'power of 2') =>
      pack(all, { rows: most, sequenceLength: 64, ...(rounding && { rounding }) }).map(({ rows }) => rows);
    expect([rowsOf(16), rowsOf(2), rowsOf(1)]).toEqual([[3], [2, 1], [1, 1, 1]]);
    expect([rowsOf(16, 'power of 2'), rowsOf(2, 'power of 2')]).toEqual([[4], [2, 1]]);
    expect(rowsOf(3, 'power of 2')).toEqual([3]);
  });

  it('spreads values over completions and nothing outside of them', () => {
    fc.assert(
      fc.property(sequences, shapes, (all, shape) => {
        const values = all.map(({ completion: c }, i) => c.map((_, t) => i + t / 64 + 1));
        for (const batch of pack(all, shape)) {
          const spread = spreadOverRows(batch, (i) => values[i]!);
          const count = batch.placements.reduce((sum, { sequence }) => sum + values[sequence]!.length, 0);
          expect(spread.filter((value) => value !== 0)).toHaveLength(count);
          for (const { sequence, row, start } of batch.placements) {
            const at = row * shape.sequenceLength + start;
            expect([...spread.slice(at, at + values[sequence]!.length)]).toEqual(values[sequence]);
          }
        }
      }),
      CASES,
    );
  });

  it('is a function of the lengths and of equal prompts, and no emptier than half', () => {
    fc.assert(
      fc.property(sequences, shapes, (all, shape) => {
        const again = all.map(({ prompt, completion: c }) => ({
          prompt: prompt.map((id) => id + 50),
          completion: c.map(() => 2),
        }));
        const placements = (of: readonly Sequence[]) => pack(of, shape).map((batch) => batch.placements);
        expect(placements(again)).toEqual(placements(all));
        // First fit leaves at most one row half empty.
        const rows = pack(all, shape).reduce(
          (sum, { placements: p }) => sum + new Set(p.map(({ row }) => row)).size,
          0,
        );
        const tokens = all.reduce((sum, sequence) => sum + lengthOf(sequence), 0);
        expect(rows).toBeLessThanOrEqual(Math.ceil((2 * tokens) / shape.sequenceLength) + 1);
      }),
      CASES,
    );
  });
});

describe('packed shapes', () => {
  it('hold the longest sequence, up to the context and no further', () => {
    for (let longest = 1; longest <= 256; longest++) {
      const { rows, sequenceLength } = packedShape(longest, 256);
      expect(sequenceLength).toBeGreaterThanOrEqual(longest);
      expect(rows).toBeGreaterThanOrEqual(1);
    }
    expect(() => packedShape(257, 256)).toThrow(RequestError);
  });

  it('hold what a long context can sample, one sequence to a row', () => {
    expect(packedShape(2100, 8192)).toEqual({ rows: 1, sequenceLength: 3072 });
    for (const longest of [2049, 3073, 5000, 8192]) {
      const { rows, sequenceLength } = packedShape(longest, 8192);
      expect(rows).toBe(1);
      expect(sequenceLength).toBeGreaterThanOrEqual(longest);
      expect(sequenceLength).toBeLessThanOrEqual(8192);
    }
  });

  it('name the limit that is passed: the context, or what a row may hold', () => {
    expect(() => packedShape(8193, 8192)).toThrow(/8193 tokens does not fit a context of 8192/);
    expect(() => packedShape(8193, 32_768)).toThrow(RequestError);
    expect(() => packedShape(8193, 32_768)).toThrow(/8193 tokens .* 8192/);
    expect(() => packedShape(8193, 32_768)).not.toThrow(/context/);
  });
});
