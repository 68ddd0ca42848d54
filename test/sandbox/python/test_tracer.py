# The tracer (tracer.py, watch.py) against Python's own `sys.settrace`: which line defined each
# variable last, at which step and with which value, and which lines ran in which function.

import json
import random
import signal
import sys
import unittest

from sources import LIMITS, harness, needs_new_python

# Every value that a program here assigns differs from the one before, since `settrace` shows values and not
# assignments. No loop stands on one line, since `settrace` tells of such a line again in each round.
PROGRAMS = (
    ('def f(n):\n    t = 0\n    for i in range(n):\n        t += i + 1\n    return t', '4'),
    ('def f(xs):\n    a, b = xs[0], xs[1]\n    a, b = b, a + b\n    return a * b', '[1, 2]'),
    ('def f(n):\n    while n > 0:\n        n -= 1\n        if n == 2:\n            k = n\n            break\n'
     '    else:\n        k = 9\n    return k',
     '5'),
    ('def g(x):\n    y = x + 1\n    return y * 2\ndef f(n):\n    a = g(n)\n    b = g(a)\n    return a + b', '3'),
    ('def f(n):\n    if n < 2:\n        return n\n    left = f(n - 1)\n    right = f(n - 2)\n    return left + right', '4'),
    ('def add(xs, x):\n    xs.append(x)\ndef f(n):\n    out = []\n    for i in range(n):\n        add(out, i)\n    return out', '3'),
    ('def f(xs):\n    seen = {}\n    for x in xs:\n        seen[x] = len(seen)\n    xs.sort()\n    return seen', '[3, 1, 2]'),
    ('def f(n):\n    def inc():\n        nonlocal n\n        n += 1\n    inc()\n    m = n * 2\n    inc()\n    return n + m', '1'),
    ('def f(x):\n    try:\n        y = 1\n        y = x / 0\n    except ZeroDivisionError:\n        z = 5\n'
     '    finally:\n        w = 6\n    return z + w',
     '2'),
    ('def gen(n):\n    for i in range(n):\n        yield i\n'
     'def f(n):\n    out = []\n    for v in gen(n):\n        out.append(v)\n    return out',
     '3'),
    ('def f(xs):\n    rows = [[xs[0]], [xs[1]]]\n    first = rows[0]\n    first.append(7)\n    return rows', '[1, 2]'),
    ('def f(xs):\n    s = set(xs)\n    s.add(9)\n    best = max(xs, key=lambda x: -x)\n    return s, best', '[4, 2]'),
)


def literal(data):
    """A value of the tracer's as Python's own text for it. Written for these tests."""
    kind = data['type']
    if kind == 'none':
        return 'None'
    if kind == 'dict':
        return '{' + ', '.join(literal(k) + ': ' + literal(v) for k, v in data['entries']) + '}'
    if kind in ('list', 'tuple', 'set'):
        items = [literal(item) for item in data['items']]
        if kind == 'set':
            items.sort()
        return kind + '[' + ', '.join(items) + ']'
    return repr(int(data['value']) if kind == 'int' else data['value'])


def spelled(x):
    if type(x) is dict:
        return '{' + ', '.join(spelled(k) + ': ' + spelled(v) for k, v in x.items()) + '}'
    if type(x) in (list, tuple, set):
        items = [spelled(item) for item in x]
        return type(x).__name__ + '[' + ', '.join(sorted(items) if type(x) is set else items) + ']'
    return repr(x)


def seen(code, arguments):
    """
    What `settrace` shows of f(arguments): events as (event, line, function,
    depth), the number of lines, and for each local of the outermost call (line,
    step, value) at the last line that changed what it holds.
    """
    names = {}
    exec(compile(code, '<program>', 'exec'), names)
    events, outermost, state = [], [], {'lines': 0, 'depth': 0, 'before': {}, 'at': None}
    found = {}

    def compare(frame):
        now = {name: spelled(value) for name, value in frame.f_locals.items() if not callable(value)}
        if state['at'] is not None:
            for name, text in now.items():
                if state['before'].get(name) != text:
                    found[name] = (*state['at'], text)
        state['before'] = now

    def watch(frame, event, arg):
        if frame.f_code.co_filename != '<program>':
            return None
        if event == 'call':
            if not outermost:
                outermost.append(frame)
            events.append(('call', frame.f_code.co_firstlineno, frame.f_code.co_name, state['depth']))
            state['depth'] += 1
        elif event == 'line':
            if frame is outermost[0]:
                compare(frame)
                state['at'] = (frame.f_lineno, state['lines'])
            events.append(('line', frame.f_lineno, frame.f_code.co_name, state['depth'] - 1))
            state['lines'] += 1
        elif event == 'return':
            state['depth'] -= 1
            events.append(('return', frame.f_lineno, frame.f_code.co_name, state['depth']))
            if frame is outermost[0]:
                compare(frame)
        return watch

    function = names['f']
    args = eval('[' + arguments + ']')
    sys.settrace(watch)
    try:
        function(*args)
    finally:
        sys.settrace(None)
    return events, state['lines'], found


