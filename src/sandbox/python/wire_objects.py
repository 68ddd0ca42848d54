# Objects that have no fixed form (wire_values.py) across the border between two interpreters: functions,
# generators, instances. Those of a class that both sides can name, or that is built on a built-in one, cross
# with their content; any other stays where it is and has a proxy there (wire_proxies.py).
import functools as _functools

_CARRIED_MODULES = frozenset('''abc array bisect calendar cmath collections copy dataclasses datetime decimal
enum fractions functools heapq itertools json math numbers operator queue random re statistics string struct
textwrap time typing unicodedata os sys io'''.split())
_CALLABLE_TYPES = {_types.FunctionType: 'f', _types.BuiltinFunctionType: 'b', _types.MethodType: 'm',
                   type([].__len__): 'b', type(list.__len__): 'b', type(list.append): 'b', type(dict.__dict__['fromkeys']): 'b'}


class _Objects:
    def pack_other(self, x):
        t = type(x)
        if isinstance(x, type) and not isinstance(t, _Mirror):
            return self.pack_class(x)
        if t is _types.ModuleType and x.__name__ in _CARRIED_MODULES and _sys.modules.get(x.__name__) is x:
            return ['m', x.__name__]
        if t in _CALLABLE_TYPES or t is type(_functools.lru_cache(lambda: 0)):
            return self.pack_function(x, t)
        if t is _Method:
            return ['M', self.pack(x.owner), x.name]
        if isinstance(x, BaseException):
            return self.pack_error(x)
        if isinstance(t, _enum.EnumType):
            return self.pack_member(x)
        if t is _types.GeneratorType or t is _types.CoroutineType:
            number = self._hand_out(x)
            return ['G' if t is _types.GeneratorType else 'C', number, str(x.__name__), str(x.__qualname__)]
        base = _base_of(t)
        if base is not None:
            return self.pack_derived(x, t, base)
        if self.is_shared(t):
            return ['o', self.pack_class(t), self._new(x, 'o'), self._pack_content(x, 'o')]
        cls = self.pack_class(t)
        return ['h', self._hand_out(x), cls]

    def _hand_out(self, x):
        self.handed_out += 1
        return self._new(x, 'h')

    def pack_function(self, x, t):
        owner = getattr(x, '__self__', None)
        bound = owner is not None and type(owner) is not _types.ModuleType
        if not bound:
            named = _global_name(x, '__qualname__')
            if named is None and hasattr(x, '__objclass__'):
                named = _global_name(x.__objclass__, '__qualname__')
                named = named and (named[0], named[1] + '.' + x.__name__)
            if named is not None and (self.trusted_by_peer or (named[0] == 'builtins' and named[1] in _PURE) or named[0] == 'math'):
                return ['g', *named]
        elif self.trusted_by_peer and t is _types.BuiltinFunctionType and type(owner) in _LETTERS:
            return ['M', self.pack(owner), x.__name__]
        doc = getattr(x, '__doc__', None)
        about = [_CALLABLE_TYPES.get(t, 'o')]
        about += [str(getattr(x, name, None) or '') for name in ('__name__', '__qualname__', '__module__')]
        return ['F', self._hand_out(x), about, doc if type(doc) is str else None]

    def pack_derived(self, x, t, base):
        """An instance of a class built on a built-in one: the base's content, and for the rest a proxy."""
        letter = _LETTERS.get(base, 'v')
        cls = self.pack_class(t)
        number = self._new(x, ('' if cls[0] == 'p' else 'h') + (letter if letter in _CONTENT else 'v'))
        if letter == 'v':
            content = self.pack(_EXACT[base](x))
        elif letter in 'tz':
            content = self.packed(base.__iter__(x))
        else:
            content = self._pack_content(x, letter)
        state = [[name, self.pack(value)] for name, value in _state(x).items()] if cls[0] == 'p' else []
        return ['u', number, cls, content, state]

    def read_derived(self, number, cls, content, state):
        cls = self.unpack(cls)
        base = _base_of(cls) if isinstance(cls, type) else None
        if base is None or cls in _BASES or isinstance(cls, _enum.EnumType):
            raise Malformed('base')
        letter = _LETTERS.get(base, 'v')
        form = ('p' if isinstance(cls, _Mirror) else '') + (letter if letter in _CONTENT else 'v')
        if letter in 'vtz':
            inner = self.unpack(content) if letter == 'v' else [self.unpack(part) for part in _listed(content)]
            if letter == 'v' and type(inner) is not base:
                raise Malformed('content')
            x = self._receive(number, base.__new__(cls, inner), form)
        else:
            x = self._receive(number, base.__new__(cls), form)
            self._fill(x, letter, content)
        for name, value in _listed(state):
            object.__setattr__(x, name, self.unpack(value))
        return x

    def read_instance(self, cls, number, content):
        cls = self.unpack(cls)
        if not isinstance(cls, type) or not self.is_shared(cls):
            raise Malformed('instance')
        x = self._receive(number, object.__new__(cls), 'o')
        self._fill(x, 'o', content)
        return x

    def read_module(self, name):
        if name not in _CARRIED_MODULES:
            raise Malformed('module')
        return _importlib.import_module(name)

    def read_generator(self, number, name, qualname):
        x = _generator(self, number)
        x.__name__, x.__qualname__ = name, qualname
        return self._receive(number, x, 'p')

    def read_coroutine(self, number, name, qualname):
        x = _coroutine(number)
        x.__name__, x.__qualname__ = name, qualname
        return self._receive(number, x, 'p')

    def read_method(self, owner, name):
        owner = self.unpack(owner)
        if type(name) is not str or not (self.trusting or isinstance(type(owner), _Mirror)):
            raise Malformed('method')
        return _Method(owner, name) if isinstance(type(owner), _Mirror) else getattr(owner, name)

    def read_function(self, number, about, doc):
        kind, name, qualname, module = about
        if kind not in _FUNCTION_TYPES or not all([type(text) is str for text in (name, qualname, module)]):
            raise Malformed('function')
        fields = {'': kind, '__name__': name, '__qualname__': qualname, '__module__': module, '__doc__': doc}
        return self._receive(number, _Function(fields), 'p')

    def read_handle(self, number, cls):
        cls = self.unpack(cls)
        if not isinstance(cls, type):
            raise Malformed('class')
        if not isinstance(cls, _Mirror):
            if cls in _BASES or cls in self.packers:
                raise Malformed('a value by its class alone')
            cls = self.real(cls)
        if _base_of(cls) is not None or issubclass(cls, BaseException):
            raise Malformed('a value by its class alone')
        return self._receive(number, object.__new__(cls), 'p')

    def real(self, cls):
        """The class of proxies for instances of a class of the standard library."""
        found = self.reals.get(cls)
        if found is None:
            space = {'__slots__': (), '__module__': cls.__module__, '__doc__': cls.__doc__, '__class__': property(lambda self: cls)}
            for c in _mro_of(cls):
                if c is not object:
                    for name in _space_of(c):
                        space.update(_FORWARDED.get(name, ()))
            space.update(_COPIED)
            if cls.__hash__ is None:
                space['__hash__'] = None
            elif '__hash__' not in space:
                space['__hash__'] = object.__hash__
            found = self.reals[cls] = _Mirror(cls.__name__, (_Proxy,), space)
        return found

    def signature(self, function):
        rows = self.ask('signature', function)
        return _inspect.Signature([
            _inspect.Parameter(name, _inspect._ParameterKind(kind), default=default[0] if default else _inspect.Parameter.empty)
            for name, kind, default in rows])
