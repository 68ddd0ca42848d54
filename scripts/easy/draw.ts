/** Seeded inputs of the easy tasks, as Python literals. */
import type { Random } from '../../src/base/random.ts';

export interface Draw {
  int(from: number, to: number): string;
  /** A list of `least` to `most` numbers, repetitions likely. */
  ints(least: number, most: number): string;
  /** A list of different numbers, some of them twice. */
  distinct(least: number, most: number): string;
  word(least: number, most: number): string;
  words(least: number, most: number): string;
  sentence(): string;
  /** A palindrome every other time. */
  palindrome(): string;
}

export function drawFrom(random: Random): Draw {
  const between = (from: number, to: number): number => from + random.int(to - from + 1);
  const many = <T>(least: number, most: number, one: () => T): T[] =>
    Array.from({ length: between(least, most) }, one);
  const letters = (least: number, most: number): string =>
    many(least, most, () => random.pick([...'abceilnort'])).join('');
  const quoted = (text: string): string => `'${text}'`;
  return {
    int: (from, to) => String(between(from, to)),
    ints: (least, most) => `[${many(least, most, () => between(-9, 9)).join(', ')}]`,
    distinct(least, most) {
      const chosen = random
        .shuffle(Array.from({ length: 19 }, (_, i) => i - 9))
        .slice(0, between(least, most));
      return `[${random.shuffle([...chosen, ...chosen.slice(0, random.int(2))]).join(', ')}]`;
    },
    word: (least, most) => quoted(letters(least, most)),
    words: (least, most) => `[${many(least, most, () => quoted(letters(1, 6))).join(', ')}]`,
    sentence: () => quoted(many(0, 5, () => letters(1, 6)).join(' ')),
    palindrome() {
      const half = letters(0, 4);
      const mirrored = [...half].reverse().join('');
      return quoted(random.int(2) === 0 ? half + mirrored : letters(1, 7));
    },
  };
}
