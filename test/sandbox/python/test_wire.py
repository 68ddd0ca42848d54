# Two interpreters that talk about one program (wire*.py). A test gives the verdict
# across the border that it gives in one process of CPython, where each pair here is
# run too. The table of shared objects forgets what nobody holds.

import unittest

from conversation import Pair
from sources import needs_new_python, space

VALUES = '''
VALUES = [
    None, True, 0, -1, 2 ** 70, -10 ** 5000, 0.1, -0.0, float('inf'), 1e300, 'a', '', '\\U0001f600', '\\ud83d', '\\ud83d\\ude00', 1 - 2j,
    b'\\x00\\xff', bytearray(b'ab'), [], [1, [2, [3]]], (), (1, (2,)), {1, 2}, frozenset([3]), {}, {'k': [1], 2: None}, range(2, 9, 3),
    slice(1, None, 2), ..., Fraction(1, 3), Decimal('1.10'), Counter('aab'), OrderedDict([(2, 1), (1, 2)]), deque([1, 2], 3),
    defaultdict(list, {1: [2]}), date(2024, 2, 29), timedelta(1, 2, 3), time(1, 2, 3, 4), datetime(2024, 1, 2, tzinfo=timezone.utc),
]
'''
IMPORTS = '''
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
import math
'''
SAME = 'def f(x):\n    return x'
ADDS = 'def f(xs, x):\n    xs.append(x)\n    return xs'
POINT = '''
class Point:
    count = 0
    def __init__(self, x, y=0):
        self.x, self.y = x, y
        Point.count += 1
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __len__(self):
        return 2
    def __iter__(self):
        yield self.x
        yield self.y
    def __repr__(self):
        return f'<{self.x}, {self.y}>'
    @property
    def size(self):
        return abs(self.x) + abs(self.y)
    @classmethod
    def zero(cls):
        return cls(0)
def f(x, y=0):
    return Point(x, y)
'''
ERRORS = '''
class Full(LookupError):
    def __init__(self, size):
        super().__init__('full', size)
        self.size = size
def f(kind):
    if kind == 'key':
        return {}['k']
    if kind == 'own':
        raise Full(3)
    if kind == 'from':
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise ValueError('bad', [1]) from e
    if kind == 'unicode':
        return b'\\xff'.decode('ascii')
    if kind == 'file':
        raise FileNotFoundError(2, 'gone', 'name.txt')
    if kind == 'group':
        raise ExceptionGroup('two', [ValueError(1), TypeError(2)])
'''
GENERATES = 'def f(n):\n    got = []\n    for i in range(n):\n        got.append((yield i))\n    return got'

