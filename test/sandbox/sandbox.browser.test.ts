/**
 * The sandbox in a real browser: the same programs through module workers, as far as
 * a browser can differ from Node.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pythonWorker from '../../workers/python.ts?worker&url';
import { createSandbox } from '../../src/sandbox/browser.ts';
import { toLiteral } from '../../src/sandbox/literal.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { definitionCases, endlessInC, outcomeCases } from './programs.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ worker: pythonWorker, workers: 1 });
});
afterAll(() => sandbox.dispose());

const limits = { steps: 20_000, callMs: 20_000, jobMs: 40_000 };
const run = async (code: string, own = {}) => {
  const { calls } = await sandbox.run({
    code,
    calls: [{ entryPoint: 'f', args: '' }],
    limits: { ...limits, ...own },
  });
  return calls[0]!;
};

describe('in a browser', () => {
  test.each(outcomeCases)('a program ends as $outcome: $name', async ({ outcome, code }) => {
    expect((await run(code)).outcome).toBe(outcome);
    const honest = await run('def f():\n    return sum(range(10))');
    expect(honest.value).toEqual({ type: 'int', value: 45 });
  });

  test('what nests too deep is CPython’s RecursionError, and the interpreter lives', async () => {
    const json = (levels: number) =>
      run(
        `import json\ndef f():\n    try: return json.loads('[' * ${levels})\n    except Exception as e: return type(e).__name__`,
      );
    expect((await json(1_000)).value).toEqual({ type: 'str', value: 'JSONDecodeError' });
    expect((await json(100_000)).value).toEqual({ type: 'str', value: 'RecursionError' });
    // The stack of JavaScript ends before Python's own does: it cannot be caught.
    const endless =
      'import sys\nsys.setrecursionlimit(10**6)\ndef g(k): return next(map(g, [k + 1]))\ndef f(): return g(0)';
    expect(await run(endless, { callMs: 120_000, jobMs: 240_000, steps: 10_000_000 })).toMatchObject({
      outcome: 'exception',
      error: { type: 'RecursionError' },
    });
    expect((await run('def f():\n    return 7')).value).toEqual({ type: 'int', value: 7 });
  });

  test('a loop inside C ends with its worker', async () => {
    expect((await run(endlessInC, { callMs: 700 })).outcome).toBe('timeout');
    expect((await run('def f():\n    return 7')).value).toEqual({ type: 'int', value: 7 });
  });

  test('the next interpreter starts from the memory of the first', async () => {
    const snapshotOf = (pool: Pool) =>
      (pool as unknown as { queue: { fleet: { snapshot: ArrayBufferLike | undefined } } }).queue.fleet
        .snapshot;
    const taken = snapshotOf(sandbox);
    // A start that fails drops its snapshot, starts the long way and takes another.
    const next = await sandbox.sibling(1);
    try {
      expect(taken?.byteLength).toBeGreaterThan(0);
      expect(snapshotOf(next) === taken).toBe(true);
    } finally {
      await next.dispose();
    }
  });

  test('traces are those of Node', async () => {
    for (const { code, args, definitions } of definitionCases) {
      const traced = await sandbox.trace({ code, call: { entryPoint: 'f', args }, mode: 'final', limits });
      expect(traced.definitions.map((d) => [d.name, toLiteral(d.value), d.line])).toEqual(definitions);
    }
  });
});
