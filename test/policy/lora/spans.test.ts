/**
 * Laying sequences out, for any of them: each token sees what it would see alone and nothing else, nothing is
 * lost, nothing is computed twice that a batch can share, and values come back where they went in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  collectCompletions,
  packSpans,
  scatterCompletions,
  type SpanBatch,
} from '../../../src/policy/lora/spans.ts';
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
const limits = fc.record({
  tokens: fc.integer({ min: 1, max: 300 }),
  pairs: fc.integer({ min: 1, max: 30_000 }),
  rounding: fc.constantFrom('none' as const, 'few sizes' as const),
});
const CASES = { numRuns: 80 };

/** What a place of the rectangle of own parts looks at, as ids, by the rule of the mask. */
function seenFrom(batch: SpanBatch, place: number): number[] {
  const { own, spanLength, promptLength } = batch;
  const [span, at] = [Math.floor(place / spanLength), place % spanLength];
  const before = Array.from({ length: batch.promptTokens[span]! }, (_, i) => {
    const prompt = batch.promptOf[span]! * promptLength + i;
    if (batch.inPrompt[prompt] !== 1) throw new Error(`place ${prompt} of the prompts holds no token`);
    return batch.ids[own + batch.toPrompt[prompt]!]!;
  });
  const after = Array.from({ length: at + 1 }, (_, i) => batch.ids[batch.toSpan[span * spanLength + i]!]!);
  return [...before, ...after];
}

describe('sequences laid out, any of them', () => {
  it('let each completion token see what it would see alone, in order, and nothing else', () => {
    fc.assert(
      fc.property(sequences, limits, (all, limit) => {
        const batches = packSpans(all, limit);
        const placed = batches.flatMap(({ placements }) => placements.map(({ sequence }) => sequence));
        expect([...placed].sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
        for (const batch of batches) {
          const taken = new Set<number>();
          for (const { sequence, start } of batch.placements) {
            const { prompt, completion: own } = all[sequence]!;
            const tokens = [...prompt, ...own];
            for (let i = 0; i <= own.length; i++) {
              const place = batch.fromSpan[start + i]!;
              taken.add(place);
              const said = [batch.inSpan, batch.toSpan, batch.positions].map((list) => list[place]);
              const wanted = [1, start + i, prompt.length - 1 + i, tokens[prompt.length + i] ?? 0];
              if ([...said, batch.targets[start + i]].join() !== wanted.join())
                expect([...said, batch.targets[start + i]]).toEqual(wanted);
              const seen = seenFrom(batch, place);
              if (seen.join() !== tokens.slice(0, prompt.length + i).join())
                expect(seen).toEqual(tokens.slice(0, prompt.length + i));
            }
          }
          expect(batch.inSpan.reduce((sum, one) => sum + one, 0)).toBe(taken.size);
        }
      }),
      CASES,
    );
  });

  it('give what is padding in the list to padding in the rectangles, which has no gradient', () => {
    fc.assert(
      fc.property(sequences, limits, (all, limit) => {
        for (const batch of packSpans(all, limit)) {
          const owned = batch.placements.reduce(
            (sum, { sequence }) => sum + all[sequence]!.completion.length + 1,
            0,
          );
          const filler = (from: Int32Array, real: number, isIn: Float32Array): boolean =>
            from.slice(real).every((place) => isIn[place] === 0);
          expect(filler(batch.fromSpan, owned, batch.inSpan)).toBe(true);
          const shared = batch.inPrompt.reduce((sum, one) => sum + one, 0);
          expect(filler(batch.fromPrompt, shared, batch.inPrompt)).toBe(true);
          const back = batch.fromPrompt.slice(0, shared).map((place) => batch.toPrompt[place]!);
          expect([...back]).toEqual([...back.keys()]);
          expect(batch.spans * batch.spanLength).toBe(batch.toSpan.length);
          expect(batch.prompts * batch.promptLength).toBe(batch.toPrompt.length);
        }
      }),
      CASES,
    );
  });

  it('stay under the limits, but for a sequence that is longer by itself', () => {
    fc.assert(
      fc.property(sequences, limits, (all, { tokens, pairs }) => {
        for (const batch of packSpans(all, { tokens, pairs })) {
          const { own, shared, spans, spanLength, prompts, promptLength } = batch;
          if (batch.placements.length === 1) continue;
          // A batch without a shared prompt has one of a token that nothing looks at.
          expect(own + shared - 1).toBeLessThanOrEqual(tokens);
          const attended = spans * spanLength * (promptLength + spanLength) + prompts * promptLength ** 2;
          const without = batch.inPrompt.includes(1) ? 0 : spans * spanLength + 1;
          expect(attended - without).toBeLessThanOrEqual(pairs);
        }
      }),
      CASES,
    );
  });

  it('hold a prompt once, and on a CPU no token that is none', () => {
    const prompt = Array.from({ length: 30 }, (_, i) => i + 1);
    const all = [5, 9, 2, 7].map((length) => ({ prompt, completion: Array<number>(length).fill(50) }));
    const [batch, ...more] = packSpans(all, { tokens: 100, pairs: 10_000 });
    expect(more).toEqual([]);
    expect([batch!.own, batch!.shared]).toEqual([4 + 23, 29]);
    expect([...batch!.ids].filter((id) => id === 1)).toHaveLength(1);
  });

  it('keep a group together where it fits, and split one that never does', () => {
    const group = (first: number, count: number): Sequence[] =>
      Array.from({ length: count }, () => ({ prompt: [first, 2, 3, 4], completion: [5, 6, 7] }));
    const batches = (all: readonly Sequence[], tokens: number) =>
      packSpans(all, { tokens, pairs: 1e9 }).map(({ placements }) =>
        placements.map(({ sequence }) => sequence),
      );
    // 3 + 3 x 4 tokens each.
    expect(batches([...group(8, 3), ...group(9, 3)], 25)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(batches([...group(8, 3), ...group(9, 3)], 30)).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect(batches(group(8, 5), 12)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('bring back what was spread, and spread nothing outside completions', () => {
    fc.assert(
      fc.property(sequences, limits, (all, limit) => {
        const values = all.map(({ completion: c }, i) => c.map((_, t) => i + t / 64 + 1));
        for (const batch of packSpans(all, limit)) {
          const spread = scatterCompletions(batch, (i) => values[i]!);
          const count = batch.placements.reduce((sum, { sequence }) => sum + values[sequence]!.length, 0);
          expect(spread.filter((value) => value !== 0)).toHaveLength(count);
          for (const [sequence, back] of collectCompletions(batch, all, spread))
            expect(Array.from(back)).toEqual(values[sequence]);
        }
      }),
      CASES,
    );
  });
});
