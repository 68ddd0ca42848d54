# Classes across the border between two interpreters. One that both can name (the standard library's, the prompt's) crosses by name; any
# other is rebuilt on the far side under its own name and known bases, so that isinstance, except and type(x).__name__ work there, and what
# it does is asked of the side it lives on (wire_proxies.py).
import abc as _abc
import collections as _collections
import enum as _enum
import importlib as _importlib
import types as _types

# Modules whose classes the test's side names on the program's word; of the second list only exceptions.
# Calling one of these does no harm.
_TYPE_MODULES = frozenset('builtins collections collections.abc fractions decimal datetime numbers enum'.split())
_ERROR_MODULES = frozenset('''json.decoder json statistics zlib binascii struct queue asyncio.exceptions
concurrent.futures._base configparser csv _csv re re._constants _queue subprocess unicodedata urllib.error
xml.etree.ElementTree xml.parsers.expat zipfile tarfile shutil copy dataclasses pickle _pickle graphlib
inspect ast tokenize uuid ipaddress string locale getopt argparse textwrap calendar contextvars email.errors
codecs io'''.split())
# Functions that the test's side takes for its own when the program hands them over by name: they see values
# and do nothing else.
_PURE = frozenset('''abs all any ascii bin bool callable chr divmod format hash hex id len max min next oct
ord pow repr reversed round sorted sum'''.split())
_MOST_MEMBERS = 1000
_LETTERS = {list: 'l', set: 's', dict: 'd', _OrderedDict: 'd', _Counter: 'd', _defaultdict: 'd', _deque: 'q',
            bytearray: 'B', tuple: 't', frozenset: 'z'}
_EXACT = {int: int.__pos__, float: float.__pos__, complex: complex.__pos__, str: str.__str__, bytes: lambda x: bytes.__add__(x, b'')}
_FIELD_TYPES = (type.__dict__['__dict__'].__get__)
_mro_of = type.__dict__['__mro__'].__get__
_space_of = type.__dict__['__dict__'].__get__


def _base_of(cls):
    """The built-in class whose content an instance carries, or None."""
    for c in _mro_of(cls):
        if c in _BASES:
            return c
    return None


def _error_base(cls):
    """The nearest exception class of the interpreter's own, or None."""
    for c in _mro_of(cls):
        if c.__module__ == 'builtins' and isinstance(c, type) and issubclass(c, BaseException):
            return c
    return None


# By the type itself: a metaclass may say something else.
_bases_of = type.__dict__['__bases__'].__get__
# Addresses of what the library held before the first program: a program can put an object of its own in its place.
_library = frozenset()


def _note_library():
    """Once per interpreter, before the first program."""
    global _library
    found = set()
    for name, module in list(_sys.modules.items()):
        if name.split('.')[0] in _sys.stdlib_module_names:
            for x in list(vars(module).values()):
                found.add(id(x))
                if isinstance(x, type):
                    found.update([id(member) for member in vars(x).values()])
    _library = frozenset(found)


def _global_name(x, name_of):
    """(module, name) under which an object of the standard library is found, or None. What a program put there is none."""
    if id(x) not in _library:
        return None
    module = getattr(x, '__module__', None)
    name = getattr(x, name_of, None)
    if type(module) is not str or type(name) is not str or module.split('.')[0] not in _sys.stdlib_module_names:
        return None
    found = _sys.modules.get(module)
    for part in name.split('.'):
        found = getattr(found, part, None)
    return (module, name) if found is x else None


def _state(x):
    """Attributes of an instance, those in slots too."""
    state = dict(getattr(x, '__dict__', ()))
    for c in _mro_of(type(x)):
        for name, member in _space_of(c).items():
            if type(member) is _types.MemberDescriptorType and c.__module__ != 'builtins':
                try:
                    state[name] = member.__get__(x)
                except AttributeError:
                    pass
    return state