# Program, test. Some of the tests fail, as they do in one process.
PAIRS = [
    (SAME, VALUES + 'for v in VALUES:\n    assert type(f(v)) is type(v) and f(v) == v and repr(f(v)) == repr(v), v'),
    (SAME, 'assert math.isnan(f(math.nan)) and f(...) is ... and f(NotImplemented) is NotImplemented'),
    (SAME, 'assert f([1]) == [2]'), (SAME, 'assert f(1) == 1.5'), (SAME, 'assert f(True) is 1'), (SAME, 'assert type(f(True)) is int'),
    (SAME, 'x = [1]\nassert f(x) is x and f((x,))[0] is x'),
    (SAME, 'x = []\nx.append(x)\nassert f(x)[0] is x'),
    (SAME, 'assert f(int) is int and f(ValueError) is ValueError and f(Counter) is Counter'),
    (ADDS, 'xs = [1]\nassert f(xs, 2) == [1, 2] and xs == [1, 2]\nxs.clear()\nassert f(xs, 3) == [3]'),
    (ADDS, 'xs = [1]\nf(xs, 2)\nassert xs == [1]'),
    (ADDS, 'd = {"k": []}\nf(d["k"], d)\nassert d["k"][0] is d'),
    ('kept = []\ndef f(x):\n    kept.append(x)\n    return kept',
     'a = f(1)\nb = f(2)\nassert a is b and a == [1, 2]\na.pop()\nassert f(3) == [1, 3]'),
    ('def f(g, xs):\n    return [g(x) for x in xs]',
     'seen = []\ndef g(x):\n    seen.append(x)\n    return -x\nassert f(g, [1, 2]) == [-1, -2]\nassert seen == [1, 2]'),
    ('def f(g):\n    try:\n        return g()\n    except KeyError as e:\n        return e.args',
     'def g():\n    raise KeyError("k", 1)\nassert f(g) == ("k", 1)'),
    ('def f(n):\n    return lambda x, *, y=2: x + n + y', 'g = f(10)\nassert callable(g) and g(1) == 13 and g(1, y=0) == 11'),
    ('def f(n):\n    return lambda x: x + n', 'import inspect\nassert str(inspect.signature(f(1))) == "(x)"'),
    (POINT, 'p = f(1, 2)\nassert p.x == 1 and p.size == 3 and len(p) == 2 and list(p) == [1, 2] and repr(p) == "<1, 2>"'),
    (POINT, 'p = f(1) + f(2, 3)\nassert type(p).__name__ == "Point" and (p.x, p.y) == (3, 3)\np.x = 9\nassert p.x == 9 and p.size == 12'),
    (POINT, 'p = type(f(1)).zero()\nassert isinstance(p, type(f(1))) and p.x == 0 and type(p).count == 3'),
    (POINT, 'assert f(1).z'), (POINT, 'assert hasattr(f(1), "y") and not hasattr(f(1), "z")'),
    (POINT, 'assert f(1, 2) == (1, 2)'), (POINT, 'assert len(f(1)) == 3'),
    (ERRORS, 'try:\n    f("key")\nexcept KeyError as e:\n    assert e.args == ("k",)\nelse:\n    assert False'),
    (ERRORS,
     'try:\n    f("own")\nexcept LookupError as e:\n    assert type(e).__name__ == "Full" and e.size == 3 and e.args == ("full", 3)\n'
     'else:\n    assert False'),
    (ERRORS,
     'try:\n    f("from")\nexcept ValueError as e:\n    assert e.args == ("bad", [1]) and type(e.__cause__) is ZeroDivisionError\n'
     'else:\n    assert False'),
    (ERRORS,
     'try:\n    f("unicode")\nexcept UnicodeDecodeError as e:\n    assert e.start == 0 and e.object == b"\\xff"\nelse:\n    assert False'),
    (ERRORS,
     'try:\n    f("file")\nexcept OSError as e:\n    assert type(e) is FileNotFoundError and e.filename == "name.txt" and e.errno == 2\n'
     'else:\n    assert False'),
    (ERRORS, 'try:\n    f("group")\nexcept* TypeError as e:\n    assert e.exceptions[0].args == (2,)\nexcept* ValueError:\n    pass'),
    (ERRORS, 'try:\n    f("key")\nexcept ValueError:\n    pass'), (ERRORS, 'f("own")'),
    (GENERATES, 'assert list(f(3)) == [0, 1, 2]'),
    (GENERATES,
     'g = f(2)\nassert next(g) == 0 and g.send("a") == 1\ntry:\n    g.send("b")\nexcept StopIteration as e:\n'
     '    assert e.value == ["a", "b"]\nelse:\n    assert False'),
    (GENERATES, 'g = f(5)\nnext(g)\ng.close()\nassert list(g) == []'), (GENERATES, 'assert list(f(2)) == [0, 2]'),
    ('async def f(x):\n    return x + 1', 'import asyncio\nassert asyncio.run(f(1)) == 2'),
    ('from enum import Enum\nclass C(Enum):\n    A = 1\n    B = 2\ndef f(n):\n    return C(n)',
     'assert f(1).name == "A" and f(2).value == 2 and f(1) is f(1) and f(1) is not f(2)'),
    ('class L(list):\n    def total(self):\n        return sum(self)\ndef f(*xs):\n    return L(xs)',
     'x = f(1, 2)\nassert x == [1, 2] and isinstance(x, list) and x.total() == 3\nx.append(4)\nassert x.total() == 7'),
    ('from collections import namedtuple\nP = namedtuple("P", "x y")\ndef f(a):\n    return P(a, 2)',
     'p = f(1)\nassert p == (1, 2) and p.x == 1 and p._asdict() == {"x": 1, "y": 2}'),
    ('def helper(x):\n    return x * 3\ndef f(x):\n    return helper(x)', 'assert helper(2) == 6 == f(2)'),
]


