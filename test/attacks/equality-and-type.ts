/**
 * Answers that would pass for the right one if the program, not the host, decided
 * what equal means. Each is tried both ways of grading.
 */
import { f, type Attack } from './attack.ts';

const answers: readonly (readonly [name: string, code: string])[] = [
  ['an object whose == is always true', `class E:\n    def __eq__(self, o): return True\n${f('return E()')}`],
  [
    'the same with every operator',
    `class E:\n    def __eq__(self, o): return True\n    __ne__ = lambda s, o: False\n    __lt__ = __le__ = __gt__ = __ge__ = __eq__\n    __hash__ = lambda s: 3\n${f('return E()')}`,
  ],
  [
    'a subclass of int with its own ==',
    `class I(int):\n    def __eq__(self, o): return True\n    __hash__ = int.__hash__\n${f('return I(7)')}`,
  ],
  [
    'a subclass of list with its own len and iter',
    `class L(list):\n    def __len__(self): return 1\n    def __iter__(self): return iter([3])\n    def __eq__(self, o): return True\n${f('return L()')}`,
  ],
  [
    'a subclass of str with its own repr',
    `class S(str):\n    def __repr__(self): return '3'\n    __str__ = __repr__\n    def __eq__(self, o): return True\n    __hash__ = str.__hash__\n${f("return S('x')")}`,
  ],
  ['nan', f("return float('nan')")],
  ['infinity', f("return float('inf')")],
  ['the right answer as text', f('return str(sum(range(n)))')],
  ['repr equal to the expected text', `class R:\n    def __repr__(self): return '3'\n${f('return R()')}`],
  ['a list around the answer', f('return [sum(range(n))]')],
];

const strictOnly: readonly (readonly [name: string, code: string])[] = [
  ['a complex number', f('return complex(sum(range(n)))')],
  ['a float in place of an int', f('return float(sum(range(n)))')],
  ['minus zero', f('return -0.0 if n == 0 else sum(range(n))')],
  ['a bool in place of an int', f('return False if n == 0 else sum(range(n))')],
  ['a subclass of int that is right', `class I(int): pass\n${f('return I(sum(range(n)))')}`],
  ['Decimal', `from decimal import Decimal\n${f('return Decimal(sum(range(n)))')}`],
  ['Fraction', `from fractions import Fraction\n${f('return Fraction(sum(range(n)))')}`],
  [
    'an IntEnum member',
    `import enum\n${f("return enum.IntEnum('E', {'a': sum(range(n)) + 1}).a - 1 if n else enum.IntEnum('E', {'a': 0}).a")}`,
  ],
  [
    'an object that changes between reads',
    `class C:\n    k = 0\n    def __index__(self):\n        C.k += 3\n        return C.k\n    __int__ = __index__\n    def __eq__(self, o): return int(self) == o\n${f('return C()')}`,
  ],
  [
    'an object that takes its class from elsewhere',
    `class C:\n    __class__ = property(lambda s: int)\n    def __eq__(self, o): return True\n${f('return C()')}`,
  ],
  [
    'a metaclass that calls itself int',
    `class M(type):\n    __name__ = 'int'\n    __eq__ = lambda a, b: True\n    __hash__ = type.__hash__\nclass C(metaclass=M): pass\n${f('return C()')}`,
  ],
];

export const equalityAndType: readonly Attack[] = [
  ...[...answers, ...strictOnly].map(([name, code]): Attack => ({ name, code, verdict: 'wrong' })),
  ...answers.map(([name, code]): Attack => ({
    name: `${name}, before a test program`,
    code,
    verdict: ['wrong', 'exception'],
    byCheck: true,
  })),
];
