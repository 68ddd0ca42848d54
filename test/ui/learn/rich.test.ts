/** Marks in a catalogue's sentences. */
import { expect, test } from 'vitest';
import { parseRich, phraseKeys } from '../../../src/ui/learn/rich.ts';

test('phrases, terms and code are told apart from text', () => {
  expect(parseRich('The [mean](mean) of a *group*: `x[0]`.')).toEqual([
    { kind: 'text', text: 'The ' },
    { kind: 'phrase', text: 'mean', key: 'mean' },
    { kind: 'text', text: ' of a ' },
    { kind: 'term', text: 'group' },
    { kind: 'text', text: ': ' },
    { kind: 'code', text: 'x[0]' },
    { kind: 'text', text: '.' },
  ]);
});

test('a lone bracket or star is text', () => {
  expect(parseRich('2 * 3 [1]')).toEqual([{ kind: 'text', text: '2 * 3 [1]' }]);
  expect(phraseKeys('[a](x) and [b](y)')).toEqual(['x', 'y']);
});
