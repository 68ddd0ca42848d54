# The test programs that are made for rows of public sets (src/tasks/python): what each
# takes for right. Expected verdicts are worked out by hand from the suites' rules.

import json
import pathlib
import unittest

SOURCES = pathlib.Path(__file__).resolve().parents[3] / 'src/tasks/python'


def check(name, **given):
    """`check` of a program, as one that says whether a candidate passes."""
    space = {'__name__': 'check', **given}
    path = SOURCES / (name + '.py')
    exec(compile(path.read_text('utf-8'), str(path), 'exec', dont_inherit=True), space)

    def passes(candidate):
        try:
            space['check'](candidate)
        except AssertionError:
            return False
        return True

    return passes


def evalplus(solution, inputs, atol=0, name='f'):
    row = {'prompt': f'def {name}(x):\n', 'canonical_solution': f'    return {solution}\n', 'entry_point': name}
    return check('check_evalplus', _ROW=json.dumps({**row, 'base_input': inputs, 'plus_input': [], 'atol': atol}))


class LiveCodeBench(unittest.TestCase):
    passes = staticmethod(check('check_livecodebench', _TESTS=[('[3, 1]\n2', '[3, 1]'), ('[]\n0', '[]')]))

    def test_each_line_is_an_argument(self):
        self.assertTrue(self.passes(lambda xs, k: xs[:k]))
        self.assertFalse(self.passes(lambda xs, k: xs[:k][::-1]))

    def test_a_tuple_counts_as_a_list_and_no_other_type_does(self):
        self.assertTrue(self.passes(lambda xs, k: tuple(xs[:k])))
        self.assertFalse(self.passes(lambda xs, k: str(xs[:k])))


class Contest(unittest.TestCase):
    def passes(self, inputs, outputs, candidate):
        return check('check_contest', _TESTS=json.dumps({'inputs': inputs, 'outputs': outputs}))(candidate)

    def test_an_output_may_be_wrapped_in_a_list(self):
        self.assertTrue(self.passes([[2]], [[4]], lambda x: x * x))
        self.assertTrue(self.passes([[2]], [4], lambda x: x * x))
        self.assertFalse(self.passes([[2]], [[4]], lambda x: x + 3))

    def test_every_test_counts(self):
        self.assertFalse(self.passes([[2], [3]], [[4], [9]], lambda x: 2 * x))

    def test_tuples_count_as_lists_at_two_levels(self):
        self.assertTrue(self.passes([[1]], [[[1, 2]]], lambda x: ((1, 2),)))
        self.assertTrue(self.passes([[1]], [[1, 2]], lambda x: (1, 2)))
        self.assertFalse(self.passes([[1]], [[[[1]]]], lambda x: [[(1,)], 0]))

    def test_keys_of_dictionaries_are_whole_numbers_again(self):
        self.assertTrue(self.passes([[{'1': 'a'}]], [{'1': 'a'}], lambda x: {1: x[1]}))
        self.assertTrue(self.passes([[{'k': 1}]], [{'k': 1}], lambda x: x))


class EvalPlus(unittest.TestCase):
    def test_equal_to_the_reference(self):
        self.assertTrue(evalplus('x + 1', [[1], [5]])(lambda x: 1 + x))
        self.assertFalse(evalplus('x + 1', [[1], [5]])(lambda x: 2))

    def test_floats_may_be_near(self):
        self.assertTrue(evalplus('x / 3', [[1.0]])(lambda x: x / 3 + 9e-7))
        self.assertFalse(evalplus('x / 3', [[1.0]])(lambda x: x / 3 + 2e-6))
        self.assertTrue(evalplus('x / 3', [[1.0]], atol=0.1)(lambda x: 0.4))
        self.assertTrue(evalplus('[x / 3, float("nan")]', [[1.0]])(lambda x: [x / 3, float('nan')]))
        self.assertFalse(evalplus('[x / 3]', [[1.0]])(lambda x: [x / 3, 0.0]))

    def test_what_is_only_near_has_the_type_and_nothing_but_numbers(self):
        passes = evalplus('[x / 3, x]', [[1.0]])
        self.assertTrue(passes(lambda x: [x / 3 + 1e-9, x]))
        self.assertFalse(passes(lambda x: (x / 3 + 1e-9, x)))
        self.assertFalse(evalplus('[x / 3, "a"]', [[1.0]], atol=1e-6)(lambda x: [x / 3 + 1e-9, 'a']))
        self.assertFalse(evalplus('x', [[3]], atol=1e-6)(lambda x: 3.0000001))
        # An empty list makes no list of floats: what follows is compared exactly.
        self.assertFalse(evalplus('[2 * y for y in x]', [[[]], [[1]]])(lambda x: [2 * y + 1e-9 for y in x]))

    def test_a_candidate_cannot_change_the_arguments_of_the_reference(self):
        self.assertFalse(evalplus('sorted(x)', [[[2, 1]]])(lambda x: x.clear() or []))

    def test_find_zero_is_right_where_the_polynomial_is_zero(self):
        passes = evalplus('None', [[[-6, 1, 1]]], name='find_zero')
        self.assertTrue(passes(lambda x: 2.0))
        self.assertTrue(passes(lambda x: -3.0))
        self.assertFalse(passes(lambda x: 1.9))


class Program(unittest.TestCase):
    passes = staticmethod(check('check_program', _PROGRAM='for x in (1, 2):\n    assert f(x) == 2 * x\n', _NAME='f'))

    def test_calls_the_function_by_its_name(self):
        self.assertTrue(self.passes(lambda x: x + x))
        self.assertFalse(self.passes(lambda x: x + 1))


if __name__ == '__main__':
    unittest.main()
