# A test program's side of a check (checker.py): rounds with what the host found out end as the test itself ends when it
# meets the function.

import ast
import unittest

from sources import space

TEST = '''
def check(candidate):
    assert candidate([3, 1, 2]) == [1, 2, 3]
    for n in range(4):
        assert candidate(list(range(n, 0, -1))) == list(range(1, n + 1)), 'a range'
    assert candidate([]) == []
'''


def checker(test, prompt='', entry='f'):
    return space('checker', given={'_TEST': test, '_PROMPT': prompt, '_ENTRY': entry})


def played(test, function, ahead=200, prompt=''):
    """The host's part: each call that a round asks for is made and remembered, until the test ends."""
    own, memo = checker(test, prompt), []
    for _ in range(50):
        end = own['_round'](memo, ahead)
        if end[0] != 'need':
            return end
        for call in end[1]:
            try:
                memo.append((call, 'value', eval('f(' + call + ')', {'f': function})))
            except Exception as e:
                memo.append((call, 'error', (type(e).__name__, str(e))))
    raise AssertionError('the test does not end')


class Rounds(unittest.TestCase):
    def test_end_as_the_test_ends(self):
        def broken(xs):
            return sorted(xs) if len(xs) < 3 else xs

        for function in (sorted, broken, lambda xs: 7, lambda xs: xs[5]):
            for ahead in (200, 1):
                space_of_test = {}
                exec(TEST, space_of_test)
                try:
                    space_of_test['check'](lambda xs, own=function: own(list(xs)))
                    expected = 'pass'
                except AssertionError:
                    expected = 'wrong'
                except IndexError:
                    expected = 'raised'
                self.assertEqual(played(TEST, function, ahead)[0], expected)

    def test_a_wrong_answer_names_the_call_and_the_line(self):
        self.assertEqual(
            played(TEST, lambda xs: sorted(xs) if xs else None),
            ('wrong', '[]', 5, "assert candidate(list(range(n, 0, -1))) == list(range(1, n + 1)), 'a range'"),
        )

    def test_an_exception_may_be_what_the_test_wants(self):
        test = '''
def check(candidate):
    try:
        candidate(0)
    except ZeroDivisionError:
        return
    assert False
'''
        self.assertEqual(played(test, lambda n: 1 / n), ('pass',))
        self.assertEqual(played(test, lambda n: n)[0], 'wrong')

    def test_an_assertion_without_a_call_is_wrong_all_the_same(self):
        self.assertEqual(played('def check(candidate):\n    assert False\n', sorted), ('wrong', '', 2, 'assert False'))

    def test_helpers_of_the_prompt_are_there(self):
        test = 'def check(candidate):\n    assert candidate(twice(2)) == 4\n'
        prompt = 'def twice(x):\n    return 2 * x\n\n\ndef f(x):\n    """Returns x."""\n'
        self.assertEqual(played(test, lambda x: x, prompt=prompt), ('pass',))

    def test_a_test_that_is_broken_is_not_the_programs_fault(self):
        self.assertEqual(played('def check(candidate):\n    missing()\n', sorted)[0], 'broken')
        self.assertEqual(played('', sorted)[0], 'broken')

    def test_literal_calls_are_asked_for_at_once_in_the_order_of_the_source(self):
        self.assertEqual(checker(TEST)['_prefetch'](), ['[3, 1, 2]', '[]'])


class Spelling(unittest.TestCase):
    def test_reads_back_as_it_was(self):
        text = checker('')['_text']
        for value in (1, -1, True, None, 1.5, -0.0, 'a\n\'"', [1, [2]], (), (1,), (1, 2), {1, 2}, {'a': [1], 2: (3,)}):
            self.assertEqual(repr(ast.literal_eval(text(value))), repr(value))
        for value in (set(), frozenset(), frozenset({1}), float('inf')):
            self.assertEqual(repr(eval(text(value))), repr(value))

    def test_a_set_is_spelled_one_way(self):
        text = checker('')['_text']
        self.assertEqual(text({8, 0}), text({0, 8}))

    def test_what_cannot_be_carried_over_is_refused(self):
        with self.assertRaises(TypeError):
            checker('')['_text'](object())


if __name__ == '__main__':
    unittest.main()
