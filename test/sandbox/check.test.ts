/**
 * Test programs run apart from the program under test: HumanEval whole, and what each
 * kind of failing program comes out as.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BrokenTestError, checkProgram, type CheckResult } from '../../src/sandbox/check.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import type { Limits } from '../../src/sandbox/types.ts';
import { until } from '../until.ts';

let untrusted: Pool;
let trusted: Pool;
beforeAll(async () => {
  untrusted = await createSandbox({ workers: 1, spare: false });
  trusted = await untrusted.sibling(1);
});
afterAll(async () => {
  await untrusted.dispose();
  await trusted.dispose();
});

const test1 = `
def check(candidate):
    assert candidate([1, 2]) == 3
    assert candidate([]) == 0, 'empty'
    for i in range(3):
        assert candidate(list(range(i))) == sum(range(i))
`;
/** The verdict is what is tested: a busy machine takes its time. */
const PATIENT = { callMs: 600_000, jobMs: 600_000 };
const check = (
  code: string,
  test = test1,
  prompt = 'def f(xs):\n',
  limits: Partial<Limits> = PATIENT,
): Promise<CheckResult> =>
  checkProgram(
    { code, entryPoint: 'f', check: test, prompt, limits: { ...limits, steps: 100_000 } },
    untrusted,
    trusted,
  );

describe('a check', () => {
  test('passes a right program', async () => {
    expect(await check('def f(xs):\n    return sum(xs)')).toMatchObject({ outcome: 'pass', calls: 5 });
  });

  test('names the call and the assertion that a wrong program fails', async () => {
    const result = await check('def f(xs):\n    return sum(xs) if xs else None');
    expect(result.outcome).toBe('wrong');
    expect(result.failed).toEqual({
      args: '[]',
      got: 'None',
      assertion: "assert candidate([]) == 0, 'empty'",
    });
  });

  test.each([
    ['exception', 'def f(xs):\n    return xs[5]'],
    ['step-limit', 'def f(xs):\n    while True: pass'],
    ['exit', 'import sys\ndef f(xs):\n    sys.exit(0)'],
    ['exit', 'import os\ndef f(xs):\n    os._exit(0)'],
    ['syntax-error', 'def f(xs:'],
  ])('reports %s', async (outcome, code) => {
    expect(await check(code)).toMatchObject({ outcome });
    expect(await check('def f(xs):\n    return sum(xs)')).toMatchObject({ outcome: 'pass' });
  });

  test('reports timeout', async () => {
    const code = 'def f(xs):\n    return sum(range(10**12))';
    expect(await check(code, test1, undefined, { callMs: 1000 })).toMatchObject({ outcome: 'timeout' });
    expect(await check('def f(xs):\n    return sum(xs)')).toMatchObject({ outcome: 'pass' });
  });

  test.each([
    [
      'an object that equals everything',
      'class E:\n    def __eq__(self, o): return True\ndef f(xs):\n    return E()',
    ],
    [
      'a subclass of int with its own ==',
      'class I(int):\n    def __eq__(self, o): return True\n    __hash__ = int.__hash__\ndef f(xs):\n    return I(7)',
    ],
    [
      'patched builtins',
      'import builtins\nbuiltins.AssertionError = Exception\nbuiltins.sum = lambda x: 5\ndef f(xs):\n    return 5',
    ],
    ['a check of its own', 'def check(candidate):\n    pass\ndef f(xs):\n    return 5'],
  ])('is not fooled by %s', async (_name, code) => {
    expect((await check(code)).outcome).toBe('wrong');
  });

  test('sees exceptions by their class', async () => {
    const tests =
      'def check(candidate):\n    try:\n        candidate(1)\n        assert False\n    except ValueError as e:\n        assert "no" in str(e)\n';
    expect(await check('def f(x):\n    raise ValueError("no")', tests)).toMatchObject({ outcome: 'pass' });
    expect(await check('def f(x):\n    raise KeyError("no")', tests)).toMatchObject({ outcome: 'exception' });
  });

  test('replays random tests with the same numbers', async () => {
    const tests =
      'import random\ndef check(candidate):\n    for _ in range(20):\n        x = random.random()\n        assert candidate(x) == x * 2\n';
    expect(await check('def f(x):\n    return x + x', tests)).toMatchObject({ outcome: 'pass', calls: 20 });
  });

  test('lets tests use helpers of the prompt, not of the program', async () => {
    const prompt = 'def helper(x):\n    return x + 1\n\ndef f(x):\n    """doc"""\n';
    const tests = 'def check(candidate):\n    assert helper(candidate(1)) == 2\n';
    expect(await check('def helper(x):\n    return 2\ndef f(x):\n    return 5', tests, prompt)).toMatchObject(
      { outcome: 'wrong' },
    );
    expect(await check('def helper(x):\n    return 0\ndef f(x):\n    return x', tests, prompt)).toMatchObject(
      { outcome: 'pass' },
    );
  });

  test('of a program that names files and writes none leaves its interpreters to the next', async () => {
    const idle = async (code: string): Promise<unknown[]> => {
      expect(await check(code)).toMatchObject({ outcome: 'pass' });
      return Promise.all(
        [untrusted, trusted].map((pool) => {
          const { fleet } = (pool as unknown as { queue: { fleet: { idle: unknown[] } } }).queue;
          return until(() => {
            expect(fleet.idle).toHaveLength(1);
            return fleet.idle[0];
          });
        }),
      );
    };
    const [one, other] = await idle('def f(xs):\n    return sum(xs)');
    const after = await idle('def f(xs):\n    state = "open"\n    return sum(xs)');
    expect([after[0] === one, after[1] === other]).toEqual([true, true]);
  });

  test('is an error, not a verdict, when the test itself does not run', async () => {
    await expect(
      check('def f(x):\n    return x', 'import pandas\n\ndef check(candidate):\n    assert candidate(1)\n'),
    ).rejects.toThrow(/pandas/);
    await expect(
      check('def f(x):\n    return x', 'def check(candidate):\n    candidate(1)\n    import pandas\n'),
    ).rejects.toThrow(/pandas/);
    await expect(
      check(
        'def f(x):\n    return x',
        'import numpy as np\n\ndef check(candidate):\n    np.fft(candidate(1))\n',
      ),
    ).rejects.toThrow(/numpy.*fft/);
    await expect(check('def f(x):\n    return x', 'nothing = 1')).rejects.toThrow(BrokenTestError);
  });
});

