# Grades calls as EvalPlus does. A result is right when it equals what the reference gives, or is a float near
# it; for find_zero the value of the polynomial counts. _ROW, the row's JSON text, is put before this text.

import copy as _copy
import json as _json
import numpy as _numpy

_ROW = _json.loads(_ROW)
_RIGHT = {'__name__': 'reference'}
exec(compile(_ROW['prompt'] + _ROW['canonical_solution'], '<reference>', 'exec'), _RIGHT)


def _floats(x):
    if isinstance(x, float):
        return True
    return isinstance(x, (list, tuple)) and len(x) > 0 and all(isinstance(e, float) for e in x)


def _close(got, expected, atol):
    if type(got) is not type(expected) or isinstance(expected, (list, tuple)) and len(got) != len(expected):
        return False
    return _numpy.allclose(got, expected, rtol=1e-07, atol=atol)


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
