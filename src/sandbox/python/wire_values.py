# The fixed forms in which values cross between two interpreters: plain data that JSON holds, made and read by
# exact type. What has no form here is a class (wire_classes.py), an exception (wire_errors.py) or stays where
# it is and has a proxy (wire_proxies.py). Nothing that is read is evaluated.
import datetime as _datetime
from collections import OrderedDict as _OrderedDict, Counter as _Counter, defaultdict as _defaultdict, deque as _deque
from decimal import Decimal as _Decimal
from fractions import Fraction as _Fraction


class Malformed(Exception):
    """A message that the harness does not write."""


class Uncarried(Exception):
    """A value that cannot cross: too deep, too large."""


class Uncomparable:
    """Stands for a value that could not cross: equal to nothing."""

    __hash__ = None

    def __eq__(self, other):
        return False


def _text_pack(x):
    """Two halves of a surrogate pair that a program wrote one by one would arrive as one character: such a text crosses in parts."""
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


# Values without identity and without other objects inside: type -> (tag, parts, reader of the parts).
_SIMPLE = {
    complex: ('c', lambda x: [_float_pack(x.real), _float_pack(x.imag)], complex),
    bytes: ('b', lambda x: [x.decode('latin-1')], lambda s: s.encode('latin-1')),
    range: ('r', lambda x: [_int_pack(x.start), _int_pack(x.stop), _int_pack(x.step)], range),
    _Fraction: ('fr', lambda x: [_int_pack(x.numerator), _int_pack(x.denominator)], _Fraction),
    _Decimal: ('de', lambda x: [str(x)], _Decimal),
    _datetime.date: ('Ad', _date_parts, _datetime.date),
    _datetime.timedelta: ('Al', lambda x: [x.days, x.seconds, x.microseconds], _datetime.timedelta),
    type(Ellipsis): ('..', lambda x: [], lambda: Ellipsis),
    type(NotImplemented): ('.!', lambda x: [], lambda: NotImplemented),
}
_SIMPLE_READERS = {tag: (reader, type_) for type_, (tag, _, reader) in _SIMPLE.items()}
_ATOMS = (str, int, float)
_DICTS = {_OrderedDict: 'OrderedDict', _Counter: 'Counter', _defaultdict: 'defaultdict'}
_DICTS_BY_NAME = {name: type_ for type_, name in _DICTS.items()}
_VIEWS = {type({}.keys()): 'keys', type({}.values()): 'values', type({}.items()): 'items'}
# What `u` may be built on: a program's class derived from one of these is carried with the base's own content.
_BASES = (bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, _OrderedDict, _Counter, _defaultdict, _deque)


