# Grades calls as APPS and TACO do. A result is right when it equals the output, or the only item of an output
# that is a list (most are wrapped so). Tuples count as lists, at the top and one level below. Keys of a
# dictionary, which JSON makes texts, are whole numbers again. _TESTS, JSON text with inputs and outputs, is
# put before this text.

import json as _json


def _keyed(value):
    try:
        return {int(key): item for key, item in value.items()} if isinstance(value, dict) else value
    except ValueError:
        return value


def check(candidate):
    tests = _json.loads(_TESTS)
    for given, output in zip(tests['inputs'], tests['outputs']):
        got = candidate(*[_keyed(argument) for argument in given])
        got = list(got) if isinstance(got, tuple) else got
        inner = [list(x) if isinstance(x, tuple) else x for x in got] if isinstance(got, list) else got
        wanted = [_keyed(output)] + ([_keyed(output[0])] if isinstance(output, list) and output else [])
        assert any(got == one or inner == one for one in wanted), (given, got, output)
