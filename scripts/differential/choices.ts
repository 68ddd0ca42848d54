/**
 * A stream of choices that a program is built from: fast-check makes and shrinks the
 * numbers, and a smaller number is a simpler part. Knows nothing of programs.
 */
import fc from 'fast-check';

export class Choices {
  private at = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** A number from 0 to below `count`; 0 when the stream is used up. */
  below(count: number): number {
    const number = this.numbers[this.at++] ?? 0;
    return number % count;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** True in `share` of 100 cases; false when the stream is used up. */
  chance(share: number): boolean {
    return this.below(100) >= 100 - share;
  }

  /** Whether numbers are left: where none are, a program should come to its end. */
  get isSpent(): boolean {
    return this.at >= this.numbers.length;
  }
}

/** Streams long enough for a function of some 20 statements. */
export const choiceStreams: fc.Arbitrary<number[]> = fc.array(fc.nat(99_999), {
  minLength: 5,
  maxLength: 160,
  size: 'max',
});
