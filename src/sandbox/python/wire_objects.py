# Objects that have no fixed form (wire_values.py) across the border between two interpreters: functions,
# generators, instances. Those of a class that both sides can name, or that is built on a built-in one, cross
# with their content; any other stays where it is and has a proxy there (wire_proxies.py).
import functools as _functools
import typing as _typing

_CARRIED_MODULES = frozenset('''abc array bisect calendar cmath collections copy dataclasses datetime decimal
enum fractions functools heapq itertools json math numbers operator queue random re statistics string struct
textwrap time typing unicodedata os sys io'''.split())
_CALLABLE_TYPES = {_types.FunctionType: 'f', _types.BuiltinFunctionType: 'b', _types.MethodType: 'm',
                   type([].__len__): 'b', type(list.__len__): 'b', type(list.append): 'b', type(dict.__dict__['fromkeys']): 'b'}


_TYPING = (type(_typing.List[int]), type(_typing.Optional[int]), type(_typing.Callable[[int], int]))
_CACHED = type(_functools.lru_cache(lambda: 0))
# What wraps functions in the body of a class, and the functions inside.
_WRAPPERS = {property: ('property', lambda x: (x.fget, x.fset, x.fdel)), staticmethod: ('static', lambda x: (x.__func__,)),
             classmethod: ('class', lambda x: (x.__func__,))}
# Of a definition's tag: the form in which the table holds what it defines.
_FORMS = {'D': 'd', **dict.fromkeys('t z sl V mv MP At AD'.split(), 'v'),
          **dict.fromkeys('N A M ='.split(), 'c'), **dict.fromkeys('hFGCW', 'p'), 'k': 'k', 'ke': 'k'}
_FORMS.update({letter: letter for letter in 'ldsBaqo'})


