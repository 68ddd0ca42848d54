/** The lexer for reading: it loses nothing, whatever a model writes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlight, linesOf } from '../../../src/ui/view/highlight.ts';

const classes = (source: string) =>
  highlight(source)
    .filter(({ cls }) => cls !== 'space')
    .map(({ text, cls }) => [text, cls]);

describe('highlighting', () => {
  test('pieces joined are the source', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 60 }), (source) => {
        expect(
          highlight(source)
            .map(({ text }) => text)
            .join(''),
        ).toBe(source);
      }),
    );
  });

  test('tells keyword, builtin, name, number and the function being defined apart', () => {
    expect(classes('def f(xs): return len(xs) + 10')).toEqual([
      ['def', 'keyword'],
      ['f', 'defined'],
      ['(', 'operator'],
      ['xs', 'name'],
      ['):', 'operator'],
      ['return', 'keyword'],
      ['len', 'builtin'],
      ['(', 'operator'],
      ['xs', 'name'],
      [')', 'operator'],
      ['+', 'operator'],
      ['10', 'number'],
    ]);
  });

  test('lines hold the text of each line, and a string over several lines stays one', () => {
    const source = 'def f():\n    """a\n    b"""\n\n    return 1';
    const lines = linesOf(source);
    expect(lines.map((line) => line.map(({ text }) => text).join(''))).toEqual(source.split('\n'));
    expect(lines[2]!.map(({ cls }) => cls)).toEqual(['string']);
    expect(lines[3]).toEqual([]);
  });

  test('a hash inside a string is no comment, and an open string ends with its line', () => {
    expect(classes("'#' # if")).toEqual([
      ["'#'", 'string'],
      ['# if', 'comment'],
    ]);
    expect(classes("'open\nif")).toEqual([
      ["'open", 'string'],
      ['if', 'keyword'],
    ]);
  });
});
