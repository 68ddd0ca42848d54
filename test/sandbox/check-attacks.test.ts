/**
 * Programs that want to pass a test without doing what it asks: none does, and the
 * next honest program passes.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkProgram, type CheckResult } from '../../src/sandbox/check.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Pool } from '../../src/sandbox/pool.ts';

let untrusted: Pool;
let trusted: Pool;
beforeAll(async () => {
  untrusted = await createSandbox({ workers: 1 });
  trusted = await untrusted.sibling(1);
});
afterAll(async () => {
  await untrusted.dispose();
  await trusted.dispose();
});

const limits = { callMs: 20_000, jobMs: 40_000, steps: 200_000 };
const check = (code: string, body: string, prompt = ''): Promise<CheckResult> =>
  checkProgram(
    {
      code,
      entryPoint: 'f',
      check: `def check(candidate):\n    ${body.replaceAll('\n', '\n    ')}\n`,
      prompt,
      limits,
    },
    untrusted,
    trusted,
  );

async function honest(): Promise<void> {
  expect(
    await check(
      'def f(x):\n    return [x]',
      'assert candidate(1) == [1]\nassert sorted(map(len, [candidate(2)])) == [1]',
    ),
  ).toMatchObject({ outcome: 'pass' });
}

/** Says yes to whatever it is asked. */
const yes = `
class Yes:
    def agree(self, *others): return True
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = issubset = issuperset = startswith = isdigit = agree
    def __ne__(self, other): return False
    def same(self, *others): return self
    __add__ = __radd__ = __sub__ = __rsub__ = __abs__ = __round__ = __getitem__ = __call__ = __neg__ = same
    def __getattr__(self, name): return self
    __hash__ = object.__hash__
def f(x):
    return Yes()
`;

describe('an object that agrees', () => {
  test.each([
    'assert candidate(1) == [1, 2]',
    'assert [1, 2] == candidate(1)',
    'assert not candidate(1) != 5',
    'assert abs(candidate(1) - 2.0) < 1e-6',
    'assert 1 <= candidate(1) <= 3',
    'assert 3 in candidate(1)',
    'assert candidate(1).issubset({1, 2})',
    'assert candidate(1).startswith("a")',
    'assert candidate(1) in [1, 2]',
    'assert [candidate(1)] == [1]',
    'assert (candidate(1), 2) == (1, 2)',
    'assert {candidate(1): 1} == {1: 1}',
    'assert candidate(1)[0] == 4',
    'assert candidate(1).total == 4',
    'import math\nassert math.isclose(candidate(1), 2.0)',
    'import numpy as np\nassert np.allclose(candidate(1), [1.0, 2.0])',
    'import pytest\nassert candidate(1) == pytest.approx(2.0)',
    'import unittest\nunittest.TestCase().assertEqual(candidate(1), 7)',
    'import unittest\nunittest.TestCase().assertIn(7, candidate(1))',
    'from collections import Counter\nassert Counter("a") == candidate(1)',
    'assert isinstance(candidate(1), int)',
    'assert type(candidate(1)) == list',
  ])('%s', async (body) => {
    expect(['wrong', 'exception']).toContain((await check(yes, body)).outcome);
  });

  test.each([
    ['int', '7'],
    ['str', "'7'"],
    ['list', '[7]'],
    ['tuple', '[7]'],
    ['dict', '{7: 7}'],
    ['float', '7.5'],
    ['set', '[7]'],
  ])('built on %s', async (base, value) => {
    const code = `class Yes(${base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __contains__(self, other): return True
    def __len__(self): return 3
    __hash__ = object.__hash__
def f(x):
    return Yes(${value})`;
    for (const body of [
      `assert candidate(1) == ${base}()`,
      `assert ${base}() == candidate(1)`,
      'assert candidate(1) in (0, 1)',
    ])
      expect(['wrong', 'exception']).toContain((await check(code, body)).outcome);
  });

  test('of a class that the prompt has the program write may say what it equals, what a method returns may not', async () => {
    const prompt = 'class f:\n    """A number."""\n';
    const code = `${prompt}
    def __init__(self, n=0): self.n = n
    def __eq__(self, other): return True
    def twice(self): return f()
`;
    expect((await check(code, 'assert candidate(3) == 3', prompt)).outcome).toBe('pass');
    expect((await check(code, 'assert candidate(3).twice() == 6', prompt)).outcome).toBe('wrong');
  });
});

