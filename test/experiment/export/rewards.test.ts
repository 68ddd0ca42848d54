/**
 * `rewards.py` as Python runs it: the same grades as the engine gives, case by case.
 * Needs python3 in PATH; without one the comparison is skipped and said aloud.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rewardsSource } from '../../../src/experiment/export/rewards.ts';
import { trlRow, testsOf } from '../../../src/experiment/export/trl.ts';
import { presetConfig } from '../../../src/experiment/presets.ts';
import { gradeAnswer } from '../../../src/learning/grade.ts';
import { alignmentReward } from '../../../src/learning/rewards.ts';
import { equalValues } from '../../../src/sandbox/equal.ts';
import { parseLiteral, toLiteral } from '../../../src/sandbox/literal.ts';
import { isGradable } from '../../../src/sandbox/value.ts';
import { alignmentFormats } from '../../../src/tasks/alignment/index.ts';
import { madeValues } from '../../sandbox/values.ts';
import { theTasks } from './a-run.ts';

const found = spawnSync('python3', ['--version'], { encoding: 'utf8' }).status === 0;
if (!found)
  console.warn('SKIPPED: rewards.py was not compared with the engine, there is no python3 in PATH.');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracewise-rewards-'));
  writeFileSync(join(folder, 'rewards.py'), rewardsSource);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Evaluates a Python expression over `data` with rewards.py imported. */
