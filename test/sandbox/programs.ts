/** Programs and what becomes of them, for the tests in Node and in the browser alike. */
import type { Outcome } from '../../src/sandbox/types.ts';

export interface OutcomeCase {
  readonly name: string;
  readonly outcome: Outcome;
  readonly code: string;
  readonly error?: string;
}

/** Each defines f() and comes out as stated. The next honest program must not notice. */
export const outcomeCases: readonly OutcomeCase[] = [
  { name: 'a right program', outcome: 'ok', code: 'def f():\n    return 7' },
  { name: 'a crash', outcome: 'exception', error: 'IndexError', code: 'def f():\n    return [][0]' },
  {
    name: 'a crash while loading',
    outcome: 'exception',
    error: 'NameError',
    code: 'x\ndef f():\n    return 1',
  },
  { name: 'no such function', outcome: 'exception', error: 'NameError', code: 'def g():\n    return 1' },
  { name: 'a syntax error', outcome: 'syntax-error', error: 'SyntaxError', code: 'def f(:\n' },
  { name: 'a null byte', outcome: 'syntax-error', error: 'SyntaxError', code: 'def f():\0 return 1' },
  { name: 'an endless loop', outcome: 'step-limit', code: 'def f():\n    while True:\n        pass' },
  { name: 'an endless loop on one line', outcome: 'step-limit', code: 'def f():\n    while True: pass' },
  {
    name: 'an endless loop while loading',
    outcome: 'step-limit',
    code: 'while True: pass\ndef f(): return 1',
  },
  {
    name: 'an endless generator',
    outcome: 'step-limit',
    code: 'def f():\n    return sum(1 for _ in iter(int, 1))',
  },
  {
    name: 'endless recursion',
    outcome: 'exception',
    error: 'RecursionError',
    code: 'def f():\n    return f()',
  },
  {
    name: 'a swallowed step limit',
    outcome: 'step-limit',
    code: 'def f():\n    try:\n        while True: pass\n    except BaseException:\n        return 7',
  },
  { name: 'sys.exit', outcome: 'exit', code: 'import sys\ndef f():\n    sys.exit(0)' },
  { name: 'SystemExit while loading', outcome: 'exit', code: 'raise SystemExit' },
  { name: 'KeyboardInterrupt', outcome: 'exit', code: 'def f():\n    raise KeyboardInterrupt' },
  { name: 'os._exit', outcome: 'exit', code: 'import os\ndef f():\n    os._exit(0)' },
  { name: 'one huge print', outcome: 'output-limit', code: 'def f():\n    print("x" * 10**7)' },
  {
    name: 'endless print',
    outcome: 'output-limit',
    code: 'def f():\n    while True:\n        print("spam" * 100)',
  },
  {
    name: 'a swallowed output limit',
    outcome: 'output-limit',
    code: 'def f():\n    try:\n        print("x" * 10**7)\n    except BaseException:\n        return 7',
  },
  { name: 'a huge list', outcome: 'memory', error: 'MemoryError', code: 'def f():\n    return [0] * 10**9' },
  {
    name: 'a recursion beyond its raised limit',
    outcome: 'exception',
    error: 'RecursionError',
    code: 'import sys\nsys.setrecursionlimit(3000)\ndef f(n=0):\n    return f(n + 1)',
  },
  {
    name: 'the tracer switched off',
    outcome: 'tamper',
    code: 'import sys\ndef f():\n    sys.monitoring.free_tool_id(3)\n    return 7',
  },
  { name: 'import js', outcome: 'exception', error: 'ModuleNotFoundError', code: 'import js' },
  {
    name: 'import pyodide_js',
    outcome: 'exception',
    error: 'ModuleNotFoundError',
    code: 'import pyodide_js',
  },
  { name: 'input()', outcome: 'exception', error: 'EOFError', code: 'def f():\n    return input()' },
];

/** Ends only by the clock: nothing in Python sees the time pass. */
export const endlessInC = 'def f():\n    return sum(range(10**12))';

export interface DefinitionCase {
  readonly name: string;
  readonly code: string;
  readonly args: string;
  /** name, Python literal, line: in order of first assignment. */
  readonly definitions: readonly (readonly [string, string, number])[];
  readonly result?: string;
}

