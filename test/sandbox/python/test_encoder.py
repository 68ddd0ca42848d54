# The value codec's Python half (encoder.py): arguments as Python itself reads them,
# values that come back as they were, and no method of the program's ever called.

import json
import math
import random
import unittest
from collections import Counter, OrderedDict, defaultdict

from sources import space

ENCODER = space('encoder')


def decoded(data):
    """The value that tagged data stands for. Written for these tests; the host's
    own reading is src/sandbox/reply.ts."""
    kind = data['type']
    if kind == 'none':
        return None
    if kind == 'int':
        return int(data['value'])
    if kind == 'float':
        return float(data['value'])
    if kind in ('str', 'bool'):
        return data['value']
    if kind == 'dict':
        plain = {decoded(k): decoded(v) for k, v in data['entries']}
        of = data.get('of')
        if of == 'defaultdict':
            return defaultdict(None, plain)
        return {None: dict, 'Counter': Counter, 'OrderedDict': OrderedDict}[of](plain)
    return {'list': list, 'tuple': tuple, 'set': set, 'frozenset': frozenset}[kind](decoded(e) for e in data['items'])


def spelled(x):
    """A text that tells values apart which are equal and of other types, whatever the order of a set."""
    if type(x) in (set, frozenset):
        return type(x).__name__ + str(sorted(spelled(e) for e in x))
    if isinstance(x, dict):
        return type(x).__name__ + str([(spelled(k), spelled(v)) for k, v in x.items()])
    if type(x) in (list, tuple):
        return type(x).__name__ + str([spelled(e) for e in x])
    return type(x).__name__ + repr(x)


def encode(value):
    return ENCODER['_full_encoder'](1_000_000).whole(value)


def drawn(r, depth=0):
    """Any value that can be carried over."""
    leaves = [
        lambda: r.randrange(-5, 5), lambda: r.randrange(-10 ** 30, 10 ** 30), lambda: 2 ** 53 - r.randrange(3),
        lambda: r.choice([True, False, None]), lambda: r.choice([0.0, -0.0, 0.1, 1e300, math.inf, -math.inf]),
        lambda: ''.join(r.choice('aB ÿ€\n\\"\'') for _ in range(r.randrange(6))),
    ]
    if depth > 3 or r.random() < 0.4:
        return r.choice(leaves)()
    size = r.randrange(4)
    inner = [drawn(r, depth + 1) for _ in range(size)]
    keys = [r.choice(leaves)() for _ in range(size)]
    return r.choice([
        lambda: inner, lambda: tuple(inner), lambda: set(keys), lambda: frozenset(keys), lambda: dict(zip(keys, inner)),
        lambda: OrderedDict(zip(keys, inner)), lambda: Counter(keys), lambda: defaultdict(None, zip(keys, inner)),
    ])()


class Arguments(unittest.TestCase):
    def test_reads_what_python_reads(self):
        for text in (
            '', '1', '-1, +2', "'a', \"b\"", '1.5e3, .1', 'None, True', '[1, [2, (3,)]]', '(), []', '{1, 2}', 'set()',
            "{'a': [1], 2: None}", 'x=1', "1, key='k', other=[2]", "b'x'", '1j, 1+2j, -1-2j', 'frozenset([1])', 'set((1, 2))',
            "float('nan'), float('-inf')", "'a' 'b'", '1,\n2', '[1, # two\n2]', "'€'",
        ):
            expected = eval('(lambda *a, **k: (list(a), k))(\n' + text + '\n)')
            self.assertEqual(repr(ENCODER['_literal_arguments'](text)), repr(expected), text)

    def test_refuses_what_is_no_literal(self):
        for text in (
            'x', 'f()', '1 + 1', '[i for i in [1]]', '*[1]', '**{}', '1)(2', '1), (2', "f'{1}'", "__import__('os')", '(x := 1)',
            'lambda: 1', '1 if True else 2', '[][0]', "''.join([])", 'set(x)', "float('1')", "{**{'a': 1}}", '1 2', '[', '{[]: 1}',
            "{'a': 1}['a']", 'set(x=[1])', 'set([1], x=1)', '...', 'not True', '~1',
        ):
            with self.assertRaises(ENCODER['BadArguments'], msg=text):
                ENCODER['_literal_arguments'](text)


class Values(unittest.TestCase):
    def test_come_back_as_they_were(self):
        r = random.Random(11)
        for _ in range(2000):
            value = drawn(r)
            text = ENCODER['_dumps'](encode(value))
            self.assertEqual(spelled(decoded(json.loads(text))), spelled(value))

    def test_floats_that_json_has_no_word_for_are_text(self):
        for value in ('nan', 'inf', '-inf', '-0.0'):
            self.assertEqual(encode(float(value)), {'type': 'float', 'value': value})

    def test_large_whole_numbers_are_text(self):
        self.assertEqual(encode(2 ** 53), {'type': 'int', 'value': str(2 ** 53)})
        self.assertEqual(encode(-2 ** 53 + 1), {'type': 'int', 'value': -2 ** 53 + 1})

    def test_no_method_of_the_program_is_called(self):
        called = []

        def trap(name):
            return lambda *args: called.append(name)

        names = '__eq__ __len__ __iter__ __repr__ __str__ __bool__ __getitem__ __reduce__ __class_getitem__ items keys'.split()
        traps = {name: trap(name) for name in names}
        traps['__hash__'] = lambda self: 1
        for base in (object, int, str, float, list, tuple, set, dict, OrderedDict, Counter):
            value = type('Mine', (base,), dict(traps))()
            self.assertEqual(encode(value), {'type': 'opaque', 'name': 'Mine'})
            self.assertEqual(encode([value])['items'], [{'type': 'opaque', 'name': 'Mine'}])
        self.assertEqual(called, [])

    def test_a_list_within_itself_is_a_reference(self):
        loop = [1]
        loop.append(loop)
        data = encode(loop)
        self.assertEqual(data['items'][1], {'type': 'ref', 'id': data['id']})

    def test_what_is_shared_but_no_circle_is_written_twice(self):
        part = [1]
        self.assertEqual(decoded(encode([part, part])), [[1], [1]])

    def test_beyond_the_budget_a_value_is_left_out_whole_and_costs_nothing(self):
        encoder = ENCODER['_Encoder'](20, 10000, 200, 200)
        self.assertEqual(encoder.whole(list(range(100))), {'type': 'opaque', 'name': 'list too large'})
        self.assertEqual(decoded(encoder.whole([1, 2])), [1, 2])

    def test_a_deep_value_ends_in_a_word(self):
        value = []
        for _ in range(25):
            value = [value]
        data = encode(value)
        for _ in range(20):
            data = data['items'][0]
        self.assertEqual(data, {'type': 'opaque', 'name': 'list too deep'})

    def test_a_view_is_cut_and_says_by_how_much(self):
        data = ENCODER['_view_encoder'](1_000_000).whole([list(range(150)), 'x' * 1200])
        self.assertEqual((len(data['items'][0]['items']), data['items'][0]['rest']), (100, 50))
        self.assertEqual((len(data['items'][1]['value']), data['items'][1]['rest']), (1000, 200))

    def test_a_surrogate_pair_is_no_text_that_json_can_carry(self):
        self.assertEqual(encode('\ud83d\ude00')['type'], 'opaque')
        self.assertEqual(encode('\U0001f600'), {'type': 'str', 'value': '\U0001f600'})


if __name__ == '__main__':
    unittest.main()
