# The test's side of a check (checker.py, checker_end.py): what of a prompt it runs, what it
# shows of a call, whether drawing leads from one state of the random numbers to another,
# which exceptions count as seen, how a test ends. A message out of form is tampering.

import ast
import json
import random
import unittest

from conversation import Pair
from sources import harness, needs_new_python


@needs_new_python
class Parts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = harness()

    def kept(self, prompt, root='f', rebound=()):
        more = (False,) if self.own['_prompt_parts'].__code__.co_argcount == 4 else ()
        statements, declared = self.own['_prompt_parts'](prompt, root, frozenset(rebound), *more)
        return [ast.unparse(statement).split('\n')[0] for statement in statements], sorted(declared)

    def test_imports_constants_and_whole_helpers_are_run(self):
        prompt = 'import math\nSIZE = 2 * 3\ndef helper(x):\n    return x\n\ndef f(x):\n    """Doc."""\n'
        self.assertEqual(self.kept(prompt), (['import math', 'SIZE = 2 * 3', 'def helper(x):'], []))

    def test_data_that_a_program_can_change_is_its_own(self):
        self.assertEqual(self.kept('xs = []\nd = {}\nn = 1\nm = 2\ndef f(x):\n', rebound=['n']), (['m = 2'], []))

    def test_a_class_to_be_written_is_declared(self):
        prompt = 'class Node:\n    pass\nclass Solution:\n    def f(self):\n'
        self.assertEqual(self.kept(prompt, 'Solution'), (['class Node:'], ['Solution']))

    def test_a_prompt_that_is_no_python_gives_nothing(self):
        self.assertEqual(self.kept('def f(x)\n    """Doc."""'), ([], []))

    def test_drawing_leads_on_and_seeding_does_not(self):
        reachable = self.own['_reachable']
        r = random.Random(5)
        before = r.getstate()
        self.assertTrue(reachable(before, before))
        for draws in (1, 3, 700, 5000):
            after = random.Random()
            after.setstate(before)
            for _ in range(draws):
                after.random()
            self.assertTrue(reachable(before, after.getstate()), draws)
        self.assertFalse(reachable(before, random.Random(6).getstate()))
        r.random()
        self.assertFalse(reachable(r.getstate(), before))

    def test_a_state_that_is_none_is_not_reached(self):
        version, numbers, gauss = before = random.Random(5).getstate()
        for after in (
            (2, numbers, gauss), (version, numbers[:-1], gauss), (version, (2 ** 32,) + numbers[1:], gauss), (version, numbers, 'x'),
            (version, numbers[:-1] + (625,), gauss), (version, numbers[:-1] + (0,), gauss),
        ):
            self.assertFalse(self.own['_reachable'](before, after))

    def test_what_is_shown_of_a_call_is_python_again(self):
        values = [1, -2.5, 'a\'"\n', b'\x00', True, None, 1j, [1, [2]], (), (1,), {1}, set(), frozenset({2}), {'k': (1, 2)}]
        text = self.own['_call_text'](values, {'key': 3})
        read = eval('(lambda *a, **k: (list(a), k))(' + text + ')')
        self.assertEqual(repr(read), repr((values, {'key': 3})))
        self.assertEqual(eval(self.own['_call_text']([float('inf')], {})), float('inf'))

    def test_what_is_no_literal_or_too_long_is_not_shown(self):
        loop = []
        loop.append(loop)
        for value in (object(), loop, list(range(5000)), ['x' * 9000] * 3, type('Mine', (list,), {})()):
            self.assertIsNone(self.own['_call_text']([value], {}))


