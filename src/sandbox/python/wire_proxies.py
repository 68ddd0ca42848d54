# Proxies: what stands here for an object that lives in the other interpreter. It forwards what is done with it and decides nothing. Whether
# what comes back may count is the test's side's to say (wire_trust.py).
import abc as _abc
import copy as _copy
import inspect as _inspect
import itertools as _itertools

_BINARY = 'add sub mul truediv floordiv mod pow matmul and or xor lshift rshift'.split()
_COMPARED = ('__eq__', '__ne__', '__lt__', '__le__', '__gt__', '__ge__')


class _Mirror(type):
    """Class of the classes that are rebuilt here: calling one makes the object where the class lives."""

    def __new__(meta, name, bases, space, **named):
        """A class statement here that builds on a class of the other side: the class is made there, of functions that stay here."""
        if not bases:
            return type.__new__(meta, name, bases, space)
        cell = space.get('__classcell__')
        body = {key: value for key, value in space.items() if key not in _OF_THE_COMPILER}
        made = _talk.ask('class', None, [name, tuple(bases), body], named)
        if cell is not None:
            cell.cell_contents = made
        _talk.note_class(made)
        return made

    def __init__(cls, *args, **named):
        pass

    def __call__(cls, *args, **named):
        made = _talk.ask('call', cls, args, named)
        _talk.note_made(cls, made)
        return made

    def __getattr__(cls, name):
        # What the interpreter looks for while a class is put together.
        if id(cls) not in _talk.table.numbers or name[:4] == '_abc':
            raise AttributeError(name)
        return _talk.ask('get', cls, [name])

    def __setattr__(cls, name, value):
        if id(cls) not in _talk.table.numbers or name[:4] == '_abc' or name == '__abstractmethods__':
            return type.__setattr__(cls, name, value)
        return _talk.ask('set', cls, [name, value])

    def __iter__(cls):
        return _talk.iterated(cls, _talk.ask('do', cls, ['__iter__']))

    def __len__(cls):
        return _talk.ask('do', cls, ['__len__'])

    def __bool__(cls):
        return True

    @property
    def __mro__(cls):
        return tuple([c for c in _mro_of(cls) if c is not _Proxy])

    @property
    def __bases__(cls):
        return tuple([c for c in _bases_of(cls) if c is not _Proxy]) or (object,)

    def __getitem__(cls, key):
        return _talk.ask('do', cls, ['__getitem__', key])

    def __contains__(cls, item):
        return _looked_up(cls, item)


# What a class statement leaves in its namespace besides what was written there.
_OF_THE_COMPILER = frozenset('__classcell__ __classdictcell__ __firstlineno__ __static_attributes__ __annotate_func__ __annotate__'.split())


def _rebuilt(name, bases, space):
    if any([isinstance(base, _abc.ABCMeta) for base in bases]):
        return _abc.ABCMeta.__new__(_AbstractMirror, name, bases, space)
    return type.__new__(_Mirror, name, bases, space)


class _AbstractMirror(_Mirror, _abc.ABCMeta):
    """Of a class built on one whose class is `ABCMeta`, as that of fractions is."""


class _Proxy(metaclass=_Mirror):
    """An object of the other side."""

    __slots__ = ()

    def __getattr__(self, name):
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


class _Reached:
    """
    A method in a rebuilt class. `value_base`: of a class on a built-in one; where that has the method too and the program's word does not
    count, the built-in one answers from the content.
    """

    def __init__(self, name, value_base=None):
        self.name = name
        self.own = getattr(value_base, name, None) if value_base is not None else None

    def __set_name__(self, owner, name):
        self.home = owner

    def __get__(self, x, owner):
        if x is None:
            return _talk.ask('get', owner, [self.name])
        if type(x) is not self.home:
            # Reached by `super()` from a class that was built on this one here.
            return lambda *args, **named: _talk.ask('method', self.home, [self.name, x, *args], named)
        if self.own is None:
            return _Method(x, self.name)

        def method(*args, **named):
            if self.name in _CHANGING or _own_word(x, *args, *named.values()):
                return _talk.ask('method', x, [self.name, *args], named)
            return self.own(x, *args, **named)
        return method


# Methods of containers that change them and give nothing of interest.
_CHANGING = frozenset('''append extend insert remove add discard update setdefault clear pop popitem popleft appendleft
extendleft rotate sort reverse'''.split())


def _initializing(home):
    def __init__(self, *args, **named):
        if type(self) is not home[0]:
            _talk.ask('method', home[0], ['__init__', self, *args], named)
    return __init__


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

    def __get__(self, x, owner=None):
        kind = object.__getattribute__(self, 'about')['']
        return self if x is None or kind in 'bm' else _types.MethodType(self, x)

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
    """Awaiting it awaits the other side's."""
    return await _talk.awaited(number)


class _Stop:
    """An iterator's end, before it is the exception that says so."""

    def __init__(self, value):
        self.value = value


