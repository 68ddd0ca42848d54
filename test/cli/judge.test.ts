/** `judge` on HumanEval's formats: tasks and samples of our own, and HumanEval itself where it is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { passAt1, resultsPath } from '../../src/cli/judge.ts';
import { tracewise, WorkingFolder } from './command-line.ts';

const TASKS = [
  {
    task_id: 'own/double',
    prompt: 'def double(x):\n    """ Twice x. """\n',
    entry_point: 'double',
    canonical_solution: '    return 2 * x\n',
    test: 'def check(candidate):\n    for x in [0, 3, -4]:\n        assert candidate(x) == 2 * x\n',
  },
  {
    task_id: 'own/last',
    prompt: 'def last(xs):\n',
    entry_point: 'last',
    canonical_solution: '    return xs[-1]\n',
    test: "def check(candidate):\n    assert candidate([1, 2]) == 2\n    assert candidate(['a']) == 'a'\n",
  },
];

let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

const rows = (list: readonly unknown[]): string => list.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('judging', () => {
  test('each sample gets its outcome, the last line counts, other fields stay', async () => {
    const tasks = await folder.write('tasks.jsonl.gz', gzipSync(rows(TASKS)));
    const samples = await folder.writeRows('S.jsonl', [
      { task_id: 'own/double', completion: '    return 2 * x\n', model: 'a' },
      { task_id: 'own/double', completion: '    return x + x + (x == 3)\n', model: 'b' },
      { task_id: 'own/last', completion: '    return xs[0]\n' },
      { task_id: 'own/last', completion: '    return xs[len(xs)]\n' },
      { task_id: 'own/last', completion: '    return xs[\n' },
      { task_id: 'own/last', completion: '    return xs.pop()\n' },
    ]);
    const { code, out } = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect(code).toBe(0);
    // (1/2 + 1/4) / 2: the mean over tasks, not over samples.
    expect(out.at(-1)).toBe('pass@1: 0.3750 (2/6)');
    const results = await folder.readRows('S_results.jsonl');
    expect(results.map(({ outcome, passed }) => [outcome, passed])).toEqual([
      ['pass', true],
      ['wrong', false],
      ['wrong', false],
      ['exception', false],
      ['syntax-error', false],
      ['pass', true],
    ]);
    expect(results[0]).toMatchObject({ task_id: 'own/double', model: 'a', result: 'passed' });
    expect(results[2]!['result']).toMatch(/^failed: wrong/);
    expect(await folder.names()).toEqual(['S.jsonl', 'S_results.jsonl', 'tasks.jsonl.gz']);
  });

  test('why a sample has no verdict stands in the results and on standard error', async () => {
    const tasks = await folder.writeRows('tasks.jsonl', [
      { ...TASKS[0], test: `import pandas\n\n${TASKS[0]!.test}` },
    ]);
    const samples = await folder.writeRows('S.jsonl', [
      { task_id: 'own/double', completion: '    return 2 * x\n' },
      { task_id: 'own/double', completion: '    return x\n' },
    ]);
    const { code, progress } = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect(code).toBe(1);
    const results = await folder.readRows('S_results.jsonl');
    for (const row of results) expect(row['result']).toMatch(/^no verdict: .*No module named 'pandas'/);
    // Once for the task, not once for each sample.
    expect(progress.filter((line) => line.includes('pandas'))).toHaveLength(1);
  });

  test('an answer that claims to equal everything does not pass', async () => {
    const tasks = await folder.writeRows('tasks.jsonl', TASKS);
    const forged =
      '    class Same(int):\n        __eq__ = lambda self, other: True\n        __hash__ = None\n    return Same(1)\n';
    const samples = await folder.writeRows('S.jsonl', [{ task_id: 'own/double', completion: forged }]);
    const { out } = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect(out.at(-1)).toBe('pass@1: 0.0000 (0/1)');
  });
});

describe('other forms than HumanEval', () => {
  test('whole programs as "solution", tasks named as each suite names them', async () => {
    const tasks = await folder.writeRows('tasks.jsonl', [
      {
        task_id: 12,
        text: 'Twice.',
        code: 'def twice(x):\n    return 2 * x',
        test_list: ['assert twice(2) == 4'],
      },
      {
        task_id: 'two-sum',
        prompt: 'from typing import *\n\n',
        entry_point: 'Solution().total',
        test: 'def check(candidate):\n    assert candidate(a = 1, b = 2) == 3\n',
      },
      { problem_id: 3, question: 'Add.', input_output: '{"inputs": ["1 2\\n"], "outputs": ["3\\n"]}' },
    ]);
    const method = 'class Solution:\n    def total(self, a: Optional[int], b: int):\n        return a + b\n';
    const samples = await folder.writeRows('S.jsonl', [
      { task_id: 'Mbpp/12', solution: 'def twice(x):\n    return x + x\n' },
      { task_id: 12, solution: 'def twice(x):\n    return x\n' },
      { task_id: 'two-sum', completion: method },
      { task_id: 'two-sum', solution: method },
      { task_id: 'APPS/3', solution: 'print(sum(map(int, input().split())))' },
      { task_id: 3, solution: 'print(input())' },
    ]);
    const { code, out, progress } = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect([code, progress.filter((line) => /harness|error/.test(line))]).toEqual([0, []]);
    expect((await folder.readRows('S_results.jsonl')).map(({ outcome }) => outcome)).toEqual([
      'pass',
      'wrong',
      'pass',
      'pass',
      'pass',
      'wrong',
    ]);
    expect(out.at(-1)).toBe('pass@1: 0.6667 (4/6)');
  });

  test('a file that cannot be judged is refused with the line, before anything runs', async () => {
    const tasks = await folder.writeRows('tasks.jsonl', [
      TASKS[0],
      { ...TASKS[1], test: 'assert last([1]) == 1' },
    ]);
    const samples = await folder.writeRows('S.jsonl', [
      { task_id: 'own/double', completion: '    return 2 * x' },
    ]);
    const { code, progress } = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect([code, progress.length]).toEqual([2, 1]);
    expect(progress[0]).toMatch(/tasks\.jsonl:2: test: defines no check/);
  });
});

const HUMANEVAL = resolve(import.meta.dirname, '../../../shared/data/HumanEval.jsonl.gz');
if (!existsSync(HUMANEVAL))
  console.warn(`SKIPPED: ${HUMANEVAL} is not there, so HumanEval's solutions are not judged`);

test.skipIf(!existsSync(HUMANEVAL))(
  "HumanEval's canonical solutions all pass",
  async () => {
    const problems = gunzipSync(readFileSync(HUMANEVAL))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { task_id: string; canonical_solution: string });
    expect(problems).toHaveLength(164);
    const samples = await folder.writeRows(
      'S.jsonl',
      problems.map(({ task_id, canonical_solution }) => ({ task_id, completion: canonical_solution })),
    );
    const { code, out } = await tracewise(['judge', '--tasks', HUMANEVAL, '--samples', samples]);
    expect(out).toEqual(['pass@1: 1.0000 (164/164)']);
    expect(code).toBe(0);
  },
  600_000,
);

describe('bad input is one line that names the place, exit code 2, and nothing is written', () => {
  test.each([
    ['an unknown task', { task_id: 'own/none', completion: '' }, /S\.jsonl:1: no task "own\/none"/],
    ['no completion', { task_id: 'own/last' }, /S\.jsonl:1: "completion" is missing/],
    [
      'a completion that is no text',
      { task_id: 'own/last', completion: 1 },
      /S\.jsonl:1: "completion" is not text/,
    ],
  ])('a sample with %s', async (_name, sample, message) => {
    const tasks = await folder.writeRows('tasks.jsonl', TASKS);
    const samples = await folder.writeRows('S.jsonl', [sample]);
    const { code, out, progress } = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect([code, out, progress.length]).toEqual([2, [], 1]);
    expect(progress[0]).toMatch(message);
    expect(await folder.names()).toEqual(['S.jsonl', 'tasks.jsonl']);
  });

  test('a task without tests, and a file that is none', async () => {
    const tasks = await folder.writeRows('tasks.jsonl', [TASKS[0], { ...TASKS[1], test: undefined }]);
    const samples = await folder.writeRows('S.jsonl', [{ task_id: 'own/double', completion: '' }]);
    const bad = await tracewise(['judge', '--tasks', tasks, '--samples', samples]);
    expect([bad.code, bad.progress.length]).toEqual([2, 1]);
    expect(bad.progress[0]).toMatch(/tasks\.jsonl:2: test/);
    const missing = await tracewise(['judge', '--tasks', folder.file('none'), '--samples', samples]);
    expect(missing.code).toBe(2);
    expect(missing.progress[0]).toMatch(/none: no such file/);
  });
});

test('pass@1 is the share of samples that pass, averaged over tasks', () => {
  expect(passAt1([])).toBe(0);
  const results = [
    { taskId: 'a', passed: true },
    { taskId: 'a', passed: false },
    { taskId: 'b', passed: true },
  ];
  expect(passAt1(results)).toBeCloseTo(0.75, 12);
});

test('results lie beside the samples', () => {
  expect(resultsPath('x/S.jsonl')).toBe('x/S_results.jsonl');
  expect(resultsPath('x/S.jsonl.gz')).toBe('x/S_results.jsonl');
  expect(resultsPath('x/S.txt')).toBe('x/S.txt_results.jsonl');
});
