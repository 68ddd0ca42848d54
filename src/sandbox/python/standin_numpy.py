# A stand-in for the part of numpy that public test programs use to compare numbers: allclose, isclose, array,
# ndarray, dtype names and numpy.testing's assertions. Written for this project on lists of lists; it is not
# numpy, and a test that asks it for anything else has no verdict.
import math as _math
import types as _types

numpy = _types.ModuleType('numpy', 'Stands in for numpy in checks: comparing numbers and small arrays, nothing more.')
_testing = _types.ModuleType('numpy.testing', 'Stands in for numpy.testing in checks.')
_RANKS = ('bool', 'int64', 'float64', 'complex128')


class dtype:
    """A kind of number by name."""

    def __init__(self, name):
        if isinstance(name, dtype):
            name = name.name
        elif isinstance(name, type):
            name = {bool: 'bool', int: 'int64', float: 'float64', complex: 'complex128'}.get(name, getattr(name, '_dtype', name.__name__))
        self.name = {'bool_': 'bool', 'float': 'float64', 'int': 'int64', 'complex': 'complex128'}.get(name, name)

    @property
    def kind(self):
        return {'b': 'b', 'i': 'i', 'u': 'u', 'f': 'f', 'c': 'c'}.get(self.name[:1], 'O')

    def __eq__(self, other):
        try:
            return self.name == dtype(other).name
        except (TypeError, AttributeError):
            return False

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return "dtype('" + self.name + "')"

    def __str__(self):
        return self.name


def _scalar(name, base):
    return type(name, (base,), {'_dtype': name.rstrip('_'), 'dtype': property(lambda self: dtype(type(self)._dtype)),
                                'item': lambda self: base(self), '__repr__': lambda self: base.__repr__(self), '__module__': 'numpy'})


for _name in ('float64', 'float32', 'float16'):
    setattr(numpy, _name, _scalar(_name, float))
for _name in ('int64', 'int32', 'int16', 'int8', 'uint64', 'uint32', 'uint16', 'uint8'):
    setattr(numpy, _name, _scalar(_name, int))
numpy.complex128 = _scalar('complex128', complex)
numpy.bool_ = bool
numpy.generic = type('generic', (), {})
numpy.number, numpy.integer, numpy.floating = type('number', (), {}), type('integer', (), {}), type('floating', (), {})


def _rank_of(x):
    if isinstance(x, bool):
        return 0
    if isinstance(x, int):
        return 1 if -2 ** 63 <= x < 2 ** 64 else None
    if isinstance(x, float):
        return 2
    return 3 if isinstance(x, complex) else None


def _nested(x):
    """Nested lists of the items of an array-like, or the item itself."""
    if isinstance(x, ndarray):
        return x._data
    if isinstance(x, (list, tuple, range)):
        return [_nested(item) for item in x]
    return x


def _shape_of(data):
    if type(data) is not list:
        return ()
    shapes = {_shape_of(item) for item in data}
    if len(shapes) > 1:
        raise ValueError('setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions.')
    return (len(data), *(shapes.pop() if shapes else ()))


def _flat(data):
    if type(data) is not list:
        return [data]
    return [item for part in data for item in _flat(part)]


def _mapped(f, data):
    return [_mapped(f, part) for part in data] if type(data) is list else f(data)


def _number(x):
    if _rank_of(x) is None:
        raise TypeError("ufunc 'isfinite' not supported for the input types, and the inputs could not be safely "
                        "coerced to any supported types according to the casting rule ''safe''")
    return x


