# What is told from syntax and bytecode and counted by events: contained.py, stores.py, budget.py,
# against Python's own `dis` and `sys.settrace`. For the version that the sandbox runs.

import builtins
import dis
import importlib
import itertools
import json
import re
import signal
import sys
import unittest
from collections import Counter, OrderedDict, deque

from sources import needs_new_python, space


def function(code):
    """The code object of the first function in a program."""
    return next(c for c in compile(code, '<program>', 'exec').co_consts if hasattr(c, 'co_code'))


@needs_new_python
class Plain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.is_plain = staticmethod(space('encoder', 'contained')['_is_plain'])

    def test_programs_that_compute_with_values_of_their_own(self):
        for code in (
            'def f(xs):\n    return sorted(x * 2 for x in xs)',
            'import math\ndef f(x):\n    return math.sqrt(x)',
            'from collections import Counter\ndef f(xs):\n    return Counter(xs).most_common(1)',
            'memo = {}\ndef f(n):\n    memo[n] = n\n    return memo',
            'def f(x):\n    match x:\n        case [a, *b]:\n            return a, b',
        ):
            self.assertTrue(self.is_plain(code), code)

    def test_programs_that_may_reach_out(self):
        for code in (
            'import os', 'import sys\nsys.path.clear()', 'import math\nmath.pi = 3', 'from functools import _make_key',
            'def f():\n    return ().__class__', 'def f():\n    return globals()', "def f():\n    return eval('1')",
            'def f():\n    def g():\n        return open\n    return g', 'x = lambda: [getattr]', 'import math\nclass A:\n    pass',
            'def f(x):\n    match x:\n        case int(y):\n            return y', 'def f(g):\n    return g.gi_frame',
            'f = lambda: setattr', 'class A:\n    def __del__(self):\n        pass',
            'from functools import update_wrapper', 'from functools import wraps', 'import abc', 'import copy',
            "def f(x):\n    return '{0.__class__}'.format(x)", 'import math\nx = math', 'import math\nmath = 1',
            'from collections import UserList', 'x = print if 0 else __builtins__', 'def f(x):\n    x.y = 1',
        ):
            self.assertFalse(self.is_plain(code), code)

    def test_every_word_of_the_lists_is_one_of_python(self):
        own = space('encoder', 'contained')
        for module, names in own['_PLAIN_MODULES'].items():
            self.assertEqual([name for name in names if not hasattr(importlib.import_module(module), name)], [], module)
        self.assertEqual([name for name in own['_PLAIN_BUILTINS'] if not hasattr(builtins, name)], [])
        kinds = (str, bytes, int, float, complex, list, tuple, dict, set, deque, Counter, OrderedDict, re.Match, re.Pattern,
                 itertools.chain, BaseException, range, slice)
        self.assertEqual([name for name in own['_PLAIN_METHODS'] if not any(hasattr(kind, name) for kind in kinds)], [])

    def test_no_word_of_the_lists_leads_to_a_frame_or_takes_a_name(self):
        own = space('encoder', 'contained')
        words = own['_PLAIN_METHODS'] | own['_PLAIN_BUILTINS']
        self.assertEqual([name for name in words if name[:1] == '_' or name[:3] in ('gi_', 'cr_', 'ag_', 'tb_', 'co_')], [])
        self.assertFalse(words & set('format_map getattr setattr delattr vars eval exec open type globals super'.split()))
        self.assertNotIn('attrgetter', own['_PLAIN_MODULES']['operator'])
        self.assertNotIn('methodcaller', own['_PLAIN_MODULES']['operator'])

    def test_a_job_is_classified_with_its_arguments(self):
        classify = space('encoder', 'contained')['classify']

        def said(code, *arguments):
            return json.loads(classify(code, json.dumps(arguments)))

        self.assertEqual(said('def f(x):\n    return x', '1', "'a', k=[2]"), {'isPlain': True, 'badCalls': []})
        self.assertEqual(said('def f(x):\n    return x', 'f(1)', '1'), {'isPlain': False, 'badCalls': []})
        self.assertEqual(said('def f(x):\n    return x', '1', '1 2', '['), {'isPlain': False, 'badCalls': [1, 2]})
        self.assertEqual(said('def f(x:\n', '1'), {'isPlain': False, 'badCalls': []})


