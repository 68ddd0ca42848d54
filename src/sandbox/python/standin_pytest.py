# A stand-in for what tests use of pytest: `raises`, `approx`, `fail` and marks that
# do nothing. Written for this project; it runs no tests.
import re as _re
import types as _types

pytest = _types.ModuleType('pytest', 'Stands in for pytest in checks: raises, approx, fail, mark.')


class _Raises:
    def __init__(self, expected, match=None):
        self.expected = expected
        self.match = match
        self.type = self.value = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is None:
            raise AssertionError('DID NOT RAISE ' + repr(self.expected))
        if not issubclass(kind, self.expected):
            return False
        if self.match is not None and not _re.search(self.match, str(value)):
            raise AssertionError('Regex pattern did not match: ' + repr(self.match) + ' in ' + repr(str(value)))
        self.type, self.value = kind, value
        return True


def raises(expected_exception, *args, match=None, **named):
    context = _Raises(expected_exception, match)
    if not args:
        return context
    function, *rest = args
    with context:
        function(*rest, **named)
    return context


class approx:
    __hash__ = None

    def __init__(self, expected, rel=None, abs=None):  # noqa: A002 (pytest's name for it, which tests may use)
        self.expected, self.rel, self.abs = expected, rel, abs

    def _near(self, a, b):
        if type(b) in (list, tuple):
            return type(a) in (list, tuple) and len(a) == len(b) and all([self._near(x, y) for x, y in zip(a, b)])
        if type(b) is dict:
            return type(a) is dict and a.keys() == b.keys() and all([self._near(a[k], b[k]) for k in b])
        if type(b) not in (int, float) or type(a) not in (int, float):
            return type(a) in (int, float, complex, str, bool, type(None)) and a == b
        if a == b:
            return True
        relative = (1e-6 if self.rel is None and self.abs is None else self.rel or 0) * (b if b >= 0 else -b)
        size = a - b if a >= b else b - a
        return size <= max(relative, 1e-12 if self.abs is None else self.abs)

    def __eq__(self, other):
        return self._near(other, self.expected)

    def __repr__(self):
        return 'approx(' + repr(self.expected) + ')'


def fail(reason='', pytrace=True):
    raise AssertionError(reason)


class _Mark:
    def __getattr__(self, name):
        def mark(*args, **named):
            if len(args) == 1 and callable(args[0]) and not named:
                return args[0]
            return lambda f: f
        return mark


pytest.raises, pytest.approx, pytest.fail, pytest.mark = raises, approx, fail, _Mark()