def _paired(f, a, b):
    """Applies f to the items of two arrays that are stretched to a common shape."""
    if _depth(a) > _depth(b):
        return [_paired(f, part, b) for part in _rows(a, b)]
    if _depth(b) > _depth(a):
        return [_paired(f, a, part) for part in _rows(b, a)]
    if type(a) is not list:
        return f(a, b)
    if len(a) != len(b) and 1 not in (len(a), len(b)):
        raise ValueError('operands could not be broadcast together with shapes ' + str(_shape_of(a)) + ' ' + str(_shape_of(b)))
    size = len(b) if len(a) == 1 else len(a)
    return [_paired(f, a[i if len(a) > 1 else 0], b[i if len(b) > 1 else 0]) for i in range(size)]


def _rows(deep, flat):
    return deep


def _depth(data):
    return len(_shape_of(data))


class ndarray:
    """An array as nested lists of numbers."""

    __hash__ = None

    def __init__(self, data, kind=None):
        self._data = data
        self.shape = _shape_of(data)
        if kind is None:
            items = _flat(data)
            ranks = [_rank_of(item) for item in items]
            kind = 'object' if None in ranks else _RANKS[max(ranks)] if ranks else 'float64'
            if items and all([isinstance(item, str) for item in items]):
                kind = '<U' + str(max([len(item) for item in items]))
        self.dtype = dtype(kind)
        convert = {'f': float, 'i': int, 'u': int, 'c': complex, 'b': bool}.get(self.dtype.kind)
        if convert is not None:
            self._data = _mapped(convert, data)

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: _math.prod(self.shape))
    T = property(lambda self: ndarray([list(row) for row in zip(*self._data)], self.dtype) if self.ndim == 2 else self)

    def tolist(self):
        return _mapped(lambda x: x, self._data)

    def item(self):
        return _flat(self._data)[0]

    def copy(self):
        return ndarray(self.tolist(), self.dtype)

    def astype(self, kind):
        return ndarray(self.tolist(), kind)

    def flatten(self):
        return ndarray(_flat(self._data), self.dtype)

    ravel = flatten

    def all(self):
        return all(_flat(self._data))

    def any(self):
        return any(_flat(self._data))

    def sum(self):
        return sum(_flat(self._data))

    def max(self):
        return max(_flat(self._data))

    def min(self):
        return min(_flat(self._data))

    def mean(self):
        return sum(_flat(self._data)) / self.size

    def __len__(self):
        if not self.shape:
            raise TypeError('len() of unsized object')
        return self.shape[0]

    def __iter__(self):
        return iter([_wrapped(part) for part in self._data])

    def __getitem__(self, key):
        data = self._data
        for part in key if isinstance(key, tuple) else (key,):
            data = data[part]
        return _wrapped(data)

    def __bool__(self):
        if self.size != 1:
            raise ValueError('The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()')
        return bool(self.item())

    def __repr__(self):
        return 'array(' + repr(self._data) + ')'

    def __abs__(self):
        return ndarray(_mapped(abs, self._data))

    def __neg__(self):
        return ndarray(_mapped(lambda x: -x, self._data))

    def __eq__(self, other):
        try:
            return ndarray(_paired(lambda a, b: a == b, self._data, _nested(other)))
        except ValueError:
            return False

    def __ne__(self, other):
        same = self == other
        return True if same is False else ndarray(_mapped(lambda x: not x, same._data))


def _wrapped(data):
    return ndarray(data) if type(data) is list else data


def _operator(f, swapped=False):
    def method(self, other):
        a, b = self._data, _nested(other)
        return ndarray(_paired(f, b, a) if swapped else _paired(f, a, b))
    return method


for _name, _f in {'add': lambda a, b: a + b, 'sub': lambda a, b: a - b, 'mul': lambda a, b: a * b, 'truediv': lambda a, b: a / b,
                  'lt': lambda a, b: a < b, 'le': lambda a, b: a <= b, 'gt': lambda a, b: a > b, 'ge': lambda a, b: a >= b}.items():
    setattr(ndarray, '__' + _name + '__', _operator(_f))
    if _name in ('add', 'sub', 'mul', 'truediv'):
        setattr(ndarray, '__r' + _name + '__', _operator(_f, True))


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
