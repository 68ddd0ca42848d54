/** What a wait is for and when it ends, on cases worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { WritingProgress } from '../../../src/learner/protocol.ts';
import { countedOf, secondsLeft, shareWritten } from '../../../src/ui/view/waiting.ts';

const writing = (done: number, plan: WritingProgress['plan'] = null): WritingProgress => ({
  tokens: 0,
  done,
  plan,
  rows: [],
});
const base = (answers: number | null): WritingProgress['plan'] => ({ which: 'base', programs: 160, answers });

describe('what is counted', () => {
  test('a step counts its rollouts', () => {
    expect(countedOf(writing(5), 64)).toEqual({ kind: 'rollouts', done: 5, of: 64 });
    expect(countedOf(null, 64)).toBeNull();
    expect(countedOf(writing(5), null)).toBeNull();
    // Groups that taught nothing are sampled again: more are written than were planned.
    expect(countedOf(writing(70), 64)).toEqual({ kind: 'rollouts', done: 64, of: 64 });
  });

  test('a measurement counts its programs, then its answers', () => {
    expect(countedOf(writing(37, base(null)), 64)).toEqual({ kind: 'programs', done: 37, of: 160 });
    expect(countedOf(writing(160, base(null)), null)).toEqual({ kind: 'answers', done: 0, of: null });
    expect(countedOf(writing(172, base(84)), null)).toEqual({ kind: 'answers', done: 12, of: 84 });
  });

  test('its share is over both', () => {
    expect(shareWritten(writing(61, base(84)), null)).toBeCloseTo(0.25, 10);
    expect(shareWritten(writing(80, base(null)), null)).toBeCloseTo(0.25, 10);
    expect(shareWritten(writing(16), 64)).toBe(0.25);
    expect(shareWritten(writing(16), null)).toBeNull();
  });
});

describe('seconds left', () => {
  test('at the pace so far', () => {
    expect(secondsLeft(0.25, 10, null)).toBe(30);
    expect(secondsLeft(1, 10, null)).toBe(0);
  });

  test('nothing is said before anything tells', () => {
    expect(secondsLeft(null, 10, null)).toBeNull();
    expect(secondsLeft(0.01, 10, null)).toBeNull();
  });

  test('last time counts until today’s pace does, and is never below nothing', () => {
    expect(secondsLeft(0.1, 5, 20)).toBe(15);
    expect(secondsLeft(0.1, 25, 20)).toBe(0);
    expect(secondsLeft(0.5, 5, 20)).toBe(5);
  });
});
