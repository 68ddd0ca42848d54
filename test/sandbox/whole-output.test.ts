/**
 * What a program on standard input writes past `print`, as CPython's process writes
 * it: through file 1, or a stream of its own that it never closes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

test.each([
  ["import sys\nsys.stdout = open(1, 'w')\nprint(input()[::-1])", 'cba\n'],
  ["import sys, os\nsys.stdout = os.fdopen(1, 'w')\nprint('a')", 'a\n'],
  ["import os\nos.write(1, b'abc')", 'abc'],
  ["open(1, 'w', closefd=False).write('hey')", 'hey'],
  ["import sys\nout = sys.stdout\nsys.stdout = None\nout.write('x')", 'x'],
  ["f = open(1, 'w')\nf.write('abc')\nf.close()", 'abc'],
])('%j', async (code, stdout) => {
  const { calls } = await sandbox.run({ code, calls: [], stdin: 'abc\n' });
  expect(calls[0]).toMatchObject({ outcome: 'ok', stdout });
});

test('is bounded', async () => {
  const code = "import os\nfor _ in range(100):\n    os.write(1, b'x' * 10_000)";
  const { calls } = await sandbox.run({ code, calls: [], stdin: '', limits: { outputBytes: 1000 } });
  expect(calls[0]?.outcome).toBe('output-limit');
  expect(calls[0]!.stdout.length).toBeLessThan(2000);
});
