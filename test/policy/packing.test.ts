/**
 * Packing, for any sequences: nothing lost, nothing overlapping, values come back where they went in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../src/policy/errors.ts';
import {
  collectCompletions,
  pack,
  packedShape,
  scatterCompletions,
  type PackedBatch,
} from '../../src/policy/packing.ts';
import type { Sequence } from '../../src/policy/types.ts';

const token = fc.integer({ min: 1, max: 49 });
const sequences = fc.array(
  fc.record({
    prompt: fc.array(token, { minLength: 1, maxLength: 40 }),
    completion: fc.array(token, { minLength: 0, maxLength: 24 }),
  }),
  { minLength: 1, maxLength: 30 },
);
const shapes = fc.record({ rows: fc.integer({ min: 1, max: 5 }), time: fc.constantFrom(64, 100, 128) });
const CASES = { numRuns: 200 };

const lengthOf = ({ prompt, completion }: Sequence): number => prompt.length + completion.length;
const at = (batch: PackedBatch, row: number, time: number): number => row * batch.time + time;

describe('packing, for any sequences', () => {
  it('places every sequence once, whole, with its own segment number and its next tokens as targets', () => {
    fc.assert(
      fc.property(sequences, shapes, (all, shape) => {
        const batches = pack(all, shape);
        const placed = batches.flatMap(({ placements }) => placements.map(({ sequence }) => sequence));
        expect([...placed].sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
        for (const batch of batches) {
          expect([batch.rows, batch.time]).toEqual([shape.rows, shape.time]);
          const owner = new Map<number, number>();
          for (const { sequence, row, offset } of batch.placements) {
            const { prompt, completion } = all[sequence]!;
            const tokens = [...prompt, ...completion];
            expect(offset + tokens.length).toBeLessThanOrEqual(shape.time);
            const segment = batch.segments[at(batch, row, offset)];
            expect(segment).toBeGreaterThan(0);
            tokens.forEach((id, i) => {
              const place = at(batch, row, offset + i);
              expect(owner.has(place)).toBe(false);
              owner.set(place, sequence);
              expect([Number(batch.ids[place]), batch.segments[place]]).toEqual([id, segment]);
              expect(Number(batch.targets[place])).toBe(tokens[i + 1] ?? 0);
            });
          }
          for (let place = 0; place < batch.segments.length; place++) {
            if (!owner.has(place)) expect(batch.segments[place]).toBe(0);
          }
          const numbers = batch.placements.map(
            ({ row, offset }) => `${row}:${batch.segments[at(batch, row, offset)]}`,
          );
          expect(new Set(numbers).size, 'no segment number twice in a row').toBe(numbers.length);
        }
      }),
      CASES,
    );
  });

  it('brings back what was spread, and spreads nothing outside completions', () => {
    fc.assert(
      fc.property(sequences, shapes, (all, shape) => {
        const values = all.map(({ completion }, i) => completion.map((_, t) => i + t / 64 + 1));
        for (const batch of pack(all, shape)) {
          const spread = scatterCompletions(batch, all, (i) => values[i]!);
          const count = batch.placements.reduce((sum, { sequence }) => sum + values[sequence]!.length, 0);
          expect(spread.filter((value) => value !== 0)).toHaveLength(count);
          for (const [sequence, back] of collectCompletions(batch, all, spread)) {
            expect(Array.from(back)).toEqual(values[sequence]);
          }
        }
      }),
      CASES,
    );
  });

  it('is a function of the lengths, and no emptier than half', () => {
    fc.assert(
      fc.property(sequences, shapes, (all, shape) => {
        const again = all.map(({ prompt, completion }) => ({
          prompt: prompt.map(() => 1),
          completion: completion.map(() => 2),
        }));
        const placements = (of: readonly Sequence[]) => pack(of, shape).map((batch) => batch.placements);
        expect(placements(again)).toEqual(placements(all));
        // First fit leaves at most one row half empty.
        const rows = pack(all, shape).reduce(
          (sum, { placements: p }) => sum + new Set(p.map(({ row }) => row)).size,
          0,
        );
        const tokens = all.reduce((sum, sequence) => sum + lengthOf(sequence), 0);
        expect(rows).toBeLessThanOrEqual(Math.ceil((2 * tokens) / shape.time) + 1);
      }),
      CASES,
    );
  });
});

describe('packed shapes', () => {
  it('hold the longest sequence, up to the context and no further', () => {
    for (let longest = 1; longest <= 256; longest++) {
      const { rows, time } = packedShape(longest, 256);
      expect(time).toBeGreaterThanOrEqual(longest);
      expect(rows).toBeGreaterThanOrEqual(1);
    }
    expect(() => packedShape(257, 256)).toThrow(RequestError);
    expect(() => packedShape(5000, 10000)).toThrow(RequestError);
  });
});