describe('an exception that ends a loop', () => {
  const raising = (what: string) => `def f(n):\n    raise ${what}`;
  test.each([
    ['StopIteration', 'assert all(map(lambda n: candidate(n) == n, [1, 2]))'],
    ['StopIteration', 'for n, m in zip(map(candidate, [1, 2]), [1, 2]):\n    assert n == m'],
    ['StopIteration', 'assert not any(filter(lambda n: candidate(n) != n, [1, 2]))'],
    ['StopIteration', 'assert sum(map(candidate, [0])) == 0'],
    ['StopIteration', 'assert list(map(candidate, [])) == list(map(candidate, [1]))'],
    ['StopIteration', 'for n in iter(lambda: candidate(1), None):\n    assert n == 5'],
    ['StopIteration', 'assert max(map(candidate, [1]), default=4) == 4'],
    ['StopIteration', 'assert [*map(candidate, [1])] == []'],
    [
      'StopIteration',
      'class I:\n    def __iter__(self): return self\n    def __next__(self):\n        x = candidate(1)\n        assert x == 3\n        return x\nfor _ in I(): pass',
    ],
    [
      'AttributeError',
      'class W:\n    @property\n    def x(self): return candidate(1)\nassert getattr(W(), "x", 3) == 3',
    ],
    [
      'AttributeError',
      'class W:\n    @property\n    def x(self): return candidate(1)\nassert not hasattr(W(), "x")',
    ],
    [
      'IndexError',
      'class S:\n    def __getitem__(self, i): return candidate(i)\nassert list(S()) == []\nassert 9 not in S()',
    ],
    [
      'GeneratorExit',
      'def g():\n    try:\n        yield\n    finally:\n        candidate(1)\nx = g()\nnext(x)\nx.close()',
    ],
    [
      'StopAsyncIteration',
      'import asyncio\nclass A:\n    def __aiter__(self): return self\n    async def __anext__(self): return candidate(1)\nasync def main():\n    async for x in A(): assert x == 1\nasyncio.run(main())',
    ],
    [
      '__import__("unittest").SkipTest',
      'import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(candidate(1), 1)\nr = unittest.TestResult()\nT("test_a").run(r)\nassert r.wasSuccessful()',
    ],
    [
      'TypeError',
      'class L:\n    def __length_hint__(self): return candidate(1)\n    def __iter__(self): return iter([])\nassert list(L()) == []',
    ],
  ])('%s: %s', async (what, body) => {
    const { outcome } = await check(raising(what), body);
    expect(outcome).toBe(what.includes('unittest') ? 'wrong' : 'exception');
  });

  test('that the test catches is seen', async () => {
    const body =
      'try:\n    list(map(candidate, [1]))\n    next(map(candidate, [1]))\nexcept StopIteration:\n    pass\nelse:\n    assert False';
    // The list swallows the first one.
    expect((await check(raising('StopIteration'), body)).outcome).toBe('exception');
    const seen = 'try:\n    next(map(candidate, [1]))\nexcept StopIteration:\n    return\nassert False';
    expect((await check(raising('StopIteration'), seen)).outcome).toBe('pass');
  });
});

/**
 * Finds its own side of the conversation and makes every value it sends the one
 * given: JSON of [definitions, the value].
 */
const forging = (raw: string) => `
import gc, json
def f(x):
    for o in gc.get_objects():
        if type(o).__name__ == '_Program':
            def pack(self, x):
                defs, value = json.loads(${JSON.stringify(raw)})
                self.defs.extend(defs)
                return value
            type(o).pack = pack
    return 5
`;
const defined = (...definitions: string[]): string => `[[${definitions.join(', ')}], ["@", -50]]`;

