/**
 * Which programs are taken for plain, and that those leave nothing behind: asked of
 * the interpreter itself, object by object.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { builtInTasks } from '../../src/cli/engine.ts';
import { honest } from '../attacks/honest.ts';
import { classes } from '../attacks/index.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

/** What is asked for is a verdict: a busy machine takes its time. */
const PATIENT = { callMs: 600_000, jobMs: 600_000 };
const isPlain = async (code: string, args = '') =>
  (await sandbox.run({ code, calls: [{ entryPoint: 'f', args }], limits: PATIENT })).isPlain;

describe('plain', () => {
  test.each([
    'def f(): return sum(i for i in range(3))',
    'import math\ndef f(): return math.sqrt(4)',
    'import math as m\ndef f(): return m.pi',
    'from collections import Counter, defaultdict as dd\ndef f(): return Counter("ab").most_common(1)',
    'from typing import List\ndef f(x: List[int] = []) -> int: return 1',
    'def f():\n    x = {}\n    x["a"] = [1]\n    x["a"].append(2)\n    return x',
    'def f(*a, **k):\n    try:\n        return a[0]\n    except IndexError as e:\n        return str(e)',
    'def f():\n    return type(1) == int and type("") is str',
    'import functools\n@functools.lru_cache(maxsize=None)\ndef f(n=3): return 1 if n == 0 else f(n - 1)',
    'def f():\n    match [1, 2]:\n        case [a, *b]: return a\n        case _: return 0',
    'if __name__ == "__main__":\n    pass\ndef f(): return f"{1:>{3}}"',
    'import heapq\nfrom bisect import insort\ndef f():\n    h = [3, 1]\n    heapq.heapify(h)\n    insort(h, 2)\n    return h',
  ])('%s', async (code) => expect(await isPlain(code)).toBe(true));
});

describe('not plain', () => {
  test.each([
    'def f(): return ().__class__',
    'x = 1\nx.y = 2\ndef f(): pass',
    'def f(): return f.__code__',
    'def f(): return __builtins__',
    'def f(): return getattr(1, "real")',
    'def f(): return "{0.__class__}".format(1)',
    'def f(): return type(type(1))("C", (), {})',
    'def f():\n    t = type\n    return t(1)',
    'def f(): return (type(1), 2)[0]',
    'if 0:\n    eval = 1\ndef f(): return eval("1")',
    'if 0:\n    from re import compile as eval\ndef f(): return eval("1")',
    'from re import compile\ndef f(): return compile("a")',
    'def f(eval=None): return eval',
    'import math\ndef f(): return math',
    'import math\nm = math\ndef f(): return m.pi',
    'import math\ndef f(math): return math.pi',
    'import math\nmath.pi = 3\ndef f(): return 1',
    'import math\nimport functools as math\ndef f(): return math.reduce',
    'import functools\ndef f(): return functools.wraps',
    'from functools import *\ndef f(): return 1',
    'from functools import update_wrapper\ndef f(): return 1',
    'import operator\ndef f(): return operator.attrgetter("x")',
    'import collections.abc\ndef f(): return 1',
    'import random\ndef f(): return random.Random',
    'import re\ndef f(): return re.compile("a").sub.__self__',
    'from . import x\ndef f(): return 1',
    'import os\ndef f(): return 1',
    'class A: pass\ndef f(): return 1',
    'def f():\n    yield 1',
    'async def f(): return 1',
    'def f():\n    with open("x") as h: return 1',
    'def f():\n    try: return 1\n    except: return 2',
    'def f():\n    try: return 1\n    except BaseException: return 2',
    'def f():\n    global __builtins__\n    __builtins__ = {}',
    'def f():\n    match 1:\n        case int(real=x): return x',
    'def f():\n    match {}:\n        case {**__builtins__}: return 1',
    'def f[T](x: T): return x',
    'type X = int\ndef f(): return X.__value__',
    'x = print\ndel x.y\ndef f(): return 1',
    'for x.y in [1]: pass\ndef f(): return 1',
    'def f(: return',
    'x = ' + '('.repeat(500) + ')'.repeat(500),
  ])('%s', async (code) => expect(await isPlain(code)).toBe(false));

  test('no program that lasts, tampers or looks for a way out', async () => {
    const { lasting, bridge } = {
      lasting: classes.alternation.filter(({ verdict }) => verdict !== 'pass'),
      bridge: classes.escape,
    };
    for (const { name, code } of [...lasting, ...bridge]) {
      const { isPlain } = await sandbox.run({ code, calls: [], limits: { callMs: 2000 } });
      expect(isPlain, name).toBe(false);
    }
  });
});

/**
 * Identity of everything that modules and classes hold: it lies where it lay, as
 * memory is put back after it was asked.
 */
const inventory = `
import sys
def f(part):
    rows = []
    for name, module in sorted(sys.modules.items()):
        if name == 'program': continue
        for key, value in sorted(vars(module).items(), key=lambda p: str(p[0])):
            if name == 'sys' and key in ('stdin', 'stdout', 'stderr'): continue
            rows.append(f'{name} {key} {id(value)}')
    seen = set()
    todo = [object]
    while todo:
        c = todo.pop()
        if c in seen or c.__module__ == 'program': continue
        seen.add(c)
        todo.extend(type.__subclasses__(c))
        for key, value in sorted(c.__dict__.items(), key=lambda p: str(p[0])):
            if type(value).__name__ not in ('_abc_data', 'method', 'getset_descriptor', 'weakref', 'cell'):
                rows.append(f'{c.__module__} {c.__qualname__} {key} {id(value)}')
    rows.sort()
    return rows[part * 500:(part + 1) * 500]
`;

describe('what plain programs leave', () => {
  const limits = { ...PATIENT, steps: 5_000_000, valueBytes: 1024 * 1024 };
  const take = async (code = inventory) => {
    const rows: string[] = [];
    for (let part = 0; rows.length === part * 500; part++) {
      const { calls } = await sandbox.run({ code, calls: [{ entryPoint: 'f', args: `${part}` }], limits });
      const value = calls[0]?.value;
      if (value?.type !== 'list') throw new Error(calls[0]?.error?.message ?? 'no list');
      rows.push(...value.items.map((item) => (item.type === 'str' ? item.value : '')));
    }
    return rows;
  };

  test('modules and classes hold the same objects as before', async () => {
    const start = await take();
    let plain = 0;
    const programs = [
      ...honest.map(({ code }) => ({
        code,
        calls: [3, 10, 0].map((n) => ({ entryPoint: 'f', args: `${n}` })),
      })),
      ...(await builtInTasks()).slice(0, 200).map(({ prompt, solution, entryPoint, visible }) => ({
        code: prompt + (solution ?? ''),
        calls: visible.map(({ args }) => ({ entryPoint, args })),
      })),
    ];
    for (const job of programs) if ((await sandbox.run({ ...job, limits: PATIENT })).isPlain) plain++;
    expect(plain).toBeGreaterThan(100);
    expect(await take()).toEqual(start);
  });

  test('and would be seen to hold others', async () => {
    const start = new Set(await take());
    const changed = (await take(`import json\njson.dumps = None\n${inventory}`)).filter(
      (row) => !start.has(row),
    );
    expect(changed.map((row) => row.replace(/\d+$/, ''))).toEqual(['json dumps ']);
  });
});
