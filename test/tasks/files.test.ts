/** Readers of task files, with good and bad input: a complaint names the file, the line and the field. */
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TaskFileError } from '../../src/tasks/errors.ts';
import { firstJsonError } from '../../src/base/json-error.ts';
import { importJsonl, parseTaskSet } from '../../src/tasks/files.ts';
import { readTaskFile } from '../../src/tasks/task-file.ts';

const HUMAN_EVAL = new URL('../../../shared/data/HumanEval.jsonl.gz', import.meta.url);

const good = {
  id: 'a',
  prompt: '# sum of xs\ndef f(xs):',
  visible: [['[1, 2]', '3']],
  hidden: [{ args: '[]', expected: '0' }],
  split: 'heldout',
  tags: ['sum'],
  solution: '\n    return sum(xs)\n',
};

async function complaint(work: () => unknown): Promise<TaskFileError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(TaskFileError);
    return error as TaskFileError;
  }
  throw new Error('nothing was refused');
}

describe('importJsonl', () => {
  it('reads tasks and fills in description and entry point from the prompt', async () => {
    const [task] = await importJsonl(`${JSON.stringify(good)}\n\n`, 'own.jsonl');
    expect(task).toEqual({
      ...good,
      description: 'sum of xs',
      entryPoint: 'f',
      visible: [{ args: '[1, 2]', expected: '3' }],
    });
  });

  it('reads gzipped bytes as it reads text', async () => {
    const text = `${JSON.stringify(good)}\n`;
    expect(await importJsonl(new Uint8Array(gzipSync(text)), 'own.jsonl.gz')).toEqual(
      await importJsonl(text, 'own.jsonl'),
    );
  });

  const broken: readonly [string, object, string, RegExp][] = [
    ['a missing prompt', { ...good, prompt: undefined }, 'prompt', /missing/],
    ['a prompt that is a number', { ...good, prompt: 5 }, 'prompt', /must be text/],
    ['an unknown field', { ...good, promt: 'x' }, 'promt', /no field of a task/],
    ['tests that are no list', { ...good, visible: 'x' }, 'visible', /must be a list/],
    [
      'an expected value that is code',
      { ...good, hidden: [['[1]', 'len(xs)']] },
      'hidden[0].expected',
      /not a Python literal/,
    ],
    [
      'arguments that are no literals',
      {
        ...good,
        hidden: [
          ['1', '1'],
          ['xs', '1'],
        ],
      },
      'hidden[1].args',
      /not a Python literal/,
    ],
    [
      'an expected value that is a number',
      { ...good, hidden: [['1', 1]] },
      'hidden[0].expected',
      /must be text/,
    ],
    ['no tests at all', { ...good, visible: [], hidden: [] }, 'hidden', /needs tests/],
    ['an unknown split', { ...good, split: 'test' }, 'split', /"test"/],
    ['a prompt without a function', { ...good, prompt: '# nothing' }, 'entryPoint', /defines no function/],
    ['tags that are no texts', { ...good, tags: [1] }, 'tags', /list of texts/],
  ];
  it.each(broken)('refuses %s, naming line and field', async (_what, row, field, message) => {
    const error = await complaint(() =>
      importJsonl(`${JSON.stringify({ ...good, id: 'first' })}\n\n${JSON.stringify(row)}\n`, 'own.jsonl'),
    );
    expect(error.file).toBe('own.jsonl');
    expect(error.line).toBe(3);
    expect(error.field).toBe(field);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('own.jsonl:3: ');
    expect(error.advice).not.toBe('');
  });

  it('refuses broken JSON, doubled ids, empty files and bytes that are neither text nor gzip', async () => {
    expect(
      (await complaint(() => importJsonl(`${JSON.stringify(good)}\n{"id": }\n`, 'own.jsonl'))).line,
    ).toBe(2);
    const doubled = await complaint(() =>
      importJsonl(`${JSON.stringify(good)}\n${JSON.stringify(good)}\n`, 'own.jsonl'),
    );
    expect([doubled.line, doubled.problem]).toEqual([2, 'the task "a" is in the file twice.']);
    expect((await complaint(() => importJsonl('\n\n', 'own.jsonl'))).problem).toMatch(/no tasks/);
    expect((await complaint(() => importJsonl(new Uint8Array([0x1f, 0x8b, 1, 2]), 'x.gz'))).problem).toMatch(
      /unpacked/,
    );
    expect((await complaint(() => importJsonl(new Uint8Array([0xff, 0xfe, 1]), 'x'))).problem).toMatch(
      /UTF-8/,
    );
  });
});

