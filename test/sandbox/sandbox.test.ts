/** The sandbox in Node: outcomes, traces, values and limits, with real Python. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SandboxDisposedError } from '../../src/sandbox/errors.ts';
import { parseLiteral, toLiteral } from '../../src/sandbox/literal.ts';
import { benchmarkLimits } from '../../src/sandbox/limits.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import type { CallResult, Limits, TraceResult } from '../../src/sandbox/types.ts';
import { compareValues, type Value } from '../../src/sandbox/value.ts';
import { definitionCases, endlessInC, outcomeCases } from './programs.ts';

let sandbox: Pool;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const limits: Partial<Limits> = { steps: 20_000, callMs: 20_000, jobMs: 40_000 };
const run = async (code: string, args = '', own: Partial<Limits> = {}): Promise<CallResult> => {
  const { calls } = await sandbox.run({
    code,
    calls: [{ entryPoint: 'f', args }],
    limits: { ...limits, ...own },
  });
  return calls[0]!;
};
const trace = (code: string, args: string, mode: 'final' | 'steps' = 'final'): Promise<TraceResult> =>
  sandbox.trace({ code, call: { entryPoint: 'f', args }, mode, limits });
const literal = (result: CallResult): string => (result.value ? toLiteral(result.value) : result.outcome);

describe('a program ends as', () => {
  test.each(outcomeCases)('$outcome: $name', async ({ outcome, code, error }) => {
    const result = await run(code);
    expect(result.outcome).toBe(outcome);
    if (error) expect(result.error?.type).toBe(error);
    expect(literal(await run('def f():\n    return sum(range(10))'))).toBe('45');
  });

  test('timeout: a loop inside C, ended with its worker', async () => {
    const [bad, good] = await Promise.all([
      run(endlessInC, '', { callMs: 700 }),
      run('def f():\n    return 7'),
    ]);
    expect(bad.outcome).toBe('timeout');
    expect(literal(good)).toBe('7');
  });

  test('a hanging call keeps the results of those before it', async () => {
    const code = 'def f(n):\n    return sum(range(n))';
    const calls = ['1', '3', '10**12', '4'].map((args) => ({
      entryPoint: 'f',
      args: args.replace('10**12', '1' + '0'.repeat(12)),
    }));
    const result = await sandbox.run({ code, calls, limits: { callMs: 1500 } });
    expect(result.calls.map(literal)).toEqual(['0', '3', 'timeout', 'timeout']);
  });

  test('step-limit at the same step every time', async () => {
    const code = 'def f(n):\n    i = 0\n    while i < n:\n        i += 1\n    return i';
    // A trace counts lines: 1 before the loop, 2 per round, the last test and the return.
    const call = { entryPoint: 'f', args: '100' };
    const traced = async (steps: number) =>
      sandbox.trace({ code, call, mode: 'final', limits: { ...limits, steps } });
    expect(await traced(203)).toMatchObject({ outcome: 'ok', stepCount: 203 });
    expect((await traced(202)).outcome).toBe('step-limit');
    // A run counts rounds, to a hundredth.
    for (const round of [1, 2]) {
      expect((await run(code, '9700', { steps: 10_000 })).outcome, `${round}`).toBe('ok');
      expect((await run(code, '10300', { steps: 10_000 })).outcome, `${round}`).toBe('step-limit');
    }
  });

  test.each([
    ['a comprehension over an iterator in C', 'return [0 for _ in iter(int, 1)]'],
    ['a generator', 'return sum(1 for _ in iter(int, 1))'],
    ['a function called from C', 'return sum(map(lambda x: 0, iter(int, 1)))'],
    ['recursion that branches', 'g = lambda n: n < 1 or (g(n - 1), g(n - 1))\n    return g(100)'],
    ['text that it compiles', "exec('while True: pass')"],
    ['one that catches exceptions', 'try:\n        while True: pass\n    except Exception: pass'],
  ])('step-limit: %s', async (_name, body) => {
    expect((await run(`def f():\n    ${body}`, '', { steps: 1_000_000 })).outcome).toBe('step-limit');
    expect(literal(await run('def f(): return 1'))).toBe('1');
  });

  test('ok: 20 million rounds within the budget of a benchmark, which cost nothing to count', async () => {
    const code = 'def f(n):\n    total = 0\n    for i in range(n):\n        total += i & 1\n    return total';
    const patient = { ...benchmarkLimits, callMs: 600_000, jobMs: 600_000 };
    expect(literal(await run(code, '20000000', patient))).toBe('10000000');
  });

  // Frames of Python lie on the heap here. A worker of Chromium has less stack and ends as `memory`.
  test('step-limit: a recursion whose limit is out of reach', async () => {
    const code = 'import sys\ndef f(n=0):\n    sys.setrecursionlimit(10**9)\n    return f(n + 1)';
    expect((await run(code)).outcome).toBe('step-limit');
  });

  test('exception: a text of a list nested deeper than the stack, as in CPython', async () => {
    const code = 'def f():\n    x = []\n    for _ in range(4*10**5):\n        x = [x]\n    return repr(x)';
    const patient = { steps: 10 ** 7, callMs: 600_000, jobMs: 600_000 };
    expect(await run(code, '', patient)).toMatchObject({
      outcome: 'exception',
      error: { type: 'RecursionError' },
    });
    expect(literal(await run('def f(): return 1'))).toBe('1');
  });

  test('an error with the line of the program it came from', async () => {
    const result = await run('import json\ndef f():\n    x = 1\n    return json.loads("{")');
    expect(result.error).toMatchObject({ type: 'JSONDecodeError', line: 4 });
  });

  test('an aborted job rejects and leaves the pool usable', async () => {
    const controller = new AbortController();
    const job = sandbox.run({ code: endlessInC, calls: [{ entryPoint: 'f', args: '' }] }, controller.signal);
    setTimeout(() => controller.abort(new Error('stopped')), 100);
    await expect(job).rejects.toThrow('stopped');
    expect(literal(await run('def f(): return 1'))).toBe('1');
  });

  test('what is no list of arguments is the caller’s fault, not a verdict', async () => {
    expect(await run('def f(x): return x', '1) + (2')).toMatchObject({ outcome: 'harness-error' });
  });
});

describe('nothing stays behind', () => {
  test.each([
    [
      'builtins',
      'import builtins\nbuiltins.len = lambda x: 99\ndef f(): return len([])',
      'def f(): return len([])',
      '0',
    ],
    [
      'a module',
      'import math\nmath.sqrt = None\ndef f(): return 1',
      'import math\ndef f(): return math.sqrt(4)',
      '2.0',
    ],
    [
      'a new module',
      'import sys\nsys.modules["mine"] = 1\ndef f(): return 1',
      'import sys\ndef f(): return "mine" in sys.modules',
      'False',
    ],
    ['globals', 'x = 1\ndef f(): return x', 'def f(): return "x" in globals()', 'False'],
    [
      'the environment',
      'import os\nos.environ["A"] = "1"\ndef f(): return 1',
      'import os\ndef f(): return "A" in os.environ',
      'False',
    ],
    [
      'a file',
      'open("/tmp/a", "w").write("1")\ndef f(): return 1',
      'import os\ndef f(): return os.path.exists("/tmp/a")',
      'False',
    ],
    [
      'the random state',
      'import random\ndef f(): return random.random()',
      'import random\ndef f(): return random.random()',
      '0.8444218515250481',
    ],
    [
      'closed output',
      'import sys\nsys.stdout.close()\ndef f(): return 1',
      'def f(): print("a"); return 1',
      '1',
    ],
    [
      'an import hook',
      'import sys\nsys.meta_path.clear()\ndef f(): return 1',
      'import sched\ndef f(): return 1',
      '1',
    ],
    [
      'a method of a library’s class',
      'import collections\ncollections.Counter.most_common = None\ndef f(): return 1',
      'import collections\ndef f(): return collections.Counter("aab").most_common(1)',
      "[('a', 2)]",
    ],
    [
      'a library function’s code',
      'import json\njson.dumps.__code__ = (lambda *a, **k: "3").__code__\ndef f(): return 1',
      'import json\ndef f(): return json.dumps([1])',
      "'[1]'",
    ],
    [
      'state inside a library',
      'import decimal\ndecimal.getcontext().prec = 2\ndef f(): return 1',
      'import decimal\ndef f(): return str(decimal.Decimal(1) / 3)',
      "'0.3333333333333333333333333333'",
    ],
    [
      'a class registered with an abstract one',
      'import numbers\nnumbers.Number.register(str)\ndef f(): return 1',
      'import numbers\ndef f(): return isinstance("", numbers.Number)',
      'False',
    ],
    [
      'a mutable default of the library',
      'import copy\ncopy.dispatch_table[int] = None\ndef f(): return 1',
      'import copy\ndef f(): return len(copy.dispatch_table) > 0 and int in copy.dispatch_table',
      'False',
    ],
    [
      'a library changed through another module’s name for it',
      'import random\nrandom._os.path = None\ndef f(): return 1',
      'import os\ndef f(): return os.path is not None',
      'True',
    ],
    [
      'a timer',
      'import asyncio, builtins\ndef later(): builtins.len = None\ntry:\n    asyncio.new_event_loop().call_soon(later)\nexcept BaseException: pass\ndef f(): return 1',
      'def f(): return len([])',
      '0',
    ],
    [
      'a suspended generator',
      'def g(box):\n    try:\n        yield\n    finally:\n        while True: pass\ndef f():\n    box = []\n    it = g(box)\n    next(it)\n    box.append(it)\n    return 1',
      'def f(): return 1',
      '1',
    ],
  ])('of %s', async (_what, first, second, expected) => {
    await run(first);
    expect(literal(await run(second))).toBe(expected);
  });

  test('of the parent’s environment', async () => {
    expect(literal(await run('import os\ndef f(): return sorted(os.environ)'))).not.toContain('PATH=');
    expect(literal(await run('import os\ndef f(): return os.environ.get("npm_config_cache", "none")'))).toBe(
      "'none'",
    );
  });

  test('whatever a program reached for, its interpreter is put back', async () => {
    const own = await createSandbox({ workers: 1, spare: false });
    const { fleet } = (own as unknown as { queue: { fleet: { idle: unknown[] } } }).queue;
    let worker: unknown;
    const after = async (code: string) => {
      const calls = [{ entryPoint: 'f', args: '' }];
      const { isPlain } = await own.run({ code, calls, limits });
      await vi.waitFor(() => expect(fleet.idle).toHaveLength(1), 600_000);
      return { isPlain, isFirst: (worker ??= fleet.idle[0]) === fleet.idle[0] };
    };
    const first = await after('def f():\n    return sorted([2, 1])');
    expect(first.isPlain).toBe(true);
    for (const reaching of ['import sys', 'import math\nmath.pi = 3', 'x = ().__class__', 'class A: pass']) {
      const kept = await after(`${reaching}\ndef f():\n    return 1`);
      expect(kept).toEqual({ isPlain: false, isFirst: true });
    }
    const wrote = await after("open('/tmp/x', 'w').close()\ndef f():\n    return 1");
    expect(wrote.isFirst).toBe(true);
    const { calls } = await own.run({
      code: "import os\ndef f():\n    return os.path.exists('/tmp/x')",
      calls: [{ entryPoint: 'f', args: '' }],
    });
    expect(calls[0]).toMatchObject({ value: { type: 'bool', value: false } });
    await own.dispose();
  });
});

describe('standard output', () => {
  test('is captured per call, with what loading printed in the first', async () => {
    const code =
      'import sys\nprint("load")\ndef f(x):\n    print("call", x)\n    sys.stderr.write("no")\n    sys.stdout.buffer.write(b"raw\\n")';
    const calls = [1, 2].map((x) => ({ entryPoint: 'f', args: String(x) }));
    const result = await sandbox.run({ code, calls });
    expect(result.calls.map((call) => call.stdout)).toEqual(['load\ncall 1\nraw\n', 'call 2\nraw\n']);
  });
});

describe('acceptance vector 4: last definitions', () => {
  test.each(definitionCases)('$name', async ({ code, args, definitions, result }) => {
    const traced = await trace(code, args);
    expect(traced.outcome).toBe('ok');
    expect(traced.definitions.map((d) => [d.name, toLiteral(d.value), d.line])).toEqual(definitions);
    if (result) expect(literal(traced)).toBe(result);
  });

  test('the exception path: what was defined when it left', async () => {
    const traced = await trace('def f(x):\n    y = 1\n    z = y // x\n    w = 3', '0');
    expect(traced).toMatchObject({ outcome: 'exception', error: { type: 'ZeroDivisionError', line: 3 } });
    expect(traced.definitions.map((d) => [d.name, toLiteral(d.value), d.line, d.step])).toEqual([
      ['y', '1', 2, 0],
    ]);
  });

  test('the step is the index of the executed line, counted over all frames', async () => {
    const code =
      'def g():\n    a = 1\n    return a\ndef f():\n    x = 0\n    y = g()\n    x = y\n    return x';
    const traced = await trace(code, '');
    // 0: x = 0; 1: y = g(); 2, 3: inside g; 4: x = y; 5: return
    expect(traced.definitions.map((d) => [d.name, d.step])).toEqual([
      ['x', 4],
      ['y', 1],
    ]);
    expect(traced.stepCount).toBe(6);
  });

  test('acceptance vector 8: judge and tracer agree on every program', async () => {
    for (const { code, args } of definitionCases) {
      expect((await trace(code, args)).value).toEqual((await run(code, args)).value);
      expect((await trace(code, args, 'steps')).definitions).toEqual((await trace(code, args)).definitions);
    }
  });
});

describe('steps', () => {
  test('every line with what it changed, calls and returns with their depth, output so far', async () => {
    const code =
      'def g(a):\n    return a + 1\ndef f(n):\n    xs = []\n    for i in range(n):\n        xs.append(g(i))\n        print(i)\n    return xs';
    const { steps = [], stepCount } = await trace(code, '1', 'steps');
    const rows = steps.map((s) => [
      s.event,
      s.line,
      s.depth,
      s.changed.map((c) => `${c.name}=${toLiteral(c.value)}`).join(),
      s.stdoutLength,
    ]);
    expect(rows).toEqual([
      ['call', 3, 0, 'n=1', 0],
      ['line', 4, 0, 'xs=[]', 0],
      ['line', 5, 0, 'i=0', 0],
      ['line', 6, 0, 'xs=[1]', 0],
      ['call', 1, 1, 'a=0', 0],
      ['line', 2, 1, '', 0],
      ['return', 2, 1, 'return=1', 0],
      ['line', 7, 0, '', 0],
      ['line', 5, 0, '', 2],
      ['line', 8, 0, '', 2],
      ['return', 8, 0, 'return=[1]', 2],
    ]);
    expect(stepCount).toBe(7);
    expect(steps.filter((s) => s.event === 'line').map((s) => s.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('the same object has the same id', async () => {
    const { steps = [] } = await trace(
      'def f():\n    a = [1]\n    b = a\n    c = [1]\n    return 0',
      '',
      'steps',
    );
    const ids = steps.flatMap((s) => s.changed).map((c) => (c.value.type === 'list' ? c.value.id : 0));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('an exception leaves frame by frame', async () => {
    const { steps = [] } = await trace('def g():\n    return 1 // 0\ndef f():\n    return g()', '', 'steps');
    expect(steps.slice(-2).map((s) => [s.event, s.function, s.depth])).toEqual([
      ['exception', 'g', 1],
      ['exception', 'f', 0],
    ]);
  });
});

describe('values', () => {
  test('built-in types only, by exact type', async () => {
    const code =
      'class L(list):\n    def __iter__(self): return iter([9])\nimport collections\ndef f():\n    return [L([1]), {1: L()}, 1j, b"a", collections.Counter("aab"), f, ...]';
    expect(literal(await run(code))).toBe(
      "[<L>, {1: <L>}, <complex>, b'a', {'a': 2, 'b': 1}, <function>, <ellipsis>]",
    );
  });

  test('a list that holds itself, and one held twice', async () => {
    expect((await run('def f():\n    x = []\n    x.append(x)\n    return x')).value).toEqual({
      type: 'list',
      items: [{ type: 'ref', id: 1 }],
      id: 1,
    });
    expect(literal(await run('def f():\n    x = [1]\n    return [x, x]'))).toBe('[[1], [1]]');
  });

  test('too large a value is opaque', async () => {
    expect(literal(await run('def f(): return "x" * 10**6'))).toBe('<str too large>');
    expect(literal(await run('def f(): return list(range(10**5))'))).toBe('<list too large>');
    expect(literal(await run('def f(): return 10**100000'))).toBe('<int too large>');
  });

  test('any value survives: literal -> Python -> canonical data -> the same as our own reading of the literal', async () => {
    const scalar: fc.Arbitrary<Value> = fc.oneof(
      fc.constant<Value>({ type: 'none' }),
      fc.boolean().map((value): Value => ({ type: 'bool', value })),
      fc.integer().map((value): Value => ({ type: 'int', value: value === 0 ? 0 : value })),
      fc
        .bigInt({ min: 2n ** 53n, max: 2n ** 200n })
        .map((value): Value => ({ type: 'int', value: String(value) })),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value): Value => ({ type: 'float', value: Object.is(value, -0) ? '-0.0' : value })),
      fc.constantFrom('nan', 'inf', '-inf').map((value): Value => ({ type: 'float', value: value as 'nan' })),
      fc.string({ unit: 'binary' }).map((value): Value => ({ type: 'str', value })),
    );
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 4 }).map((items): Value => ({ type: 'list', items })),
        fc.array(tie('value'), { maxLength: 4 }).map((items): Value => ({ type: 'tuple', items })),
        fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { maxLength: 4 }).map((ints): Value => ({
          type: 'set',
          items: ints.map((v): Value => ({ type: 'int', value: v === 0 ? 0 : v })).sort(compareValues),
        })),
        fc
          .uniqueArray(fc.tuple(fc.string(), tie('value')), { maxLength: 4, selector: ([key]) => key })
          .map((pairs): Value => ({
            type: 'dict',
            entries: pairs.map(([key, item]) => [{ type: 'str', value: key }, item]),
          })),
      ),
    }));
    const values = fc.sample(value, { numRuns: 400, seed: 11 });
    const calls = values.map((v) => ({ entryPoint: 'f', args: toLiteral(v) }));
    const results = (await sandbox.run({ code: 'def f(x):\n    return x', calls, limits: { jobMs: 50_000 } }))
      .calls;
    expect(results.map((result) => result.value)).toEqual(values);
    expect(values.map((v) => parseLiteral(toLiteral(v)))).toEqual(values);
    // and Python's own repr agrees with toLiteral, where a value has one
    const shown = values.filter((v) => !/float\('|\\ud|[\u0250-\u{10ffff}]|\{-?\d+,/u.test(toLiteral(v)));
    const reprs = await sandbox.run({
      code: 'def f(x):\n    return repr(x)',
      calls: shown.map((v) => ({ entryPoint: 'f', args: toLiteral(v) })),
      limits: { jobMs: 50_000 },
    });
    expect(shown.length).toBeGreaterThan(100);
    expect(reprs.calls.map((r) => (r.value?.type === 'str' ? r.value.value : r.outcome))).toEqual(
      shown.map(toLiteral),
    );
  });
});

describe('fingerprints', () => {
  test('are equal for programs that differ in layout, comments and docstrings alone', async () => {
    const [a, b, c, d] = await sandbox.fingerprint([
      'def f(x):\n    return x + 1',
      'def f(x):\n  """Adds."""\n  # one\n  return (x+1)\n',
      'def f(x):\n    return x + 2',
      'def f(x:',
    ]);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    expect(d).toBeNull();
  });
});

test('a closed sandbox says so', async () => {
  const own = await createSandbox({ workers: 1 });
  await own.dispose();
  await expect(own.run({ code: '', calls: [] })).rejects.toThrow(SandboxDisposedError);
});
