# The operation tracer (operations_*.py): what a trajectory says in the end is what
# plain execution gives, and what it cannot show it does not show at all.

import re
import unittest

from sources import space

FILES = ['operations_' + part for part in ('values', 'walks', 'calls', 'expressions', 'machine')]
OPERATIONS = space(*FILES)

PROGRAMS = [
    ('def f(xs):\n    t = 0\n    for x in xs:\n        if x > 3:\n            t += x\n    return t', ['[5, 2]', '[]', '[4, -4, 9]']),
    ('def f(n):\n    a, b = 0, 1\n    while n > 0:\n        a, b = b, a + b\n        n -= 1\n    return a', ['0', '1', '6']),
    ('def f(s):\n    out = []\n    for i, c in enumerate(s):\n        if i % 2 == 0:\n            out.append(c.upper())\n'
     '    return "".join(out)', ["'abcde'", "''"]),
    ('def f(xs):\n    return [x * x for x in xs if x % 2]', ['[1, 2, 3]', '[2]']),
    ('def f(xs):\n    d = {}\n    for x in xs:\n        d[x] = d.get(x, 0) + 1\n    return d', ["['a', 'b', 'a']", '[]']),
    ('def f(xs):\n    for x in xs:\n        if x < 0:\n            break\n        if x == 2:\n            continue\n    return x',
     ['[1, 2, -3, 4]', '[2]']),
    ('def f(a, b):\n    return (a < b or a == 0) and not b > 9', ['1, 2', '3, 2', '0, 12']),
    ('def f(xs):\n    return max(xs) - min(xs), sorted(xs), sum(xs), len(xs)', ['[3, 1, 2]', '[7]']),
    ('def f(n):\n    return n // 2, n % 3, -n, n / 2', ['7', '-7', '0']),
    ('def f(xs):\n    ys = xs[1:]\n    ys[0] = xs[-1]\n    return ys', ['[1, 2, 3]', '[4, 5]']),
]


def read(tokens):
    """One value from the front of a list of tokens. Written for these tests; the
    notation's own reading is the host's."""
    token = tokens.pop(0)
    names = {'<T>': True, '<F>': False, '<None>': None}
    marks = {'<dash>': '-', '<space>': ' ', '<comma>': ',', '<dot>': '.'}
    if token in names:
        return names[token]
    if token == '<">':
        text = ''
        while (token := tokens.pop(0)) != '<">':
            text += tokens.pop(0)[1].upper() if token == '<^>' else marks.get(token, token[2] if token[1] == "'" else token[1])
        return text
    if token in ('<[>', '<(>', '<{>'):
        items, pairs, end = [], {}, {'<[>': '<]>', '<(>': '<)>', '<{>': '<}>'}[token]
        is_set = token == '<{>' and tokens[0] == '<.>' and tokens.pop(0) == '<.>'
        while tokens[0] != end:
            if token == '<[>':
                tokens.pop(0)
            items.append(read(tokens))
            if token == '<{>' and not is_set:
                tokens.pop(0)
                pairs[items.pop()] = read(tokens)
        tokens.pop(0)
        return {'<[>': list, '<(>': tuple, '<{>': set if is_set else lambda _: pairs}[token](items)
    whole = int(token[1:-1])
    if tokens and tokens[0] in ('<.0>', '<.5>'):
        fraction = tokens.pop(0)
        return whole + (0.0 if fraction == '<.0>' else 0.5 if whole >= 0 else -0.5)
    return whole


def answered(record):
    """The returned value of a trajectory's answer."""
    tokens = re.findall(r'<[^>]*>', record['answer'][record['answer'].rindex('<ret>') + 5:])
    value = read(tokens)
    assert tokens == ['<;>'], tokens
    return value


def plain(code, args):
    own = {}
    exec(code, own)
    return eval('f(' + args + ')', own)


class Trajectories(unittest.TestCase):
    def test_end_with_what_the_program_returns(self):
        for code, inputs in PROGRAMS:
            for args in inputs:
                record = OPERATIONS['operations_record'](code, 'f', args, 400)
                self.assertIsNotNone(record, (code, args))
                self.assertEqual(repr(answered(record)), repr(plain(code, args)), (code, args))
                self.assertEqual(OPERATIONS['trace_operations'](code, 'f', args, 400), record['trajectory'])

    def test_are_left_out_where_the_program_leaves_the_subset(self):
        for code in (
            'import os\ndef f(x):\n    return x', 'def f(x):\n    return g(x)\ndef g(x):\n    return x',
            'def f(x):\n    print(x)\n    return x', 'class f:\n    pass', 'def f(x=1):\n    return x', 'def f(*x):\n    return x',
            'def f(x):\n    try:\n        return x\n    finally:\n        pass', 'def f(x):\n    yield x', 'def f(x',
            'def f(x):\n    return x.__class__', 'def f(x):\n    return 10 ** 10', 'def f(x):\n    raise ValueError',
        ):
            self.assertIsNone(OPERATIONS['operations_record'](code, 'f', '1', 400), code)

    def test_are_left_out_beyond_the_cap(self):
        code, args = PROGRAMS[0][0], '[5, 2]'
        tokens = OPERATIONS['operations_record'](code, 'f', args, 400)['tokens']
        self.assertIsNotNone(OPERATIONS['operations_record'](code, 'f', args, tokens))
        self.assertIsNone(OPERATIONS['operations_record'](code, 'f', args, tokens - 1))


    def test_are_left_out_where_plain_execution_gives_something_else(self):
        own = space(*FILES)
        own['_plainly'] = lambda *args: 8
        self.assertIsNone(own['operations_record']('def f(x):\n    return x', 'f', '7', 400))
        self.assertIsNotNone(own['operations_record']('def f(x):\n    return x', 'f', '8', 400))


class Notation(unittest.TestCase):
    def test_reads_back_as_it_was(self):
        for value in (
            0, -60, 160, True, None, 0.5, -1.5, 2.0, 'aZ9', 'a-b, c.', [], [1, [2, [3]]], (1,), {}, {'a': 1, 2: [3]}, set(), {3, 1},
        ):
            tokens = list(OPERATIONS['spell'](value))
            self.assertEqual(repr(read(tokens)), repr(value))
            self.assertEqual(tokens, [])

    def test_has_no_word_for_anything_else(self):
        for value in (161, -61, 0.25, -0.0, float('nan'), 'é', 'x' * 13, list(range(13)), [[[[1]]]], b'x', frozenset(), object()):
            with self.assertRaises(OPERATIONS['Unsupported'], msg=repr(value)):
                OPERATIONS['spell'](value)

    def test_equality_is_by_exact_type(self):
        same = OPERATIONS['same']
        self.assertTrue(same({'a': [1, (2,)]}, {'a': [1, (2,)]}))
        for a, b in ((1, True), (1, 1.0), ([1], (1,)), ([1], [1.0]), ({'a': 1}, {'a': True}), ([1], [1, 2]), ({1: 2}, {2: 2})):
            self.assertFalse(same(a, b), (a, b))


if __name__ == '__main__':
    unittest.main()