const file = new URL('../../../shared/data/HumanEval.jsonl.gz', import.meta.url);
if (!existsSync(file))
  console.warn('SKIPPED: HumanEval is not there; 164 canonical solutions were not checked.');

describe.skipIf(!existsSync(file))('HumanEval', () => {
  interface Row {
    readonly task_id: string;
    readonly prompt: string;
    readonly entry_point: string;
    readonly canonical_solution: string;
    readonly test: string;
  }
  const rows = (): Row[] =>
    gunzipSync(readFileSync(file))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);

  test('all 164 canonical solutions pass', async () => {
    const failed: unknown[] = [];
    for (const row of rows()) {
      const code = row.prompt + row.canonical_solution;
      const job = { code, entryPoint: row.entry_point, check: row.test, prompt: row.prompt, limits: PATIENT };
      const result = await checkProgram(job, untrusted, trusted);
      if (result.outcome !== 'pass') failed.push([row.task_id, result]);
    }
    expect(failed).toEqual([]);
  });

  test('no solution passes when its body is gone', async () => {
    const passed: string[] = [];
    for (const row of rows().filter((_, index) => index % 8 === 0)) {
      const job = {
        code: row.prompt + '    pass\n',
        entryPoint: row.entry_point,
        check: row.test,
        prompt: row.prompt,
        limits: PATIENT,
      };
      if ((await checkProgram(job, untrusted, trusted)).outcome === 'pass') passed.push(row.task_id);
    }
    expect(passed).toEqual([]);
  });
});