@needs_new_python
class Verdicts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = Pair()

    def setUp(self):
        self.addCleanup(self.pair.forget)

    def ended(self, program, test, **settings):
        return self.pair.check(program, 'def check(f):\n    ' + test.replace('\n', '\n    '), **settings)

    def test_how_a_test_ended(self):
        program = 'def f(x):\n    if x == 3:\n        raise ValueError("three")\n    return x + 1'
        (kind, *_), calls, _ = self.ended(program, 'assert f(1) == 2')
        self.assertEqual((kind, calls), ('pass', 1))
        (kind, line, text, why), _, last = self.ended(program, 'assert f(1) == 2\nassert f(2) == 4, "no"')
        self.assertEqual((kind, line, text, why), ('wrong', 3, 'assert f(2) == 4, "no"', ''))
        self.assertEqual(last, ['2', '3'])
        (kind, error), _, last = self.ended(program, 'f(3)')
        self.assertEqual((kind, error), ('raised', {'type': 'ValueError', 'message': 'three', 'line': 3}))
        self.assertEqual(last, ['3', 'ValueError: three'])
        (kind, *about), _, _ = self.ended(program, 'import no_such_module\nf(1)')
        self.assertEqual((kind, about[0]), ('broken', 'ModuleNotFoundError'))

    def test_an_exception_counts_as_seen_where_the_test_takes_it(self):
        program = 'def f(x):\n    raise StopIteration'
        for test in (
            'try:\n    f(1)\nexcept StopIteration:\n    pass',
            'try:\n    f(1)\nexcept Exception as e:\n    assert isinstance(e, StopIteration)',
            'import contextlib\nwith contextlib.suppress(StopIteration):\n    f(1)',
        ):
            self.assertEqual(self.ended(program, test)[0], ['pass'], test)
        # A protocol that swallows it compares nothing.
        self.assertEqual(self.ended(program, 'assert list(map(f, [1, 2])) == []')[0][0], 'raised')
        program, test = 'def f(x):\n    raise AttributeError', 'class A:\n    y = property(f)\nassert getattr(A(), "y", 3) == 3'
        self.assertEqual(self.ended(program, test)[0][0], 'raised')

    def test_run_again_a_test_needs_what_it_has_no_answer_to(self):
        program, test = 'def f(x):\n    return x * 2', 'assert f(f(2)) == 8'
        transcript = []
        for _ in range(5):
            ending = self.ended(program, test, waits=False, transcript=transcript)[0]
            if ending[0] != 'need':
                break
            transcript.append([ending[1], self.pair.answer(ending[1])])
        self.assertEqual((ending, len(transcript)), (['pass'], 3))

    def test_another_question_when_run_again_is_refused(self):
        program, test = 'def f(x):\n    return x', 'assert f(1) == 1'
        need = self.ended(program, test, waits=False)[0][1]
        ending = self.ended(program, test, waits=False, transcript=[[need + ' ', self.pair.answer(need)]])[0]
        self.assertEqual(ending[0], 'refused')

    def test_a_message_out_of_form_ends_as_tampering(self):
        def with_answer(value):
            def spoil(text):
                message = json.loads(text)
                message[1] = ['ok', *value]
                return json.dumps(message)
            return spoil

        def with_part(at, value):
            def spoil(text):
                message = json.loads(text)
                message[at] = value
                return json.dumps(message)
            return spoil

        self.pair.spoil = with_answer([1])
        self.assertEqual(self.ended('def f(x):\n    return 2', 'assert f(1) == 1')[0], ['pass'])
        for spoil in (
            with_answer([['no such tag']]), with_answer([['@', 999]]), with_answer([['@', -999]]), with_answer([{'a': 1}]), with_answer([]),
            with_answer([['g', 'os', 'system']]), with_answer([['g', 'types', 'CodeType']]),
            with_answer([['g', 'builtins', 'eval']]), with_answer([['g', 'no.such', 'x']]),
            with_answer([['m', 'subprocess']]), with_answer([['f', 'x']]), with_answer([['r', 1, 2, 'x']]), with_answer([['p', 'int']]),
            with_part(0, 'z'), with_part(1, 5), with_part(1, ['err', 1, {}]), with_part(1, ['end', 1]), with_part(2, 5),
            with_part(2, [[999, []]]), with_part(-2, [[1]]), with_part(-2, 'x'), with_part(-1, {'out': 5}), with_part(-1, 7),
            with_part(0, 'q'), lambda text: text[:-1], lambda text: text + ']', lambda text: 'NaN', lambda text: '', lambda text: '[]',
        ):
            self.pair.spoil = spoil
            ending = self.ended('def f(x):\n    return 1', 'assert f(1) == 1')[0]
            self.assertEqual(ending[0], 'tamper', spoil('["r",["ok",1],[],[],0]'))

    def test_output_of_the_program_is_what_the_test_redirects(self):
        test = (
            'import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    f(2)\n'
            'assert out.getvalue() == "2!\\n"'
        )
        self.assertEqual(self.ended('def f(x):\n    print(x, end="!\\n")', test)[0], ['pass'])


if __name__ == '__main__':
    unittest.main()