class _Values:
    """Packs objects to data and unpacks data to objects; `table` numbers those with an identity."""

    def pack(self, x):
        t = type(x)
        if t is str:
            return _text_pack(x)
        if t is bool or x is None:
            return x
        if t is int:
            return _int_pack(x)
        if t is float:
            return _float_pack(x)
        number = self.table.numbers.get(id(x))
        if number is not None:
            return ['@', number]
        simple = _SIMPLE.get(t)
        if simple is not None:
            return [simple[0], *simple[1](x)]
        packer = self.packers.get(t)
        return packer(x) if packer is not None else self.pack_other(x)

    def packed(self, items):
        return [self.pack(item) for item in items]

    def _new(self, x, form):
        number = self.table.number()
        self.table.keep(number, x, form)
        return number

    def _pack_content(self, x, form):
        """Content of an object of a mutable form, as it is put back with `_fill`."""
        if form == 'd':
            pairs = _OrderedDict.items(x) if isinstance(x, _OrderedDict) else dict.items(x)
            return self.packed([part for pair in pairs for part in pair])
        if form == 'B':
            return bytes(x).decode('latin-1')
        return self.packed(_CONTENT[form](x))

    def _fill(self, x, form, content):
        """Replaces the content of an object of a mutable form."""
        if form == 'B':
            x[:] = content.encode('latin-1')
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
        content = self._pack_content

        def mutable(form):
            return lambda x: [form, self._new(x, form), content(x, form)]

        def fixed(tag):
            def pack(x):
                items = self.packed(x)  # first: what holds itself through a list is numbered by that list
                return [tag, self._new(x, 'v'), items]
            return pack

        def dict_class(x):
            kind = _DICTS[type(x)]
            factory = [self.pack(x.default_factory)] if kind == 'defaultdict' else []
            return ['D', kind, self._new(x, 'd'), content(x, 'd'), *factory]

        def zone(x):
            return None if x is None else self.pack(x)

        packers = {list: mutable('l'), dict: mutable('d'), set: mutable('s'), bytearray: mutable('B'),
                   tuple: fixed('t'), frozenset: fixed('z')}
        packers.update({t: dict_class for t in _DICTS})
        packers[_deque] = lambda x: ['q', self._new(x, 'q'), content(x, 'q'), x.maxlen]
        packers[slice] = lambda x: ['sl', *self.packed([x.start, x.stop, x.step])]
        packers[_datetime.time] = lambda x: ['At', _time_parts(x), zone(x.tzinfo), x.fold]
        packers[_datetime.datetime] = lambda x: ['AD', _date_parts(x) + _time_parts(x), zone(x.tzinfo), x.fold]
        packers[_datetime.timezone] = lambda x: ['Az', self.pack(x.utcoffset(None)), x.tzname(None)]
        for t, kind in _VIEWS.items():
            packers[t] = lambda x, kind=kind: ['V', kind, self.pack(dict(x.mapping))]
        packers[memoryview] = lambda x: ['mv', self.pack(
            x.obj if type(x.obj) in (bytes, bytearray) and x.contiguous and x.nbytes == len(x.obj) else x.tobytes())]
        return packers

    def unpack(self, data):
        t = type(data)
        if t is not list:
            if t is dict:
                raise Malformed('object')
            return data
        tag = data[0]
        if tag == '@':
            return self.table.objects[data[1]]
        simple = _SIMPLE_READERS.get(tag)
        if simple is not None:
            parts = [self.unpack(part) for part in data[1:]]
            if not all([type(part) in _ATOMS for part in parts]):
                raise Malformed('parts')
            return simple[0](*parts)
        reader = self.readers.get(tag)
        if reader is None:
            raise Malformed('tag')
        return reader(*data[1:])

    def _receive(self, number, x, form):
        """Numbers an object that the other side sent."""
        if type(number) is not int or number * self.table.side >= 0 or number in self.table.objects:
            raise Malformed('number')
        return self.table.keep(number, x, form)

    def _readers(self):
        def mutable(form, make):
            def read(number, items):
                x = self._receive(number, make(), form)
                self._fill(x, form, items)
                return x
            return read

        def fixed(make):
            def read(number, items):
                return self._receive(number, make([self.unpack(item) for item in _listed(items)]), 'v')
            return read

        def dict_class(kind, number, items, *factory):
            x = _DICTS_BY_NAME[kind](*[self.unpack(part) for part in factory[:1]])
            self._receive(number, x, 'd')
            self._fill(x, 'd', items)
            return x

        def bounded(number, items, most):
            x = self._receive(number, _deque((), most), 'q')
            self._fill(x, 'q', items)
            return x

        def zone(data):
            x = self.unpack(data)
            if x is not None and type(x) is not _datetime.timezone:
                raise Malformed('zone')
            return x

        def view(kind, data):
            x = self.unpack(data)
            if type(x) is not dict or kind not in ('keys', 'values', 'items'):
                raise Malformed('view')
            return getattr(x, kind)()

        def viewed(data):
            x = self.unpack(data)
            if type(x) not in (bytes, bytearray):
                raise Malformed('memory')
            return memoryview(x)

        return {
            'l': mutable('l', list), 'd': mutable('d', dict), 's': mutable('s', set), 'B': mutable('B', bytearray),
            't': fixed(tuple), 'z': fixed(frozenset), 'D': dict_class, 'q': bounded, 'V': view, 'mv': viewed,
            'S': lambda parts: ''.join([part for part in _listed(parts)]),
            'I': lambda digits: int(digits, 16),
            'f': lambda name: float(name),
            'sl': lambda *parts: slice(*[self.unpack(part) for part in parts]),
            'At': lambda parts, tz, fold: _datetime.time(*parts, tzinfo=zone(tz), fold=fold),
            'AD': lambda parts, tz, fold: _datetime.datetime(*parts, tzinfo=zone(tz), fold=fold),
            'Az': lambda offset, name: _datetime.timezone(self.unpack(offset), name),
            '?': lambda name: Uncomparable(),
        }


def _listed(data):
    if type(data) is not list:
        raise Malformed('list')
    return data
