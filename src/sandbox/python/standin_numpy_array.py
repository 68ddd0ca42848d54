# The arrays of the stand-in for numpy (standin_numpy.py): ndarray on lists of lists, and names of dtypes. The
# files share a namespace.
import math as _math
import types as _types

numpy = _types.ModuleType('numpy', 'Stands in for numpy in checks: comparing numbers and small arrays, nothing more.')
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
