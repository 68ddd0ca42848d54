/**
 * The trajectory of real programs: its format spelled out once, its values against
 * plain execution, its refusals.
 */
import { loadPyodide } from 'pyodide';
import { beforeAll, describe, expect, it } from 'vitest';
import { equalValues } from '../../../src/sandbox/equal.ts';
import { parseLiteral } from '../../../src/sandbox/literal.ts';
import { operationsSource } from '../../../src/sandbox/python/operations.ts';
import type { Value } from '../../../src/sandbox/value.ts';
import { readProgram, traceFormat } from '../../../src/tasks/alignment/index.ts';
import { spellValue, tokensOf } from '../../../src/tasks/alignment/notation.ts';
import { traceTokens } from '../../../src/tasks/alignment/vocabulary.ts';
import { programs, unsupported } from './programs.ts';

interface OperationsRecord {
  readonly trajectory: string;
  readonly inputs: string;
  readonly answer: string;
  readonly tokens: number;
}

let record: (code: string, args: string, cap?: number) => OperationsRecord | null;
/** Plain CPython, watched by a profiler: repr of the result and of the locals when the function returns. */
let plain: (
  code: string,
  args: string,
) => { readonly result: string; readonly locals: Record<string, string> };
let spellPython: (literal: string) => string | null;

beforeAll(async () => {
  const python = await loadPyodide();
  python.runPython(operationsSource);
  python.runPython(String.raw`
import json, sys

def _record(code, args, cap):
    return json.dumps(operations_record(code, 'f', args, cap))

def _plain(code, args):
    space, found = {}, {}
    exec(compile(code, 'plain', 'exec'), space)
    def watch(frame, event, arg):
        if event == 'return' and frame.f_code is space['f'].__code__:
            found.update({k: repr(v) for k, v in frame.f_locals.items()})
    sys.setprofile(watch)
    try:
        result = eval('f(' + args + ')', space)
    finally:
        sys.setprofile(None)
    return json.dumps({'result': repr(result), 'locals': found})

def _spell(literal):
    try:
        return ''.join(spell(eval(literal)))
    except Unsupported:
        return None
`);
  const call = (name: string) => python.globals.get(name) as (...args: unknown[]) => string;
  record = (code, args, cap = 400) => JSON.parse(call('_record')(code, args, cap)) as OperationsRecord | null;
  plain = (code, args) => JSON.parse(call('_plain')(code, args)) as ReturnType<typeof plain>;
  spellPython = (literal) => call('_spell')(literal) ?? null;
});

const literal = (text: string): Value => {
  const value = parseLiteral(text);
  if ('malformed' in value) throw new Error(`${text}: ${value.malformed}`);
  return value;
};

describe('the notation', () => {
  it('spells out the loop of the evidence file, line by line', () => {
    const code =
      'def f(xs):\n    t = 0\n    for x in xs:\n        if x > 3:\n            t += x\n    return t';
    const traced = record(code, '[5, 2]');
    expect(traced?.trajectory).toBe(
      [
        '<L1>t<0>',
        '<L2>x<5><|><2>',
        '<L3><5><gt><3><=><T>',
        '<L4><0><+><5><=><5>t<5>',
        '<L2>x<2><|>',
        '<L3><2><gt><3><=><F>',
        '<L2><end>',
        '<L5><ret><5>',
      ].join(''),
    );
    expect(traced?.answer).toBe('<ans>t<5><;>x<2><;><ret><5><;>');
    expect(traced?.inputs).toBe('xs<[><@0><5><@1><2><]>');
    expect(traced?.tokens).toBe(tokensOf(traced?.trajectory ?? '').length);
    expect(traceFormat.prompt({ program: `# a comment\n${code}`, entryPoint: 'f', args: '[5, 2]' })).toBe(
      'def f(xs):\n    <L1>t = 0\n    <L2>for x in xs:\n        <L3>if x > 3:\n            <L4>t += x\n    <L5>return t' +
        '<in>xs<[><@0><5><@1><2><]><trace>',
    );
  });

  it('writes subscripts by position and comprehensions with the list so far', () => {
    expect(record('def f(xs):\n    return xs[1]', '[4, 7]')?.trajectory).toBe('<L1>xs<@1><=><7><ret><7>');
    expect(record('def f(xs):\n    return [x + 1 for x in xs]', '[4, 7]')?.trajectory).toBe(
      '<L1>x<4><|><7><4><+><1><=><5><.><[><@0><5><]>x<7><|><7><+><1><=><8><.><[><@0><5><@1><8><]><end><ret><[><@0><5><@1><8><]>',
    );
  });

  it('spells values on both sides of the worker alike', () => {
    const literals = [
      '0',
      '-60',
      '160',
      'True',
      'None',
      "'aZ9- ,.'",
      "''",
      '[]',
      "[1, ['a', [2]]]",
      '(1, (2,))',
      '{}',
    ];
    const more = [
      "{'a': 1, 'b': [2]}",
      '{3, 1, -2}',
      '2.5',
      '-2.5',
      '0.0',
      '7.0',
      '{(1, 2): 3}',
      "{'b', 'aa', 'a'}",
    ];
    const outside = ['161', '-61', '0.25', '-0.5', "'é'", "'abcdefghijklm'", '[[[[1]]]]', '[0] * 13'];
    for (const text of [...literals, ...more]) {
      expect(spellValue(literal(text))?.join('') ?? null, text).toBe(spellPython(text));
      expect(spellPython(text), text).not.toBeNull();
    }
    for (const text of outside) expect(spellPython(text) ?? null, text).toBeNull();
    for (const text of outside.slice(0, -1)) expect(spellValue(literal(text)), text).toBeNull();
  });

  it('has a token for everything it writes, and no two alike', () => {
    expect(new Set(traceTokens).size).toBe(traceTokens.length);
    const known = new Set(traceTokens);
    for (const [, code, args] of programs) {
      const traced = record(code, args);
      for (const token of tokensOf(`${traced?.inputs}${traced?.trajectory}${traced?.answer}`)) {
        expect(known.has(token) || /^\w+$/.test(token), token).toBe(true);
      }
    }
  });
});

describe('values', () => {
  it.each(programs)('%s: final values are those of plain execution', (_name, code, args) => {
    const traced = record(code, args);
    const truth = plain(code, args);
    expect(traced).not.toBeNull();
    const answer = traceFormat.parse(`${traced?.trajectory}${traced?.answer}`);
    if ('malformed' in answer) throw new Error(answer.malformed);
    for (const [name, value] of answer.values) {
      const expected = name === 'return' ? truth.result : truth.locals[name];
      expect(expected, `${name} exists`).toBeDefined();
      expect(equalValues(value, literal(expected as string), 'strict'), `${name} is ${expected}`).toBe(true);
    }
    const parameters = readProgram(code, 'f')?.parameters ?? [];
    const assigned = Object.keys(truth.locals).filter((name) => !parameters.includes(name));
    expect([...answer.values.keys()]).toEqual(expect.arrayContaining([...assigned, 'return']));
    expect(answer.trajectory?.join('')).toBe(traced?.trajectory);
  });
});

describe('what has no trajectory', () => {
  it.each(unsupported)('%s', (_name, code, args) => {
    expect(record(code, args)).toBeNull();
  });

  it('one longer than the cap', () => {
    const code = 'def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t';
    const traced = record(code, '4');
    expect(traced).not.toBeNull();
    expect(record(code, '4', (traced?.tokens ?? 0) - 1)).toBeNull();
    expect(record(code, '4', traced?.tokens)).toEqual(traced);
  });
});
