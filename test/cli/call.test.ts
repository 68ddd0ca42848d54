/** Reading a call such as f([1, 2]) on the host. */
import { describe, expect, test } from 'vitest';
import { parseCall } from '../../src/cli/call.ts';

describe('a call is split into name and arguments', () => {
  test.each([
    ['f([1, 2])', 'f', '[1, 2]'],
    ['  add ( 1 , 2 ) ', 'add', '1 , 2'],
    ['f()', 'f', ''],
    ["f(')')", 'f', "')'"],
    [String.raw`f('it\'s (', "[")`, 'f', String.raw`'it\'s (', "["`],
    ["f('''a'b)''', {1: (2,)})", 'f', "'''a'b)''', {1: (2,)}"],
    ['f(\'\', "")', 'f', '\'\', ""'],
    ["f(b'\\x00)')", 'f', "b'\\x00)'"],
    ['größe(1)', 'größe', '1'],
    ['f(\n  [1,\n   2],\n)', 'f', '[1,\n   2],'],
  ])('%s', (text, entryPoint, args) => {
    expect(parseCall(text)).toEqual({ entryPoint, args });
  });
});

describe('what is not one call is refused with the reason', () => {
  test.each([
    ['', /looks like/],
    ['f', /looks like/],
    ['1(2)', /looks like/],
    ['a.b(2)', /looks like/],
    ['f([1, 2)', /do not close/],
    ['f(1', /do not close/],
    ["f('a)", /do not close/],
    ["f('a\n')", /do not close/],
    ['f(]', /do not close/],
    ['f(1) + g(2)', /nothing after it/],
    ['f(1); g(2)', /nothing after it/],
  ])('%s', (text, reason) => {
    expect(parseCall(text)).toMatch(reason);
  });
});
