/** `run` and `eval` on tasks that are judged by a test program, as HumanEval's and some of MBPP's are. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtInTasks } from '../../src/cli/engine.ts';
import { tracewise, WorkingFolder } from './command-line.ts';

let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

const QUIET = [
  'eval.k=2',
  'eval.alignmentRecords=0',
  'eval.reasoningTasks=0',
  'eval.testOutputTasks=0',
].flatMap((setting) => ['--set', setting]);

const humanEval = (prompt: string, tests: readonly { args: string; expected: string }[], id: string) => ({
  task_id: id,
  prompt,
  entry_point: 'f',
  test: `def check(candidate):\n${tests.map(({ args, expected }) => `    assert candidate(${args}) == ${expected}\n`).join('')}`,
});

test('a test program gives the verdicts that the same tests give as examples', async () => {
  const tasks = (await builtInTasks()).filter(({ split }) => split === 'heldout').slice(0, 6);
  const asExamples = await folder.writeRows('examples.jsonl', tasks);
  const asPrograms = await folder.writeRows(
    'HumanEval.jsonl',
    tasks.map(({ id, prompt, visible, hidden }) => humanEval(prompt, [...visible, ...hidden], id)),
  );
  const measure = async (suite: string) => {
    const ended = await tracewise(['eval', '--suite', suite, '--n', '4', '--json', ...QUIET]);
    expect(ended.code, ended.progress.join('\n')).toBe(0);
    return JSON.parse(ended.out.at(-1)!) as Record<string, number>;
  };
  const [examples, programs] = [await measure(asExamples), await measure(asPrograms)];
  expect(programs).toEqual(examples);
  expect(programs['eval_heldout/pass@1']).toBeGreaterThan(0);
});

test('a prompt that leaves no room for an answer is left out, and said', async () => {
  const long = `# ${'sum '.repeat(600)}\ndef f(xs):\n`;
  const short = '# Return the sum of xs\ndef f(xs):\n';
  const tests = [{ args: '[1, 2]', expected: '3' }];
  const suite = await folder.writeRows('HumanEval.jsonl', [
    humanEval(long, tests, 'long'),
    humanEval(short, tests, 'short'),
  ]);
  const ended = await tracewise(['eval', '--suite', suite, '--n', '2', '--by-task', ...QUIET]);
  expect(ended.code, ended.progress.join('\n')).toBe(0);
  expect(ended.progress.join('\n')).toMatch(/1 of 2 tasks .* left out/);
  expect(ended.out.join('\n')).toMatch(/^short {2}\d of 2$/m);
  expect(ended.out.join('\n')).not.toMatch(/^long/m);
});

test('a prompt without room changes nothing about which other tasks are measured', async () => {
  const tasks = (await builtInTasks()).filter(({ split }) => split === 'heldout').slice(0, 12);
  const listed = async (rows: readonly object[]) => {
    const suite = await folder.writeRows('tasks.jsonl', rows);
    const options = ['--n', '1', '--tasks', '5', '--by-task', '--set', 'code.maxNewTokens=8'];
    const { out } = await tracewise(['eval', '--suite', suite, ...options, ...QUIET, '--set', 'eval.k=1']);
    return out.filter((line) => / of 1$/.test(line)).map((line) => line.split('  ')[0]);
  };
  const all = await listed(tasks);
  expect(all).toHaveLength(5);
  const [first] = all;
  const long = tasks.map((task) =>
    task.id === first ? { ...task, prompt: `# ${'sum '.repeat(600)}\n${task.prompt}` } : task,
  );
  expect((await listed(long)).slice(0, 4)).toEqual(all.slice(1));
});

test('a run on MBPP is exported with its tasks', async () => {
  const tasks = await folder.writeRows('mbpp.jsonl', [
    {
      task_id: 601,
      text: 'Add.',
      code: 'def f(xs):\n    return sum(xs)',
      test_list: ['assert f([4]) == 4.0'],
    },
    { task_id: 11, text: 'Sum.', code: 'def f(xs):\n    return sum(xs)', test_list: ['assert f([1]) == 1'] },
  ]);
  const log = folder.file('run.jsonl');
  const settings = ['code.prompts=1', 'code.groupSize=2', 'eval.samples=2'].flatMap((one) => ['--set', one]);
  const run = [
    'run',
    '--preset',
    'rlvr',
    '--steps',
    '1',
    '--tasks',
    tasks,
    '--out',
    log,
    ...QUIET,
    ...settings,
  ];
  expect((await tracewise(run)).code).toBe(0);
  const ended = await tracewise([
    'export',
    '--run',
    log,
    '--format',
    'trl',
    '--tasks',
    tasks,
    '--out',
    folder.path,
  ]);
  expect([ended.code, ended.progress.join('\n')]).toEqual([0, expect.any(String)]);
  const [row] = await folder.readRows('export/train.jsonl');
  expect(JSON.parse(row!['tests'] as string)).toEqual({
    equality: 'python',
    tests: [{ args: '[4]', expected: '4.0' }],
  });
});

test('MBPP trains on its training part, whatever form its assertions have', async () => {
  const row = (task_id: number, tests: readonly string[]) => ({
    task_id,
    text: 'Write a function to sum the list.',
    code: 'def f(xs):\n    return sum(xs)',
    test_list: tests,
  });
  const mbpp = await folder.writeRows('mbpp.jsonl', [
    row(601, ['assert set([f([1, 2])]) == {3}', 'assert f([]) == 0']),
    row(602, ['assert f([4]) == 4']),
    row(11, ['assert abs(f([1, 2]) - 3) < 0.1']),
  ]);
  const ended = await tracewise([
    ...['run', '--preset', 'rlvr', '--steps', '1', '--tasks', mbpp, '--json', ...QUIET],
    ...['code.prompts=2', 'code.groupSize=2', 'kl.coefficient=0.01', 'eval.samples=2'].flatMap((setting) => [
      '--set',
      setting,
    ]),
  ]);
  expect(ended.code, ended.progress.join('\n')).toBe(0);
  const { after } = JSON.parse(ended.out.at(-1)!) as { after: Record<string, number> };
  expect(after['eval_heldout/pass@1']).toBeGreaterThanOrEqual(0);
  expect(ended.out.join('\n')).toMatch(/step +1 +reward code [01]\.\d/);
});