describe('a forged message', () => {
  test.each([
    '[[], ["g", "os", "system"]]',
    '[[], ["g", "builtins", "exec"]]',
    '[[], ["g", "builtins", "eval"]]',
    '[[], ["g", "types", "FunctionType"]]',
    '[[], ["g", "types", "SimpleNamespace.__class__"]]',
    '[[], ["g", "subprocess", "Popen"]]',
    '[[], ["g", "math", "__loader__"]]',
    '[[], ["g", "math", "__loader__.load_module"]]',
    '[[], ["m", "antigravity"]]',
    '[[], ["@", 99]]',
    '[[], ["@", []]]',
    '[[], ["e", ["g", "builtins", "int"], "real"]]',
    '[[], ["T", "Popen", "ls"]]',
    '[[], ["fr", 1, 0]]',
    '[[], ["r", 1, 2, 0]]',
    '[[], ["I", "zz"]]',
    '[[], ["?", "x"]]',
    '[[], ["nothing"]]',
    '[[], {"a": 1}]',
    '[[], []]',
    '[5, 5]',
    '[[5], 5]',
    '[[["l", 3, null, []]], 5]',
    '[[["l", -1, null, []]], 5]',
    '[[["+", -1, ["__class__"], [5]]], 5]',
    '[[["+", 1, ["args"], [5]]], 5]',
    defined('["=", -50, ["g", "os", "system"], []]'),
    defined('["=", -50, ["g", "builtins", "getattr"], []]'),
    defined('["l", -50, null, [["@", -51]]]'),
    defined('["l", -50, null, []]', '["l", -50, null, []]'),
    defined('["t", -50, null, [["@", -50]]]'),
    defined('["t", -50, null, [["@", -51]]]', '["t", -51, null, []]'),
    defined('["d", -50, null, [["@", -51], 1]]', '["l", -51, null, []]'),
    defined('["d", -50, null, [1]]'),
    defined('["D", -50, "dict", []]'),
    defined('["a", -50, "zz", "abc"]'),
    defined('["a", -50, "i", "abc"]'),
    defined('["q", -50, "many", []]'),
    defined('["h", -50, ["g", "builtins", "list"], []]'),
    defined('["h", -50, ["g", "builtins", "int"], []]'),
    defined('["u", -50, ["g", "builtins", "int"], [5]]'),
    defined(
      '["k", -51, [["a", "a", "a", null], [], ["__class__"], [], false, null, null], []]',
      '["h", -50, ["@", -51], []]',
    ),
    defined(
      '["k", -51, [["a", "a", "a", null], [], [], ["__class__"], false, null, null], []]',
      '["h", -50, ["@", -51], []]',
    ),
    defined(
      '["k", -51, [["a", "a", "a", null], [["g", "builtins", "int"]], [], [], false, null, null], []]',
      '["h", -50, ["@", -51], []]',
    ),
    defined('["ke", -50, [["a", "a", "a"], [], "Enum", ["__eq__"], [], [], [], []], [5]]'),
    defined('["ke", -50, [["a", "a", "a"], [], "Enum", ["A"], [], [], [], ["__new__"]], [5]]'),
    defined('["x", -50, ["g", "builtins", "int"], []]'),
    defined('["o", -50, ["p", "Nobody"], []]'),
    defined('["o", -50, ["g", "builtins", "object"], []]'),
    defined('["M", -50, "format", ["abc"]]'),
    defined('["W", -50, "type", [5]]'),
    defined('["V", -50, "__class__", [["@", -51]]]'),
    defined('["MP", -50, null, [5]]'),
    defined('["AD", -50, [2020, 1, 1, 1, 1, 1, 1, 0], [5]]'),
    `[[], ${'["c", '.repeat(3000)}1${']'.repeat(3000)}]`,
    `${'['.repeat(3000)}${']'.repeat(3000)}`,
  ])('%s', async (raw) => {
    const result = await check(
      forging(raw),
      'x = candidate(1)\nassert x == 5 or callable(x) and x("1") == 5\nassert x != x',
    );
    expect(['tamper', 'wrong', 'exception', 'timeout']).toContain(result.outcome);
    await honest();
  });

  test.each([
    [
      'written to the device while loading',
      "import os\nos.write(os.open('/dev/conversation', os.O_RDWR), b'x')\ndef f(x): return 5",
    ],
    [
      'written to the device in a call',
      'import os\ndef f(x):\n    d = os.open(\'/dev/conversation\', os.O_RDWR)\n    os.write(d, b\'["r", ["ok", 5], [], [], 0]\')\n    return 5',
    ],
    [
      'that is no text',
      "import gc\ndef f(x):\n    for o in gc.get_objects():\n        if type(o).__name__ == '_Program':\n            type(o).write = lambda *a: 7\n    return 5",
    ],
    [
      'that is too long',
      "import gc\ndef f(x):\n    for o in gc.get_objects():\n        if type(o).__name__ == '_Program':\n            type(o).write = lambda *a: 'x' * 10**8\n    return 5",
    ],
  ])('%s', async (_name, code) => {
    expect((await check(code, 'assert candidate(1) == 6')).outcome).not.toBe('pass');
    await honest();
  });
});