def alone(program, test):
    """The verdict where both are in one namespace."""
    names = {'__name__': 'test'}
    exec(compile(program, '<program>', 'exec'), names)
    names['check'] = None
    exec(compile(test, '<test>', 'exec'), names)
    try:
        names['check'](names['f'])
    except Exception:
        return 'fail'
    return 'pass'


@needs_new_python
class Border(unittest.TestCase):
    def test_verdicts_are_those_of_one_process(self):
        pair = Pair()
        self.addCleanup(pair.forget)
        verdicts = []
        for program, body in PAIRS:
            test = IMPORTS + 'def check(f):\n    ' + body.strip('\n').replace('\n', '\n    ')
            ending = pair.check(program, test)[0]
            found = 'pass' if ending[0] == 'pass' else 'fail'
            self.assertIn(ending[0], ('pass', 'wrong', 'raised'), (program, body, ending))
            self.assertEqual(found, alone(program, test), (program, body, ending))
            verdicts.append(found)
        self.assertEqual(set(verdicts), {'pass', 'fail'})

    def test_a_program_has_no_word_in_its_own_comparison(self):
        pair = Pair()
        self.addCleanup(pair.forget)
        lies = '__eq__ = lambda *a: True\n    __ne__ = lambda *a: False\n    __bool__ = lambda s: True'
        for base in ('', '(int)', '(list)', '(str)'):
            program = 'class Liar' + base + ':\n    ' + lies + '\ndef f(x):\n    return Liar()'
            test = 'def check(f):\n    assert f(1) == [7]'
            self.assertEqual(alone(program, test), 'pass')
            self.assertEqual(pair.check(program, test)[0][0], 'wrong', program)


@needs_new_python
class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = space('encoder', 'budget', 'wire_table')

    def table(self, side=1):
        return self.own['_SharedObjects'](side)

    def test_each_side_numbers_in_its_own_direction(self):
        for side in (1, -1):
            table = self.table(side)
            self.assertEqual([table.number(), table.number()], [side, 2 * side])

    def test_says_what_has_changed_since_the_last_crossing(self):
        table = self.table()
        objects = [[1], {1: 2}, {3}, bytearray(b'a'), [[5]]]
        for x, form in zip(objects, 'ldsBl'):
            table.keep(table.number(), x, form)
        table.settle()
        self.assertEqual(table.changed(), [])
        objects[0][0] = 2
        objects[1][1] = 3
        objects[2].add(4)
        objects[3][0] = 98
        objects[4][0].append(6)  # the list inside is an object of its own
        self.assertEqual(table.changed(), [1, 2, 3, 4])
        table.fresh.extend(table.changed())
        table.settle()
        self.assertEqual(table.changed(), [])

    def test_an_equal_object_in_place_of_another_is_a_change(self):
        table = self.table()
        x = [[1]]
        table.keep(table.number(), x, 'l')
        table.settle()
        x[0] = [1]
        self.assertEqual(table.changed(), [1])

    def test_forgets_what_nobody_holds(self):
        table = self.table()
        held = [1]
        inner = table.number()
        table.keep(inner, [2], 'l')
        table.keep(table.number(), held, 'l')
        table.keep(table.number(), [table.objects[inner]], 'l')
        table.keep(table.number(), [3], 'h')
        table.settle()
        self.assertEqual(sorted(table.purge()), [1, 3])
        self.assertEqual(sorted(table.objects), [2, 4])
        self.assertEqual(table.numbers[id(held)], 2)
        del held
        self.assertEqual(table.purge(), [2])


if __name__ == '__main__':
    unittest.main()
