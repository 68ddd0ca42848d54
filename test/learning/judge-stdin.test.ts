/** Verdicts on whole programs: what they may print is measured by what is expected of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeStdin } from '../../src/learning/judge-stdin.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `${i}\n`).join('');
const verdict = async (program: string, count: number): Promise<string> =>
  (await judgeStdin([{ input: `${count}\n`, output: lines(count) }], program, sandbox, undefined, undefined))
    .verdict;

test('a program prints half a megabyte where that is expected', async () => {
  expect(await verdict("print('\\n'.join(map(str, range(int(input())))))", 80_000)).toBe('pass');
});

test('and no more than some times what is expected', async () => {
  expect(await verdict("print('x' * 1_000_000)", 3)).toBe('output-limit');
});
