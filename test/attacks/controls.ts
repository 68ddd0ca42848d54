/** Honest programs: a sandbox that lets nothing through is easy. */
import { f, type Attack } from './attack.ts';

const solutions: readonly (readonly [name: string, code: string])[] = [
  ['a loop', f('total = 0', 'for i in range(n):', '    total += i', 'return total')],
  ['a built-in', f('return sum(range(n))')],
  ['a comprehension', f('return sum([i for i in range(n)])')],
  ['recursion', f('return 0 if n == 0 else n - 1 + f(n - 1)')],
  ['a generator', `def g(n):\n    for i in range(n):\n        yield i\n${f('return sum(g(n))')}`],
  [
    'a class',
    `class A:\n    def __init__(self):\n        self.total = 0\n    def add(self, i):\n        self.total += i\n${f('a = A()', 'for i in range(n):', '    a.add(i)', 'return a.total')}`,
  ],
  [
    'imports',
    `import math, functools, itertools\nfrom typing import List\n${f('return functools.reduce(lambda a, b: a + b, itertools.chain(range(n)), 0)')}`,
  ],
  [
    'a library that keeps state',
    `import decimal, json, sys\n${f('return int(json.loads(json.dumps(sum(range(n)))))')}`,
  ],
  ['output on the way', f("print('adding', n)", 'return n * (n - 1) // 2')],
  [
    'an exception that it catches',
    f('try:', '    [][0]', 'except IndexError:', '    return n * (n - 1) // 2'),
  ],
  [
    'a decorator and a closure',
    `import functools\n@functools.lru_cache(None)\n${f('def inner():', '    return n * (n - 1) // 2', 'return inner()')}`,
  ],
];

export const controls: readonly Attack[] = solutions.flatMap(([name, code]): Attack[] => [
  { name, code, verdict: 'pass' },
  { name: `${name}, before a test program`, code, verdict: 'pass', byCheck: true },
]);
