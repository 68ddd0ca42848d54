/** What a program can make the host do with its answer takes no longer than the answer is large. */
import { describe, expect, test } from 'vitest';
import { isBeyond } from '../../src/sandbox/bounds.ts';
import { equalValues, type Equality } from '../../src/sandbox/equal.ts';
import { decodeValue } from '../../src/sandbox/decode-value.ts';
import type { Value } from '../../src/sandbox/value.ts';

const modes: readonly Equality[] = ['strict', 'coderlplus', 'python'];
const int = (value: number): Value => ({ type: 'int', value });
const seconds = (work: () => void): number => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

/** Level on level: a dict with one entry, or a set with one member, that holds the next. */
const nested = (levels: number, innermost: Value, wrap: (inner: Value) => Value): Value =>
  levels === 0 ? innermost : wrap(nested(levels - 1, innermost, wrap));
const dict = (inner: Value): Value => ({ type: 'dict', entries: [[int(1), inner]] });
const frozenset = (inner: Value): Value => ({ type: 'frozenset', items: [inner] });

describe.each(modes)('comparing as %s', (mode) => {
  test.each([
    ['dicts', dict],
    ['sets', frozenset],
  ])('%s within one another that differ in the innermost: twice the depth, not its square', (_what, wrap) => {
    const compare = (levels: number) =>
      seconds(() =>
        expect(equalValues(nested(levels, int(1), wrap), nested(levels, int(2), wrap), mode)).toBe(false),
      );
    compare(10);
    // Doubling with each level, 60 levels would take longer than the universe is old.
    expect(compare(60)).toBeLessThan(1);
  });

  test('large sets that differ in everything', () => {
    const set = (from: number): Value => ({
      type: 'set',
      items: Array.from({ length: 13_000 }, (_, i) => int(from + i)),
    });
    expect(seconds(() => expect(equalValues(set(0), set(20_000), mode)).toBe(false))).toBeLessThan(3);
    expect(seconds(() => expect(equalValues(set(0), set(0), mode)).toBe(true))).toBeLessThan(3);
  });
});

test('a set of huge ints is read once each, not at each comparison', () => {
  const items = Array.from({ length: 3000 }, (_, i) => ({
    type: 'int',
    value: `${9 - (i % 9)}${'7'.repeat(4200)}${i}`,
  }));
  let value: Value | undefined;
  expect(seconds(() => (value = decodeValue({ type: 'set', items })))).toBeLessThan(3);
  const first = (value as { items: readonly { value: string }[] }).items[0]!.value;
  expect(first.startsWith('1')).toBe(true);
});

describe('a text is beyond its bounds', () => {
  test.each([
    ['[1,2,3]', 3, false],
    ['[1,2,3]', 2, true],
    ['"[,,,,{{{"', 0, false],
    ['"\\"[,,,\\\\"', 0, false],
    ['"\\\\",[', 1, true],
    ['{"a":"x,y","b":[1]}', 3, false],
    ['{"a":"x,y","b":[1]}', 2, true],
    ['"never ends [[[', 0, false],
  ])('%s at %i: %s', (text, most, expected) => expect(isBeyond(text, most)).toBe(expected));

  test('and is read no further than that', () => {
    const text = '['.repeat(50_000_000);
    expect(seconds(() => expect(isBeyond(text, 1000)).toBe(true))).toBeLessThan(0.5);
  });
});
