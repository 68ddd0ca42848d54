# Grades calls as LiveCodeBench does. Each line of the input is an argument in JSON. A tuple counts as the
# list of its items, and `==` compares. _TESTS, pairs of texts (input, output), is put before this text.

import json as _json


def check(candidate):
    for given, expected in _TESTS:
        got = candidate(*[_json.loads(line) for line in given.split('\n')])
        got = list(got) if isinstance(got, tuple) else got
        assert got == _json.loads(expected), (given, got, expected)
