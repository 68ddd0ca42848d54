# The fixed forms in which values cross between two interpreters: plain data that JSON holds, made and read by
# exact type. What has no form here is a class (wire_classes.py), an exception (wire_errors.py) or stays where
# it is and has a proxy (wire_proxies.py). Nothing that is read is evaluated.
import datetime as _datetime
import ipaddress as _ipaddress
import pathlib as _pathlib
import types as _types
import uuid as _uuid
from collections import (ChainMap as _ChainMap, Counter as _Counter, OrderedDict as _OrderedDict, UserDict as _UserDict,
                         UserList as _UserList, UserString as _UserString, defaultdict as _defaultdict, deque as _deque)
from decimal import Decimal as _Decimal
from fractions import Fraction as _Fraction


class Uncarried(Exception):
    """A value that cannot cross: too large."""


class Uncomparable:
    """Stands for a value that could not cross: equal to nothing."""

    __hash__ = None

    def __eq__(self, other):
        return False


def _text_pack(x):
    """Two halves of a surrogate pair that a program wrote one by one would arrive
    as one character: such a text crosses in parts."""
    if x.isascii() or _surrogate_pair(x) is None:
        return x
    cuts = [0, *[i + 1 for i in range(len(x) - 1) if _surrogate_pair(x[i:i + 2])], len(x)]
    return ['S', [x[a:b] for a, b in zip(cuts, cuts[1:])]]


def _int_pack(x):
    return x if x.bit_length() <= _INT_BITS else ['I', int.__format__(x, 'x')]


def _float_pack(x):
    return x if x - x == 0 else ['f', float.__repr__(x)]


def _date_parts(x):
    return [x.year, x.month, x.day]


def _time_parts(x):
    return [x.hour, x.minute, x.second, x.microsecond]


# Types whose text says all: kind -> type.
_BY_TEXT = {t.__name__: t for t in (
    _uuid.UUID, _pathlib.PurePosixPath, _pathlib.PosixPath, _pathlib.PureWindowsPath, _ipaddress.IPv4Address, _ipaddress.IPv6Address,
    _ipaddress.IPv4Network, _ipaddress.IPv6Network, _ipaddress.IPv4Interface, _ipaddress.IPv6Interface)}
# Values without identity and without other objects inside: type -> (tag, parts).
_SIMPLE = {
    complex: ('c', lambda x: [_float_pack(x.real), _float_pack(x.imag)]),
    bytes: ('b', lambda x: [x.decode('latin-1')]),
    range: ('r', lambda x: [_int_pack(x.start), _int_pack(x.stop), _int_pack(x.step)]),
    _Fraction: ('fr', lambda x: [_int_pack(x.numerator), _int_pack(x.denominator)]),
    _Decimal: ('de', lambda x: [str(x)]),
    _datetime.date: ('Ad', _date_parts),
    _datetime.timedelta: ('Al', lambda x: [x.days, x.seconds, x.microseconds]),
    _datetime.timezone: ('Az', lambda x: _zone_parts(*x.__getinitargs__())),
    type(Ellipsis): ('..', lambda x: []),
    type(NotImplemented): ('.!', lambda x: []),
}
_SIMPLE.update({t: ('T', lambda x, kind=kind: [kind, str(x)]) for kind, t in _BY_TEXT.items()})
_SIMPLE_READERS = {
    'c': complex, 'b': lambda s: s.encode('latin-1'), 'r': range, 'fr': _Fraction, 'de': _Decimal, 'Ad': _datetime.date,
    'Al': _datetime.timedelta,
    'Az': lambda days, seconds, micros, *name: _datetime.timezone(_datetime.timedelta(days, seconds, micros), *name),
    '..': lambda: Ellipsis, '.!': lambda: NotImplemented, 'T': lambda kind, text: _BY_TEXT[kind](text),
    'I': lambda digits: int(digits, 16), 'f': lambda name: float(name), 'i': _sys.intern,
}
_ATOMS = (str, int, float)


def _zone_parts(offset, *name):
    """A zone's name only where it was given one: the one without is the same object everywhere."""
    return [offset.days, offset.seconds, offset.microseconds, *name]


# What a date or a time is made of, to make one like it.
_REMADE = {
    _datetime.date: _date_parts,
    _datetime.time: lambda x: (*_time_parts(x), x.tzinfo),
    _datetime.datetime: lambda x: (*_date_parts(x), *_time_parts(x), x.tzinfo),
    _datetime.timedelta: lambda x: (x.days, x.seconds, x.microseconds),
}
_DICTS = {_OrderedDict: 'OrderedDict', _Counter: 'Counter', _defaultdict: 'defaultdict'}
_DICTS_BY_NAME = {name: type_ for type_, name in _DICTS.items()}
_VIEWS = {type(make().__getattribute__(kind)()): kind for make in (dict, _OrderedDict) for kind in ('keys', 'values', 'items')}
# What `u` may be built on: a program's class derived from one of these is carried
# with the base's own content.
_BASES = (bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, _OrderedDict, _Counter, _defaultdict, _deque,
          _Decimal, _Fraction, _datetime.datetime, _datetime.date, _datetime.time, _datetime.timedelta)
# Classes of the library whose instances are their attributes.
_OPEN_CLASSES = (_types.SimpleNamespace, _UserDict, _UserList, _UserString, _ChainMap)
_referents = _gc.get_referents


def _behind(x):
    """The dictionary that a view or a read-only mapping shows."""
    return [found for found in _referents(x) if isinstance(found, dict)][0]


