# A conversation between two interpreters about one program: each asks the other to call, read or step what lives there, strictly in turns,
# and every message first says which of the shared objects have changed. One module for both sides; what only the test's side does is in
# checker.py, what only the program's does in candidate.py.
import functools as _functools
import json as _json_module

_CARRIED_MODULES = frozenset('''abc array bisect calendar cmath collections copy dataclasses datetime decimal enum fractions functools heapq itertools json
math numbers operator queue random re statistics string struct textwrap time typing unicodedata os sys io'''.split())
_CALLABLE_TYPES = {_types.FunctionType: 'f', _types.BuiltinFunctionType: 'b', _types.MethodType: 'm', type([].__len__): 'b', type(list.__len__): 'b',
                   type(list.append): 'b', type(dict.__dict__['fromkeys']): 'b'}


def _refuse_constant(name):
    raise Malformed(name)


_decode = _json_module.JSONDecoder(parse_constant=_refuse_constant).decode


class Ended(BaseException):
    """The program has come to its end (a limit): nothing more can be asked of it."""


class Tampered(BaseException):
    """The other side does not keep to the form of messages."""


class Refused(BaseException):
    """What was asked for cannot be had here; the host is told why."""


class _Wire(_Values, _Classes, _Errors):
    """
    One side. `side`: 1 the test's, -1 the program's. `trusting`: whether the other side's word counts in comparisons and by name; the
    program's side trusts the test's, never the other way round. `exchange` sends a text and returns the other side's next one.
    """

    def __init__(self, side, shared, space, exchange, most):
        self.table = _SharedObjects(side)
        self.trusting = side < 0
        self.trusted_by_peer = side > 0
        self.shared = shared
        self.space = space
        self.exchange = exchange
        self.most = most
        self.packers = self._packers()
        self.readers = self._readers()
        self.readers.update({
            'k': self.read_class, 'ke': self.read_enum, 'g': self.read_global, 'p': self.read_shared, 'm': self.read_module,
            'x': self.read_error, 'e': self.read_member, 'E': self.read_flags, 'G': self.read_generator, 'C': self.read_coroutine,
            'M': self.read_method, 'F': self.read_function, 'h': self.read_handle, 'u': self.read_derived, 'o': self.read_instance,
        })
        self.reals = {}
        self.handed_out = 0

    # --- messages

    def write(self, kind, body):
        """The text of a message: what has changed, what is forgotten, and the body, which is packed already."""
        changed = self.table.changed()
        updates = [[number, self._pack_content(self.table.objects[number], self.table.forms[number][-1])] for number in changed]
        gone = self.table.purge()
        self.table.fresh.extend([number for number in changed if number in self.table.objects])
        self.table.settle()
        text = _dumps([kind, body, updates, gone, self.ambient_out()])
        if len(text) > self.most:
            raise Uncarried('a value of more than ' + str(self.most) + ' bytes')
        return text

    def read(self, text):
        """The kind of a message and its body, unpacked, after what it says of shared objects was done."""
        try:
            kind, body, updates, gone, ambient = _decode(text)
            body = self.read_body(kind, body)
            for number, content in _listed(updates):
                form = self.table.forms[number][-1]
                if form not in _CONTENT:
                    raise Malformed('update')
                self._fill(self.table.objects[number], form, content)
                self.table.fresh.append(number)
            for number in _listed(gone):
                if type(number) is not int:
                    raise Malformed('number')
                if number in self.table.objects and self.table.forms[number] != 'k':
                    self.table.drop(number)
            self.table.settle()
            self.ambient_in(ambient)
            return kind, body
        except (Malformed, LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError, ImportError) as e:
            raise Tampered(type(e).__name__ + ': ' + str(e)[:200]) from e

    def read_body(self, kind, body):
        if kind == 'r':
            state, *rest = body
            if state == 'ok':
                return state, self.unpack(rest[0])
            if state == 'stop':
                return 'ok', _Stop(self.unpack(rest[0]))
            if state == 'err':
                e = self.unpack(rest[0])
                if not isinstance(e, BaseException) or type(rest[1]) is not dict:
                    raise Malformed('error')
                return state, (e, rest[1])
            if state == 'end' and type(rest[0]) is dict:
                return state, rest[0]
        elif kind == 'q':
            op, target, args, named = body
            if type(op) is not str or type(named) is not dict:
                raise Malformed('request')
            self.check_request(op, target, args)
            return op, self.unpack(target), [self.unpack(a) for a in _listed(args)], {k: self.unpack(v) for k, v in named.items()}
        raise Malformed('kind')

    def ask(self, op, target=None, args=(), named=None):
        body = [op, self.pack(target), self.packed(args), {k: self.pack(v) for k, v in named.items()} if named else {}]
        return self.talk(op, body)

    def step(self, number, op, args):
        return self.talk(op, [op, ['@', number], self.packed(args), {}])

    def talk(self, op, body):
        """Sends a request and serves the other side's until the answer is there."""
        text = self.write('q', body)
        while True:
            kind, body = self.read(self.exchange(text))
            if kind == 'r':
                break
            text = self.served(body)
        state, result = body
        if state == 'ok':
            if type(result) is _Stop and op not in ('next', 'send', 'throw'):
                raise Tampered('an end of nothing')
            return result
        if state == 'end':
            raise Ended(result)
        e, about = result
        self.note_raised(op, e, about)
        raise e

    def served(self, body):
        """Does what a request asks for; the text of the answer."""
        mark = self.table.count
        try:
            return self.write('r', self.answer(*body))
        except (Uncarried, RecursionError) as e:
            for number in [n for n in self.table.objects if n * self.table.side > mark]:
                self.table.drop(number)
            return self.write('r', ['ok', ['?', str(e)[:200]]])

    def answer(self, op, target, args, named):
        try:
            result = self.perform(op, target, args, named)
        except (Ended, Tampered, Refused):
            raise
        except BaseException as e:
            return self.failed(e)
        if type(result) is _Stop:
            return ['stop', self.pack(result.value)]
        return ['ok', self.pack(result)]

    def failed(self, e):
        return ['err', self.pack_error(e), {}]

    # --- what has no form of its own

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
        return self._receive(number, _Function({'': kind, '__name__': name, '__qualname__': qualname, '__module__': module, '__doc__': doc}), 'p')

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
        return _inspect.Signature([_inspect.Parameter(name, _inspect._ParameterKind(kind), default=default[0] if default else _inspect.Parameter.empty)
                                   for name, kind, default in rows])
