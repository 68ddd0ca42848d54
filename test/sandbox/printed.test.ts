/**
 * Printed text against expected text: LiveCodeBench's rule as CPython computes it
 * (scripts/vectors/printed.py), and where texts differ.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { growth, LINEAR } from '../fuzz.ts';
import { firstDifference, samePrinted } from '../../src/sandbox/printed.ts';

const pairs = JSON.parse(
  readFileSync(new URL('./vectors/printed.json', import.meta.url), 'utf8'),
) as readonly [string, string, boolean, boolean][];

it('takes for the same what CPython takes for the same', () => {
  expect(pairs.length).toBeGreaterThan(1000);
  for (const [printed, expected, same, close] of pairs) {
    const said = [samePrinted(printed, expected), samePrinted(printed, expected, 'close')];
    expect([printed, expected, ...said]).toEqual([printed, expected, same, close]);
    expect(firstDifference(printed, expected) === null).toBe(same);
    expect(firstDifference(printed, expected, 'close') === null).toBe(close);
  }
});

it('shows the first line that differs', () => {
  expect(firstDifference('1\n2.0\n4', '1\n2\n3\n')).toEqual({ got: '4', expected: '3' });
  expect(firstDifference('1', '1\n2')).toEqual({ got: '', expected: '2' });
  expect(firstDifference('1\n2\n3', '1\n2')).toEqual({ got: '3 lines', expected: '2 lines' });
});

it('is linear in what was printed', () => {
  const compare = (size: number): void => {
    const zeros = `${'0'.repeat(size)}1`;
    expect(samePrinted(`${zeros}.${zeros}`, `1.${zeros} `)).toBe(true);
    expect(samePrinted(' '.repeat(size) + 'x', '\n'.repeat(size))).toBe(false);
  };
  expect(growth(compare, 250_000)).toBeLessThan(LINEAR);
});