class _Values:
    """Plans values as definitions and makes them again (wire_graph.py); `table`
    numbers those with an identity."""

    def small(self, x):
        t = type(x)
        if t is str:
            return ['i', x] if len(x) > 1 and _is_kept_text(x) and x.isascii() else _text_pack(x)
        if t is bool or x is None:
            return x
        if t is int:
            return _int_pack(x)
        if t is float and x == x:
            return _float_pack(x)
        number = self.table.numbers.get(id(x))
        if number is not None:
            return ['@', number]
        simple = _SIMPLE.get(t)
        return [simple[0], *simple[1](x)] if simple is not None else _WHOLE

    def new(self, x, form):
        number = self.table.number()
        self.table.keep(number, x, form)
        return number

    def _pack_content(self, x, form):
        """Content of an object of a mutable form, as it is put back with `_fill`."""
        parts = self.parts_of(x, form)
        return parts if type(parts) is str else self.packed(parts)

    def parts_of(self, x, form):
        if form in 'Ba':
            return bytes(x).decode('latin-1') if form == 'B' else _array.tobytes(x).decode('latin-1')
        if form == 'd':
            pairs = _OrderedDict.items(x) if isinstance(x, _OrderedDict) else dict.items(x)
            return [part for pair in pairs for part in pair]
        return _CONTENT[form](x)

    def _fill(self, x, form, content):
        """Replaces the content of an object of a mutable form."""
        if form in 'Ba':
            data = content.encode('latin-1')
            if form == 'B':
                x[:] = data
            else:
                del x[:]
                _array.frombytes(x, data)
            return
        items = [self.unpack(part) for part in _listed(content)]
        if form == 'l':
            list.__setitem__(x, slice(None), items)
        elif form == 's':
            set.clear(x)
            set.update(x, items)
        elif form == 'q':
            _deque.clear(x)
            _deque.extend(x, items)
        elif len(items) % 2:
            raise Malformed('pairs')
        elif form == 'o':
            _set_state(x, dict(zip(items[::2], items[1::2])))
        elif isinstance(x, _OrderedDict):
            _OrderedDict.clear(x)
            for key, value in zip(items[::2], items[1::2]):
                _OrderedDict.__setitem__(x, key, value)
        else:
            dict.clear(x)
            dict.update(x, zip(items[::2], items[1::2]))

    def _packers(self):
        """Type -> plan of an object of exactly that type: (tag, number, head, parts, what is set later)."""
        def mutable(form, head=lambda x: None):
            def plan(x):
                return (form, self.new(x, form), head(x), self.parts_of(x, form), ())
            return plan

        def fixed(tag, parts, head=lambda x: None):
            return lambda x: (tag, self.new(x, 'v'), head(x), parts(x), ())

        def dict_class(x):
            later = [('default_factory', x.default_factory)] if type(x) is _defaultdict else ()
            return ('D', self.new(x, 'd'), _DICTS[type(x)], self.parts_of(x, 'd'), later)

        def viewed(x):
            whole = type(x.obj) in (bytes, bytearray) and x.contiguous and x.nbytes == len(x.obj)
            return [x.obj if whole else x.tobytes()]

        packers = {list: mutable('l'), dict: mutable('d'), set: mutable('s'), bytearray: mutable('B'),
                   tuple: fixed('t', lambda x: x), frozenset: fixed('z', list), float: fixed('N', lambda x: ()),
                   _array: mutable('a', lambda x: x.typecode), _deque: mutable('q', lambda x: x.maxlen),
                   slice: fixed('sl', lambda x: (x.start, x.stop, x.step)),
                   _datetime.time: fixed('At', lambda x: (x.tzinfo,), lambda x: [*_time_parts(x), x.fold]),
                   _datetime.datetime: fixed('AD', lambda x: (x.tzinfo,), lambda x: [*_date_parts(x), *_time_parts(x), x.fold]),
                   memoryview: fixed('mv', viewed)}
        packers.update({t: dict_class for t in _DICTS})
        packers.update({t: fixed('V', lambda x: [_behind(x)], lambda x, kind=kind: kind) for t, kind in _VIEWS.items()})
        packers.update({t: lambda x: ('o', self.new(x, 'o'), self.pack_class(type(x)), self.parts_of(x, 'o'), ()) for t in _OPEN_CLASSES})
        return packers

    def _value_makers(self):
        """Tag -> object from its head and parts, for what cannot hold itself."""
        def zone(parts):
            x, = parts
            if x is not None and not isinstance(x, _datetime.tzinfo):
                raise Malformed('zone')
            return x

        def view(kind, parts):
            x, = parts
            if not isinstance(x, dict) or kind not in ('keys', 'values', 'items'):
                raise Malformed('view')
            return getattr(_OrderedDict if isinstance(x, _OrderedDict) else dict, kind)(x)

        def viewed(head, parts):
            x, = parts
            if type(x) not in (bytes, bytearray):
                raise Malformed('memory')
            return memoryview(x)

        def shown(head, parts):
            x, = parts
            if type(x) is not dict:
                raise Malformed('mapping')
            return _types.MappingProxyType(x)

        return {
            't': lambda head, parts: tuple(parts), 'z': lambda head, parts: frozenset(parts), 'N': lambda head, parts: float('nan'),
            'sl': lambda head, parts: slice(*parts), 'V': view, 'mv': viewed, 'MP': shown,
            'At': lambda head, parts: _datetime.time(*head[:-1], tzinfo=zone(parts), fold=head[-1]),
            'AD': lambda head, parts: _datetime.datetime(*head[:-1], tzinfo=zone(parts), fold=head[-1]),
        }

    def _value_shells(self):
        """Tag -> empty object from its head."""
        return {'l': lambda head: [], 'd': lambda head: {}, 's': lambda head: set(), 'B': lambda head: bytearray(),
                'a': lambda head: _array(head), 'q': lambda head: _deque((), head), 'D': lambda head: _DICTS_BY_NAME[head]()}
