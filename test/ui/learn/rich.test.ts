/** Marks in a catalogue's sentences. */
import { expect, test } from 'vitest';
import { parseRich, phraseKeys } from '../../../src/ui/learn/rich.ts';

test('phrases, terms and code are told apart from text', () => {
  expect(parseRich('The [mean](mean) of a *group*{group}, *a word*: `x[0]`.')).toEqual([
    { kind: 'text', text: 'The ' },
    { kind: 'phrase', text: 'mean', key: 'mean', after: '' },
    { kind: 'text', text: ' of a ' },
    { kind: 'term', text: 'group', entry: 'group' },
    { kind: 'text', text: ', ' },
    { kind: 'term', text: 'a word', entry: null },
    { kind: 'text', text: ': ' },
    { kind: 'code', text: 'x[0]' },
    { kind: 'text', text: '.' },
  ]);
});

test('punctuation stays with the phrase before it', () => {
  expect(parseRich('With [this input](input). And [那个](x)。好')).toEqual([
    { kind: 'text', text: 'With ' },
    { kind: 'phrase', text: 'this input', key: 'input', after: '.' },
    { kind: 'text', text: ' And ' },
    { kind: 'phrase', text: '那个', key: 'x', after: '。' },
    { kind: 'text', text: '好' },
  ]);
});

test('a lone bracket or star is text', () => {
  expect(parseRich('2 * 3 [1]')).toEqual([{ kind: 'text', text: '2 * 3 [1]' }]);
  expect(phraseKeys('[a](x) and [b](y)')).toEqual(['x', 'y']);
});