@needs_new_python
class Stores(unittest.TestCase):
    PROGRAMS = (
        'def f(x):\n    y = x\n    x = x\n    return y',
        'def f(xs):\n    a, b = xs\n    b, a = a, b\n    (c, *d), e = [1, 2], 3\n    return a, b, c, d, e',
        'def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n        u = t; v = u\n    return t',
        'def f(x):\n    def g():\n        return x\n    x = 2\n    y = z = g()\n    return y, z',
        'def f(s):\n    with s as t, s as u:\n        w = t\n    return t, u, w',
        'def f(s):\n    try:\n        v = 1\n    except ValueError as e:\n        v = e\n    return v',
        'def f(x):\n    if (y := x) > 1:\n        y = 2\n    import math as m\n    return y, m',
    )

    def table(self, code):
        own = space('encoder', 'budget', 'stores')
        return own['_Table'](function(code), code)

    def test_are_those_that_dis_shows(self):
        for code in self.PROGRAMS:
            expected = set()
            lines = {}
            for step in dis.get_instructions(function(code)):
                lines[step.offset] = step.positions.lineno
                if step.opname in ('STORE_FAST_STORE_FAST',):
                    expected |= {(step.positions.lineno, name) for name in step.argval}
                elif step.opname == 'STORE_FAST_LOAD_FAST':
                    expected.add((step.positions.lineno, step.argval[0]))
                elif step.opname in ('STORE_FAST', 'STORE_DEREF') and step.positions.lineno is not None:
                    expected.add((step.positions.lineno, step.argval))
            found = {(lines[offset], name) for offset, names in self.table(code).stores.items() for name in names}
            self.assertEqual(found, expected, code)

    def test_a_comprehension_has_names_of_its_own(self):
        code = 'def f(xs):\n    x = 0\n    ys = [x for x in xs]\n    return {a: b for a, b in xs}, ys, x'
        names = [name for names in self.table(code).stores.values() for name in names]
        self.assertEqual(sorted(names), ['x', 'ys'])

    def test_names_of_one_unpacking_stand_together_in_the_order_of_the_source(self):
        code = 'def f(xs):\n    a, b, c = xs\n    c, a = b, c\n    return a, b, c'
        self.assertEqual(list(map(list, self.table(code).stores.values())), [['a', 'b', 'c'], ['a', 'c']])

    def test_what_an_inner_function_stores_of_an_outer_one(self):
        code = (
            'def f(x):\n    y = 0\n    z = 0\n    def g():\n        nonlocal x\n        x = 1\n        own = y\n        return own\n'
            '    def h():\n        return z\n    any((z := a) for a in [1])\n    return g, h, x, y'
        )
        own = space('encoder', 'budget', 'stores')
        outer = function(code)
        table = own['_Table'](outer, code)
        shared = {inner.co_name: (set(names), [n for ns in own['_Table'](inner, code).outer.values() for n in ns])
                  for inner, names in table.shares.values()}
        self.assertEqual(shared, {'g': ({'x', 'y'}, ['x']), '<genexpr>': ({'z'}, ['z'])})
        stored = {name for names in table.stores.values() for name in names}
        self.assertEqual(stored, {'y', 'z', 'g', 'h'})

    def test_lines_on_which_a_value_may_change(self):
        code = (
            'def f(xs):\n    ys = xs\n    ys.append(1)\n    ys[0] = 2\n    n = 1\n    n += 1\n'
            '    for x in xs:\n        n = x\n    return xs'
        )
        self.assertEqual(self.table(code).mutating, {3, 4, 6, 7})


@needs_new_python
class Budget(unittest.TestCase):
    def setUp(self):
        self.own = space('encoder', 'budget')
        self.own['_install_budget']()
        self.addCleanup(signal.signal, self.own['_SIGNAL'], signal.SIG_DFL)
        self.addCleanup(sys.monitoring.free_tool_id, self.own['_TOOL'])
        self.addCleanup(sys.monitoring.set_events, self.own['_TOOL'], 0)

    def test_a_program_pays_for_its_turns_and_the_harness_does_not(self):
        self.own.update(_left=250, _quantum=100)
        for _ in range(5):
            signal.raise_signal(self.own['_SIGNAL'])
        self.assertEqual(self.own['_left'], 250)
        self.own['_armed'] = True
        signal.raise_signal(self.own['_SIGNAL'])
        signal.raise_signal(self.own['_SIGNAL'])
        self.assertEqual(self.own['_left'], 50)
        with self.assertRaises(self.own['StepLimit']):
            signal.raise_signal(self.own['_SIGNAL'])

    def test_the_limit_is_no_exception_that_a_program_catches(self):
        self.assertFalse(issubclass(self.own['StepLimit'], Exception))

    def test_a_traced_loop_on_one_line_counts_each_time(self):
        self.own['_left'] = 1000
        sys.monitoring.register_callback(self.own['_TOOL'], sys.monitoring.events.JUMP, self.own['_on_jump'])
        self.own['_listen'](self.own['_GLOBAL_EVENTS'])
        exec(compile('x = 0\nwhile x < 50: x += 1\n', '<program>', 'exec'), {})
        self.own['_listen'](0)
        self.assertLessEqual(self.own['_left'], 950)

    def test_tells_that_the_counting_was_switched_off(self):
        self.assertTrue(self.own['_budget_holds']())
        self.own['_listen'](self.own['_GLOBAL_EVENTS'])
        self.assertTrue(self.own['_budget_holds']())
        sys.monitoring.set_events(self.own['_TOOL'], 0)
        self.assertFalse(self.own['_budget_holds']())
        self.own['_events'] = 0
        self.assertTrue(self.own['_budget_holds']())
        signal.signal(self.own['_SIGNAL'], signal.SIG_IGN)
        self.assertFalse(self.own['_budget_holds']())


if __name__ == '__main__':
    unittest.main()
