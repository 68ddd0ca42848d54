/** What a program can make the host do with its answer takes no longer than the answer is large. */
import { describe, expect, test, vi } from 'vitest';
import { isBeyond } from '../../src/sandbox/bounds.ts';
import { equalValues, type Equality } from '../../src/sandbox/equal.ts';
import { decodeValue } from '../../src/sandbox/decode-value.ts';
import type { Value } from '../../src/sandbox/value.ts';

const modes: readonly Equality[] = ['strict', 'coderlplus', 'python'];
const int = (value: number): Value => ({ type: 'int', value });

/** Level on level: a dict with one entry, or a set with one member, that holds the next. */
const nested = (levels: number, innermost: Value, wrap: (inner: Value) => Value): Value =>
  levels === 0 ? innermost : wrap(nested(levels - 1, innermost, wrap));
const dict = (inner: Value): Value => ({ type: 'dict', entries: [[int(1), inner]] });
const frozenset = (inner: Value): Value => ({ type: 'frozenset', items: [inner] });

/**
 * How often something is read of two values while they are compared.
 * @param make gives each, and is told what counts
 */
function reads(
  mode: Equality,
  isSame: boolean,
  make: (which: 0 | 1, counted: (value: Value) => Value) => Value,
): number {
  let count = 0;
  const counted = (value: Value): Value =>
    new Proxy(value, {
      get(target, key) {
        count += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
  expect(equalValues(make(0, counted), make(1, counted), mode)).toBe(isSame);
  return count;
}

describe.each(modes)('comparing as %s', (mode) => {
  test.each([
    ['dicts', dict],
    ['sets', frozenset],
  ])('%s within one another that differ in the innermost: the square of the depth at most', (_what, wrap) => {
    const compare = (levels: number): number =>
      reads(mode, false, (which, counted) =>
        nested(levels, counted(int(which)), (inner) => counted(wrap(inner))),
      );
    // Doubling with each level, it would be 256 times as many, and 60 levels would never end.
    expect(compare(16)).toBeLessThanOrEqual(4 * compare(8));
    expect(compare(60)).toBeLessThanOrEqual((60 / 8) ** 2 * compare(8));
  });

  test.each([
    ['differ in everything', false],
    ['are the same', true],
  ])('large sets that %s: as many as there are members', (_what, isSame) => {
    const compare = (length: number): number =>
      reads(mode, isSame, (which, counted) => ({
        type: 'set',
        items: Array.from({ length }, (_, i) => counted(int(i + (isSame ? 0 : 20_000 * which)))),
      }));
    expect(compare(8000)).toBeLessThan(9 * compare(1000));
  });
});

test('a set of huge ints is read once each, not at each comparison', () => {
  const items = Array.from({ length: 3000 }, (_, i) => ({
    type: 'int',
    value: `${9 - (i % 9)}${'7'.repeat(4200)}${i}`,
  }));
  const read = vi.spyOn(globalThis, 'BigInt');
  const value = decodeValue({ type: 'set', items });
  const times = read.mock.calls.length;
  read.mockRestore();
  const first = (value as { items: readonly { value: string }[] }).items[0]!.value;
  expect(first.startsWith('1')).toBe(true);
  // Sorted by comparing texts, it would be some seventy thousand times.
  expect(times).toBeGreaterThanOrEqual(items.length);
  expect(times).toBeLessThanOrEqual(2 * items.length);
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
    let last = 0;
    const text = { length: 50_000_000, charCodeAt: (at: number) => ((last = at), 91) };
    expect(isBeyond(text as unknown as string, 1000)).toBe(true);
    expect(last).toBe(1000);
  });
});
