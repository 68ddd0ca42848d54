/**
 * Honest programs of many kinds, as models write them. Each is right; none may lose
 * its verdict to an attack that ran before it.
 */
import { f, type Attack } from './attack.ts';

const total = 'return n * (n - 1) // 2';

/** Import lines, then the rest of the module, then the body of f. */
const sources: readonly (readonly [name: string, code: string])[] = [
  ['a loop', f('total = 0', 'for i in range(n):', '    total += i', 'return total')],
  ['a while loop', f('i = total = 0', 'while i < n:', '    total += i', '    i += 1', 'return total')],
  ['built-ins', f('return sum(range(n))')],
  ['a list comprehension', f('return sum([i for i in range(n)])')],
  ['a set comprehension', f('return sum({i for i in range(n)})')],
  ['a dict comprehension', f('return sum({i: i for i in range(n)}.values())')],
  ['a generator expression', f('return sum(i for i in range(n))')],
  ['nested comprehensions', f('return sum(x for row in [[i] for i in range(n)] for x in row)')],
  ['recursion', f('return 0 if n == 0 else n - 1 + f(n - 1)')],
  ['a helper', `def g(i):\n    return i\n${f('return sum(map(g, range(n)))')}`],
  ['a lambda', f('g = lambda a, b: a + b', 's = 0', 'for i in range(n): s = g(s, i)', 'return s')],
  ['a walrus', f('return sum(y for x in range(n) if (y := x) >= 0)')],
  ['slices', f('xs = list(range(n))', 'return sum(xs[::2]) + sum(xs[1::2])')],
  ['strings', f("return len(''.join('x' * i for i in range(n)))")],
  ['f-strings', f("return int(f'{sum(range(n)):d}')")],
  ['str.format', f("return int('{0}'.format(sum(range(n))))")],
  ['percent formatting', f("return int('%d' % sum(range(n)))")],
  ['bytes', f("return len(b''.join([b'x' * i for i in range(n)]))")],
  ['tuples and stars', f('first, *rest = [0, *range(n)]', 'return first + sum(rest)')],
  ['a sort with a key', f('return sum(sorted(range(n), key=lambda i: -i))')],
  ['zip and enumerate', f('return sum(a for a, _ in zip(range(n), range(n))) * 1')],
  ['an exception caught', f('try:', '    [][0]', 'except IndexError:', `    ${total}`)],
  ['finally', f('try:', `    ${total}`, 'finally:', '    pass')],
  ['a bare except', f('try:', '    1 // 0', 'except:', `    ${total}`)],
  [
    'its own exception',
    `class Bad(ValueError):\n    pass\n${f('try:', "    raise Bad('x')", 'except Bad:', `    ${total}`)}`,
  ],
  ['assertions', f('assert n >= 0', total)],
  ['match', f('match n:', '    case 0:', '        return 0', '    case _:', `        ${total}`)],
  ['match on a class', f('match n:', '    case int(k):', '        return k * (k - 1) // 2')],
  [
    'annotations',
    `from typing import List, Optional\ndef f(n: int) -> Optional[int]:\n    xs: List[int] = list(range(n))\n    return sum(xs)`,
  ],
  ['a generator', `def g(n):\n    for i in range(n):\n        yield i\n${f('return sum(g(n))')}`],
  ['yield from', `def g(n):\n    yield from range(n)\n${f('return sum(g(n))')}`],
  [
    'a generator with send',
    `def acc():\n    t = 0\n    while True:\n        x = yield t\n        t += x\n${f('g = acc()', 'next(g)', 'r = 0', 'for i in range(n): r = g.send(i)', 'return r')}`,
  ],
  ['a closure', f('def inner():', `    ${total}`, 'return inner()')],
  [
    'nonlocal',
    f('t = 0', 'def add(i):', '    nonlocal t', '    t += i', 'for i in range(n): add(i)', 'return t'),
  ],
  [
    'a global',
    `count = 0\n${f('global count', 'count = 0', 'for i in range(n): count += i', 'return count')}`,
  ],
  [
    'a decorator',
    `def twice(g):\n    def inner(n):\n        return g(n)\n    return inner\n@twice\n${f(total)}`,
  ],
  [
    'functools.wraps',
    `import functools\ndef logged(g):\n    @functools.wraps(g)\n    def inner(*args, **kwargs):\n        return g(*args, **kwargs)\n    return inner\n@logged\n${f(total)}`,
  ],
  [
    'a decorator with arguments',
    `from functools import wraps\ndef times(k):\n    def outer(g):\n        @wraps(g)\n        def inner(n):\n            return g(n) * k\n        return inner\n    return outer\n@times(1)\n${f(total)}`,
  ],
  [
    'lru_cache',
    `from functools import lru_cache\n@lru_cache(maxsize=None)\n${f('return 0 if n == 0 else n - 1 + f(n - 1)')}`,
  ],
  ['functools.cache', `import functools\n@functools.cache\n${f(total)}`],
  [
    'reduce and partial',
    `from functools import reduce, partial\nadd = partial(reduce, lambda a, b: a + b)\n${f('return add(range(n), 0)')}`,
  ],
  [
    'singledispatch',
    `from functools import singledispatch\n@singledispatch\ndef g(x): return 0\n@g.register\ndef _(x: int): return x * (x - 1) // 2\n${f('return g(n)')}`,
  ],
  [
    'total_ordering',
    `import functools\n@functools.total_ordering\nclass V:\n    def __init__(self, v): self.v = v\n    def __eq__(self, o): return self.v == o.v\n    def __lt__(self, o): return self.v < o.v\n${f('return sum(x.v for x in sorted([V(i) for i in range(n)]))')}`,
  ],
  [
    'a class',
    `class A:\n    def __init__(self):\n        self.total = 0\n    def add(self, i):\n        self.total += i\n${f('a = A()', 'for i in range(n): a.add(i)', 'return a.total')}`,
  ],
  [
    'inheritance and super',
    `class A:\n    def go(self, n): return sum(range(n))\nclass B(A):\n    def go(self, n): return super().go(n)\n${f('return B().go(n)')}`,
  ],
  [
    'operators of a class',
    `class V:\n    def __init__(self, v): self.v = v\n    def __add__(self, o): return V(self.v + o.v)\n    def __repr__(self): return f'V({self.v})'\n${f('s = V(0)', 'for i in range(n): s = s + V(i)', 'return s.v')}`,
  ],
  [
    'a container class',
    `class S:\n    def __init__(self, xs): self.xs = list(xs)\n    def __len__(self): return len(self.xs)\n    def __getitem__(self, i): return self.xs[i]\n    def __contains__(self, x): return x in self.xs\n${f('s = S(range(n))', 'return sum(s[i] for i in range(len(s)))')}`,
  ],
  [
    'an iterator class',
    `class It:\n    def __init__(self, n): self.i, self.n = -1, n\n    def __iter__(self): return self\n    def __next__(self):\n        self.i += 1\n        if self.i >= self.n: raise StopIteration\n        return self.i\n${f('return sum(It(n))')}`,
  ],
  ['a callable class', `class C:\n    def __call__(self, n): ${total}\nf = C()`],
  [
    'a property',
    `class A:\n    def __init__(self, n): self._n = n\n    @property\n    def total(self): return self._n * (self._n - 1) // 2\n    @staticmethod\n    def of(n): return A(n)\n    @classmethod\n    def make(cls, n): return cls(n)\n${f('return A.make(A.of(n)._n).total')}`,
  ],
  [
    'a context manager',
    `class C:\n    def __enter__(self): return self\n    def __exit__(self, *a): return False\n${f('with C():', `    ${total}`)}`,
  ],
  [
    'contextlib',
    `from contextlib import contextmanager\n@contextmanager\ndef c():\n    yield 1\n${f('with c() as one:', '    return one * n * (n - 1) // 2')}`,
  ],
  [
    'a metaclass',
    `class M(type):\n    def __new__(m, name, bases, space): return super().__new__(m, name, bases, space)\nclass A(metaclass=M):\n    k = 1\n${f('return A.k * n * (n - 1) // 2')}`,
  ],
  [
    'slots',
    `class P:\n    __slots__ = ('x',)\n    def __init__(self, x): self.x = x\n${f('return sum(P(i).x for i in range(n))')}`,
  ],
  [
    'abc',
    `from abc import ABC, abstractmethod\nclass A(ABC):\n    @abstractmethod\n    def go(self, n): ...\nclass B(A):\n    def go(self, n): ${total}\n${f('return B().go(n)')}`,
  ],
  [
    'dataclass',
    `from dataclasses import dataclass, field\n@dataclass(order=True)\nclass P:\n    x: int\n    tags: list = field(default_factory=list)\n${f('return sum(p.x for p in sorted(P(i) for i in range(n)))')}`,
  ],
  [
    'a frozen dataclass',
    `from dataclasses import dataclass, replace\n@dataclass(frozen=True)\nclass P:\n    x: int = 0\n${f('return sum(replace(P(), x=i).x for i in range(n))')}`,
  ],
  [
    'enum',
    `from enum import Enum, IntEnum, auto\nclass C(Enum):\n    A = auto()\n    B = auto()\nclass I(IntEnum):\n    TWO = 2\n${f("return n * (n - 1) // I.TWO if C['A'] is C.A else 0")}`,
  ],
  [
    'namedtuple',
    `from collections import namedtuple\nP = namedtuple('P', 'x y')\n${f('return sum(P(i, 0).x for i in range(n))')}`,
  ],
  [
    'NamedTuple',
    `from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int = 0\n${f('return sum(P(i).x for i in range(n))')}`,
  ],
  [
    'collections',
    `from collections import Counter, defaultdict, deque, OrderedDict\n${f('d = defaultdict(int)', 'q = deque(range(n))', "while q: d['t'] += q.popleft()", "return Counter(d)['t'] + len(OrderedDict())")}`,
  ],
  [
    'UserDict and ChainMap',
    `from collections import UserDict, ChainMap\nclass D(UserDict): pass\n${f("return ChainMap(D(t=sum(range(n))), {})['t']")}`,
  ],
  [
    'itertools',
    `import itertools\n${f('return sum(itertools.chain.from_iterable([i] for i in itertools.islice(itertools.count(), n)))')}`,
  ],
  [
    'heapq and bisect',
    `import heapq, bisect\n${f('h = []', 'for i in range(n): heapq.heappush(h, i)', 'xs = []', 'while h: bisect.insort(xs, heapq.heappop(h))', 'return sum(xs)')}`,
  ],
  ['math', `import math\nfrom math import comb as c\n${f('return c(n, 2) if math.gcd(n, 1) else 0')}`],
  ['operator', `import operator\n${f('return sum(map(operator.itemgetter(0), [(i,) for i in range(n)]))')}`],
  ['re', `import re\n${f(`return sum(int(x) for x in re.findall(r'\\d+', ' '.join(map(str, range(n)))))`)}`],
  ['re.sub with a function', `import re\n${f(`return int(re.sub('x', lambda m: str(sum(range(n))), 'x'))`)}`],
  ['json', `import json\n${f('return json.loads(json.dumps({"t": sum(range(n))}))["t"]')}`],
  [
    'datetime',
    `from datetime import date, datetime, timedelta\n${f('return sum((date(2024, 1, 1) + timedelta(days=i) - date(2024, 1, 1)).days for i in range(n))')}`,
  ],
  [
    'decimal and fractions',
    `from decimal import Decimal, getcontext\nfrom fractions import Fraction\ngetcontext().prec = 30\n${f('return int(sum(Decimal(i) for i in range(n)) + Fraction(0, 1).numerator)')}`,
  ],
  [
    'random with a seed',
    `import random\nrandom.seed(7)\n${f('xs = list(range(n))', 'random.shuffle(xs)', 'return sum(xs)')}`,
  ],
  ['copy', `import copy\n${f('xs = [list(range(n))]', 'ys = copy.deepcopy(xs)', 'return sum(ys[0])')}`],
  [
    'string and textwrap',
    `import string, textwrap\n${f("return len(textwrap.dedent('  ')) + sum(range(n)) * len(string.digits) // 10")}`,
  ],
  ['statistics', `import statistics\n${f('return round(statistics.mean(range(n)) * n) if n else 0')}`],
  [
    'sys and os',
    `import os, sys\nsys.setrecursionlimit(1200)\n${f("return sum(range(n)) if os.path.join('a', 'b') == 'a/b' and sys.maxsize else 0")}`,
  ],
  [
    'a library it changes',
    `import decimal, json, sys\njson.encoder.FLOAT_REPR = str\n${f('return int(json.loads(json.dumps(sum(range(n)))))')}`,
  ],
  [
    'hashlib and base64',
    `import base64, hashlib\n${f("return sum(range(n)) if len(hashlib.md5(base64.b64encode(b'x')).hexdigest()) == 32 else 0")}`,
  ],
  [
    'a file of its own',
    `import tempfile, os\n${f("p = os.path.join(tempfile.mkdtemp(), 'x')", "open(p, 'w').write(str(sum(range(n))))", 'with open(p) as h: return int(h.read())')}`,
  ],
  [
    'StringIO and csv',
    `import csv, io\n${f("return sum(int(c) for row in csv.reader(io.StringIO(','.join(map(str, range(n))))) for c in row)")}`,
  ],
  ['printing on the way', f("print('adding', n)", total)],
  ['eval of its own text', f("return eval('n * (n - 1) // 2')")],
  ['exec', f('space = {}', "exec('def g(n): return sum(range(n))', space)", "return space['g'](n)")],
  [
    'getattr and type',
    `class A:\n    k = 1\nB = type('B', (A,), {'j': 1})\n${f("return getattr(B(), 'k') * n * (n - 1) // 2 * B.j")}`,
  ],
  [
    'weakref and gc',
    `import gc, weakref\nclass A: pass\n${f('a = A()', 'r = weakref.ref(a)', 'gc.collect()', 'return sum(range(n)) if r() is a else 0')}`,
  ],
  ['__main__', `${f(total)}\nif __name__ == '__main__':\n    print(f(3))`],
];

export const honest: readonly Attack[] = sources.map(([name, code]) => ({ name, code, verdict: 'pass' }));
