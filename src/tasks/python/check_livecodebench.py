# Grades calls as LiveCodeBench does: each line of the input is an argument in JSON; a tuple counts as the list of its
# items; then `==`. _TESTS, pairs of texts (input, output), is put before it.

import json as _json


def check(candidate):
    for given, expected in _TESTS:
        got = candidate(*[_json.loads(line) for line in given.split('\n')])
        got = list(got) if isinstance(got, tuple) else got
        assert got == _json.loads(expected), (given, got, expected)
