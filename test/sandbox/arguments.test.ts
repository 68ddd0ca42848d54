/**
 * What may stand between the brackets of a call, which results are literals, and what
 * of asyncio and threads there is.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLiteral, toLiteral } from '../../src/sandbox/literal.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import type { CallResult } from '../../src/sandbox/types.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

const call = async (code: string, args: string, entryPoint = 'f'): Promise<CallResult> =>
  (await sandbox.run({ code, calls: [{ entryPoint, args }] })).calls[0]!;
const shown = async (code: string, args: string): Promise<string> => {
  const { value, error } = await call(code, args);
  return value ? toLiteral(value) : `${error?.type}: ${error?.message}`;
};

describe('the text of a call', () => {
  test.each([
    ["''.join(['A'] * 3)", "'AAA'"],
    ['dict(a=1, b=[2])', "{'a': 1, 'b': [2]}"],
    ['[1, 2, 3][::-1]', '[3, 2, 1]'],
    ["'x y'.split(), ", "['x', 'y']"],
    ['x=1 << 3', '8'],
    ['*[1 + 1]', '2'],
    ['[i * i for i in range(3)]', '[0, 1, 4]'],
    ['helper(2)', '4'],
    ['bytes([1, 255])', "b'\\x01\\xff'"],
    ['1, # a remark', '1'],
  ])('%s', async (args, expected) => {
    const code = 'def helper(x):\n    return 2 * x\n\ndef f(x):\n    return x';
    expect(await shown(code, args)).toBe(expected);
  });

  test('is the program’s exception when it raises, and nothing when it is no list of arguments', async () => {
    expect((await call('def f(x):\n    return 1', '1 / 0')).error?.type).toBe('ZeroDivisionError');
    for (const args of ['1) + (2', 'x y', 'for', '(']) {
      const { outcome } = await call('def f(x):\n    return 1', args);
      expect(outcome).toBe('harness-error');
    }
  });

  test('may name a method', async () => {
    const code = 'class A:\n    class B:\n        def go(self, x):\n            return x + 1';
    const { value } = await call(code, '4', 'A.B().go');
    expect(value).toEqual({ type: 'int', value: 5 });
  });
});

test.each([
  String.raw`b''`,
  String.raw`b'abc'`,
  String.raw`b"it's"`,
  String.raw`b'\'"'`,
  String.raw`b'\x00\t\n\r\\\x7f\xff'`,
])('bytes as a literal: %s', async (text) => {
  const value = parseLiteral(text);
  if ('malformed' in value) throw new Error(value.malformed);
  // CPython writes them, we read them; we write them as it does.
  expect(toLiteral(value)).toBe(text);
  expect(await shown('def f(x):\n    return [x, repr(x), {x: 1}]', text)).toBe(
    toLiteral({
      type: 'list',
      items: [
        value,
        { type: 'str', value: text },
        { type: 'dict', entries: [[value, { type: 'int', value: 1 }]] },
      ],
    }),
  );
});

test.each([String.raw`b'\u0041'`, String.raw`rb'\n'`, "b'é'", String.raw`b'\400'`])(
  'reads %s as Python does',
  (text) => {
    const value = parseLiteral(text);
    if (text.includes('u0041')) expect(value).toEqual({ type: 'bytes', value: String.raw`\u0041` });
    else if (text.startsWith('rb')) expect(value).toEqual({ type: 'bytes', value: String.raw`\n` });
    else expect(value).toHaveProperty('malformed');
  },
);

describe('asyncio', () => {
  test.each([
    [
      'run',
      'async def g():\n    await asyncio.sleep(0.001)\n    return 3\ndef f():\n    return asyncio.run(g())',
      '3',
    ],
    [
      'gather in turns',
      'log = []\nasync def g(i):\n    log.append(i)\n    await asyncio.sleep(0)\n    log.append(-i)\nasync def main():\n    await asyncio.gather(g(1), g(2))\ndef f():\n    asyncio.run(main())\n    return log',
      '[1, 2, -1, -2]',
    ],
    [
      'a loop of its own',
      'async def g():\n    return 4\ndef f():\n    loop = asyncio.new_event_loop()\n    asyncio.set_event_loop(loop)\n    try:\n        return loop.run_until_complete(g())\n    finally:\n        loop.close()',
      '4',
    ],
    [
      'timers in order',
      'async def main():\n    log = []\n    loop = asyncio.get_running_loop()\n    loop.call_later(0.02, log.append, 2)\n    loop.call_later(0.01, log.append, 1)\n    await asyncio.sleep(0.03)\n    return log\ndef f():\n    return asyncio.run(main())',
      '[1, 2]',
    ],
    [
      'to_thread',
      'async def main():\n    return await asyncio.to_thread(sum, [1, 2])\ndef f():\n    return asyncio.run(main())',
      '3',
    ],
    [
      'a wait for nothing',
      'async def main():\n    await asyncio.Future()\ndef f():\n    try:\n        asyncio.run(main())\n    except RuntimeError as e:\n        return str(e)',
      "'the event loop waits for something that can no longer happen'",
    ],
  ])('%s', async (_name, code, expected) => {
    expect(await shown(`import asyncio\n${code}`, '')).toBe(expected);
  });

  test('a thread does not start, and says so', async () => {
    const code = 'import threading\ndef f():\n    threading.Thread(target=print).start()\n';
    expect(await shown(code, '')).toBe(
      'RuntimeError: threads cannot be started here: this interpreter runs in one thread',
    );
  });
});