class _Objects:
    def plan_other(self, x):
        t = type(x)
        if isinstance(x, type) and not isinstance(t, _Mirror):
            return self.as_it_is(x, self.pack_class(x))
        if t is _types.ModuleType and x.__name__ in _CARRIED_MODULES and _sys.modules.get(x.__name__) is x:
            return self.as_it_is(x, ['m', x.__name__])
        if t in _CALLABLE_TYPES or t is _CACHED:
            return self.plan_function(x, t)
        if t is _Method:
            return ('M', self.new(x, 'c'), x.name, (x.owner,), ())
        if isinstance(x, BaseException):
            return self.plan_error(x)
        if isinstance(t, _enum.EnumType):
            return self.as_it_is(x, self.pack_member(x))
        if t is _types.GeneratorType or t is _types.CoroutineType:
            return ('G' if t is _types.GeneratorType else 'C', self._hand_out(x), [str(x.__name__), str(x.__qualname__)], (), ())
        if t is _types.MappingProxyType and type(_behind(x)) is dict and '__module__' not in x:
            return ('MP', self.new(x, 'v'), None, (_behind(x),), ())
        if t is _types.GenericAlias or t is _types.UnionType or t in _TYPING:
            kind = 'list' if t is _types.GenericAlias else 'union' if t is _types.UnionType else x._name
            if type(kind) is str:
                return ('A', self.new(x, 'c'), kind, (x.__origin__, x.__args__) if kind == 'list' else (x.__args__,), ())
        if t in _WRAPPERS:
            return ('W', self._hand_out(x), _WRAPPERS[t][0], _WRAPPERS[t][1](x), ())
        base = _base_of(t)
        if base is not None:
            return self.plan_derived(x, t, base)
        cls = self.pack_class(t)
        if self.is_shared(t):
            return ('o', self.new(x, 'o'), cls, self.parts_of(x, 'o'), ())
        return ('h', self._hand_out(x), cls, (), ())

    def as_it_is(self, x, form):
        """Something that both sides have, under a number from now on."""
        return None if form[0] == '@' else ('=', self.new(x, 'c'), form, (), ())

    def _hand_out(self, x):
        self.handed_out += 1
        return self.new(x, 'h')

    def plan_function(self, x, t):
        owner = getattr(x, '__self__', None)
        bound = owner is not None and type(owner) is not _types.ModuleType
        if not bound:
            named = _global_name(x, '__qualname__')
            if named is None and hasattr(x, '__objclass__'):
                named = _global_name(x.__objclass__, '__qualname__')
                named = named and (named[0], named[1] + '.' + x.__name__)
            if named is not None and (self.trusted_by_peer or _is_pure(*named)):
                return self.as_it_is(x, ['g', *named])
        elif self.trusted_by_peer and t is _types.BuiltinFunctionType and type(owner) in _LETTERS:
            return ('M', self.new(x, 'c'), x.__name__, (owner,), ())
        doc = getattr(x, '__doc__', None)
        about = [_CALLABLE_TYPES.get(t, 'o')]
        about += [str(getattr(x, name, None) or '') for name in ('__name__', '__qualname__', '__module__')]
        return ('F', self._hand_out(x), [about, doc if type(doc) is str else None], (), ())

    def plan_derived(self, x, t, base):
        """An instance of a class built on a built-in one: the base's content, and for the rest a proxy."""
        letter = _LETTERS.get(base, 'v')
        cls = self.pack_class(t)
        number = self.new(x, ('' if cls[0] == 'p' else 'h') + (letter if letter in _CONTENT else 'v'))
        if letter == 'v':
            content = (_EXACT[base](x),)
        elif letter in 'tz':
            content = list(base.__iter__(x))
        else:
            content = self.parts_of(x, letter)
        return ('u', number, cls, content, list(_state(x).items()) if cls[0] == 'p' else ())

    # --- what the other side sent

    def class_of(self, head):
        cls = self.unpack(head)
        if not isinstance(cls, type):
            raise Malformed('class')
        return cls

    def form_of(self, tag, head):
        if tag == 'u':
            cls = self.class_of(head)
            base = _base_of(cls)
            if base is None or cls in _BASES or isinstance(cls, _enum.EnumType):
                raise Malformed('base')
            letter = _LETTERS.get(base, 'v')
            return ('p' if isinstance(cls, _Mirror) else '') + (letter if letter in _CONTENT else 'v')
        if tag == 'x':
            return 'pv' if isinstance(self.class_of(head), _Mirror) else 'v'
        return _FORMS[tag]

    def empty(self, tag, head):
        if tag == 'u':
            cls = self.class_of(head)
            return _base_of(cls).__new__(cls)
        if tag == 'o':
            cls = self.class_of(head)
            if not self.is_shared(cls) and cls not in _OPEN_CLASSES:
                raise Malformed('instance')
            return cls.__new__(cls) if cls in _OPEN_CLASSES else object.__new__(cls)
        return self.shells[tag](head)

    def finished(self, tag, head, parts):
        return self.makers[tag](head, parts)

    def complete(self, x, names, values):
        """Sets what could not be there when the object was made."""
        if isinstance(x, BaseException):
            self.complete_error(x, names, values)
        elif type(x) is _defaultdict and names == ['default_factory']:
            x.default_factory, = values
        elif self.is_shared(type(x)) and _base_of(type(x)) is not None:
            for name, value in zip(names, values, strict=True):
                object.__setattr__(x, name, value)
        else:
            raise Malformed('attributes')

    def _object_makers(self):
        return {'=': lambda head, parts: self.unpack(head), 'x': self.make_error, 'u': self.make_derived, 'h': self.make_handle,
                'F': self.make_function, 'G': self.make_generator, 'C': self.make_coroutine, 'M': self.make_method, 'W': self.make_wrapper,
                'A': self.make_alias, 'k': self.make_class, 'ke': self.make_enum}

    def make_derived(self, head, parts):
        cls = self.class_of(head)
        base = _base_of(cls)
        if base is tuple or base is frozenset:
            return base.__new__(cls, parts)
        value, = parts
        if type(value) is not base:
            raise Malformed('content')
        if base is _Fraction:
            x = object.__new__(cls)
            base._numerator.__set__(x, value.numerator)
            base._denominator.__set__(x, value.denominator)
            return x
        return base.__new__(cls, *_REMADE[base](value)) if base in _REMADE else base.__new__(cls, value)

    def read_module(self, name):
        if name not in _CARRIED_MODULES:
            raise Malformed('module')
        return _importlib.import_module(name)

    def make_generator(self, head, parts):
        name, qualname = head
        number = self.making
        x = _generator(self, number)
        x.__name__, x.__qualname__ = name, qualname
        return x

    def make_coroutine(self, head, parts):
        name, qualname = head
        x = _coroutine(self.making)
        x.__name__, x.__qualname__ = name, qualname
        return x

    def make_method(self, name, parts):
        owner, = parts
        if type(name) is not str or not (self.trusting or isinstance(type(owner), _Mirror)):
            raise Malformed('method')
        return _Method(owner, name) if isinstance(type(owner), _Mirror) else getattr(owner, name)

    def make_wrapper(self, kind, parts):
        for t, (name, _) in _WRAPPERS.items():
            if name == kind:
                return t(*parts)
        raise Malformed('wrapper')

    def make_alias(self, kind, parts):
        if type(parts[-1]) is not tuple:
            raise Malformed('alias')
        if kind == 'list':
            return _types.GenericAlias(*parts)
        args, = parts
        if kind == 'union':
            return _typing.Union[args]
        if kind not in _typing.__all__:
            raise Malformed('alias')
        return getattr(_typing, kind)[args]

    def make_function(self, head, parts):
        (kind, name, qualname, module), doc = head
        if kind not in _FUNCTION_TYPES or not all([type(text) is str for text in (name, qualname, module)]):
            raise Malformed('function')
        return _Function({'': kind, '__name__': name, '__qualname__': qualname, '__module__': module, '__doc__': doc})

    def make_handle(self, head, parts):
        cls = self.class_of(head)
        if not isinstance(cls, _Mirror):
            if cls in _BASES or cls in self.packers:
                raise Malformed('a value by its class alone')
            cls = self.real(cls)
        if _base_of(cls) is not None or issubclass(cls, BaseException):
            raise Malformed('a value by its class alone')
        return object.__new__(cls)

    def real(self, cls):
        """The class of proxies for instances of a class of the standard library."""
        found = self.reals.get(cls)
        if found is None:
            home = []
            forwards = _forwards(home, None)
            space = {'__slots__': (), '__module__': cls.__module__, '__doc__': cls.__doc__, '__class__': property(lambda self: cls)}
            for c in _mro_of(cls):
                if c is not object:
                    for name in _space_of(c):
                        space.update(forwards.get(name, ()))
            space.update(_COPIED)
            if cls.__hash__ is None:
                space['__hash__'] = None
            elif '__hash__' not in space:
                space['__hash__'] = object.__hash__
            found = self.reals[cls] = _rebuilt(cls.__name__, (_Proxy,), space)
            home.append(found)
        return found

    def signature(self, function):
        rows, returned = self.ask('signature', function)
        nothing = _inspect.Parameter.empty
        return _inspect.Signature([
            _inspect.Parameter(name, _inspect._ParameterKind(kind), default=default[0] if default else nothing,
                               annotation=annotation[0] if annotation else nothing)
            for name, kind, default, annotation in rows], return_annotation=returned[0] if returned else _inspect.Signature.empty)
