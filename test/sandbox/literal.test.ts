/** Python literals of values and answers of models: checked against Python's own `repr` where it has one. */
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { equalValues } from '../../src/sandbox/equal.ts';
import { parseAnswer, parseLiteral, toLiteral } from '../../src/sandbox/literal.ts';
import { floatValue, type Value } from '../../src/sandbox/value.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { renderTrajectory } from '../../src/tasks/alignment/render.ts';
import { anyText, computed, fuzz } from '../fuzz.ts';

const read = (text: string): Value => {
  const value = parseLiteral(text);
  if ('malformed' in value) throw new Error(`${text}: ${value.malformed} at ${value.at}`);
  return value;
};

describe('toLiteral', () => {
  // The right side is what CPython 3.14 prints for repr() of the left.
  const reprs: [number, string][] = [
    [1, '1.0'],
    [0.1, '0.1'],
    [-2.5, '-2.5'],
    [100, '100.0'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e300, '1e+300'],
    [5e-324, '5e-324'],
    [-0, '-0.0'],
  ];
  test.each(reprs)('writes the float %d as repr does: %s', (x, repr) => {
    expect(toLiteral(floatValue(x))).toBe(repr);
  });

  const strings: [string, string][] = [
    ['it', `'it'`],
    [`it's`, `"it's"`],
    [`a'b"c`, `'a\\'b"c'`],
    ['a\n\t\\', `'a\\n\\t\\\\'`],
    ['\x00\x7f\xa0', `'\\x00\\x7f\\xa0'`],
    ['é 漢 😀', `'é 漢 😀'`],
    ['\u2028\ud800', `'\\u2028\\ud800'`],
  ];
  test.each(strings)('writes a string as repr does: %j', (text, repr) => {
    expect(toLiteral({ type: 'str', value: text })).toBe(repr);
  });

  test.each([
    '[1, 2]',
    '(1,)',
    '()',
    'set()',
    '{1, 9, 10}',
    'frozenset({1})',
    'frozenset()',
    "{'a': [None, True], 2: (1.0, -3)}",
    '{}',
    '12345678901234567890123',
    "[float('nan'), float('inf'), float('-inf')]",
  ])('reads and writes %s', (text) => {
    expect(toLiteral(read(text))).toBe(text);
  });
});

describe('parseAnswer', () => {
  test('JSON and Python spellings of the same answer are the same value', () => {
    const json = parseAnswer('{"xs": [1, 2.5, true, null], "s": "a\\u00e9"}');
    const python = parseAnswer(`{'xs': [1, 2.5, True, None], 's': 'a\\xe9',}`);
    expect(json).toEqual(python);
    expect(json).not.toHaveProperty('malformed');
  });

  test('an int is not a float', () => {
    expect(parseAnswer('1')).toEqual({ type: 'int', value: 1 });
    expect(parseAnswer('1.0')).toEqual({ type: 'float', value: 1 });
  });

  test.each([
    ['two answers', '{"a": 1} {"a": 2}'],
    ['two answers on lines', '1\n2'],
    ['duplicate keys in JSON', '{"a": 1, "a": 2}'],
    ['duplicate keys in Python', "{'a': 1, 'a': 1}"],
    ['keys that Python holds equal', '{1: 2, True: 3}'],
    ['NaN', 'NaN'],
    ['nan', '[nan]'],
    ['Infinity', '{"a": Infinity}'],
    ['an overflow', '1e400'],
    ['a call', "__import__('os').getcwd()"],
    ['an expression', '1 + 1'],
    ["float('nan')", "float('nan')"],
    ['joined strings', "'a' 'b'"],
    ['a list as a key', '{[1]: 2}'],
    ['nothing', '   '],
    ['a name', 'x'],
    ['look-alike digits', '١٢'],
    ['a full-width comma', '[1，2]'],
    ['an open list', '[1, 2'],
    ['an open string', '"abc'],
    ['a leading zero', '007'],
    ['a huge int', '9'.repeat(5000)],
    ['deep nesting', '['.repeat(10000)],
    ['a trailing word', '[1] done'],
    ['an f-string', "f'{1}'"],
    ['a comprehension', '[x for x in y]'],
    ['__proto__ twice', '{"__proto__": 1, "__proto__": 2}'],
  ])('%s is malformed', (_name, text) => {
    expect(parseAnswer(text)).toHaveProperty('malformed');
  });

  test('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '(',
      ')',
      ',',
      ':',
      '"',
      "'",
      '\\',
      '1',
      '-',
      '.',
      'e',
      'True',
      'null',
      ' ',
      'set(',
      '\\u12',
      '0x',
    );
    const texts = fc.oneof(
      anyText,
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const answer = parseAnswer(text);
        expect('malformed' in answer || 'type' in answer).toBe(true);
        // What was read can be written and read again.
        if ('type' in answer) expect(equalValues(read(toLiteral(answer)), answer, 'strict')).toBe(true);
      }),
      fuzz(10_000),
    );
  });
});