def _through(home, x, name, args):
    """A special method, of an instance, or of a class on which that of the instance was built here and which it reaches by `super()`."""
    if not home or type(x) is home[0]:
        return _talk.ask('do', x, [name, *args])
    return _talk.ask('method', home[0], [name, x, *args])


def _forwards(home, base):
    """
    Special methods for a rebuilt class, by the special name of the original that calls for them. `home`: a list that will hold the class;
    `base`: the built-in class it is built on, which answers from the content where the program has no word.
    """
    def natively(name):
        return getattr(base, name, None) if base is not None else None

    def does(name):
        own = natively(name) if name in _CONTENT_SAYS else None

        def method(self, *args):
            if own is not None and not _believed(self):
                return own(self, *args)
            return _talk.answered(self, name, _through(home, self, name, args))
        return method

    def operates(name, is_swapped=False):
        own = natively(('__r' + name[2:]) if is_swapped else name)

        def method(self, other, *modulus):
            def ask(other):
                if is_swapped:
                    return _talk.ask('do', self, [name, other, *modulus, True])
                return _through(home, self, name, (other, *modulus))
            result = _talk.calculated(self, name, other, ask)
            return own(self, other, *modulus) if result is NotImplemented and own is not None else result
        return method

    def compares(name):
        own = natively(name)

        def method(self, other):
            return _talk.compared(self, name, other, lambda other: _through(home, self, name, (other,)), own)
        return method

    def contains(self, item):
        if _own_word(self, item):
            return _through(home, self, '__contains__', (item,))
        own = natively('__contains__')
        return own(self, item) if own is not None else _looked_up(self, item)

    def following(self):
        item = _talk.ask('next', self)
        if type(item) is _Stop:
            raise StopIteration(item.value) if item.value is not None else StopIteration
        return item

    def awaiting(self):
        return _coroutine(_talk.table.numbers[id(self)]).__await__()

    async def following_later(self):
        return await _talk.awaited(_talk.table.numbers[id(self)], 'anext')

    def iterates(self):
        own = natively('__iter__')
        return own(self) if own is not None and not _believed(self) else _talk.iterated(self, _through(home, self, '__iter__', ()))

    def indexes(self, key):
        try:
            return _talk.answered(self, '__getitem__', _through(home, self, '__getitem__', (key,)))
        except IndexError:
            if type(key) is int and key >= 0:
                _talk.check_end(self, key)
            raise

    found = {name: {name: does(name)} for name in '''__len__ __setitem__ __delitem__ __bool__ __str__
        __repr__ __int__ __float__ __index__ __complex__ __format__ __reversed__ __abs__ __neg__ __pos__
        __invert__ __round__ __trunc__ __floor__ __ceil__ __enter__ __exit__ __aenter__ __aexit__ __get__ __set__ __delete__ __set_name__
        __bytes__ __hash__ __aiter__ __length_hint__ __missing__'''.split()}
    found['__call__'] = {'__call__': lambda self, *args, **named: _talk.ask('call', self, args, named)}
    for name in _BINARY:
        plain, right, inplace = '__' + name + '__', '__r' + name + '__', '__i' + name + '__'
        found[plain] = found[right] = {plain: operates(plain), right: operates(plain, True)}
        found[inplace] = {inplace: operates(inplace)}
    found['__divmod__'] = found['__rdivmod__'] = {'__divmod__': operates('__divmod__'), '__rdivmod__': operates('__divmod__', True)}
    for name in _COMPARED:
        found[name] = {name: compares(name)}
    found['__contains__'] = {'__contains__': contains}
    found['__iter__'] = {'__iter__': iterates}
    found['__getitem__'] = {'__getitem__': indexes}
    # A traceback stays where it is.
    found['__exit__'] = {'__exit__': lambda self, kind, value, traceback: _through(home, self, '__exit__', (kind, value, None))}
    found['__aexit__'] = {'__aexit__': lambda self, kind, value, traceback: _through(home, self, '__aexit__', (kind, value, None))}
    found['__next__'] = {'__next__': following}
    found['__await__'] = {'__await__': awaiting}
    found['__anext__'] = {'__anext__': following_later}
    if base is not None:
        for name in ('__hash__', '__new__', '__init__'):
            found[name] = {}
    return found


_COPIED = {
    '__copy__': lambda self: _talk.ask('do', self, ['__copy__']),
    '__deepcopy__': lambda self, memo: _talk.ask('do', self, ['__deepcopy__']),
    '__reduce_ex__': lambda self, protocol: _talk.ask('do', self, ['__reduce_ex__', protocol]),
    '__dir__': lambda self: _talk.ask('do', self, ['__dir__']),
    '__dict__': property(lambda self: _talk.ask('get', self, ['__dict__'])),
}
_FORWARDED = frozenset(_forwards([], None))
# The conversation that is going on in this interpreter, if one is.
_talk = None
# A test has run here.
_talked = False
