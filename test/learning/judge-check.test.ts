import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../../src/learning/judge.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { sumTask } from './tasks.ts';

const task = {
  ...sumTask,
  prompt: 'def double(x):\n',
  entryPoint: 'double',
  visible: [],
  hidden: [],
  check: 'def check(candidate):\n    for i in range(4):\n        assert candidate(i) == 2 * i\n',
};

let sandboxes: readonly Sandbox[] = [];
beforeAll(async () => {
  sandboxes = [
    await createSandbox({ workers: 1, spare: false }),
    await createSandbox({ workers: 1, spare: false }),
  ];
});
afterAll(() => Promise.all(sandboxes.map((sandbox) => sandbox.dispose())));

describe('a task with a test program', () => {
  const judged = async (completion: string, check = task.check) => {
    const [sandbox, trusted] = sandboxes as [Sandbox, Sandbox];
    return judge({ ...task, check }, completion, { sandbox, trusted, extraction: 'continuation' });
  };

  it('is judged by it, apart from the program', async () => {
    expect((await judged('    return x + x\n')).verdict).toBe('pass');
    const wrong = await judged('    return x * x\n');
    expect(wrong.verdict).toBe('wrong');
    expect(wrong.failed).toMatchObject({ args: '1', got: '1' });
    expect(wrong.failing).toEqual([{ args: '1', outcome: 'ok' }]);
    expect((await judged('    return x / 0\n')).verdict).toBe('exception');
  });

  it('gives no verdict when the test program itself is broken, or there is nowhere to run it', async () => {
    expect(await judged('    return x\n', 'check = 3')).toMatchObject({
      verdict: 'harness-error',
      reason: expect.stringContaining('not callable') as string,
    });
    expect(
      (await judged('    return x\n', 'import pandas as pd\n\ndef check(candidate):\n    pass\n')).reason,
    ).toContain("No module named 'pandas'");
    const [sandbox] = sandboxes as [Sandbox];
    expect((await judge(task, '    return x\n', { sandbox, extraction: 'continuation' })).verdict).toBe(
      'harness-error',
    );
  });
});
