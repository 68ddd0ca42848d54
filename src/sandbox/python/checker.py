# The test program's side of a check: runs `check(candidate)` in a trusted interpreter, with a
# candidate that only looks up what the host found out elsewhere. It runs as an ordinary program: the
# host puts the test and the prompt in front of it, as string literals.

import ast
import builtins
import copy
import random


class _NeedCall(BaseException):
    pass


class _Ended(BaseException):
    pass


class _Unknown:
    """A result that could not be carried over: equal to nothing."""

    __hash__ = None

    def __eq__(self, other):
        return False


class _Guess:
    """
    Stands for a result that is not known yet, so that the test goes on and names more calls in one round. It agrees with whatever
    the test asks, which is why nothing that the test finds after meeting one is believed.
    """

    def _agree(self, *others):
        return True

    def _again(self, *others):
        return self

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = _agree
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __abs__ = __neg__ = __round__ = __getitem__ = _again
    __hash__ = object.__hash__

    def __ne__(self, other):
        return False

    def __len__(self):
        return 0

    def __iter__(self):
        return iter(())


def _text(x):
    """Literal of a value by exact type; the one spelling under which a call is remembered."""
    t = type(x)
    if t in (int, bool, str) or x is None:
        return repr(x)
    if t is float:
        return repr(x) if x - x == 0 else "float('" + repr(x) + "')"
    if t is list:
        return '[' + ', '.join([_text(e) for e in x]) + ']'
    if t is tuple:
        return '(' + ', '.join([_text(e) for e in x]) + (',)' if len(x) == 1 else ')')
    if t is set:
        return '{' + ', '.join(sorted([_text(e) for e in x])) + '}' if x else 'set()'
    if t is frozenset:
        return 'frozenset({' + ', '.join(sorted([_text(e) for e in x])) + '})' if x else 'frozenset()'
    if t is dict:
        return '{' + ', '.join([_text(k) + ': ' + _text(v) for k, v in x.items()]) + '}'
    raise TypeError('a test passes ' + t.__name__ + ' to the program, which cannot be carried over by value')


def _call_text(args, named):
    return ', '.join([_text(a) for a in args] + [k + '=' + _text(v) for k, v in named.items()])


def _prefetch():
    """Calls of the candidate with literal arguments, in source order: all of them are worth asking for at once."""
    found = {}
    for node in ast.walk(ast.parse(_TEST)):
        if type(node) is ast.Call and type(node.func) is ast.Name and node.func.id == 'candidate':
            try:
                named = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
                text = _call_text([ast.literal_eval(a) for a in node.args], named)
            except (ValueError, TypeError, SyntaxError):
                continue
            found.setdefault(text, (node.lineno, node.col_offset))
    return sorted(found, key=found.get)


def _exception(name, message):
    known = getattr(builtins, name, None)
    if not (isinstance(known, type) and issubclass(known, BaseException)):
        known = type(name, (Exception,), {})
    try:
        return known(message)
    except Exception:
        return Exception(message)


def _where(e):
    """Source line of the test that an exception came through last, and its number."""
    line = 0
    tb = e.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == '<test>':
            line = tb.tb_lineno
        tb = tb.tb_next
    lines = _TEST.split('\n')
    return line, lines[line - 1].strip() if 0 < line <= len(lines) else ''


def _load(text, name, space):
    exec(compile(text, name, 'exec', dont_inherit=True), space)


def _round(memo, ahead):
    """
    Runs the test once with what is known: memo holds (call, kind, payload). At most 'ahead' unknown calls are collected.
    Returns ('need', [call]), ('pass',), ('wrong', call, line, source), ('raised', call), ('ended', call) or
    ('broken', class, message).
    """
    known = {call: (kind, payload) for call, kind, payload in memo}
    needed = []
    last = ['']
    raised = []

    def candidate(*args, **named):
        call = _call_text(args, named)
        last[0] = call
        if call not in known:
            if call not in needed:
                needed.append(call)
            if len(needed) < ahead:
                return _Guess()
            raise _NeedCall
        kind, payload = known[call]
        if kind == 'value':
            return copy.deepcopy(payload)
        if kind == 'unknown':
            return _Unknown()
        if kind == 'ended':
            raise _Ended
        raised.append(_exception(*payload))
        raise raised[-1]

    random.seed(0)
    space = {'__name__': 'test'}
    try:
        for text in (_PROMPT, _PROMPT.rstrip() + '\n    pass\n'):
            try:
                _load(text, '<prompt>', space)
                break
            except Exception:
                continue
        space[_ENTRY] = candidate
        _load(_TEST, '<test>', space)
        space['check'](candidate)
    except BaseException as e:
        if needed:
            return ('need', needed)
        if isinstance(e, _Ended):
            return ('ended', last[0])
        if raised and e is raised[-1]:
            return ('raised', last[0])
        if isinstance(e, AssertionError) or last[0]:
            line, source = _where(e)
            return ('wrong', last[0], line, source)
        return ('broken', type(e).__name__, str(e)[:300])
    return ('need', needed) if needed else ('pass',)
