/**
 * How deep programs may call. Pure Python lies on the heap, and goes as deep as the program
 * asks for; calls through C end in Node with CPython's own RecursionError, as in a process.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
}, 600_000);
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
}, 600_000);

test('calls through C that never end are a RecursionError, and the interpreter lives', async () => {
  const code = `import sys
sys.setrecursionlimit(10**6)
def deep(k): return next(map(deep, [k + 1]))
def f():
    try: deep(0)
    except RecursionError: return 'too deep'
`;
  expect(await value(code)).toBe('too deep');
}, 600_000);

test('text nested without end is an error of the library', async () => {
  const code = `import json
def f(n):
    try: json.loads('[' * n)
    except (RecursionError, ValueError) as e: return type(e).__name__
`;
  expect(await value(code, '20000')).toBe('JSONDecodeError');
  expect(['JSONDecodeError', 'RecursionError']).toContain(await value(code, '2000000'));
}, 600_000);
