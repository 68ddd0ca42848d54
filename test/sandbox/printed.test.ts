/**
 * Printed text against expected text: LiveCodeBench's rule as CPython computes it
 * (scripts/vectors/printed.py), and where texts differ.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { firstDifference, samePrinted } from '../../src/sandbox/printed.ts';

const pairs = JSON.parse(
  readFileSync(new URL('./vectors/printed.json', import.meta.url), 'utf8'),
) as readonly [string, string, boolean][];

it('takes for the same what CPython takes for the same', () => {
  expect(pairs.length).toBeGreaterThan(1000);
  for (const [printed, expected, same] of pairs) {
    expect([printed, expected, samePrinted(printed, expected)]).toEqual([printed, expected, same]);
    expect(firstDifference(printed, expected) === null).toBe(same);
  }
});

it('shows the first line that differs', () => {
  expect(firstDifference('1\n2.0\n4', '1\n2\n3\n')).toEqual({ got: '4', expected: '3' });
  expect(firstDifference('1', '1\n2')).toEqual({ got: '', expected: '2' });
  expect(firstDifference('1\n2\n3', '1\n2')).toEqual({ got: '3 lines', expected: '2 lines' });
});

it('is linear in what was printed', () => {
  const zeros = `${'0'.repeat(2e6)}1`;
  const start = performance.now();
  expect(samePrinted(`${zeros}.${zeros}`, `1.${zeros} `)).toBe(true);
  expect(samePrinted(' '.repeat(2e6) + 'x', '\n'.repeat(2e6))).toBe(false);
  expect(performance.now() - start).toBeLessThan(5_000);
});