describe('parseTaskSet', () => {
  const set = (tasks: readonly object[]): string =>
    `{"name": "own", "version": 1, "note": "[{", "tasks": [\n${tasks.map((t) => JSON.stringify(t)).join(',\n')}\n]}`;

  it('reads a set', () => {
    expect(parseTaskSet(set([good, { ...good, id: 'b' }]), 'own.json').tasks.map((t) => t.id)).toEqual([
      'a',
      'b',
    ]);
  });

  it('names the line and the place of a bad task', async () => {
    const error = await complaint(() =>
      parseTaskSet(
        set([
          good,
          { ...good, id: 'b' },
          {
            ...good,
            id: 'c',
            hidden: [
              ['1', '1'],
              ['1', '{'],
            ],
          },
        ]),
        'own.json',
      ),
    );
    expect([error.line, error.field]).toEqual([4, 'tasks[2].hidden[1].expected']);
  });

  it('names the line of a doubled id and of broken JSON', async () => {
    expect((await complaint(() => parseTaskSet(set([good, good]), 'own.json'))).line).toBe(3);
    expect(
      (await complaint(() => parseTaskSet('{"name": "x",\n "version": 1,\n "tasks": [}', 'own.json'))).line,
    ).toBe(3);
  });

  it('refuses another version', async () => {
    expect(
      (await complaint(() => parseTaskSet('{"name": "x", "version": 2, "tasks": []}', 'own.json'))).field,
    ).toBe('version');
  });
});

describe('readTaskFile on HumanEval', () => {
  const row = {
    task_id: 'HumanEval/0',
    prompt:
      'def helper(x):\n    """ Not this. """\n\n\ndef add(a, b):\n    """ Add two\n    numbers. Carefully.\n    >>> add(1, 2)\n    3\n    """\n',
    entry_point: 'add',
    canonical_solution: '    return a + b\n',
    test: 'def check(candidate):\n    assert candidate(1, 2) == 3\n',
  };

  it('takes the first sentence of the right docstring as description', async () => {
    const [task] = await readTaskFile(`${JSON.stringify(row)}\n`, 'he.jsonl');
    expect(task).toMatchObject({
      id: 'HumanEval/0',
      description: 'Add two numbers.',
      entryPoint: 'add',
      check: row.test,
      split: 'heldout',
      solution: row.canonical_solution,
    });
  });

  it('names line and field of what is missing', async () => {
    const error = await complaint(() =>
      readTaskFile(
        `${JSON.stringify(row)}\n${JSON.stringify({ ...row, task_id: 'HumanEval/1', test: undefined })}\n`,
        'he.jsonl',
      ),
    );
    expect([error.line, error.field]).toEqual([2, 'test']);
  });

  it('reads the 164 problems of the original file', async ({ skip }) => {
    if (!existsSync(HUMAN_EVAL)) {
      console.warn(
        'SKIPPED: HumanEval.jsonl.gz is not beside this checkout (../shared/data); the original file was not read.',
      );
      skip();
    }
    const tasks = await readTaskFile(new Uint8Array(readFileSync(HUMAN_EVAL)), 'HumanEval.jsonl.gz');
    expect(tasks).toHaveLength(164);
    for (const task of tasks) {
      expect(task.check).toContain('def check(');
      expect(task.prompt).toContain(`def ${task.entryPoint}(`);
      expect(task.description).not.toMatch(/^HumanEval|>>>/);
    }
    expect(tasks[0]!.description).toBe(
      'Check if in given list of numbers, are any two numbers closer to each other than given threshold.',
    );
  });
});

describe('firstJsonError', () => {
  const valid = [
    '{"a": [1, -2.5e3, "\\u00e9\\n", true, null, {}, []], "b": {"c": false}}',
    '3',
    '"x"',
    ' [ ] ',
  ];
  it.each(valid)('accepts what JSON.parse accepts: %s', (text) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(firstJsonError(text)).toBe(-1);
  });

  it('agrees with JSON.parse on every single-character damage', () => {
    const text = valid[0]!;
    for (let i = 0; i < text.length; i++) {
      for (const damaged of [
        text.slice(0, i) + text.slice(i + 1),
        text.slice(0, i),
        `${text.slice(0, i)},${text.slice(i)}`,
        `${text.slice(0, i)}}${text.slice(i)}`,
      ]) {
        let valid = true;
        try {
          JSON.parse(damaged);
        } catch {
          valid = false;
        }
        expect([damaged, firstJsonError(damaged) < 0]).toEqual([damaged, valid]);
      }
    }
  });

  it('points at the first character that cannot be', () => {
    expect(firstJsonError('{"a": 1,}')).toBe(8);
    expect(firstJsonError('[1 2]')).toBe(3);
    expect(firstJsonError('[1')).toBe(2);
    expect(firstJsonError('[1}')).toBe(2);
    expect(firstJsonError('{"a": 01}')).toBe(7);
  });
});