@needs_new_python
class Tracer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = harness()

    def setUp(self):
        kept = sys.stdin, sys.stdout, sys.stderr, sys.getrecursionlimit(), random.getstate()
        self.own['_install_budget']()

        def back():
            self.own['_listen'](0)
            signal.signal(self.own['_SIGNAL'], signal.SIG_DFL)
            sys.monitoring.free_tool_id(self.own['_TOOL'])
            sys.stdin, sys.stdout, sys.stderr, limit, state = kept
            sys.setrecursionlimit(limit)
            random.setstate(state)
            sys.modules.pop('program', None)

        self.addCleanup(back)

    def trace(self, code, arguments, mode='final', entry='f'):
        self.assertEqual(json.loads(self.own['load'](code, LIMITS)), {'outcome': 'ok'})
        return json.loads(self.own['trace'](entry, arguments, mode, 1_000_000))

    def test_definitions_are_those_that_settrace_shows(self):
        for code, arguments in PROGRAMS:
            data = self.trace(code, arguments)
            found = {d['name']: (d['line'], d['step'], literal(d['value'])) for d in data['definitions'] if d['value']['type'] != 'opaque'}
            _, lines, expected = seen(code, arguments)
            self.assertEqual(found, expected, code)
            self.assertEqual(data['stepCount'], lines, code)

    def test_lines_are_those_that_settrace_shows(self):
        for code, arguments in PROGRAMS:
            rows = self.trace(code, arguments, 'steps')['steps']
            found = [(row['line'], row['function'], row['depth']) for row in rows if row['event'] == 'line']
            events = [event[1:] for event in seen(code, arguments)[0] if event[0] == 'line']
            self.assertEqual(found, events, code)
            self.assertEqual([row['index'] for row in rows if row['event'] == 'line'], list(range(len(events))), code)

    def test_both_modes_say_the_same_of_definitions(self):
        for code, arguments in PROGRAMS:
            self.assertEqual(self.trace(code, arguments)['definitions'], self.trace(code, arguments, 'steps')['definitions'], code)

    def test_an_assignment_that_changes_nothing_is_a_definition(self):
        data = self.trace('def f(x):\n    y = x\n    x = x\n    for i in [1]:\n        pass\n    return y', '4')
        self.assertEqual({d['name']: d['line'] for d in data['definitions']}, {'y': 2, 'x': 3, 'i': 4})

    def test_a_parameter_that_is_never_stored_is_no_definition(self):
        self.assertEqual(self.trace('def f(x, ys):\n    return len(ys)', '1, [2]')['definitions'], [])

    def test_a_call_that_raises_keeps_what_was_defined_before(self):
        data = self.trace('def f(x):\n    y = x + 1\n    z = y / 0\n    return z', '1')
        self.assertEqual((data['outcome'], data['error']['type'], data['error']['line']), ('exception', 'ZeroDivisionError', 3))
        self.assertEqual([(d['name'], d['line'], d['step']) for d in data['definitions']], [('y', 2, 0)])

    def test_what_a_row_shows_is_what_its_line_changed(self):
        rows = self.trace('def f(x):\n    y = x + 1\n    x = [y]\n    x.append(3)\n    return x', '1', 'steps')['steps']
        changed = [(row['event'], {c['name']: literal(c['value']) for c in row['changed']}) for row in rows]
        self.assertEqual(changed, [
            ('call', {'x': '1'}), ('line', {'y': '2'}), ('line', {'x': 'list[2]'}), ('line', {'x': 'list[2, 3]'}), ('line', {}),
            ('return', {'return': 'list[2, 3]'}),
        ])

    def test_the_entry_is_found_under_what_wraps_it(self):
        body = '    y = x + 1\n    return y'
        for code in (
            'import functools\n@functools.lru_cache\ndef f(x):\n' + body,
            'import functools\ndef d(g):\n    @functools.wraps(g)\n    def w(*a):\n        return g(*a)\n    return w\n'
            '@d\ndef f(x):\n' + body,
            'import functools\ndef g(k, x):\n' + body + '\nf = functools.partial(g, 0)',
            'class A:\n    def g(self, x):\n    ' + body.replace('\n', '\n    ') + '\nf = A().g',
        ):
            line = code[:code.index('y = x')].count('\n') + 1
            self.assertEqual([(d['name'], d['line']) for d in self.trace(code, '1')['definitions']], [('y', line)], code)

    def test_a_recursion_is_traced_in_its_outermost_call(self):
        data = self.trace('def f(n):\n    m = n\n    if n:\n        f(n - 1)\n    return m', '3')
        self.assertEqual([(d['name'], d['step'], d['value']['value']) for d in data['definitions']], [('m', 0, 3)])

    def test_lines_beyond_the_budget_end_the_call(self):
        data = self.trace('def f():\n    n = 0\n    while True:\n        n += 1', '')
        self.assertEqual(data['outcome'], 'step-limit')


if __name__ == '__main__':
    unittest.main()
