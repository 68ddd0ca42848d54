# Proxies: what stands here for an object that lives in the other interpreter. It forwards what is done with it and decides nothing. On the
# test's side the program's word never makes one of its objects equal to a value, or larger, or its container: those would be verdicts.
import copy as _copy
import inspect as _inspect
import itertools as _itertools

_BINARY = 'add sub mul truediv floordiv mod pow matmul and or xor lshift rshift'.split()
_COMPARED = ('__eq__', '__ne__', '__lt__', '__le__', '__gt__', '__ge__')
# Items of a program's own container that are compared with one to find out whether it is in there.
_MOST_LOOKED_AT = 2_000
# Operators by which tests compare a result with the value expected: `abs(got - expected) < 1e-6`, `not got ^ expected`.
# What they give would be the program's verdict on itself. The others (`+`, `*`, `**`, shifts) only build on a result.
_COMPARING = 'sub truediv floordiv mod divmod and or xor'.split()
# Of a class built on a built-in one its own content decides.
_DECIDED_HERE = frozenset(['__' + kind + name + '__' for name in _COMPARING for kind in ('', 'r', 'i')]).union(
    _COMPARED, ('__hash__', '__new__', '__init__', '__iter__', '__contains__', '__len__', '__bool__'))
# Questions that a value of a built-in type answers from its content. An object of a program's class that merely has such a method is none.
_VALUES_OWN = frozenset('''issubset issuperset isdisjoint startswith endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower
isnumeric isprintable isspace istitle isupper is_integer'''.split())


class _Mirror(type):
    """Class of the classes that are rebuilt here: calling one makes the object where the class lives."""

    def __call__(cls, *args, **named):
        made = _talk.ask('call', cls, args, named)
        _talk.note_made(cls, made)
        return made

    def __getattr__(cls, name):
        return _talk.ask('get', cls, [name])

    def __setattr__(cls, name, value):
        if name[:4] == '_abc' or name == '__abstractmethods__':
            return type.__setattr__(cls, name, value)
        return _talk.ask('set', cls, [name, value])

    def __iter__(cls):
        return _talk.ask('do', cls, ['__iter__'])

    def __len__(cls):
        return _talk.ask('do', cls, ['__len__'])

    def __bool__(cls):
        return True

    def __getitem__(cls, key):
        return _talk.ask('do', cls, ['__getitem__', key])

    def __contains__(cls, item):
        return _talk.ask('do', cls, ['__contains__', item])


class _Proxy(metaclass=_Mirror):
    """An object of the other side."""

    __slots__ = ()

    def __getattr__(self, name):
        if name in _abouts.get(type(self), ()):
            return _Method(self, name)
        return _talk.ask('get', self, [name])

    def __setattr__(self, name, value):
        if isinstance(self, BaseException) and name[:2] == '__':
            return BaseException.__setattr__(self, name, value)
        return _talk.ask('set', self, [name, value])

    def __delattr__(self, name):
        return _talk.ask('del', self, [name])


class _Method:
    """A method that was reached for and not called yet."""

    __slots__ = ('owner', 'name')

    def __init__(self, owner, name):
        self.owner = owner
        self.name = name

    def __call__(self, *args, **named):
        return _talk.ask('method', self.owner, [self.name, *args], named)

    def __getattr__(self, name):
        if name == '__name__':
            return self.name
        if name == '__self__':
            return self.owner
        return getattr(_talk.ask('get', self.owner, [self.name]), name)

    @property
    def __class__(self):
        return _types.MethodType

    def __eq__(self, other):
        return type(other) is _Method and self.owner is other.owner and self.name == other.name

    def __hash__(self):
        return hash((id(self.owner), self.name))


class _Function:
    """A function of the other side; `about` is what it says of itself without being asked."""

    __slots__ = ('about',)

    def __init__(self, about):
        object.__setattr__(self, 'about', about)

    def __call__(self, *args, **named):
        return _talk.ask('call', self, args, named)

    def __getattr__(self, name):
        about = object.__getattribute__(self, 'about')
        if name in about:
            return about[name]
        if name == '__signature__':
            return _talk.signature(self)
        return _talk.ask('get', self, [name])

    def __setattr__(self, name, value):
        return _talk.ask('set', self, [name, value])

    def __repr__(self):
        return '<function ' + str(self.__qualname__) + '>'

    @property
    def __class__(self):
        return _FUNCTION_TYPES[object.__getattribute__(self, 'about')['']] or type(self)

    @property
    def __doc__(self):
        return object.__getattribute__(self, 'about')['__doc__']

    @property
    def __module__(self):
        return object.__getattribute__(self, 'about')['__module__']


