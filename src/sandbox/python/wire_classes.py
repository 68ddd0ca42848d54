# Classes across the border between two interpreters. One that both can name (the
# standard library's, the prompt's) crosses by name; any other is rebuilt on the far side
# under its own name and known bases, so that isinstance, except and type(x).__name__
# work there, and what it does is asked of the side it lives on (wire_proxies.py).
import collections as _collections
import dataclasses as _dataclasses
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
_MATH = frozenset([name for name, x in vars(_math).items() if name[:1] != '_' and isinstance(x, _types.BuiltinFunctionType)])
# Types that no module but `types` has under a name. None of them makes code of what it is called with.
_UNDER_TYPES = '''NoneType EllipsisType NotImplementedType FunctionType BuiltinFunctionType MethodType GeneratorType CoroutineType
AsyncGeneratorType MappingProxyType GenericAlias ModuleType'''.split()
_NAMED_BY_TYPES = {id(_Function): 'FunctionType', id(_Method): 'MethodType',
                   **{id(getattr(_types, name)): name for name in reversed(_UNDER_TYPES)}}
_MOST_MEMBERS = 1000
_LETTERS = {list: 'l', set: 's', dict: 'd', _OrderedDict: 'd', _Counter: 'd', _defaultdict: 'd', _deque: 'q',
            bytearray: 'B', tuple: 't', frozenset: 'z'}
_EXACT = {int: int.__pos__, float: float.__pos__, complex: complex.__pos__, str: str.__str__, bytes: lambda x: bytes.__add__(x, b''),
          _Decimal: _Decimal, _Fraction: _Fraction, **{t: lambda x, t=t: t(*_REMADE[t](x)) for t in _REMADE}}
_mro_of = type.__dict__['__mro__'].__get__
_space_of = type.__dict__['__dict__'].__get__


def _base_of(cls):
    """The built-in class whose content an instance carries, or None."""
    for c in _mro_of(cls):
        if c in _BASES:
            return c
    return None


def _is_pure(module, name):
    """Whether a function of the library sees values and does nothing else, so that
    the test's side may take the program's word for it."""
    return (module == 'builtins' and name in _PURE) or (module == 'math' and name in _MATH)


def _error_base(cls):
    """The nearest exception class of the interpreter's own, or None."""
    for c in _mro_of(cls):
        if c.__module__ == 'builtins' and isinstance(c, type) and issubclass(c, BaseException):
            return c
    return None


# A test's class that builds on a program's has functions of the test there.
_METHOD_TYPES = (_types.FunctionType, _Function)
# By the type itself: a metaclass may say something else.
_bases_of = type.__dict__['__bases__'].__get__
# Addresses of what the library held before the first program: a program can put an
# object of its own in its place.
_library = frozenset()
# Modules that the first program does not find loaded.
_LOADED_LATER = _ERROR_MODULES


def _note_library():
    """Once per interpreter, before the first program."""
    global _library, _LOADED_LATER
    _LOADED_LATER = _ERROR_MODULES.difference(_sys.modules)
    found = set()
    for name, module in list(_sys.modules.items()):
        if name.split('.')[0] in _sys.stdlib_module_names:
            for x in list(vars(module).values()):
                found.add(id(x))
                if isinstance(x, type):
                    found.update([id(member) for member in vars(x).values()])
    _library = frozenset(found)


def _global_name(x, name_of):
    """
    (module, name) under which an object of the standard library is found, or None. What a program
    put there is none; of a module that was loaded after the first program only exceptions count, which
    name themselves.
    """
    if id(x) not in _library and not (isinstance(x, type) and issubclass(x, BaseException)
                                      and getattr(x, '__module__', None) in _LOADED_LATER):
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
            if type(member) is _types.MemberDescriptorType and c.__module__ != 'builtins' and name != '__dict__':
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


