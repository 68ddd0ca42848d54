/**
 * How deep programs may call. Pure Python lies on the heap, and goes as deep as the program
 * asks for; calls through C end in Node with CPython's own RecursionError, as in a process.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { endOf } from '../../src/sandbox/results.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

const limits = { callMs: 120_000, jobMs: 600_000, steps: 50_000_000 };
const value = async (code: string, args = ''): Promise<unknown> => {
  const { calls } = await sandbox.run({ code, calls: [{ entryPoint: 'f', args }], limits });
  const { outcome, error, value: result } = calls[0]!;
  return outcome === 'ok' ? (result as { value?: unknown }).value : `${outcome}: ${error?.type}`;
};

test('a program on standard input searches a path of 100,000 and remembers 10,000', async () => {
  const code = `import sys
from functools import lru_cache
sys.setrecursionlimit(10**6)
def dfs(n): return 0 if n == 0 else 1 + dfs(n - 1)
@lru_cache(None)
def dp(n): return 0 if n == 0 else 1 + dp(n - 1)
n = int(input())
print(dfs(n), dp(n // 10))
`;
  const { calls } = await sandbox.run({ code, calls: [], stdin: '100000\n', limits });
  expect(calls[0]).toMatchObject({ outcome: 'ok', stdout: '100000 10000\n' });
});

test('calls through C that never end are a RecursionError, and the interpreter lives', async () => {
  const code = `import sys
sys.setrecursionlimit(10**6)
def deep(k): return next(map(deep, [k + 1]))
def f():
    try: deep(0)
    except RecursionError: return 'too deep'
`;
  expect(await value(code)).toBe('too deep');
});

test('an interpreter whose stack of JavaScript has ended counts as CPython’s error, any other death as memory', () => {
  const before = { isPlain: false, badCalls: [] };
  const died = (name: string, message: string, known: { before?: typeof before } = { before }) => {
    const { outcome, error } = endOf({ parts: [], state: 'dead', fatal: { name, message }, ...known });
    return [outcome, error?.type];
  };
  expect(died('RangeError', 'Maximum call stack size exceeded')).toEqual(['exception', 'RecursionError']);
  expect(died('InternalError', 'too much recursion')).toEqual(['exception', 'RecursionError']);
  expect(died('RuntimeError', 'memory access out of bounds')).toEqual(['memory', 'InterpreterDied']);
  // While the source was read: nothing of it ran, and CPython's parser would have refused it.
  expect(died('RangeError', 'Maximum call stack size exceeded', {})).toEqual(['syntax-error', 'MemoryError']);
});

/**
 * What CPython 3.13 says to each at these depths, asked of one (sys.setrecursionlimit as it is at the start).
 */
const NESTED: readonly (readonly [what: string, program: string, levels: number, outcome: string])[] = [
  ['JSON that never closes', "json.loads('[' * n)", 5_000, 'JSONDecodeError'],
  ['the same, deeper', "json.loads('[' * n)", 20_000, 'RecursionError'],
  ['the same, far deeper', "json.loads('[' * n)", 100_000, 'RecursionError'],
  ['lists in JSON', "json.loads('[' * n + ']' * n)", 5_000, 'list'],
  ['objects in JSON', 'json.loads(\'{"a":\' * n)', 100_000, 'RecursionError'],
  ['both in turns', 'json.loads(\'[{"a":\' * n)', 20_000, 'RecursionError'],
  ['brackets in a JSON string', "json.loads('[\"' + '[' * n + '\"]')", 100_000, 'list'],
  ['a JSON text with an earlier error', "json.loads('[1 2' + '[' * n)", 100_000, 'JSONDecodeError'],
  ['a decoder of its own', "json.JSONDecoder().decode('[' * n)", 100_000, 'RecursionError'],
  ['brackets as Python', "eval('(' * n + ')' * n)", 20_000, 'SyntaxError'],
  ['signs as Python', "ast.literal_eval('-' * n + '1')", 20_000, 'MemoryError'],
  ['a long sum as Python', "eval('+'.join(['1'] * n))", 100_000, 'RecursionError'],
  ['a deep copy', 'copy.deepcopy(nest(n))', 5_000, 'RecursionError'],
  ['what JSON is made of', 'json.dumps(nest(n))', 5_000, 'str'],
  ['the same, deeper', 'json.dumps(nest(n))', 20_000, 'RecursionError'],
  ['brackets in a text for JSON', "json.dumps('[' * n)", 20_000, 'str'],
  ['a pattern', "re.compile('(' * n + 'a' + ')' * n)", 5_000, 'RecursionError'],
  ['marshal', 'marshal.dumps(nest(n))', 5_000, 'ValueError'],
  ['pickle', 'pickle.dumps(nest(n))', 100_000, 'RecursionError'],
];

test('what nests too deep ends as in CPython', async () => {
  const code = `import ast, copy, json, marshal, pickle, re
def nest(n):
    value = None
    for _ in range(n): value = [value]
    return value
def f(text, n):
    try: return type(eval(text)).__name__
    except Exception as e: return type(e).__name__
`.replace('eval(text)', "eval(text, {**globals(), 'n': n})");
  const calls = NESTED.map(([, program, levels]) => ({
    entryPoint: 'f',
    args: `${JSON.stringify(program)}, ${levels}`,
  }));
  const said = (await sandbox.run({ code, calls, limits })).calls.map(({ outcome, value: result }) =>
    outcome === 'ok' ? (result as { value?: unknown }).value : outcome,
  );
  expect(NESTED.map(([what], i) => [what, said[i]])).toEqual(
    NESTED.map(([what, , , outcome]) => [what, outcome]),
  );
});
