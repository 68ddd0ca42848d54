# Grades calls as EvalPlus does. A result is right when it equals what the reference gives, or is a float near
# it; for find_zero the value of the polynomial counts. _ROW, the row's JSON text, is put before this text.

import copy as _copy
import json as _json
import math as _math

_ROW = _json.loads(_ROW)
_RIGHT = {'__name__': 'reference'}
exec(compile(_ROW['prompt'] + _ROW['canonical_solution'], '<reference>', 'exec'), _RIGHT)


def _floats(x):
    if isinstance(x, float):
        return True
    return isinstance(x, (list, tuple)) and len(x) > 0 and all(isinstance(e, float) for e in x)


def _near(got, expected, atol):
    """Item by item, whatever the types of the lists inside. What is no number is near nothing."""
    if isinstance(expected, (list, tuple)):
        same = isinstance(got, (list, tuple)) and len(got) == len(expected)
        return same and all(_near(g, e, atol) for g, e in zip(got, expected))
    if not isinstance(got, (int, float)) or not isinstance(expected, (int, float)):
        return False
    if _math.isnan(expected) or _math.isinf(expected):
        return got == expected or (_math.isnan(got) and _math.isnan(expected))
    return abs(got - expected) <= atol + 1e-7 * abs(expected)


def _close(got, expected, atol):
    return type(got) is type(expected) and _near(got, expected, atol)


def check(candidate):
    atol = _ROW['atol']
    for given in _ROW['base_input'] + _ROW['plus_input']:
        expected = _RIGHT[_ROW['entry_point']](*_copy.deepcopy(given))
        got = candidate(*_copy.deepcopy(given))
        if _ROW['entry_point'] == 'find_zero':
            assert abs(sum(c * got ** i for i, c in enumerate(given[0]))) <= (atol or 1e-6), (given, got)
            continue
        if atol == 0 and _floats(expected):
            atol = 1e-6
        assert got == expected or atol != 0 and _close(got, expected, atol), (given, got, expected)
