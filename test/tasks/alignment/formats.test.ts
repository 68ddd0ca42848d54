/**
 * Questions and answers in both formats: round trips, what counts as malformed, and
 * that no text makes a parser throw.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalValues } from '../../../src/sandbox/equal.ts';
import { parseAnswer, parseLiteral } from '../../../src/sandbox/literal.ts';
import type { Value } from '../../../src/sandbox/value.ts';
import {
  alignmentFormats,
  firstWrong,
  jsonFormat,
  longestCorrectPrefix,
  readProgram,
  returnName,
  traceFormat,
  type ParsedAnswer,
} from '../../../src/tasks/alignment/index.ts';
import { exampleAnswer } from '../../../src/tasks/alignment/json.ts';
import { traceTokens } from '../../../src/tasks/alignment/vocabulary.ts';

const int = (value: number): Value => ({ type: 'int', value });
const str = (value: string): Value => ({ type: 'str', value });
const list = (...items: Value[]): Value => ({ type: 'list', items });
const program = 'def f(xs, k):\n    t = 0\n    for x in xs:\n        t += x * k\n    return t';

/** Values that the trace notation carries. */
const notable: fc.Arbitrary<Value> = fc.letrec<{ value: Value; leaf: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    tie('leaf'),
    fc.record({ type: fc.constant('list' as const), items: fc.array(tie('value'), { maxLength: 4 }) }),
    fc.record({ type: fc.constant('tuple' as const), items: fc.array(tie('value'), { maxLength: 3 }) }),
    fc
      .uniqueArray(fc.tuple(fc.integer({ min: -60, max: 160 }), tie('value')), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((entries): Value => ({
        type: 'dict',
        entries: entries.map(([key, value]) => [int(key), value] as const),
      })),
  ),
  leaf: fc.oneof(
    fc.integer({ min: -60, max: 160 }).map(int),
    fc.boolean().map((value): Value => ({ type: 'bool', value })),
    fc.constant<Value>({ type: 'none' }),
    fc.string({ unit: fc.constantFrom(...'abzAZ059 -,.'), maxLength: 12 }).map(str),
    fc.integer({ min: 1, max: 50 }).map((n): Value => ({ type: 'float', value: n / 2 })),
  ),
})).value;

const truths = fc.record({
  variables: fc
    .uniqueArray(fc.tuple(fc.constantFrom('t', 'x', 'out', 'total', 'xs_2'), notable), {
      selector: ([name]) => name,
    })
    .map((pairs) => pairs.map(([name, value]) => ({ name, value }))),
  returned: notable,
});

const values = (answer: ParsedAnswer): ReadonlyMap<string, Value> => {
  if ('malformed' in answer) throw new Error(answer.malformed);
  return answer.values;
};

describe.each(Object.entries(alignmentFormats))('%s', (_name, format) => {
  it('reads back every truth that it writes', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        const answer = format.answer({ ...truth, trajectory: '<L1>t<0>' });
        expect(answer).not.toBeNull();
        const read = values(format.parse(answer as string));
        expect([...read.keys()].sort()).toEqual(
          [...truth.variables.map(({ name }) => name), returnName].sort(),
        );
        for (const { name, value } of [...truth.variables, { name: returnName, value: truth.returned }]) {
          expect(equalValues(read.get(name) as Value, value, 'strict'), name).toBe(true);
        }
      }),
      { seed: 11 },
    );
  });

  it('never throws, whatever the model wrote', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(...traceTokens),
        fc.constantFrom('t', 'x', '{', '}', '"a": 1', ':', ',', '\n', '```', '<', '>'),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          pieces.map((p) => p.join('')),
        ),
        (text) => {
          const answer = format.parse(text);
          expect('malformed' in answer ? typeof answer.malformed : answer.values instanceof Map).not.toBe(
            false,
          );
          expect(format.lines(text).join('')).toBe(text);
        },
      ),
      { seed: 12, numRuns: 500 },
    );
  });

  it('never throws on an answer with one token changed', () => {
    const answer = format.answer({
      variables: [{ name: 't', value: list(int(1), str('ab')) }],
      returned: int(3),
      trajectory: '<L1>t<1>',
    });
    const parts = (answer as string).match(/<[^<>]+>|./g) ?? [];
    fc.assert(
      fc.property(
        fc.nat(parts.length - 1),
        fc.constantFrom(...traceTokens, 't', '"', '}', ''),
        (at, token) => {
          format.parse(parts.toSpliced(at, 1, token).join(''));
        },
      ),
      { seed: 13, numRuns: 500 },
    );
  });
});

