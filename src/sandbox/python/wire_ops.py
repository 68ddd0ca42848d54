# What one interpreter does when the other asks: call, read, step. The test's side does it only for objects
# that it handed out, and only what a caller of theirs would do: never a way from a function or a generator to
# its frame, its globals or its code.
import operator as _op


def _reflected(f):
    """An operator asked of its right side; what follows the other operand (of `pow` a modulus) stays last."""
    return lambda a, b, *rest: f(b, a, *rest)


_DOING = {
    '__iter__': iter, '__len__': len, '__bool__': bool, '__str__': str, '__repr__': repr, '__int__': int, '__float__': float,
    '__index__': _op.index, '__complex__': complex, '__format__': format, '__reversed__': reversed, '__abs__': abs, '__neg__': _op.neg,
    '__pos__': _op.pos, '__invert__': _op.invert, '__round__': round, '__trunc__': _math.trunc,
    '__floor__': _math.floor, '__ceil__': _math.ceil,
    '__bytes__': bytes, '__hash__': hash, '__aiter__': aiter, '__length_hint__': _op.length_hint, '__getitem__': _op.getitem,
    '__setitem__': _op.setitem, '__delitem__': _op.delitem, '__contains__': _op.contains,
    '__copy__': _copy.copy, '__deepcopy__': _copy.deepcopy, '__dir__': dir, '__divmod__': divmod, '__rdivmod__': _reflected(divmod),
    '__enter__': lambda x: type(x).__enter__(x),
    '__exit__': lambda x, *exc: type(x).__exit__(x, *exc),
    '__aenter__': lambda x: type(x).__aenter__(x),
    '__aexit__': lambda x, *exc: type(x).__aexit__(x, *exc),
    '__missing__': lambda x, key: type(x).__missing__(x, key),
    '__get__': lambda x, owner, cls=None: type(x).__get__(x, owner, cls),
    '__set__': lambda x, owner, value: type(x).__set__(x, owner, value),
    '__delete__': lambda x, owner: type(x).__delete__(x, owner),
    '__set_name__': lambda x, owner, name: type(x).__set_name__(x, owner, name),
    '__reduce_ex__': lambda x, protocol: x.__reduce_ex__(protocol),
}
for _name in _BINARY:
    _DOING['__' + _name + '__'] = getattr(_op, '__' + _name + '__')
    _DOING['__r' + _name + '__'] = _reflected(getattr(_op, '__' + _name + '__'))
    _DOING['__i' + _name + '__'] = getattr(_op, '__i' + _name + '__')
_DOING['__pow__'] = pow
_DOING['__rpow__'] = _reflected(pow)
for _name in _COMPARED:
    _DOING[_name] = getattr(_op, _name)
del _name

_NOT_OF_THE_TEST = frozenset('__reduce_ex__ __dir__ __get__ __set__ __delete__ __set_name__'.split())
# Of attributes by a plain name these lead to frames and code.
_INNER = ('gi_', 'cr_', 'ag_', 'tb_', 'f_', 'co_', 'func_', 'im_')
_PLAIN_DUNDERS = frozenset('''__name__ __qualname__ __doc__ __module__ __dict__ __class__ __init__ __annotations__ __bases__
__wrapped__'''.split())
_STEPS = {
    'next': next,
    'send': lambda x, value: x.send(value),
    'throw': lambda x, e: x.throw(e),
}


class _Doing:
    """Performs requests; mixed into a side of the conversation."""

    def perform(self, op, target, args, named):
        if not self.trusting and op in ('method', 'get', 'set', 'del') and not self.may_reach(target, args[0], op):
            raise AttributeError(repr(type(target).__name__) + ' object has no attribute ' + repr(args[0])[:100])
        if op == 'call':
            return target(*args, **named)
        if op == 'method':
            return getattr(target, args[0])(*args[1:], **named)
        if op == 'get':
            return getattr(target, args[0])
        if op == 'set':
            return setattr(target, args[0], args[1])
        if op == 'del':
            return delattr(target, args[0])
        if op == 'do':
            return _DOING[args[0]](target, *args[1:])
        if op == 'each':
            return self.answers_about(target, *args)
        if op in _STEPS:
            try:
                return _STEPS[op](target, *args)
            except StopIteration as e:
                return _Stop(e.value)
        if op == 'close':
            return target.close()
        if op == 'await':
            return _run_to_end(target)
        if op == 'anext':
            return _run_to_end(_next_of(target))
        if op == 'start':
            return self.start_here(_next_of(target) if args[0] else target)
        if op == 'cancel':
            return self.cancel_task(args[0])
        if op == 'tick' and self.trusting:
            return self.tick(args[0])
        if op == 'signature':
            return self.describe_signature(target)
        raise Malformed('operation')

    def answers_about(self, x, name, others, *more):
        """(whether it is an answer, the answer or the exception) about each of some values."""
        found = []
        for other in others:
            try:
                found.append((True, _DOING[name](x, other, *more)))
            except Exception as e:
                found.append((False, e))
        return found

    def describe_signature(self, target):
        signature = _inspect.signature(target)
        rows = [(p.name, int(p.kind), () if p.default is p.empty else (p.default,), () if p.annotation is p.empty else (p.annotation,))
                for p in signature.parameters.values()]
        returned = signature.return_annotation
        return rows, () if returned is signature.empty else (returned,)

    def check_request(self, op, target, args):
        """On the test's side: whether the program may ask this. Reads the packed
        form, before anything in it was looked at."""
        if self.trusting or (op in ('cancel', 'class') and target is None):
            return
        if op == 'class':
            raise Malformed('metaclass')
        if type(target) is not list or target[0] != '@' or self.table.forms.get(target[1], '')[:1] not in ('h', 'k', 'p', 'o', 'v'):
            raise Malformed('target')
        if op == 'do':
            if args[0] not in _DOING or args[0] in _NOT_OF_THE_TEST:
                raise Malformed('operation')

    def may_reach(self, x, name, op):
        """
        What is public of an instance or class of the test or the prompt, with what their own methods
        use; a public method of another object that is not code; of a function what it was given.
        """
        if type(name) is not str:
            return False
        if type(x) is _types.FunctionType and (op == 'set' or name in x.__dict__):
            return name[:1] != '_' or name == '__wrapped__'
        cls = x if isinstance(x, type) else type(x)
        if cls.__module__ == 'test' or cls in self.built_here:
            return name[:2] != '__' or name in _FORWARDED or name in _PLAIN_DUNDERS
        if name[:1] == '_' or name.startswith(_INNER):
            return name in ('__name__', '__qualname__', '__doc__')
        if isinstance(x, (_types.FunctionType, _types.ModuleType, _types.CodeType, _types.FrameType,
                          _types.TracebackType, _types.CoroutineType)):
            return False
        return cls.__module__ in ('test', 'builtins', 'collections', 'io', '_io', 'unittest.mock', 'types',
                                  'random', 'itertools', 're', 'asyncio.events', 'asyncio.locks',
                                  'asyncio.queues', 'threading', 'logging', 'string', 'functools')


async def _next_of(target):
    return await anext(target)
