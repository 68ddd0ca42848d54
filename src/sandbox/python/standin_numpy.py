# A stand-in for the part of numpy that public test programs use to compare numbers: allclose, isclose, array
# and numpy.testing's assertions, on the arrays of standin_numpy_array.py. Written for this project; it is not
# numpy, and a test that asks it for anything else has no verdict.
_testing = _types.ModuleType('numpy.testing', 'Stands in for numpy.testing in checks.')


def array(object, dtype=None, copy=True, ndmin=0):  # noqa: A002 (numpy's name for it, which tests may use)
    data = _nested(object)
    _shape_of(data)
    return ndarray(_mapped(lambda x: x, data), dtype)


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """|a - b| <= atol + rtol * |b|, item by item; infinities are close to themselves alone."""
    def near(x, y):
        x, y = _number(x), _number(y)
        if x != x or y != y:
            return equal_nan and x != x and y != y
        if abs(x) == _math.inf or abs(y) == _math.inf:
            return x == y
        return abs(x - y) <= atol + rtol * abs(y)
    return _wrapped(_paired(near, _nested(a), _nested(b)))


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    found = isclose(a, b, rtol, atol, equal_nan)
    return found.all() if isinstance(found, ndarray) else bool(found)


def array_equal(a1, a2, equal_nan=False):
    a, b = _nested(a1), _nested(a2)
    if _shape_of(a) != _shape_of(b):
        return False
    return all([x == y or (equal_nan and x != x and y != y) for x, y in zip(_flat(a), _flat(b))])


def assert_allclose(actual, desired, rtol=1e-07, atol=0, equal_nan=True, err_msg='', verbose=True):
    if not allclose(actual, desired, rtol, atol, equal_nan):
        raise AssertionError('Not equal to tolerance rtol=' + repr(rtol) + ', atol=' + repr(atol) + ' ' + err_msg)


def assert_array_equal(actual, desired, err_msg='', verbose=True):
    if not array_equal(actual, desired, True):
        raise AssertionError('Arrays are not equal ' + err_msg)


def assert_almost_equal(actual, desired, decimal=7, err_msg='', verbose=True):
    near = _paired(lambda a, b: abs(_number(a) - _number(b)) < 1.5 * 10.0 ** -decimal, _nested(actual), _nested(desired))
    if not all(_flat(near)):
        raise AssertionError('Arrays are not almost equal to ' + str(decimal) + ' decimals ' + err_msg)


def _each(f):
    return lambda x, *rest: _wrapped(_mapped(lambda item: f(item, *rest), _nested(x)))


def _made(value):
    def make(shape, dtype=float):
        if isinstance(shape, int):
            shape = (shape,)
        data = value
        for size in reversed(shape):
            data = [_mapped(lambda x: x, data) for _ in range(size)]
        return ndarray(data, dtype)
    return make


def arange(*bounds, dtype=None):
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    return ndarray([start + i * step for i in range(max(0, _math.ceil((stop - start) / step)))], dtype)


for _f in (dtype, ndarray, array, isclose, allclose, array_equal, arange):
    setattr(numpy, _f.__name__, _f)
numpy.asarray = numpy.asanyarray = array
numpy.zeros, numpy.ones = _made(0), _made(1)
numpy.isnan = _each(lambda x: x != x)
numpy.isinf = _each(lambda x: abs(_number(x)) == _math.inf)
numpy.isfinite = _each(lambda x: abs(_number(x)) < _math.inf)
numpy.abs = numpy.absolute = numpy.fabs = _each(abs)
numpy.sqrt = _each(lambda x: _math.sqrt(x) if x >= 0 else _math.nan)
numpy.round = numpy.around = _each(round)
numpy.all, numpy.any = lambda x: all(_flat(_nested(x))), lambda x: any(_flat(_nested(x)))
numpy.sum, numpy.max, numpy.min = lambda x: sum(_flat(_nested(x))), lambda x: max(_flat(_nested(x))), lambda x: min(_flat(_nested(x)))
numpy.mean = lambda x: sum(_flat(_nested(x))) / len(_flat(_nested(x)))
numpy.shape = lambda x: _shape_of(_nested(x))
numpy.isscalar = lambda x: not isinstance(x, (list, tuple, ndarray, dict, set)) and x is not None
numpy.inf, numpy.nan, numpy.pi, numpy.e = _math.inf, _math.nan, _math.pi, _math.e
numpy.testing = _testing
_testing.assert_allclose, _testing.assert_array_equal, _testing.assert_equal = assert_allclose, assert_array_equal, assert_array_equal
_testing.assert_almost_equal = _testing.assert_array_almost_equal = assert_almost_equal
numpy.__version__ = '0 (stand-in)'
