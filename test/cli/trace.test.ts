/** `trace` on real programs. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tracewise, WorkingFolder } from './command-line.ts';

const PROGRAM = `def f(xs):
    total = 0
    for x in xs:
        total += x
    names = {'a': total, (1, 2): [None, 1.5]}
    print('sum', total)
    return total, names
`;

let folder: WorkingFolder;
beforeEach(async () => {
  folder = await WorkingFolder.create();
});
afterEach(() => folder.remove());

describe('one call', () => {
  test('shows the outcome, the result and where each variable got its last value', async () => {
    const file = await folder.write('p.py', PROGRAM);
    const { code, out } = await tracewise(['trace', '--file', file, '--call', 'f([1, 2])']);
    expect(code).toBe(0);
    expect(out).toContain('outcome: ok');
    expect(out).toContain("result: (3, {'a': 3, (1, 2): [None, 1.5]})");
    expect(out).toContain('stdout:\nsum 3');
    expect(out.some((line) => /^ {2}total = 3 +\(line 4, step \d+\)$/.test(line))).toBe(true);
    expect(out.some((line) => /^ {2}x = 2 +\(line 3, step \d+\)$/.test(line))).toBe(true);
    expect(out.some((line) => line.startsWith('  xs ='))).toBe(false);
  });

  test('--json gives the same as one object, --steps every line in order', async () => {
    const file = await folder.write('p.py', PROGRAM);
    const { code, out } = await tracewise(['trace', '--file', file, '--call', 'f([5])', '--steps', '--json']);
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
    const row = JSON.parse(out[0]!) as { result: string; steps: { line: number; event: string }[] };
    expect(row.result).toBe("(5, {'a': 5, (1, 2): [None, 1.5]})");
    const lines = row.steps.filter(({ event }) => event === 'line').map(({ line }) => line);
    expect(lines).toEqual([2, 3, 4, 3, 5, 6, 7]);
  });

  test("a program that fails is an outcome, not the command's failure", async () => {
    const file = await folder.write('p.py', 'def f(xs):\n    n = len(xs)\n    return xs[n]\n');
    const { code, out } = await tracewise(['trace', '--file', file, '--call', 'f([1])', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out[0]!)).toMatchObject({
      outcome: 'exception',
      result: null,
      error: { type: 'IndexError', line: 3 },
      variables: [{ name: 'n', value: '1', line: 2 }],
    });
  });

  test('a value without a literal is null, with its text beside it', async () => {
    const file = await folder.write('p.py', 'def f():\n    return [object()]\n');
    const { out } = await tracewise(['trace', '--file', file, '--call', 'f()', '--json']);
    expect(JSON.parse(out[0]!)).toMatchObject({ outcome: 'ok', result: null, shown: '[<object>]' });
  });
});

describe('a file of calls', () => {
  test('gives one row per row, in order, whatever became of the program', async () => {
    const input = await folder.writeRows('in.jsonl', [
      { id: 'sum', code: PROGRAM, call: 'f([1, 2])' },
      { id: 7, code: 'def g(s):\n    t = s[::-1]\n    return t\n', call: "g('a)b')" },
      { id: 'broken', code: 'def g(:\n', call: 'g(1)' },
      { id: 'raises', code: 'def g(x):\n    return 1 / x\n', call: 'g(0)' },
      { id: 'leaves', code: 'import sys\ndef g():\n    sys.exit(0)\n', call: 'g()' },
    ]);
    const { code, out } = await tracewise(['trace', '--jsonl', input, '--out', folder.file('out.jsonl')]);
    expect(code).toBe(0);
    expect(out).toEqual(['traced 5: 1 exception, 1 exit, 2 ok, 1 syntax-error']);
    const rows = await folder.readRows('out.jsonl');
    expect(rows.map(({ id, outcome, result }) => [id, outcome, result])).toEqual([
      ['sum', 'ok', "(3, {'a': 3, (1, 2): [None, 1.5]})"],
      [7, 'ok', "'b)a'"],
      ['broken', 'syntax-error', null],
      ['raises', 'exception', null],
      ['leaves', 'exit', null],
    ]);
    expect(rows[1]!['variables']).toEqual([{ name: 't', value: "'b)a'", line: 2, step: 0 }]);
  });

  test('a call whose arguments are no expressions is named, and the other rows are there', async () => {
    const input = await folder.writeRows('in.jsonl', [
      { id: 1, code: 'def g(x):\n    return x\n', call: 'g(1)' },
      { id: 2, code: 'def g(x):\n    return x\n', call: 'g(1 +)' },
    ]);
    const { code, progress } = await tracewise([
      'trace',
      '--jsonl',
      input,
      '--out',
      folder.file('out.jsonl'),
    ]);
    expect(code).toBe(1);
    expect(progress.join('\n')).toContain('in.jsonl:2: "call"');
    expect((await folder.readRows('out.jsonl')).map(({ outcome }) => outcome)).toEqual([
      'ok',
      'harness-error',
    ]);
  });

  test('Ctrl-C leaves nothing half-written', async () => {
    const rows = Array.from({ length: 200 }, (_, id) => ({
      id,
      code: 'def g(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n',
      call: 'g(2000)',
    }));
    const input = await folder.writeRows('in.jsonl', rows);
    const { code, progress } = await tracewise(
      ['trace', '--jsonl', input, '--out', folder.file('out.jsonl')],
      'traced 100 of 200',
    );
    expect(code).toBe(130);
    expect(progress.at(-1)).toBe('tracewise trace: stopped');
    expect(await folder.names()).toEqual(['in.jsonl']);
  });
});

describe('bad input is one line that names the place, exit code 2, and nothing is written', () => {
  const row = { id: 1, code: 'def g(x):\n    return x\n', call: 'g(1)' };

  test.each([
    ['not JSON', `${JSON.stringify(row)}\n{"id": 2,\n`, /in\.jsonl:2: not JSON/],
    ['no call', `${JSON.stringify({ ...row, call: undefined })}\n`, /in\.jsonl:1: "call" is missing/],
    ['no id', `${JSON.stringify({ ...row, id: undefined })}\n`, /in\.jsonl:1: "id" is missing/],
    ['code that is no text', `${JSON.stringify({ ...row, code: 3 })}\n`, /in\.jsonl:1: "code" is not text/],
    [
      'brackets that do not close',
      `\n${JSON.stringify({ ...row, call: 'g(1' })}\n`,
      /in\.jsonl:2: "call": brackets/,
    ],
  ])('a row with %s', async (_name, content, message) => {
    const input = await folder.write('in.jsonl', content);
    const { code, out, progress } = await tracewise([
      'trace',
      '--jsonl',
      input,
      '--out',
      folder.file('out.jsonl'),
    ]);
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(progress).toHaveLength(1);
    expect(progress[0]).toMatch(message);
    expect(await folder.names()).toEqual(['in.jsonl']);
  });

  test.each([
    [['trace'], /--file is missing/],
    [['trace', '--file', 'no-such.py', '--call', 'f()'], /no-such\.py: no such file/],
    [['trace', '--file', 'a.py', '--jsonl', 'b'], /leave out --file/],
    [['trace', '--jsonl', 'b'], /--out is missing/],
    [['trace', '--out', 'b'], /--out belongs to --jsonl/],
    [['trace', '--file', 'a', '--file', 'b'], /--file is given twice/],
    [['trace', '--speed'], /Unknown option '--speed'/],
    [['trace', 'p.py'], /Unexpected argument 'p\.py'/],
    [['walk'], /unknown command "walk"/],
  ])('%j', async (argv, message) => {
    const { code, out, progress } = await tracewise(argv);
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(progress).toHaveLength(1);
    expect(progress[0]).toMatch(message);
  });

  test('no command at all shows the help', async () => {
    const { code, progress } = await tracewise([]);
    expect(code).toBe(2);
    expect(progress.join('\n')).toMatch(/run .*\n.*eval .*\n.*trace .*\n.*export .*\n.*report .*\n.*judge /);
  });
});