describe('what the test hands over', () => {
  test.each([
    "g.__globals__['check']",
    'g.__code__.co_consts',
    'g.__closure__[0].cell_contents',
    'g.__self__',
    'g.__builtins__',
    'g.__class__.__subclasses__()',
    "type(g)('x', (), {})",
  ])('gives no way to %s', async (path) => {
    const code = `def f(g):\n    try:\n        return ${path} and 'in'\n    except AttributeError:\n        return 'no way'\n    except BaseException as e:\n        return repr(e)`;
    const { outcome, failed } = await check(code, "secret = 42\nassert candidate(lambda: secret) == 'in'");
    if (outcome !== 'wrong') expect(outcome).toBe('tamper');
    else expect(failed?.got).not.toBe("'in'");
    await honest();
  });

  test('a generator gives no frame', async () => {
    const code = "def f(g):\n    return g.gi_frame.f_globals.get('SECRET')";
    const body = 'global SECRET\nSECRET = 42\nassert candidate(x for x in [1]) is None';
    expect(await check(code, body)).toMatchObject({ outcome: 'pass' });
  });
});

test('a program that switches its limits off has no verdict but tamper', async () => {
  const code = 'import signal\ndef f(x):\n    signal.signal(signal.SIGUSR2, signal.SIG_IGN)\n    return 5';
  expect(await check(code, 'assert candidate(1) == 5')).toMatchObject({ outcome: 'tamper' });
  await honest();
});

test('random numbers of the test are not the program’s to choose', async () => {
  const body = 'import random\ncandidate(0)\nassert len({random.randrange(1000) for _ in range(20)}) > 5';
  const code = 'import random\ndef f(x):\n    random.setstate((3, (0,) * 624 + (624,), None))';
  expect(await check(code, body)).toMatchObject({ outcome: 'pass' });
});

describe('an object that decides by arithmetic', () => {
  const near = ['', 'float', 'int', 'complex', 'set'].map((base) => [
    base === '' ? 'of a class of its own' : `of a class built on ${base}`,
    `class Near(${base}):
    def zero(self, *others): return 0.0
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = zero
    __mod__ = __rmod__ = __pow__ = __rpow__ = __divmod__ = __rdivmod__ = __isub__ = zero
    def none(self, *others): return set()
    __xor__ = __rxor__ = __and__ = __rand__ = __or__ = __ror__ = none
    __abs__ = zero
def f(x):
    return Near()
`,
  ]);
  test.each(
    near.flatMap(([what, code]) =>
      [
        'assert abs(candidate(1) - 2.5) < 1e-6',
        'assert abs(2.5 - candidate(1)) < 1e-6',
        'assert -1e-6 < candidate(1) - 2.5 < 1e-6',
        'assert not candidate(1) ^ {1, 2}',
        'assert not {1, 2} ^ candidate(1)',
        'x = candidate(1)\nx -= 2.5\nassert abs(x) < 1e-6',
        'import math\nassert math.isclose(candidate(1), 2.5)',
        'import numpy as np\nassert np.allclose(candidate(1), 2.5)',
      ].map((body) => [what!, body, code!] as const),
    ),
  )('%s does not pass: %s', async (_what, body, code) => {
    expect((await check(code, body)).outcome).not.toBe('pass');
  });

  test('and the next honest program passes, arithmetic with numbers included', async () => {
    await honest();
    const made = 'import math\ndef f(x):\n    return math.sqrt(x)';
    expect(await check(made, 'assert abs(candidate(2.0) - 1.414214) < 1e-6')).toMatchObject({
      outcome: 'pass',
    });
  });

  test('objects of a class of the prompt, made by the test, calculate as they say', async () => {
    const prompt = `class V:
    def __init__(self, x): self.x = x
    def __add__(self, other): return V(self.x + other.x)
`;
    const body = 'assert candidate(V(1)).x == 3\nassert (V(1) + V(2)).x == 3';
    expect(await check(`${prompt}def f(v):\n    return v + V(2)`, body, prompt)).toMatchObject({
      outcome: 'pass',
    });
  });
});