_FUNCTION_TYPES = {'f': _types.FunctionType, 'b': _types.BuiltinFunctionType, 'm': _types.MethodType, 'o': None}


def _generator(talk, number):
    """Steps a generator of the other side. One that is left over when its conversation has ended is only forgotten."""
    op, args = 'next', []
    while True:
        item = talk.step(number, op, args)
        if type(item) is _Stop:
            return item.value
        try:
            op, args = 'send', [(yield item)]
        except GeneratorExit:
            if talk is _talk and number in talk.table.objects:
                talk.step(number, 'close', [])
            raise
        except BaseException as e:
            op, args = 'throw', [e]


async def _coroutine(number):
    """Awaiting it runs the other side's to its end: the two sides have no event loop in common."""
    return _talk.step(number, 'await', [])


class _Stop:
    """An iterator's end, before it is the exception that says so."""

    def __init__(self, value):
        self.value = value


def _own_word(x, *others):
    """Whether what an object says of itself in comparison with others may count."""
    if _talk.trusting or _talk.made_by_test(x):
        return True
    return all([isinstance(type(other), _Mirror) and _base_of(type(other)) is None for other in others])


def _forwards():
    """Methods for a rebuilt class, by the special name of the original that calls for them."""
    def does(name):
        def method(self, *args):
            return _talk.ask('do', self, [name, *args])
        return method

    def operates(name, is_swapped=False):
        more = (True,) if is_swapped else ()

        def method(self, other, *modulus):
            if name[2:-2].removeprefix('i') in _COMPARING and not _own_word(self, other):
                return NotImplemented
            return _talk.ask('do', self, [name, other, *modulus, *more])
        return method

    def swapped(name):
        return operates(name, True)

    def compares(name):
        def method(self, other):
            if not _own_word(self, other):
                return NotImplemented
            return _talk.ask('do', self, [name, other])
        return method

    def contains(self, item):
        if _own_word(self, item):
            return _talk.ask('do', self, ['__contains__', item])
        for x in _itertools.islice(self, _MOST_LOOKED_AT):
            if item is x or item == x:
                return True
        return False

    def following(self):
        item = _talk.ask('next', self)
        if type(item) is _Stop:
            raise StopIteration(item.value) if item.value is not None else StopIteration
        return item

    def awaiting(self):
        return _coroutine(_talk.table.numbers[id(self)]).__await__()

    async def following_later(self):
        return _talk.ask('anext', self)

    def alone(name):
        return {name: does(name)}

    found = {name: alone(name) for name in '''__call__ __iter__ __len__ __getitem__ __setitem__ __delitem__ __bool__ __str__
        __repr__ __int__ __float__ __index__ __complex__ __format__ __reversed__ __abs__ __neg__ __pos__
        __invert__ __round__ __trunc__ __floor__ __ceil__ __enter__ __exit__
        __bytes__ __hash__ __aiter__ __length_hint__ __missing__'''.split()}
    found['__call__'] = {'__call__': lambda self, *args, **named: _talk.ask('call', self, args, named)}
    for name in _BINARY:
        plain, right, inplace = '__' + name + '__', '__r' + name + '__', '__i' + name + '__'
        found[plain] = found[right] = {plain: operates(plain), right: swapped(plain)}
        found[inplace] = {inplace: operates(inplace)}
    found['__divmod__'] = found['__rdivmod__'] = {'__divmod__': operates('__divmod__'), '__rdivmod__': swapped('__divmod__')}
    for name in _COMPARED:
        found[name] = {name: compares(name)}
    found['__contains__'] = {'__contains__': contains}
    # A traceback stays where it is.
    found['__exit__'] = {
        '__exit__': lambda self, kind, value, traceback: _talk.ask('do', self, ['__exit__', kind, value, None]),
    }
    found['__next__'] = {'__next__': following}
    found['__await__'] = {'__await__': awaiting}
    found['__anext__'] = {'__anext__': following_later}
    return found


_FORWARDED = _forwards()
_COPIED = {
    '__copy__': lambda self: _talk.ask('do', self, ['__copy__']),
    '__deepcopy__': lambda self, memo: _talk.ask('do', self, ['__deepcopy__']),
    '__reduce_ex__': lambda self, protocol: _talk.ask('do', self, ['__reduce_ex__', protocol]),
    '__dir__': lambda self: _talk.ask('do', self, ['__dir__']),
    '__dict__': property(lambda self: _talk.ask('get', self, ['__dict__'])),
}
# The conversation that is going on in this interpreter, if one is.
_talk = None
# A test has run here.
_talked = False
