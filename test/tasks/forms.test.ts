/**
 * Public forms of problems: what is read of a row, what is refused with its line,
 * and, for rows of our own in every form, the verdict on programs that CPython judged
 * by the suite's rule (scripts/vectors/task_forms.py).
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { afterWholePrompt } from '../../src/learning/extract.ts';
import { judge } from '../../src/learning/judge.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { PROGRAM } from '../../src/tasks/entry.ts';
import { TaskFileError } from '../../src/tasks/errors.ts';
import { pickledText } from '../../src/tasks/private-tests.ts';
import { readTaskFile } from '../../src/tasks/task-file.ts';
import { computed } from '../fuzz.ts';

interface Vector {
  readonly form: string;
  readonly name: string;
  readonly row: string;
  readonly program: string;
  readonly whole: boolean;
  readonly passes: boolean;
}

const vectors = readFileSync(new URL('./vectors/forms.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);
const rowOf = (form: string, at = 0): Record<string, unknown> => {
  const rows = [...new Set(vectors.filter((vector) => vector.form === form).map(({ row }) => row))];
  return JSON.parse(rows[at]!) as Record<string, unknown>;
};
const read = async (...rows: readonly unknown[]) =>
  readTaskFile(rows.map((row) => JSON.stringify(row)).join('\n'), 'x.jsonl');

async function refusal(...rows: readonly unknown[]): Promise<TaskFileError> {
  const error = await read(...rows).then(
    () => null,
    (found: unknown) => found,
  );
  expect(error).toBeInstanceOf(TaskFileError);
  return error as TaskFileError;
}

describe('what is read', () => {
  it('LeetCodeDataset: the method of an instance, and what is asked as a comment', async () => {
    const [task] = await read(rowOf('LeetCode'));
    expect(task).toMatchObject({
      id: 'pair-count',
      entryPoint: 'Solution().pairs',
      split: 'heldout',
      tags: ['leetcode'],
    });
    expect(task!.description).toBe('Given an array nums and an integer k, return how many pairs sum to k.');
    expect(task!.prompt).toContain('# Given an array nums');
    expect(task!.prompt).toContain('#     def pairs(self');
    expect(task!.prompt).toMatch(/^from typing import \*\n/);
  });

  it('LiveCodeBench: public tests before private ones, which are unpacked', async () => {
    const [program, call] = await read(rowOf('LiveCodeBench'), rowOf('LiveCodeBench', 1));
    expect(program).toMatchObject({
      id: 'LiveCodeBench/own_a',
      entryPoint: PROGRAM,
      visible: [],
      hidden: [],
    });
    expect(program!.stdin).toEqual([
      { input: '3\n1 2 3\n', output: '6\n' },
      { input: '2\n0.5 0.25\n', output: '0.75' },
      { input: '1\n-4', output: '-4\n' },
    ]);
    expect(program!.check).toBeUndefined();
    expect(call).toMatchObject({ id: 'LiveCodeBench/own_b', entryPoint: 'Solution().smallest' });
    expect(call!.stdin).toBeUndefined();
  });

  it('APPS and TACO: texts, or lists of lines; the part is told by the name of the file', async () => {
    const text = `${JSON.stringify(rowOf('APPS'))}\n${JSON.stringify(rowOf('TACO'))}\n`;
    const [apps, taco] = await readTaskFile(text, 'hub, data/train-00000-of-00001.jsonl');
    expect(apps).toMatchObject({ id: 'APPS/7', split: 'train', entryPoint: PROGRAM });
    expect(apps!.stdin![1]).toEqual({ input: 'x y\nz', output: 'y x\nz' });
    expect(taco).toMatchObject({ id: 'TACO/1', stdin: apps!.stdin });
    expect((await readTaskFile(text, 'test.jsonl'))[0]!.split).toBe('heldout');
    expect((await readTaskFile(text, 'constraints.jsonl'))[0]!.split).toBe('heldout');
  });

  it('LiveCodeBench execution: the call as it is written, of the function that is named', async () => {
    const [task] = await read(rowOf('LiveCodeBench execution'));
    expect(task).toMatchObject({
      id: 'LiveCodeBench/own_1',
      entryPoint: 'tally',
      visible: [{ args: "s = 'aAb(', top = 1", expected: "[('a', 2)]" }],
      solution: '    return Counter(map(key, s)).most_common(top)',
    });
    expect(task!.prompt).toMatch(/def tally\(s: str, \*, top: int = 1\) -> list:\n$/);
  });

  it('CRUXEval: `f` is called, whatever is defined before it', async () => {
    const code = 'def g(x):\n    return x * 2\n\ndef f(x):\n    return g(x) + 1\n';
    const [task] = await read({ id: 'c', code, input: '3', output: '7' });
    expect(task).toMatchObject({ entryPoint: 'f', visible: [{ args: '3', expected: '7' }] });
    expect(task!.prompt).toMatch(/def g[^]*def f\(x\):\n$/);
  });

  it('CRUXEval: an output that is no literal is left to Python', async () => {
    const crux = rowOf('CRUXEval');
    const [plain, other] = await read(crux, { ...crux, id: 'b', output: "bytearray(b'ab')" });
    expect(plain).toMatchObject({ visible: [{ args: "'ab', 2", expected: "'ababa'" }], equality: 'python' });
    expect(other).toMatchObject({ visible: [] });
    expect(other!.check).toBe("def check(candidate):\n    assert candidate('ab', 2) == bytearray(b'ab')\n");
  });

  it('heads over several lines, and functions on one', async () => {
    const crux = { id: 'a', input: '1', output: '2' };
    const [long, short] = await read(
      { ...crux, code: "def f(\n    x,  # a ) and a :\n    y=':(',\n) -> 'int:':\n    return x + 1" },
      { ...crux, id: 'b', code: 'def f(x): return x + 1' },
    );
    expect(long!.prompt).toMatch(/\) -> 'int:':\n$/);
    expect(long!.solution).toBe('    return x + 1');
    expect([short!.prompt, short!.solution]).toEqual(['def f(x):', ' return x + 1']);
  });

  it('own tasks that run as a whole', async () => {
    const own = {
      id: 'a',
      prompt: '# add two numbers\n',
      stdin: [['1 2\n', '3\n'], { input: '', output: '0' }],
    };
    const [task] = await read(own);
    expect(task).toMatchObject({
      entryPoint: PROGRAM,
      stdin: [
        { input: '1 2\n', output: '3\n' },
        { input: '', output: '0' },
      ],
    });
    // What is read is written again into logs and read from there.
    expect(await read(task)).toEqual([task]);
  });

  it('rows of several forms in one file, a list over lines, carriage returns and a byte order mark', async () => {
    const rows = [rowOf('HumanEval'), rowOf('MBPP'), rowOf('APPS')];
    const all = await read(...rows);
    expect(all.map(({ id }) => id)).toEqual(['Own/0', 'MBPP/12', 'APPS/7']);
    expect(
      await readTaskFile(`\uFEFF\r\n${rows.map((row) => JSON.stringify(row)).join('\r\n')}\r\n`, 'x'),
    ).toEqual(all);
    expect(await readTaskFile(`\uFEFF${JSON.stringify(rows, null, 2)}`, 'x')).toEqual(all);
  });
});

describe('what is refused, with the line and the reason', () => {
  const good = rowOf('HumanEval');
  it.each<[string, unknown, RegExp]>([
    [
      'a test program without check',
      { ...good, task_id: 'b', test: 'assert spread([1]) == 0' },
      /no check\(candidate\)/,
    ],
    [
      'an entry point that is an expression',
      { ...good, task_id: 'b', entry_point: 'Solution(3).pairs' },
      /no name of a function/,
    ],
    [
      'an entry point with code in it',
      { ...good, task_id: 'b', entry_point: '__import__("os").system' },
      /no name of a function/,
    ],
    [
      'EvalPlus’ own MBPP',
      { ...rowOf('EvalPlus'), task_id: 'Mbpp/2' },
      /tuples and sets.*evalplus\/mbppplus/,
    ],
    [
      'BigCodeBench',
      {
        task_id: 'BigCodeBench/0',
        complete_prompt: '',
        instruct_prompt: '',
        test: '',
        entry_point: 'task_func',
      },
      /BigCodeBench/,
    ],
    ['CodeContests', { name: 'a', description: '', public_tests: {}, private_tests: {} }, /CodeContests/],
    ['DS-1000', { prompt: '', reference_code: '', code_context: '', metadata: {} }, /DS-1000/],
    ['a form that nobody knows', { question: 'Why?', answer: '42' }, /"question", "answer"/],
    ['APPS without tests', { ...rowOf('APPS'), input_output: '' }, /has no tests/],
    [
      'APPS with inputs that lack outputs',
      { ...rowOf('APPS'), input_output: '{"inputs":["a"],"outputs":[]}' },
      /of one length/,
    ],
    [
      'APPS with an input that is a number',
      { ...rowOf('APPS'), input_output: '{"inputs":[1],"outputs":["1"]}' },
      /inputs\[0\]/,
    ],
    ['LiveCodeBench without a name to call', { ...rowOf('LiveCodeBench', 1), metadata: '{}' }, /func_name/],
    [
      'LiveCodeBench with tests of two kinds',
      { ...rowOf('LiveCodeBench', 1), private_test_cases: '[{"input":"","output":"","testtype":"stdin"}]' },
      /mixes/,
    ],
    [
      'LiveCodeBench with private tests that are none',
      { ...rowOf('LiveCodeBench'), private_test_cases: 'AAAA' },
      /private_test_cases/,
    ],
    [
      'an execution row whose input is no call',
      { ...rowOf('LiveCodeBench execution'), input: "'banana'" },
      /no call of tally/,
    ],
    [
      'an execution row of another function',
      { ...rowOf('LiveCodeBench execution'), function_name: 'other', input: 'other(1)' },
      /no function other/,
    ],
    [
      'own runs beside examples',
      { id: 'o', prompt: '#', stdin: [['', '']], visible: [['1', '1']] },
      /beside "stdin"/,
    ],
    ['own runs that are none', { id: 'o', prompt: '#', stdin: [['']] }, /two texts/],
    ['a number', 7, /not a JSON object/],
  ])('%s', async (_what, row, message) => {
    const error = await refusal(good, row).catch(() => null);
    // A row of an unknown form is read by the first one's, which says what it lacks: here it stands alone.
    const alone = error !== null && message.test(error.message) ? error : await refusal(row);
    expect(alone.message).toMatch(message);
    expect(alone.line).toBe(alone === error ? 2 : 1);
  });

  it('the line of an element of a list', async () => {
    const text = JSON.stringify([good, { ...good, task_id: 'b', test: 'x' }], null, 1);
    const line = text.split('\n').findIndex((one) => one === ' },') + 2;
    await expect(readTaskFile(text, 'list.json')).rejects.toThrow(
      `list.json:${line}: test: defines no check`,
    );
  });
});

describe('packed tests', () => {
  it('a pickle of anything but one text is not read', () => {
    const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
    // pickle.dumps('ab') of protocols 2 and 4, and what stands in other pickles.
    expect(pickledText(bytes('\x80\x02X\x02\x00\x00\x00abq\x00.'))).toBe('ab');
    expect(pickledText(bytes('\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00\x8c\x02ab\x94.'))).toBe('ab');
    expect(pickledText(bytes('\x80\x04K\x01.'))).toBeNull();
    expect(pickledText(bytes('cos\nsystem\n(S"id"\ntR.'))).toBeNull();
    expect(pickledText(bytes('\x80\x02X\xff\xff\xff\xffab.'))).toBeNull();
    expect(pickledText(bytes('\x80\x02X\x02\x00\x00\x00ab'))).toBeNull();
    expect(pickledText(bytes('\x80\x02X\x01\x00\x00\x00a.b'))).toBeNull();
  });
});

describe('no text of a file makes a reader slow', () => {
  it.each<[string, string]>([
    ['millions of empty lines', `${'\n'.repeat(2e7)}{`],
    ['millions of empty lines in a list', `[${'\n'.repeat(2e7)}`],
    [
      'a million heads that do not close',
      JSON.stringify({ id: 'a', code: 'def f(\n'.repeat(1e5), input: '1', output: '1' }),
    ],
    ['white space after a row', `{}${' '.repeat(1e7)}x`],
  ])('%s', async (_what, text) => {
    const start = computed();
    await expect(readTaskFile(text, 'x')).rejects.toThrow(TaskFileError);
    // Seconds here, minutes or no memory before.
    expect(computed() - start).toBeLessThan(20_000);
  });

  it('nothing is unpacked that a file of tests claims beyond the limit', async () => {
    const { deflateSync } = await import('node:zlib');
    const bomb = deflateSync(Buffer.alloc(80 * 2 ** 20)).toString('base64');
    const error = await refusal({ ...rowOf('LiveCodeBench'), private_test_cases: bomb });
    expect(error.message).toMatch(/larger than 64 MiB/);
    await expect(
      readTaskFile(new Uint8Array(gzipSync(Buffer.alloc(80 * 2 ** 20, 10))), 'x.gz'),
    ).rejects.toThrow(/larger than 64 MiB/);
  });
});

describe('the verdict is CPython’s', () => {
  let sandboxes: Promise<readonly [Sandbox, Sandbox]> | undefined;
  afterAll(async () => {
    await Promise.all(((await sandboxes) ?? []).map((sandbox) => sandbox.dispose()));
  });

  it.each(vectors.map((vector) => [`${vector.form}: ${vector.name}`, vector] as const))(
    '%s',
    async (_name, { row, program, whole, passes }) => {
      sandboxes ??= Promise.all([
        createSandbox({ workers: 1, spare: false }),
        createSandbox({ workers: 1, spare: false }),
      ]);
      const [sandbox, trusted] = await sandboxes;
      const [task] = await readTaskFile(row, 'x.jsonl');
      const options = { sandbox, trusted, extraction: whole ? 'whole' : 'continuation' } as const;
      const completion = whole ? program : afterWholePrompt(task!, program);
      const { verdict } = await judge(task!, completion, options);
      expect([verdict === 'pass', verdict]).toEqual([
        passes,
        passes ? 'pass' : expect.not.stringMatching(/harness|tamper/),
      ]);
    },
    120_000,
  );
});