describe('what merely has the method of a value', () => {
  test.each([
    [
      'a class',
      'class R: isdigit = staticmethod(lambda: True)\ndef f(x):\n    return R',
      'assert candidate(5).isdigit()',
    ],
    [
      'a function',
      'def f(x):\n    def r(): pass\n    r.isdigit = lambda: True\n    return r',
      'assert candidate(5).isdigit()',
    ],
    [
      'a function with a comparison',
      'def f(x):\n    def r(): pass\n    r.issubset = r.issuperset = lambda *a: True\n    return r',
      'assert candidate(5).issubset({1, 2}) and candidate(5).issuperset({1, 2})',
    ],
    [
      'a class that holds everything',
      'class M(type):\n    def __contains__(self, x): return True\nclass R(metaclass=M): pass\ndef f(x):\n    return R',
      'assert 3 in candidate(5) and 7 in candidate(5)',
    ],
    [
      'an enumeration of texts',
      "import enum\nclass E(str, enum.Enum):\n    A = '1'\n    def startswith(self, o): return True\ndef f(x):\n    return E.A",
      "assert candidate(5).startswith('abc')",
    ],
    [
      'a decimal',
      'from decimal import Decimal\nclass D(Decimal):\n    def compare(self, o): return Decimal(0)\ndef f(x):\n    return D(3)',
      'from decimal import Decimal\nassert candidate(5).compare(Decimal(25)) == 0',
    ],
    [
      'a set of its own',
      'class S:\n    def symmetric_difference(self, o): return set()\n    difference = symmetric_difference\ndef f(x):\n    return S()',
      'assert not candidate(5).symmetric_difference({1, 2}) and not candidate(5).difference({1, 2})',
    ],
  ])('%s', async (_what, code, body) => {
    expect((await check(code, body)).outcome).not.toBe('pass');
    await honest();
  });

  test('values keep their methods', async () => {
    const body =
      "assert candidate(5) == 'ab' and candidate(5).startswith('a') and not candidate(5).isdigit()";
    expect(await check("class T(str): pass\ndef f(x):\n    return T('ab')", body)).toMatchObject({
      outcome: 'pass',
    });
    const members = 'import enum\nclass C(enum.Enum):\n    A = 1\n    B = 2\ndef f(x):\n    return C';
    expect(await check(members, 'C = candidate(5)\nassert C.A in C and len(C) == 2')).toMatchObject({
      outcome: 'pass',
    });
  });
});

describe('what a program puts in the place of the library', () => {
  test.each([
    [
      'a function',
      "import math\ndef gcd(a, b): return None\ngcd.__module__ = 'math'\nmath.gcd = gcd\nf = gcd",
      'assert candidate(4, 6) == 2',
    ],
    [
      'a built-in function',
      "import builtins\ndef total(xs): return None\ntotal.__module__ = 'builtins'\ntotal.__qualname__ = 'sum'\nbuiltins.sum = total\nf = total",
      'assert candidate([4, 6]) == 10',
    ],
    [
      'an exception',
      "import json\nclass JSONDecodeError(Exception): pass\nJSONDecodeError.__module__ = 'json.decoder'\njson.decoder.JSONDecodeError = JSONDecodeError\ndef f(x): raise JSONDecodeError('a')",
      'try:\n    candidate(1)\nexcept ValueError:\n    pass\nelse:\n    assert 0',
    ],
  ])('%s is its own', async (_what, code, body) => {
    expect((await check(code, body)).outcome).not.toBe('pass');
    await honest();
  });

  test('and the library itself may be the answer', async () => {
    expect(await check('import math\nf = math.gcd', 'assert candidate(4, 6) == 2')).toMatchObject({
      outcome: 'pass',
    });
    const body =
      "try:\n    candidate('{')\nexcept ValueError as e:\n    assert e.pos == 1\nelse:\n    assert 0";
    expect(await check('import json\ndef f(x):\n    return json.loads(x)', body)).toMatchObject({
      outcome: 'pass',
    });
  });
});
