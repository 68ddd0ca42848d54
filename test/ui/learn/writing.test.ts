/** A rollout that is written again by a clock: whoever touches it has it, and keeps it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WritingReplay } from '../../../src/ui/learn/writing.svelte.ts';

const rollout = (text: string) => [...text].map((piece) => ({ text: piece, probability: null }));
/** Forks at 1, 3 and 5 of the first, of the largest part each time. */
const rollouts = ['abcdef', 'abcdeg', 'abcxyz', 'abcdef', 'auvwxy'].map(rollout);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** The phrase of the chapter. */
const nextOne = (writing: WritingReplay) => writing.go(writing.nextFork ?? writing.forks[0] ?? 0);

test('its forks are led through in turn, and then from the first again', () => {
  const writing = new WritingReplay(rollouts);
  const seen = [0, 1, 2, 3].map(() => {
    nextOne(writing);
    return writing.at;
  });
  expect(writing.forks).toEqual([1, 3, 5]);
  expect(seen).toEqual([1, 3, 5, 1]);
});

test('the clock writes while nobody touches it', () => {
  const writing = new WritingReplay(rollouts);
  writing.begin();
  vi.advanceTimersByTime(500);
  expect(writing.at).toBe(3);
  expect(writing.playing).toBe(true);
});

test('a touch that leaves the pen where it is ends the clock', () => {
  const writing = new WritingReplay(rollouts);
  writing.begin();
  writing.take();
  vi.advanceTimersByTime(60_000);
  expect([writing.at, writing.playing]).toEqual([0, false]);
});

test.each([
  ['a place gone to', (writing: WritingReplay) => nextOne(writing), 1],
  ['a program chosen', (writing: WritingReplay) => writing.choose(2), 6],
  ['the hand on its slider', (writing: WritingReplay) => writing.take(), 0],
] as const)('%s before it comes into sight is not written over', (_name, touch, at) => {
  const writing = new WritingReplay(rollouts);
  touch(writing);
  writing.begin();
  vi.advanceTimersByTime(60_000);
  expect([writing.at, writing.playing]).toEqual([at, false]);
  // Asked to, it plays.
  writing.toggle();
  expect(writing.playing).toBe(true);
});
