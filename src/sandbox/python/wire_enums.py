# Enumerations across the border between two interpreters: rebuilt as such, with their members, so that
# identity, order and lookups work by themselves; their own methods are asked of the side they live on.
import enum as _enum

# Methods of an enumeration with a meaning to the interpreter that are asked of the side it lives on.
_ENUM_COMPARED = frozenset('__lt__ __le__ __gt__ __ge__ __eq__ __ne__'.split())
_ENUM_OPERATORS = frozenset('__add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __and__ __or__ __xor__'.split())
_ENUM_SPECIAL = _ENUM_COMPARED.union(
    _ENUM_OPERATORS, '__str__ __repr__ __call__ __format__ __len__ __iter__ __neg__ __invert__ __bool__ _missing_'.split())


class _Enums:
    def pack_enum(self, cls):
        own = [c for c in _mro_of(cls) if isinstance(c, _enum.EnumType) and c.__module__ != 'enum']
        bases = [c.__name__ for c in _mro_of(cls) if c in (int, str, float, bytes, tuple)]
        kind = [c.__name__ for c in _mro_of(cls) if c.__module__ == 'enum'][0]
        members = [[name, self.pack(member.value)] for name, member in cls.__members__.items()]

        def named(*types):
            return sorted({name for c in own for name, f in _space_of(c).items() if isinstance(f, types) and name[:1] != '_'})
        special = sorted({name for c in own for name, f in _space_of(c).items()
                          if name in _ENUM_SPECIAL and isinstance(f, (_types.FunctionType, classmethod))})
        number = self.new(cls, 'k')
        head = [[str(cls.__name__), str(cls.__qualname__), str(cls.__module__)], bases, kind, [name for name, _ in members],
                named(_types.FunctionType), named(classmethod, staticmethod), named(property), special]
        self.defs.append(['ke', number, head, [value for _, value in members]])
        return ['@', number]

    def make_enum(self, head, values):
        """Rebuilds an enumeration with its members; its own methods are asked of the side it lives on."""
        (name, qualname, module), bases, kind, members, methods, of_class, properties, special = head
        mixed = [{'int': int, 'str': str, 'float': float, 'bytes': bytes, 'tuple': tuple}[text] for text in bases]
        base = {'Enum': _enum.Enum, 'IntEnum': _enum.IntEnum, 'Flag': _enum.Flag, 'IntFlag': _enum.IntFlag, 'StrEnum': _enum.StrEnum}[kind]
        if issubclass(base, tuple(mixed)):
            mixed = []
        if not all([type(text) is str and text[:1] != '_' for texts in (members, methods, of_class, properties) for text in texts]):
            raise Malformed('member')
        if not _ENUM_SPECIAL.issuperset(special):
            raise Malformed('method')

        def body(space):
            space['__module__'] = module
            space['__qualname__'] = qualname
            space['__getattr__'] = _asked_attribute
            space.update({text: _asked(text) for text in methods})
            space.update({text: _asked_of_class(text) for text in of_class})
            for text in properties:
                space[text] = property(lambda self, text=text: _talk.ask('get', self, [text]))
            for text in special:
                space[text] = (_asked_of_class(text) if text == '_missing_' else _asked_among_its_own(text) if text in _ENUM_COMPARED
                               else _asked_to_calculate(text) if text in _ENUM_OPERATORS else _asked(text))
            if '__eq__' in special:
                space['__hash__'] = _enum.Enum.__hash__
            for text, value in zip(members, values, strict=True):
                space[text] = value

        cls = _types.new_class(name, (*mixed, base), {}, body)
        self.rebuilt += 1
        return cls

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


def _asked_attribute(self, name):
    if name[:1] == '_':
        raise AttributeError(name)
    return _talk.ask('get', self, [name])


def _asked_of_class(name):
    return classmethod(lambda cls, *args, **named: _talk.ask('method', cls, [name, *args], named))


def _asked_among_its_own(name):
    """A comparison of one member of an enumeration with another; with anything else it has no word."""
    def method(self, other):
        return _talk.ask('method', self, [name, other]) if type(other) is type(self) else NotImplemented
    return method


def _asked_to_calculate(name):
    def method(self, other):
        if type(other) is type(self):
            return _talk.ask('method', self, [name, other])
        return _talk.calculated(self, name, other, _Question((), self, name))
    return method