def _set_state(x, state):
    space = getattr(x, '__dict__', None)
    if space is not None:
        space.clear()
    for name, value in state.items():
        if type(name) is not str:
            raise Malformed('attribute')
        try:
            object.__setattr__(x, name, value)
        except AttributeError:
            if space is None:
                raise
            space[name] = value


class _Classes:
    """The part of a conversation that knows classes; `shared` are the names of classes that both sides have in `space`."""

    def pack_class(self, cls):
        number = self.table.numbers.get(id(cls))
        if number is not None:
            return ['@', number]
        if self.is_shared(cls):
            return ['p', cls.__qualname__]
        named = _global_name(cls, '__qualname__')
        if named is not None and (self.trusted_by_peer or named[0] in _TYPE_MODULES
                                  or (named[0] in _ERROR_MODULES and issubclass(cls, BaseException))):
            return ['g', *named]
        if isinstance(cls, _enum.EnumType) and len(cls.__members__) in range(1, _MOST_MEMBERS):
            return self.pack_enum(cls)
        number = self.table.number()
        self.table.keep(number, cls, 'k')
        own = [c for c in _mro_of(cls) if c is not object and c not in _BASES
               and not (c.__module__ == 'builtins' and issubclass(c, BaseException))]
        special = sorted({name for c in own for name in _space_of(c) if name in _FORWARDED})
        methods = sorted({name for c in own for name, f in _space_of(c).items() if type(f) is _types.FunctionType and name[:2] != '__'})
        about = [str(cls.__name__), str(cls.__qualname__), str(cls.__module__), cls.__doc__ if type(cls.__doc__) is str else None]
        fields = getattr(cls, '_fields', None)
        if not (issubclass(cls, tuple) and type(fields) is tuple and all([type(f) is str for f in fields])):
            fields = None
        flags = [cls.__hash__ is None, None if fields is None else list(fields)]
        return ['k', number, about, [self.pack_class(base) for base in _bases_of(cls)], special, methods[:_MOST_MEMBERS], flags]

    def pack_enum(self, cls):
        number = self.table.number()
        self.table.keep(number, cls, 'k')
        bases = [c.__name__ for c in _mro_of(cls) if c in (int, str, float, bytes, tuple)]
        kind = [c.__name__ for c in _mro_of(cls) if c.__module__ == 'enum'][0]
        members = [[name, self.pack(member.value)] for name, member in cls.__members__.items()]
        methods = sorted([name for name, f in _space_of(cls).items() if type(f) is _types.FunctionType
                          and (name[:1] != '_' or name in ('__str__', '__repr__'))])
        properties = sorted([name for name, f in _space_of(cls).items() if isinstance(f, property) and name[:1] != '_'])
        return ['ke', number, [str(cls.__name__), str(cls.__module__)], bases, kind, members, methods, properties]

    def is_shared(self, cls):
        name = cls.__qualname__
        return name in self.shared and self.space.get(name) is cls

    def read_shared(self, name):
        if name not in self.shared:
            raise Malformed('class')
        return self.space[name]

    def read_global(self, module, name):
        """An object of the standard library by name: on the test's side a harmless class or a pure function alone."""
        if type(module) is not str or type(name) is not str:
            raise Malformed('name')
        if not self.trusting:
            pure = (module == 'builtins' and name in _PURE) or (module == 'math' and name.isidentifier())
            if not pure and module not in _TYPE_MODULES and module not in _ERROR_MODULES:
                raise Malformed('module')
        if module.split('.')[0] not in _sys.stdlib_module_names:
            raise Malformed('module')
        found = _importlib.import_module(module)
        for part in name.split('.'):
            found = getattr(found, part)
        if not self.trusting and not pure:
            if not isinstance(found, type) or (module in _ERROR_MODULES and not issubclass(found, BaseException)):
                raise Malformed('no class')
        return found

    def read_class(self, number, about, bases, special, methods, flags):
        """Rebuilds a class of the other side: its name, those of its bases that are known here, and proxies for what it does."""
        name, qualname, module, doc = about
        if not all([type(text) is str for text in (name, qualname, module)]) or type(doc) not in (str, type(None)):
            raise Malformed('class')
        unhashable, fields = flags
        known = [self.unpack(base) for base in _listed(bases)]
        if not all([isinstance(base, type) for base in known]):
            raise Malformed('base')
        virtual = [b for b in known if isinstance(b, _abc.ABCMeta) and not isinstance(b, _Mirror)]
        built_on = [b for b in known if isinstance(b, _Mirror) or b in _BASES or (issubclass(b, BaseException) and type(b) is type)]
        if fields is not None:
            built_on = [_collections.namedtuple(name if name.isidentifier() else 'record', fields) if b is tuple else b for b in built_on]
        if not any([isinstance(b, _Mirror) for b in built_on]):
            built_on.insert(0, _Proxy)
        space = {'__slots__': (), '__module__': module, '__qualname__': qualname, '__doc__': doc}
        is_value = any([_base_of(b) is not None for b in built_on])
        is_error = any([issubclass(b, BaseException) for b in built_on])
        for text in _listed(special):
            forward = _FORWARDED[text]
            if not (is_value and text in _DECIDED_HERE):
                space.update(forward)
        if not is_value and not is_error:
            space.update(_COPIED)
            if unhashable:
                space['__hash__'] = None
            elif '__eq__' in space:
                space.setdefault('__hash__', object.__hash__)
        try:
            cls = _Mirror(name, tuple(built_on), space)
        except TypeError:
            cls = _Mirror(name, (_Proxy,), space)
        _abouts[cls] = frozenset([text for text in _listed(methods) if type(text) is str])
        for base in virtual:
            try:
                base.register(cls)
            except (TypeError, RuntimeError):
                pass
        return self._receive(number, cls, 'k')

    def read_enum(self, number, about, bases, kind, members, methods, properties):
        """Rebuilds an enumeration with its members; its own methods are asked of the side it lives on."""
        name, module = about
        mixed = [{'int': int, 'str': str, 'float': float, 'bytes': bytes, 'tuple': tuple}[text] for text in bases]
        base = {'Enum': _enum.Enum, 'IntEnum': _enum.IntEnum, 'Flag': _enum.Flag, 'IntFlag': _enum.IntFlag, 'StrEnum': _enum.StrEnum}[kind]
        if issubclass(base, tuple(mixed)):
            mixed = []
        values = [(text, self.unpack(value)) for text, value in _listed(members)]
        if not all([type(text) is str and text[:1] != '_' for text, _ in values]):
            raise Malformed('member')

        def body(space):
            space['__module__'] = module
            for text in _listed(methods):
                if text[:1] == '_' and text not in ('__str__', '__repr__'):
                    raise Malformed('method')
                space[text] = _asked(text)
            for text in _listed(properties):
                if text[:1] == '_':
                    raise Malformed('property')
                space[text] = property(lambda self, text=text: _talk.ask('get', self, [text]))
            for text, value in values:
                space[text] = value

        cls = _types.new_class(name, (*mixed, base), {}, body)
        return self._receive(number, cls, 'k')

    def pack_member(self, x):
        cls = self.pack_class(type(x))
        if type(x).__members__.get(x.name) is x:
            return ['e', cls, x.name]
        return ['E', cls, self.pack(x.value)]

    def _enum_of(self, cls):
        cls = self.unpack(cls)
        if not isinstance(cls, _enum.EnumType):
            raise Malformed('enumeration')
        return cls

    def read_member(self, cls, name):
        return self._enum_of(cls).__members__[name]

    def read_flags(self, cls, value):
        return self._enum_of(cls)(self.unpack(value))


def _asked(name):
    def method(self, *args, **named):
        return _talk.ask('method', self, [name, *args], named)
    method.__name__ = name
    return method


# Names of the plain functions in a rebuilt class: reaching for one of them needs no question.
_abouts = {}