describe('an adversarial answer', () => {
  const deep = 100_000;
  const million = 1_000_000;
  const cases: [string, string][] = [
    ['brackets', '['.repeat(deep)],
    ['objects', '{"a":'.repeat(deep)],
    ['tuples', '('.repeat(deep) + ')'.repeat(deep)],
    ['sets', 'set(['.repeat(deep)],
    ['an int of a million digits', '7'.repeat(million)],
    ['an int of the longest text', '7'.repeat(65_536)],
    ['a hexadecimal int of the longest text', `0x${'f'.repeat(65_000)}`],
    ['underscores', '1_'.repeat(32_000)],
    ['signs', '-'.repeat(65_000)],
    ['spaces', ' '.repeat(65_000)],
    ['a text of a megabyte', `"${'a'.repeat(million)}"`],
    ['escapes', `"${'\\u0061'.repeat(10_000)}"`],
    ['quotes', '"'.repeat(65_000)],
    ['ten thousand keys', `{${Array.from({ length: 9000 }, (_, i) => `${i}:1`).join()}}`],
    ['a set of ten thousand', `{${Array.from({ length: 9000 }, (_, i) => i).join()}}`],
    ['a set of tuples', `{${Array.from({ length: 5000 }, (_, i) => `(${i},1,2)`).join()}}`],
    ['a thousand lines that look like answers', '{"a": 1}\n'.repeat(100_000)],
    ['opened tokens', '<'.repeat(million)],
    ['a token without end', `<${'a'.repeat(million)}`],
    ['a name without end', `<ans>${'a'.repeat(million)}`],
    ['nested trace lists', '<[><@0>'.repeat(deep)],
    ['a thousand values', `<ans>${Array.from({ length: 50_000 }, (_, i) => `a${i}<1><;>`).join('')}`],
  ];
  test.each(cases)('of %s is read in time', (_name, text) => {
    const start = computed();
    expect(parseAnswer(text)).toBeDefined();
    for (const format of Object.values(alignmentFormats)) {
      const answer = format.parse(text);
      if ('malformed' in answer) expect(answer.malformed.length).toBeLessThan(300);
      expect(format.lines(text).join('')).toHaveLength(text.length);
    }
    renderTrajectory(text.slice(0, 100_000));
    // Milliseconds on an idle machine; what is quadratic takes minutes.
    expect(computed() - start).toBeLessThan(10_000);
  });

  test('is never evaluated, whatever it calls', () => {
    const marker = globalThis as { evaluated?: boolean };
    const calls = ['globalThis.evaluated = true', '(()=>{globalThis.evaluated=true})()', '${globalThis.evaluated=true}', '__import__("os")', 'eval("1")', '{"toString": "x", "__proto__": {"evaluated": true}}']; // prettier-ignore
    for (const call of calls) {
      for (const text of [call, `[${call}]`, `{"a": ${call}}`, `'${call}'`, `<ans>t${call}<;><ret><1><;>`]) {
        parseAnswer(text);
        for (const format of Object.values(alignmentFormats)) format.parse(text);
      }
    }
    expect(marker.evaluated).toBeUndefined();
    expect(({} as { evaluated?: boolean }).evaluated).toBeUndefined();
  });

  test('two halves of a character are one in JSON and no value in Python', () => {
    expect(parseAnswer('"\\ud83d\\ude00"')).toEqual({ type: 'str', value: '😀' });
    expect(parseLiteral("'\\ud83d\\ude00'")).toHaveProperty('malformed');
    expect(parseLiteral("'\\ud83d '")).toEqual({ type: 'str', value: '\ud83d ' });
    expect(parseAnswer('"\ud83d"')).toHaveProperty('malformed');
  });
});

describe('equalValues', () => {
  const strictly: [string, string, boolean][] = [
    ['1', '1', true],
    ['1', '1.0', false],
    ['1', 'True', false],
    ["'1'", '1', false],
    ['1.0', '1.0000001', true],
    ['1.0', '1.00001', false],
    ['0.0', '-0.0', true],
    ["float('nan')", "float('nan')", true],
    ['[1, 2]', '(1, 2)', false],
    ['[1, 2]', '[2, 1]', false],
    ['{1, 2}', '{2, 1}', true],
    ['{1, 2}', '{1, 3}', false],
    ['{1: 2, 3: 4}', '{3: 4, 1: 2}', true],
    ['{1: 2}', '{1: 2, 3: 4}', false],
    ['None', 'False', false],
    ['100000000000000000000', '100000000000000000001', false],
    ['set()', '{}', false],
  ];
  test.each(strictly)('strict: %s and %s: %s', (a, b, same) => {
    expect(equalValues(read(a), read(b), 'strict')).toBe(same);
    expect(equalValues(read(b), read(a), 'strict')).toBe(same);
  });

  const loosely: [string, string, boolean][] = [
    ['1', '1.0', true],
    ['1', 'True', true],
    ["'true'", 'True', true],
    ["'1'", 'True', true],
    ["'0'", 'False', true],
    ["'null'", 'None', true],
    ["'none'", 'None', true],
    ['None', 'False', false],
    ["' ab '", "'ab'", true],
    ["'12'", '12', true],
    ['0.5', '0.5000000001', true],
    ['0.5', '0.500001', false],
    ['1', '2', false],
    ['[1, 2]', '(1.0, 2)', true],
    ['[1, 2]', '[2, 1]', false],
    ['{1, 2}', '[2, 1]', true],
    ["{'1': 2}", '{1: 2}', true],
    ["{'a': [1, True]}", "{'a': [1, 'true']}", true],
    ['100000000000000000000', '100000000000000000001', false],
  ];
  test.each(loosely)('coderlplus: %s and %s: %s', (a, b, same) => {
    expect(equalValues(read(a), read(b), 'coderlplus')).toBe(same);
    expect(equalValues(read(b), read(a), 'coderlplus')).toBe(same);
  });

  test('what is not wholly known equals nothing, itself included', () => {
    const unknown: Value[] = [
      { type: 'opaque', name: 'Even' },
      { type: 'str', value: 'ab', rest: 3 },
      { type: 'list', items: [{ type: 'ref', id: 1 }], id: 1 },
      { type: 'list', items: [], rest: 1 },
    ];
    for (const value of unknown) {
      expect(equalValues(value, value, 'strict')).toBe(false);
      expect(equalValues(value, value, 'coderlplus')).toBe(false);
    }
  });
});
