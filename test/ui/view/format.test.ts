/** Numbers as the page writes them. */
import { expect, test } from 'vitest';
import { formatBytes } from '../../../src/ui/view/format.ts';

test.each([
  [0, '0 kB'],
  [4_608, '5 kB'],
  [2_400_000, '2.4 MB'],
  [9_960_000, '10 MB'],
  [31_000_000, '31 MB'],
  [999_400_000, '999 MB'],
  [999_600_000, '1.0 GB'],
  // What a browser lets a page store is often said in gigabytes.
  [10_737_418_240, '11 GB'],
])('%d bytes are %s', (bytes, said) => expect(formatBytes(bytes)).toBe(said));
