/**
 * MBPP and CRUXEval in the forms their authors publish, files recognised by their
 * fields, and what is said about public problems.
 */
import { describe, expect, it } from 'vitest';
import { afterWholePrompt } from '../../src/learning/extract.ts';
import { judge } from '../../src/learning/judge.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import { TaskFileError } from '../../src/tasks/errors.ts';
import { contaminationWarning, readTaskFile } from '../../src/tasks/task-file.ts';

const plain = {
  text: 'Write a function to add two numbers.',
  code: 'def add(a, b):\r\n  return a + b',
  task_id: 11,
  test_setup_code: '',
  test_list: ['assert add(1, 2) == 3', "assert add('(', ')') == '()'"],
};
const sanitized = {
  prompt: 'Write a function to find the square root.',
  code: 'import math\ndef root(x):\n    return math.sqrt(x)',
  task_id: 601,
  test_imports: ['import math'],
  test_list: ['assert math.isclose(root(4), 2.0)'],
};
const crux = {
  id: 'sample_0',
  code: 'def f(nums):\n    nums.sort()\n    return nums',
  input: '[2, 1]',
  output: '[1, 2]',
};
const lines = (...rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

describe('MBPP', () => {
  it('becomes a prompt with its examples; the numbers of its parts decide what is trained on', async () => {
    const [task, other] = await readTaskFile(lines(plain, sanitized), 'mbpp.jsonl');
    expect(task).toMatchObject({
      id: 'MBPP/11',
      entryPoint: 'add',
      split: 'heldout',
      visible: [{ args: '1, 2', expected: '3' }],
      hidden: [{ args: "'(', ')'", expected: "'()'" }],
      equality: 'python',
      solution: '  return a + b',
    });
    expect(task!.prompt).toBe(
      'def add(a, b):\n  """Write a function to add two numbers.\n  assert add(1, 2) == 3\n  """\n',
    );
    expect(other).toMatchObject({ id: 'MBPP/601', split: 'train', visible: [], hidden: [] });
    expect(other!.check).toContain('import math');
    expect(other!.check).toContain('    root = candidate\n    assert math.isclose(root(4), 2.0)');
  });

  it('takes its published solutions for right: `==` of Python, and bodies as deep as they are indented', async () => {
    const published = [
      // Divides, where the assertion compares with whole numbers.
      {
        task_id: 14,
        text: 'Write a function to find the volume of a prism.',
        code: 'def find_volume(l,b,h) : \n    return ((l * b * h) / 2) ',
        test_list: ['assert find_volume(10,8,6) == 240', 'assert find_volume(3,2,2) == 6'],
      },
      {
        task_id: 15,
        text: 'Write a function to say whether a number is odd.',
        code: 'def odd(n):\r\n  if n % 2:\r\n    return 1\r\n  return 0',
        test_list: ['assert odd(3) == True', 'assert odd(4) == False'],
      },
      {
        task_id: 16,
        text: 'Write a function to add two numbers.',
        code: 'def add(a,b): \n\tc = a + b\n\treturn c',
        test_list: ['assert add(1, 2) == 3.0'],
      },
    ];
    const tasks = await readTaskFile(lines(...published), 'mbpp.jsonl');
    const sandbox = await createSandbox({ workers: 1, spare: false });
    try {
      for (const task of tasks) {
        const options = { sandbox, extraction: 'continuation' } as const;
        expect(await judge(task, afterWholePrompt(task, task.solution!), options), task.id).toMatchObject({
          verdict: 'pass',
        });
        const other = afterWholePrompt(task, task.solution!.replaceAll('return', 'return 7 +'));
        expect((await judge(task, other, options)).verdict, task.id).toBe('wrong');
      }
    } finally {
      await sandbox.dispose();
    }
  });

  it('is read as a JSON list as well', async () => {
    expect((await readTaskFile(JSON.stringify([plain]), 'sanitized-mbpp.json')).length).toBe(1);
  });

  it.each([
    [{ ...plain, task_id: 'x' }, /task_id/],
    [{ ...plain, test_list: [] }, /test_list/],
    [{ ...plain, code: 'x = 1' }, /code/],
  ])('names the field that is wrong', async (row, field) => {
    const reading = readTaskFile(
      lines(plain, { ...row, task_id: row.task_id === 11 ? 12 : row.task_id }),
      'm.jsonl',
    );
    await expect(reading).rejects.toThrow(TaskFileError);
    await expect(reading).rejects.toThrow(field);
    await expect(reading).rejects.toThrow(/m\.jsonl:2/);
  });
});

describe('CRUXEval', () => {
  it('becomes a program whose output is known', async () => {
    const [task] = await readTaskFile(lines(crux), 'cruxeval.jsonl');
    expect(task).toMatchObject({
      id: 'CRUXEval/sample_0',
      prompt: 'def f(nums):\n',
      solution: '    nums.sort()\n    return nums',
      visible: [{ args: '[2, 1]', expected: '[1, 2]' }],
      split: 'heldout',
    });
  });
});

describe('a contamination warning', () => {
  it('names public benchmarks and problems that stand on both sides, and is silent otherwise', async () => {
    const own = { id: 'a', prompt: 'def f(x):', hidden: [['1', '1']] };
    expect(contaminationWarning(await readTaskFile(lines(own), 'own.jsonl'))).toBeNull();
    expect(contaminationWarning(await readTaskFile(lines(plain), 'mbpp.jsonl'))).toMatch(/^MBPP: public/);
    const twice = await readTaskFile(lines(own, { ...own, id: 'b', split: 'heldout' }), 'own.jsonl');
    expect(contaminationWarning(twice)).toMatch(/1 held-out problems .* \(first b\)/);
  });
});