/** An object whose operations change a list without a call in the line that uses them. */
const changing = `class O:
    def __init__(self, xs):
        self.xs = xs
    @property
    def top(self):
        self.xs.append(3)
        return 3
    @top.setter
    def top(self, value):
        self.xs.append(value)
    def __add__(self, other): self.xs.append(4); return 0
    def __lt__(self, other): self.xs.append(5); return True
    def __contains__(self, item): self.xs.append(6); return False
    def __format__(self, spec): self.xs.append(7); return spec
    def __getitem__(self, key): self.xs.append(8); return key
    def __bool__(self): self.xs.append(9); return True
    def __neg__(self): self.xs.append(10); return 0
`;
const afterLine = (line: string, last: string, value: string): DefinitionCase => ({
  name: `a list changed without a call: ${line}`,
  code: `${changing}def f(xs):\n    o = O(xs)\n    a = 0\n    ${line}\n    return a`,
  args: '[]',
  definitions: [
    ['o', '<O>', 19],
    ['a', value, line.startsWith('a =') ? 21 : 20],
    ['xs', `[${last}]`, 21],
  ],
});

/** Acceptance vector 4 of the method, and its neighbours. The lines were counted by hand. */
export const definitionCases: readonly DefinitionCase[] = [
  {
    name: 'a loop counter keeps its last value, not the one after the end',
    code: 'def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total',
    args: '4',
    definitions: [
      ['total', '6', 4],
      ['i', '3', 3],
    ],
    result: '6',
  },
  {
    name: 'a redefinition in one branch is the last definition only when it ran',
    code: 'def f(x):\n    y = 1\n    if x > 0:\n        y = 2\n    return y',
    args: '1',
    definitions: [['y', '2', 4]],
  },
  {
    name: 'a name stored where two branches meet, one of which stores another name on its way',
    code: 'def f(x):\n    k = 4\n    k = (1 if any((a := v) > len(x) for v in x) else (a := 1))\n    while k > 5: k -= 1\n    return k',
    args: '[3]',
    definitions: [
      ['k', '1', 3],
      ['a', '3', 3],
    ],
  },
  {
    name: 'a branch that does not run defines nothing',
    code: 'def f(x):\n    y = 1\n    if x > 0:\n        y = 2\n        z = 3\n    return y',
    args: '0',
    definitions: [['y', '1', 2]],
  },
  {
    name: 'a local that shadows a global is the local',
    code: 'y = 5\ndef f(x):\n    y = x\n    return y\ny = 6',
    args: '1',
    definitions: [['y', '1', 3]],
  },
  {
    name: 'an inner function’s variable of the same name is another',
    code: 'def f(x):\n    y = 1\n    def g():\n        y = 99\n        return y\n    g()\n    return y',
    args: '1',
    definitions: [
      ['y', '1', 2],
      ['g', '<function>', 3],
    ],
  },
  {
    name: 'a mutation through a method is a redefinition',
    code: 'def f(n):\n    xs = []\n    for i in range(n):\n        xs.append(i)\n    return len(xs)',
    args: '2',
    definitions: [
      ['xs', '[0, 1]', 4],
      ['i', '1', 3],
    ],
  },
  {
    name: 'an item assignment and a nested mutation are redefinitions',
    code: 'def f(n):\n    d = {}\n    rows = [[0], [0]]\n    d[n] = 1\n    rows[1][0] = n\n    return n',
    args: '3',
    definitions: [
      ['d', '{3: 1}', 4],
      ['rows', '[[0], [3]]', 5],
    ],
  },
  {
    name: 'a mutation through an alias changes both names',
    code: 'def f():\n    a = [1]\n    b = a\n    b.append(2)\n    return a',
    args: '',
    definitions: [
      ['a', '[1, 2]', 4],
      ['b', '[1, 2]', 4],
    ],
  },
  {
    name: 'an early return keeps what was defined by then',
    code: 'def f(xs):\n    for x in xs:\n        if x > 1:\n            return x\n        last = x\n    never = 1',
    args: '[1, 2, 3]',
    definitions: [
      ['x', '2', 2],
      ['last', '1', 5],
    ],
    result: '2',
  },
  {
    name: 'an exception caught on the way',
    code: 'def f(x):\n    y = 0\n    try:\n        y = 1\n        z = 1 // x\n    except ZeroDivisionError as e:\n        y = 2\n    return y',
    args: '0',
    definitions: [['y', '2', 7]],
  },
  {
    name: 'recursion shows the entry call’s frame',
    code: 'def f(n):\n    k = n * 10\n    if n == 0:\n        return 0\n    rest = f(n - 1)\n    return k + rest',
    args: '2',
    definitions: [
      ['k', '20', 2],
      ['rest', '10', 5],
    ],
    result: '30',
  },
  {
    name: 'a nested function that assigns by nonlocal redefines',
    code: 'def f(n):\n    count = 0\n    def bump():\n        nonlocal count\n        count += n\n    bump()\n    return count',
    args: '3',
    definitions: [
      ['count', '3', 6],
      ['bump', '<function>', 3],
    ],
  },
  {
    name: 'comprehension variables are not the function’s',
    code: 'def f(xs):\n    ys = [x * 2 for x in xs]\n    zs = {k: v for k, v in enumerate(ys)}\n    return zs',
    args: '[1, 2]',
    definitions: [
      ['ys', '[2, 4]', 2],
      ['zs', '{0: 2, 1: 4}', 3],
    ],
  },
  {
    name: 'a comprehension does not redefine the outer variable of its name',
    code: 'def f(xs):\n    x = 10\n    ys = [\n        abs(x)\n        for x in xs\n    ]\n    return ys',
    args: '[-1, -2]',
    definitions: [
      ['x', '10', 2],
      ['ys', '[1, 2]', 3],
    ],
  },
  {
    name: 'a walrus in a comprehension defines in the function',
    code: 'def f(xs):\n    ys = [y := x + 1 for x in xs]\n    return y',
    args: '[1, 2]',
    definitions: [
      ['y', '3', 2],
      ['ys', '[2, 3]', 2],
    ],
  },
  {
    name: 'arguments count once they are reassigned or changed',
    code: 'def f(a, b, c, d):\n    b = b + 1\n    c.append(1)\n    d.count(1)\n    return a',
    args: '1, 2, [], []',
    definitions: [
      ['b', '3', 2],
      ['c', '[1]', 3],
    ],
  },
  {
    name: 'assigning the same value again is a definition',
    code: 'def f(x):\n    y = 1\n    z = 2\n    y = y\n    return y',
    args: '0',
    definitions: [
      ['y', '1', 4],
      ['z', '2', 3],
    ],
  },
  {
    name: 'an unpacking defines all its names, a deleted name is gone',
    code: 'def f(p):\n    a, (b, *c) = p\n    d = a\n    del d\n    return b',
    args: '(1, (2, 3, 4))',
    definitions: [
      ['a', '1', 2],
      ['b', '2', 2],
      ['c', '[3, 4]', 2],
    ],
  },
  {
    name: 'a while loop, an augmented assignment and a swap',
    code: 'def f(a, b):\n    while b:\n        a, b = b, a % b\n    return a',
    args: '12, 18',
    definitions: [
      ['a', '6', 3],
      ['b', '0', 3],
    ],
    result: '6',
  },
  {
    name: 'swaps of more names, in the order of the source',
    code: 'def f():\n    p, q, r = 1, 2, 3\n    r, p, q = p, q, r\n    return p',
    args: '',
    definitions: [
      ['p', '2', 3],
      ['q', '3', 3],
      ['r', '1', 3],
    ],
    result: '2',
  },
  {
    name: 'a decorated function is looked at below its wrapper',
    code: 'import functools\ndef deco(g):\n    @functools.wraps(g)\n    def inner(*a):\n        w = 1\n        return g(*a)\n    return inner\n@deco\ndef f(x):\n    y = x\n    return y',
    args: '5',
    definitions: [['y', '5', 10]],
    result: '5',
  },
  {
    name: 'a name bound first in a generator expression',
    code: 'def f(xs):\n    found = any((m := x) > 3 for x in xs)\n    return m',
    args: '[1, 5, 2]',
    definitions: [
      ['m', '5', 2],
      ['found', 'True', 2],
    ],
    result: '5',
  },
  {
    name: 'a name bound again in a generator expression, to what it was',
    code: 'def f(xs):\n    any((m := x) > 3 for x in xs)\n    k = 1\n    any((m := x) > 3 for x in xs)\n    return m',
    args: '[1, 5]',
    definitions: [
      ['m', '5', 4],
      ['k', '1', 3],
    ],
  },
  {
    name: 'a name bound first by nonlocal, through two functions',
    code: 'def f(n):\n    def g():\n        def h():\n            nonlocal c\n            c = n\n        h()\n    g()\n    k = c\n    return k\n    c = 0',
    args: '3',
    definitions: [
      ['g', '<function>', 2],
      ['c', '3', 7],
      ['k', '3', 8],
    ],
  },
  {
    name: 'nonlocal in the body of a class',
    code: 'def f():\n    a = 1\n    class K:\n        nonlocal a\n        a = 2\n    return a',
    args: '',
    definitions: [
      ['a', '2', 3],
      ['K', '<type>', 3],
    ],
  },
  {
    name: 'in a recursion nonlocal is the variable of its own activation',
    code: 'def f(n):\n    c = 1\n    def g():\n        nonlocal c\n        c = 1\n    d = 0 if n == 0 else f(n - 1)\n    if n == 0:\n        g()\n    return c',
    args: '1',
    definitions: [
      ['c', '1', 2],
      ['g', '<function>', 3],
      ['d', '1', 6],
    ],
  },
  {
    name: 'a closure of one activation called in another',
    code: 'def f(n, g=None):\n    c = 1\n    def h():\n        nonlocal c\n        c = 1\n    if g:\n        g()\n        return 0\n    d = f(n, h)\n    return c',
    args: '0',
    definitions: [
      ['c', '1', 9],
      ['h', '<function>', 3],
      ['d', '0', 9],
    ],
  },
  {
    name: 'singledispatch: the implementation that the call takes',
    code: 'from functools import singledispatch\n@singledispatch\ndef f(x):\n    other = x\n    return other\n@f.register\ndef _(x: list):\n    n = len(x)\n    return n',
    args: '[1, 2]',
    definitions: [['n', '2', 8]],
    result: '2',
  },
  {
    name: 'singledispatch: the default one',
    code: 'from functools import singledispatch\n@singledispatch\ndef f(x):\n    other = x\n    return other\n@f.register\ndef _(x: list):\n    n = len(x)\n    return n',
    args: '7',
    definitions: [['other', '7', 4]],
    result: '7',
  },
  {
    name: 'a bound method and a partial object',
    code: 'import functools\nclass A:\n    def g(self, x, y):\n        z = x + y\n        return z\nf = functools.partial(A().g, 1)',
    args: '2',
    definitions: [['z', '3', 4]],
  },
  afterLine('a = o.top', '3', '3'),
  afterLine('o.top = 2', '2', '0'),
  afterLine('o.top += 2', '3, 5', '0'),
  afterLine('a = o + 1', '4', '0'),
  afterLine('a = o < 1', '5', 'True'),
  afterLine('a = 1 in o', '6', 'False'),
  afterLine("a = f'{o:x}'", '7', "'x'"),
  afterLine('a = o[1]', '8', '1'),
  afterLine('a = not o', '9', 'False'),
  afterLine('a = -o', '10', '0'),
  {
    name: 'an iterator that changes a list when it is asked for a member',
    code: 'def f(xs):\n    it = map(xs.append, [1, 2])\n    k = 0\n    k = 9 in it\n    return k',
    args: '[]',
    definitions: [
      ['it', '<map>', 2],
      ['k', 'False', 4],
      ['xs', '[1, 2]', 4],
    ],
  },
  {
    name: 'a change deep inside, beside an object',
    code: 'def f():\n    rows = [[1], len]\n    row = rows[0]\n    k = 1\n    row[0] = 2\n    return k',
    args: '',
    definitions: [
      ['rows', '[[2], <builtin_function_or_method>]', 5],
      ['row', '[2]', 5],
      ['k', '1', 4],
    ],
  },
  {
    name: 'a finaliser runs when the last name goes, as it does untraced',
    code: 'class D:\n    def __init__(self, xs): self.xs = xs\n    def __del__(self): self.xs.append(1)\ndef f(xs):\n    u = D(xs)\n    u = 2\n    k = len(xs)\n    return k',
    args: '[]',
    definitions: [
      ['u', '2', 6],
      ['xs', '[1]', 6],
      ['k', '1', 7],
    ],
    result: '1',
  },
  {
    name: 'targets on lines of their own',
    code: 'def f(p):\n    (a,\n     (b, *c)) = p\n    return a',
    args: '(1, (2, 3))',
    definitions: [
      ['a', '1', 2],
      ['b', '2', 3],
      ['c', '[3]', 3],
    ],
  },
  {
    name: 'captures of a match, with-as, an import, and a name that except lets go',
    code: 'def f(p):\n    match p:\n        case [a, *b] if a > 5:\n            pass\n        case {"k": v, **r}:\n            pass\n    try:\n        1 // 0\n    except ZeroDivisionError as e:\n        w = 1\n    import math as m\n    return v',
    args: "{'k': 1, 'j': 2}",
    definitions: [
      ['v', '1', 5],
      ['r', "{'j': 2}", 5],
      ['w', '1', 10],
      ['m', '<module>', 11],
    ],
  },
  {
    name: 'a list that holds itself several times',
    code: 'def f(n):\n    d = {}\n    for i in range(n):\n        d.setdefault(1, []).append(d.get(1))\n    x = 0\n    return x',
    args: '4',
    definitions: [
      ['d', '{1: [..., ..., ..., ...]}', 4],
      ['i', '3', 3],
      ['x', '0', 5],
    ],
  },
  {
    name: 'the order of an ordered dictionary',
    code: "from collections import OrderedDict\ndef f(n):\n    d = OrderedDict(a=1, b=2)\n    d.move_to_end('a')\n    x = list(d)\n    return x",
    args: '1',
    definitions: [
      ['d', "{'b': 2, 'a': 1}", 4],
      ['x', "['b', 'a']", 5],
    ],
  },
];
