# Proxies: what stands here for an object that lives in the other interpreter. It forwards what is done with
# it and decides nothing. Whether what comes back may count is the test's side's to say (wire_trust.py).
import abc as _abc
import copy as _copy
import inspect as _inspect
import itertools as _itertools

_BINARY = 'add sub mul truediv floordiv mod pow matmul and or xor lshift rshift'.split()
_COMPARED = ('__eq__', '__ne__', '__lt__', '__le__', '__gt__', '__ge__')


class _Mirror(type):
    """Class of the classes that are rebuilt here: calling one makes the object where the class lives."""

    def __new__(meta, name, bases, space, **named):
        """A class statement here that builds on a class of the other side: the
        class is made there, of functions that stay here."""
        if not bases:
            return type.__new__(meta, name, bases, space)
        return _made_there(None, name, bases, space, named)

    def __init__(cls, *args, **named):
        pass

    def __call__(cls, *args, **named):
        if cls in _talk.metaclasses and len(args) == 3 and type(args[2]) is dict:
            return _made_there(cls, *args, named)
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

    def __instancecheck__(cls, x):
        return super().__instancecheck__(x) or (isinstance(x, _Mirror) and cls in _mro_of(_talk.metaclasses.get(x, object)))

    def __iter__(cls):
        return _talk.iterated(cls, _talk.ask('do', cls, ['__iter__']))

    def __len__(cls):
        return _talk.ask('do', cls, ['__len__'])

    def __bool__(cls):
        return True

    @property
    def __annotations__(cls):
        if id(cls) not in _talk.table.numbers:
            return {}
        return _talk.ask('get', cls, ['__annotations__'])

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


def _made_there(meta, name, bases, space, named):
    """A class statement here, of a class of the other side or under a metaclass of it."""
    cell = space.get('__classcell__')
    body = {key: value for key, value in space.items() if key not in _OF_THE_COMPILER}
    made = _talk.ask('class', meta, [name, tuple(bases), body], named)
    if cell is not None:
        cell.cell_contents = made
    _talk.note_class(made)
    return made


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


type.__delattr__(_Proxy, '__slots__')


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
    A method in a rebuilt class. `value_base`: of a class on a built-in one; where that has the
    method too and the program's word does not count, the built-in one answers from the content.
    """

    def __init__(self, name, value_base=None):
        self.name = name
        self.own = getattr(value_base, name, None) if value_base is not None else None

    def __set_name__(self, owner, name):
        self.home = owner

    def __get__(self, x, owner):
        if x is None:
            # What a class is put together of is looked at before the class is known.
            return _talk.ask('get', owner, [self.name]) if id(owner) in _talk.table.numbers else self
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
    """Steps a generator of the other side. One that is left over when its
    conversation has ended is only forgotten."""
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


# The conversation that is going on in this interpreter, if one is.
_talk = None
# A test has run here.
_talked = False