class _Classes(_Enums):
    """The part of a conversation that knows classes; `shared` are the names of
    classes that both sides have in `space`."""

    def pack_class(self, cls):
        number = self.table.numbers.get(id(cls))
        if number is not None:
            return ['@', number]
        if self.is_shared(cls):
            return ['p', cls.__qualname__]
        if id(cls) in _NAMED_BY_TYPES:
            return ['g', 'types', _NAMED_BY_TYPES[id(cls)]]
        named = _global_name(cls, '__qualname__')
        if named is not None and (self.trusted_by_peer or named[0] in _TYPE_MODULES
                                  or cls in _OPEN_CLASSES or (named[0] in _ERROR_MODULES and issubclass(cls, BaseException))):
            return ['g', *named]
        if isinstance(cls, _enum.EnumType) and len(cls.__members__) in range(1, _MOST_MEMBERS):
            return self.pack_enum(cls)
        bases = [self.pack_class(base) for base in _bases_of(cls)]
        own = [c for c in _mro_of(cls) if c is not object and c not in _BASES
               and not (c.__module__ == 'builtins' and issubclass(c, BaseException))]
        special = sorted({name for c in own for name in _space_of(c) if name in _FORWARDED})
        methods = sorted({name for c in own for name, f in _space_of(c).items() if type(f) in _METHOD_TYPES and name[:2] != '__'})
        about = [str(cls.__name__), str(cls.__qualname__), str(cls.__module__), cls.__doc__ if type(cls.__doc__) is str else None]
        names = getattr(cls, '_fields', None)
        if not (issubclass(cls, tuple) and type(names) is tuple and all([type(name) is str for name in names])):
            names = None
        rows = self.field_rows(_space_of(cls).get('__dataclass_fields__'))
        number = self.new(cls, 'k')
        self.handed_out += self.trusted_by_peer
        head = [about, bases, special, methods[:_MOST_MEMBERS], cls.__hash__ is None, None if names is None else list(names), rows,
                self.packed_meta(type(cls))]
        self.defs.append(['k', number, head, []])
        return ['@', number]

    def packed_meta(self, meta):
        """A metaclass that the program has made, or None."""
        is_own = _global_name(meta, '__qualname__') is None and not isinstance(meta, _Mirror) and not issubclass(meta, _Mirror)
        return self.pack_class(meta) if is_own else None

    def field_rows(self, fields):
        """What `dataclasses.fields` says of a data class, but for its defaults; None for other classes."""
        if type(fields) is not dict or not all([type(f) is _dataclasses.Field for f in fields.values()]):
            return None
        return [[str(f.name), f._field_type.name, [bool(f.init), bool(f.repr), bool(f.compare), bool(f.kw_only)],
                 f.type.__name__ if type(f.type) is type else str(f.type)] for f in fields.values()]

    def is_shared(self, cls):
        name = cls.__qualname__
        return name in self.shared and self.space.get(name) is cls

    def read_shared(self, name):
        if name not in self.shared:
            raise Malformed('class')
        return self.space[name]

    def read_global(self, module, name):
        """An object of the standard library by name: on the test's side a harmless
        class or a pure function alone."""
        if type(module) is not str or type(name) is not str:
            raise Malformed('name')
        pure = _is_pure(module, name)
        of_types = module == 'types' and (name == 'SimpleNamespace' or name in _UNDER_TYPES)
        named = of_types or module in _TYPE_MODULES or module in _ERROR_MODULES
        if not self.trusting and not pure and not named:
            raise Malformed('module')
        if module.split('.')[0] not in _sys.stdlib_module_names:
            raise Malformed('module')
        found = _importlib.import_module(module)
        for part in name.split('.'):
            found = getattr(found, part)
        if not self.trusting and not pure and found not in _OPEN_CLASSES:
            if not isinstance(found, type) or (module in _ERROR_MODULES and not issubclass(found, BaseException)):
                raise Malformed('no class')
        return found

    def make_class(self, head, parts):
        """Rebuilds a class of the other side: its name, those of its bases that
        are known here, and proxies for what it does."""
        (name, qualname, module, doc), bases, special, methods, unhashable, fields, rows, meta = head
        if not all([type(text) is str for text in (name, qualname, module)]) or type(doc) not in (str, type(None)):
            raise Malformed('class')
        known = [self.class_of(base) for base in _listed(bases)]
        virtual = [b for b in known if isinstance(b, _abc.ABCMeta) and not isinstance(b, _Mirror)]
        built_on = [b for b in known if isinstance(b, _Mirror) or b in _BASES or b is _datetime.tzinfo
                    or (issubclass(b, BaseException) and type(b) is type)]
        shared = [b for b in known if b not in built_on and self.is_shared(b) and _can_be_built_on(b)]
        built_on = [b for b in known if b in built_on or b in shared]
        if fields is not None:
            built_on = [_collections.namedtuple(name if name.isidentifier() else 'record', fields) if b is tuple else b for b in built_on]
        is_error = any([issubclass(b, BaseException) for b in built_on])
        if not any([isinstance(b, _Mirror) for b in built_on]):
            built_on.insert(0, _Proxy)
        space = {'__slots__': (), '__module__': module, '__qualname__': qualname, '__doc__': doc}
        value_base = ([_base_of(b) for b in built_on if _base_of(b) is not None] or [None])[0]
        home = []
        forwards = _forwards(home, value_base)
        for text in _listed(special):
            space.update(forwards[text])
        for text in _listed(methods):
            if type(text) is not str or text[:2] == '__':
                raise Malformed('method')
            space[text] = _Reached(text, value_base)
        if _datetime.tzinfo in built_on:
            space.update({text: _asked(text) for text in ('utcoffset', 'dst', 'tzname')})
        if value_base is None and not is_error:
            space.update(_COPIED)
            space['__init__'] = _initializing(home)
        for base in shared:
            space.update({text: _Elsewhere(text) for c in _mro_of(base) if c.__module__ != 'builtins' for text in _space_of(c)
                          if text[:2] != '__' and text not in space})
        if shared:
            space.setdefault('__getattribute__', object.__getattribute__)
        if unhashable:
            space['__hash__'] = None
        elif '__eq__' in space:
            space.setdefault('__hash__', object.__hash__ if value_base is None else value_base.__hash__)
        if rows is not None:
            space.update(_fields_of(rows))
        try:
            cls = _rebuilt(name, tuple(built_on), space)
        except TypeError:
            cls = _rebuilt(name, (_Proxy,), space)
        kind = self.class_of(meta) if meta is not None else None
        if kind is not None or type in known or any([base in self.metaclasses for base in known]):
            self.metaclasses[cls] = kind or type
        # Its slots are the original's to tell.
        type.__delattr__(cls, '__slots__')
        home.append(cls)
        self.rebuilt += 1
        for base in virtual:
            try:
                base.register(cls)
            except (TypeError, RuntimeError):
                pass
        return cls