describe('trace', () => {
  const whole = '<L1>t<0><L2><ret><3><ans>t<0><;>out<[><@0><5><]><;><ret><3><;>';
  const malformed = (text: string): string => {
    const answer = traceFormat.parse(text);
    return 'malformed' in answer ? answer.malformed : 'well formed';
  };

  it('takes a whole answer apart', () => {
    const answer = traceFormat.parse(whole);
    expect(values(answer)).toEqual(
      new Map([
        ['t', int(0)],
        ['out', list(int(5))],
        ['return', int(3)],
      ]),
    );
    expect('trajectory' in answer && answer.trajectory).toEqual(['<L1>', 't', '<0>', '<L2>', '<ret>', '<3>']);
    expect(traceFormat.lines(whole)).toEqual([
      '<L1>t<0>',
      '<L2><ret><3>',
      '<ans>t<0><;>',
      'out<[><@0><5><]><;>',
      '<ret><3><;>',
    ]);
  });

  it('calls an answer malformed that is missing, cut off, doubled or goes on', () => {
    expect(malformed('<L1>t<0>')).toBe('the final values are missing');
    expect(malformed(whole.slice(0, -3))).toBe('the answer has no end');
    expect(malformed('<L1>t<0><ans>t<0><;>')).toBe('the answer has no end');
    expect(malformed(`${whole}<ans>t<1><;><ret><3><;>`)).toBe('two answers');
    expect(malformed('<ans>t<0><;>t<1><;><ret><3><;>')).toBe('t has two values');
    expect(malformed(`${whole}t<0><;>`)).toBe('the answer goes on after the return value');
    expect(malformed('<ans><5><;><ret><3><;>')).toBe('a name was expected before <5>');
  });

  it('answers in the order of the trajectory, whatever order the interpreter stored in', () => {
    const variables = [
      { name: 'b', value: int(5) },
      { name: 'a', value: int(2) },
    ];
    const trajectory = '<L1>xs<-1><@2><=><2>a<2>b<5><L2><ret><7>';
    expect(traceFormat.answer({ variables, returned: int(7), trajectory })).toBe(
      `${trajectory}<ans>a<2><;>b<5><;><ret><7><;>`,
    );
  });

  it('keeps the other variables when one value cannot be read', () => {
    const read = values(traceFormat.parse('<ans>t<[><@1><5><]><;>x<4><;><ret><3><;>'));
    expect(read.get('x')).toEqual(int(4));
    expect(equalValues(read.get('t') as Value, list(int(5)), 'strict')).toBe(false);
  });

  it('cannot ask about inputs or programs outside its notation', () => {
    const ask = (args: string, code = program): string | null =>
      traceFormat.prompt({ program: code, entryPoint: 'f', args });
    expect(ask('[1, 2], 3')).toMatch(/<in>xs<\[><@0><1><@1><2><\]>k<3><trace>$/);
    expect(ask('[1, 2],')).toBeNull();
    expect(ask('[1, 161], 3')).toBeNull();
    expect(ask('[1], x')).toBeNull();
    expect(ask('[1], 2', 'def f(xs, k): return 1')).toBeNull();
    expect(ask('[1], 2', `${program}\nprint(1)`)).toBeNull();
    expect(ask('[1], 2', `def f(xs, k):\n${'    k = 1\n'.repeat(17)}`)).toBeNull();
    expect(traceFormat.answer({ variables: [], returned: int(161), trajectory: '' })).toBeNull();
    expect(traceFormat.answer({ variables: [], returned: int(1) })).toBeNull();
  });

  it('numbers lines of code only and remembers where they stood', () => {
    const read = readProgram('# what\n\ndef f(n):\n    # a\n    n += 1\n\n    return n\n', 'f');
    expect(read?.body.map(({ k, sourceLine }) => [k, sourceLine])).toEqual([
      [1, 5],
      [2, 7],
    ]);
  });
});

describe('json', () => {
  const parse = (text: string): ParsedAnswer => jsonFormat.parse(text);

  it('shows an example that is a valid answer, in a question with the program and the call', () => {
    expect(values(parse(exampleAnswer)).size).toBe(Object.keys(JSON.parse(exampleAnswer) as object).length);
    const prompt = jsonFormat.prompt({ program, entryPoint: 'f', args: '[1], 2' }) ?? '';
    expect(prompt).toContain(program);
    expect(prompt).toContain('f([1], 2)');
    expect(prompt).toContain(`\n${exampleAnswer}\n`);
  });

  it('reads the last line, JSON or Python, fenced or not', () => {
    expect(values(parse('t is 4.\n\n{"t": 4, "return": [true, null]}\n')).get('t')).toEqual(int(4));
    expect(values(parse("```json\n{'t': (1, 2)}\n```")).get('t')).toEqual(parseLiteral('(1, 2)'));
    expect(
      jsonFormat.answer({
        variables: [{ name: 't', value: { type: 'tuple', items: [int(1)] } }],
        returned: int(2),
      }),
    ).toBe("{'t': (1,), 'return': 2}");
    expect(
      parseAnswer(jsonFormat.answer({ variables: [], returned: { type: 'none' } }) ?? ''),
    ).toHaveProperty('type', 'dict');
  });

  it('calls two answers, doubled names, no object and code malformed', () => {
    for (const text of [
      '{"t": 1}\n{"t": 1}',
      '{"t": 1, "t": 2}',
      '[1]',
      '',
      '{"t": 1} done',
      '{"t": open("x")}',
      '{"t": NaN}',
      '{1: 2}',
    ]) {
      expect(parse(text), text).toHaveProperty('malformed');
    }
  });
});

describe('comparison', () => {
  it('finds the first element that differs, is missing or is too many', () => {
    expect(firstWrong(['a', 'b'], ['a', 'b'])).toBeNull();
    expect(firstWrong(['a', 'x', 'c'], ['a', 'b', 'c'])).toBe(1);
    expect(firstWrong(['a'], ['a', 'b'])).toBe(1);
    expect(firstWrong(['a', 'b', 'c'], ['a', 'b'])).toBe(2);
    expect(firstWrong([], [])).toBeNull();
  });

  it('agrees on the prefix before it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b')), fc.array(fc.constantFrom('a', 'b')), (p, t) => {
        const right = longestCorrectPrefix(p, t);
        expect(p.slice(0, right)).toEqual(t.slice(0, right));
        expect(firstWrong(p, t)).toBe(p.join() === t.join() && p.length === t.length ? null : right);
      }),
      { seed: 14 },
    );
  });
});