function python(expression: string, data: unknown): unknown {
  const code = `import json, sys\nimport rewards\nfrom rewards import *\nrewards.TIME_LIMIT = 2\ndef raised(attempt):\n    try:\n        return attempt()\n    except ValueError as error:\n        return str(error)\ndata = json.load(sys.stdin)\nprint(json.dumps(${expression}))`;
  const done = spawnSync('python3', ['-c', code], {
    cwd: folder,
    input: JSON.stringify(data),
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
  return JSON.parse(done.stdout);
}

const LITERALS = [
  '0',
  '1',
  '-1',
  '1.0',
  '1.0000000001',
  '1.5',
  "float('inf')",
  "float('nan')",
  'True',
  'False',
  'None',
  "''",
  "'1'",
  "'true'",
  "' a '",
  "'a'",
  '[]',
  '()',
  '(1,)',
  '[1]',
  '[1, 2]',
  '(1, 2)',
  '{1, 2}',
  '{2, 1}',
  "{'a': 1, 'b': 2}",
  "{'b': 2, 'a': 1}",
  '{}',
  'frozenset()',
  'frozenset({1, 2})',
  'set()',
  '{1.0, 2}',
  "{'b', 'a', 3}",
  "'{1, 2}'",
  "'frozenset({1, 2})'",
  "'set()'",
  "'inf'",
  "[float('nan')]",
  '1e999',
  '-1e999',
  '1e-7',
  '1e16',
  '-0.0',
  '9007199254740993',
  '9007199254740992.0',
  `1${'0'.repeat(400)}`,
  '{1.0000009, 1.0000018}',
  '{1.000001, 1.0}',
  "{True: 'x'}",
  "{1.0: 'x'}",
  '[[1], [2]]',
  '[(1, 2)]',
  '12345678901234567890',
  '[1.0, True]',
  "{1: 'x'}",
  "'None'",
];

describe.skipIf(!found)('rewards.py grades as the engine does', () => {
  test.each([
    ['strict', 'strict'],
    ['lenient', 'coderlplus'],
    ['python_equal', 'python'],
  ] as const)('values, %s, every pair of a list', (theirs, ours) => {
    const pairs = LITERALS.flatMap((a) => LITERALS.map((b) => [a, b] as const));
    const here = pairs.map(([a, b]) => {
      const [x, y] = [parseLiteral(a), parseLiteral(b)];
      if ('malformed' in x || 'malformed' in y) throw new Error(`${a} or ${b} is no literal`);
      return equalValues(x, y, ours);
    });
    const there = python(`[${theirs}(literal(a), literal(b)) for a, b in data]`, pairs) as boolean[];
    expect(pairs.filter((_, i) => here[i] !== there[i])).toEqual([]);
  });

  test('values of every kind, drawn: read, encoded and compared alike', () => {
    const drawn = fc.sample(madeValues, { seed: 7, numRuns: 400 });
    const encoded = python(
      '(lambda space: exec(rewards.CODEC, space) or [checked(space["encode"](eval(e, {"unpack": __import__("struct").unpack}))) for e in data])({})',
      drawn.map((made) => made.python),
    ) as unknown[];
    const gradable = drawn.flatMap(({ value }, i) =>
      isGradable(value) ? [[value, encoded[i]] as const] : [],
    );
    expect(gradable.length).toBeGreaterThan(200);
    // Half a character has no literal here.
    const written = gradable.filter(([value]) => !/\\u[dD][89a-fA-F]/.test(toLiteral(value)));
    const same = python(
      '[strict(literal(text), value) for text, value in data]',
      written.map(([value, data]) => [toLiteral(value), data]),
    );
    expect(same).toEqual(written.map(() => true));
    const pairs = gradable.flatMap((a, i) => gradable.slice(i, i + 40).map((b) => [a, b] as const));
    const there = python(
      '[[strict(a, b), python_equal(a, b), lenient(a, b)] for a, b in data]',
      pairs.map(([[, a], [, b]]) => [a, b]),
    );
    const here = pairs.map(([[a], [b]]) =>
      (['strict', 'python', 'coderlplus'] as const).map((mode) => equalValues(a, b, mode)),
    );
    const differing = pairs.filter(
      (_, i) => JSON.stringify(here[i]) !== JSON.stringify((there as unknown[])[i]),
    );
    expect(differing.slice(0, 5).map(([[a], [b]]) => [toLiteral(a), toLiteral(b)])).toEqual([]);
  });

  const trace =
    '<L1>total<0><L2>x<@0><3><L3>total<=><3><ans>total<8><;>x<4><;>word<"><a><^><b><\'7><"><;><ret><8><;>';
  const variables = [
    { name: 'total', value: '8', line: 1, step: 0 },
    { name: 'x', value: '4', line: 2, step: 1 },
    { name: 'word', value: "'aB7'", line: 2, step: 1 },
    { name: 'return', value: '8', line: 0, step: 3 },
  ];
  const ANSWERS = {
    trace: [
      trace,
      trace.replace('total<8>', 'total<9>'),
      trace.replace('<;>x<4>', '<;>x<8><.0>'),
      trace.replace('x<4><;>', ''),
      trace.replace('x<4><;>', 'x<4><;>x<4><;>'),
      trace.replace('<ret><8><;>', ''),
      trace + 'x<1><;>',
      trace + '<ans>',
      trace.replace('<ret>', '<[>'),
      trace.replace('total<8>', 'total<[><@0><8><]>'),
      trace.replace('total<8>', 'total<[><@1><8><]>'),
      trace.replace('total<8>', 'total<{><.><8><}>'),
      trace.replace('total<8>', 'total<161>'),
      trace.slice(0, 20),
      trace.replace('<L2>', '<L3>'),
      '',
      'nonsense <',
    ],
    json: [
      '{"total": 8, "x": 4, "word": "aB7", "return": 8}',
      'thinking\n```json\n{"total": 8, "x": 4, "word": "aB7", "return": 9}\n```',
      "{'total': 8, 'x': 4.0, 'word': 'aB7', 'return': 8}",
      '{"total": 8, "total": 8, "x": 4, "return": 8}',
      '{"total": 8}\n{"total": 8}',
      '{"total": NaN, "x": 4, "word": "aB7", "return": 8}',
      '{"total": "8", "x": true, "word": "aB7", "return": null}',
      ...['1e999', '-1e999', '[1e400]', '1_0', '0x8', '8.', '.5', '08', "'a' 'b'", "b'8'", "r'8'", '4+4j', 'set()', '{1, 1.0}', '{1: 2, 1: 3}', '{1: 2, True: 3}', '[8,]', '- -8', '+8', '8 # eight', "f'8'", '...', 'int(8)', "float('nan')", '(8)', '(8,)', '{[]: 1}', `${'['.repeat(60)}8${']'.repeat(60)}`, '9'.repeat(4400), '1e-999', 'frozenset({8})', '"\\ud83d"', '{}', '{"a": {"b": 8, "b": 8}}'].flatMap(
        (x) => [`{"total": ${x}, "x": 4, "word": "aB7", "return": 8}`, `{'total': 8, 'x': ${x}, 'word': 'aB7', 'return': 8}`],
      ), // prettier-ignore
      '[8, 4]',
      'total is 8',
      '',
    ],
  };
  const cases = (['trace', 'json'] as const).flatMap((format) =>
    (format === 'trace'
      ? (['paper', 'reference', 'prefix'] as const)
      : (['paper', 'reference'] as const)
    ).flatMap((reward) =>
      (['strict', 'coderlplus'] as const).flatMap((grading) =>
        ANSWERS[format].map((answer) => ({
          answer,
          truth: { format, reward, grading, variables, answer: trace },
        })),
      ),
    ),
  );

  test('every alignment format has a reader, and another is refused instead of graded', () => {
    expect(python('sorted(READERS)', null)).toEqual(Object.keys(alignmentFormats).sort());
    const truth = { format: 'unheard-of', reward: 'paper', grading: 'strict', variables: [] };
    const attempt = `(lambda: [alignment_score('{}', data)])`;
    expect(python(`raised(${attempt})`, truth)).toMatch(/cannot read answers .* 'unheard-of'/);
  });

  test(`alignment answers, ${cases.length} cases of format, form, grading and answer`, () => {
    const here = cases.map(({ answer, truth }) => {
      const rollout = { text: answer, finish: 'eos' as const };
      const graded = gradeAnswer(
        { variables, answer: trace },
        rollout,
        alignmentFormats[truth.format],
        truth.grading,
      );
      return alignmentReward(truth.reward, graded);
    });
    const there = python('[alignment_score(c["answer"], c["truth"]) for c in data]', cases) as number[];
    cases.forEach((one, i) => expect(there[i], JSON.stringify(one)).toBeCloseTo(here[i]!, 10));
    expect(new Set(here).size).toBeGreaterThan(5);
  });
});

describe.skipIf(!found)('rewards.py judges programs', () => {
  const task = {
    ...theTasks[0]!,
    visible: [{ args: '[1, 2]', expected: '3' }],
    hidden: [{ args: '[]', expected: '0' }],
  };
  const prompt = 'def f(xs):';
  const row = trlRow({ ...task, prompt }, presetConfig('rlvr'));
  const COMPLETIONS = {
    ' return sum(xs)': 1,
    ' return sum(xs) or 0.0': 0,
    ' return 3': 0,
    ' return [': 0,
    ' raise ValueError': 0,
    '\n    while True: pass': 0,
    '\n    print(3)\n    return sum(xs)': 1,
    '\n    import os; os._exit(0)': 0,
    '': 0,
  };

  test('as TRL calls it: texts, messages, None for the other kind', () => {
    const completions: unknown[] = [
      ...Object.keys(COMPLETIONS),
      [{ role: 'assistant', content: ' return sum(xs)' }],
      '',
    ];
    const all = completions.map((_, i) =>
      i < completions.length - 1 ? row : { ...row, kind: 'exec_align' },
    );
    const column = (name: keyof typeof row) => all.map((each) => each[name]);
    const rewards = python('tests_reward(**data)', {
      completions,
      prompts: column('prompt'),
      tests: column('tests'),
      kind: column('kind'),
      entry_point: column('entry_point'),
      ground_truth: column('ground_truth'),
      completion_ids: [],
    });
    expect(rewards).toEqual([...Object.values(COMPLETIONS), 1, null]);
  });

  test('a test program decides when the task has one', () => {
    const checked = { ...task, check: 'def check(candidate):\n    assert candidate([2, 3]) == 5\n' };
    const tests = testsOf(checked);
    expect(
      python('[passes(c, "f", data["tests"]) for c in data["programs"]]', {
        tests,
        programs: ['def f(xs): return sum(xs)', 'def f(xs): return 4'],
      }),
    ).toEqual([true, false]);
  });

  test('tests that mean == are compared by it, and a body ends where the function does', () => {
    const tests = testsOf({ ...task, hidden: [{ args: '[1, 2]', expected: '3' }], equality: 'python' });
    const program = 'def f(xs): return float(sum(xs))';
    expect(
      python(
        '[passes(data["program"], "f", data["tests"]), passes(data["program"], "f", data["tests"]["tests"])]',
        {
          tests,
          program,
        },
      ),
    ).toEqual([true, false]);
    const completion = '\n    return sum(xs)\n\n    # end\nprint(f([1]))\n    x';
    expect(
      python('[program_in("def f(xs):", c, "f", "body") for c in data]', [completion, ' return 1', '\n', '']),
    ).toEqual([`def f(xs):\n    return sum(xs)\n\n    # end`, 'def f(xs): return 1', null, null]);
  });

  test('as verl calls it: code in a fence, and the reference’s alignment rows', () => {
    const code = JSON.stringify({ entry_point: 'f', prompt, tests: testsOf(task) });
    const align = JSON.stringify({
      input: '[1]',
      expected_output: '3',
      expected_local_variable: { n: '1' },
      code: '',
    });
    expect(
      python('[compute_score(*row) for row in data]', [
        ['tracewise_code', 'Here:\n```python\ndef f(xs):\n    return sum(xs)\n```\n', code],
        ['tracewise_code', 'return sum(xs)', code],
        ['exec_semantics_align', 'So:\n{"n": 1, "return": 3}', align],
        ['exec_semantics_align', '{"n": 1, "return": 4}', align],
        ['exec_semantics_align', 'no idea', align],
      ]),
    ).toEqual([1, 0, 1, 0.5, 0]);
  });
});