def _can_be_built_on(cls):
    """Whether a class of the prompt can stand among the bases of a proxy class, which
    its own code then hears nothing of."""
    return (type(cls) in (type, _abc.ABCMeta) and _base_of(cls) is None
            and not any(['__init_subclass__' in _space_of(c) for c in _mro_of(cls) if c is not object]))


class _Elsewhere:
    """What a class of the prompt holds under a name, which the other side's class built
    on it may have otherwise."""

    def __init__(self, name):
        self.name = name

    def __get__(self, x, owner):
        if x is None and id(owner) not in _talk.table.numbers:
            return self
        return _talk.ask('get', owner if x is None else x, [self.name])

    def __set__(self, x, value):
        _talk.ask('set', x, [self.name, value])

    def __delete__(self, x):
        _talk.ask('del', x, [self.name])


def _asked(name):
    def method(self, *args, **named):
        return _talk.ask('method', self, [name, *args], named)
    method.__name__ = name
    return method


def _fields_of(rows):
    """What makes a rebuilt class a data class to the functions of `dataclasses`."""
    fields = {}
    for name, kind, (init, shown, compared, by_name), type_name in rows:
        f = _dataclasses.field(init=init, repr=shown, compare=compared, kw_only=by_name)
        f.name = name
        f.type = getattr(_builtins, type_name, type_name) if type(type_name) is str else None
        f._field_type = _FIELD_KINDS[kind]
        fields[name] = f
    return {'__dataclass_fields__': fields, '__replace__': _dataclasses._replace}


_FIELD_KINDS = {kind.name: kind for kind in (_dataclasses._FIELD, _dataclasses._FIELD_CLASSVAR, _dataclasses._FIELD_INITVAR)}
