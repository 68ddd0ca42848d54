# Watches one frame of the program while it is traced: which names were defined or changed by which line. It
# listens to no events; tracer.py tells it of them. It keeps no object of the program alive, so that
# finalisers run as they would without it.

import marshal as _marshal
from collections import deque as _deque

_MISSING = object()
_PROBE = object()
_WATCHED_SIZE = 2000
_WATCHED_ITEMS = 20000
_WATCHED_DEPTH = 50
_SCALARS = frozenset([int, str, bool, float, type(None)])
_MARSHALLED = frozenset([list, tuple, set, frozenset, bytearray])
_CONTAINERS = _MARSHALLED | {dict, _deque}
# What cannot run C code that changes something else by being compared, tested or
# asked whether something is in it.
_INERT = _SCALARS | _CONTAINERS | {
    bytes, range, complex, type, _types.FunctionType, _types.BuiltinFunctionType, _types.MethodType, _types.ModuleType, *_dict_classes}


def _print_of(x):
    """Bytes that change when the content of a container changes; None for what
    cannot change. Runs no code of the program."""
    t = type(x)
    if t in _SCALARS:
        return None
    if t in _dict_classes:
        x = dict(x)
    elif t not in _CONTAINERS:
        return None
    if len(x) > _WATCHED_SIZE:
        return len(x)
    try:
        _count(x, _WATCHED_ITEMS, _WATCHED_DEPTH)
        return _marshal.dumps(x, 2)
    except (ValueError, MemoryError, RecursionError):
        pass
    try:
        return 'deep', _marshal.dumps(_outline(x, [], [_WATCHED_ITEMS]), 2)
    except (ValueError, MemoryError, RecursionError):
        return 'deep', [id(v) for v in (dict.values(x) if isinstance(x, dict) else x)]


def _count(x, left, depth):
    """
    How many more items marshal may write after this container. ValueError where it holds too many, or what
    marshal does not know: marshal writes
    what is shared once for each place, which for lists that hold themselves has no end.
    """
    t = type(x)
    if t is dict:
        x = [*x, *x.values()]
    elif t not in _MARSHALLED:
        raise ValueError
    left -= len(x)
    if left < 0 or depth == 0:
        raise ValueError
    if not _SCALARS.issuperset(map(type, x)):
        for item in x:
            if type(item) not in _SCALARS:
                left = _count(item, left, depth - 1)
    return left


def _outline(x, path, left):
    """The content of a container in types that marshal knows; objects without
    content that could be shown are told apart by address."""
    t = type(x)
    left[0] -= 1
    if left[0] < 0:
        raise ValueError
    if t in _SCALARS:
        return x
    is_dict = t is dict or t in _dict_classes
    if not is_dict and t not in _CONTAINERS:
        return '?', id(x)
    if id(x) in path or len(path) == _WATCHED_DEPTH:
        return '.', id(x)
    path.append(id(x))
    if is_dict:
        items = [(_outline(k, path, left), _outline(v, path, left)) for k, v in _dict_items(x)]
    else:
        items = [_outline(v, path, left) for v in x]
    path.pop()
    return _class_name_of(t), frozenset(items) if t is set or t is frozenset else items


class _Watch:
    """One frame of the program while it runs: names defined, their last definition, content at that time."""

    __slots__ = ('table', 'frame', 'line', 'step', 'pending', 'last', 'ids', 'prints', 'row', 'depth', 'is_lively')

    def __init__(self, table, frame, depth):
        self.table = table
        self.frame = frame
        self.line = None
        self.step = -1
        self.pending = []
        self.last = {}
        self.row = None
        self.depth = depth
        self.ids = {}
        self.prints = {}
        self.is_lively = False
        here = frame.f_locals
        for name in frame.f_code.co_varnames[:_argument_count(frame.f_code)]:
            self.note(name, here.get(name, _MISSING))

    def note(self, name, value):
        """What a name holds from now on."""
        self.ids[name] = id(value)
        held = self.prints[name] = _print_of(value)
        if type(held) is tuple or type(value) not in _INERT:
            self.is_lively = True

    def settle(self, lines):
        """
        The line that ran is over, and with it so many lines in all. Notes what it defined or
        changed; returns those names. Content can change where a call or the like stands, where
        other code of the program ran (an operator, a property), or where an iterator was asked.
        """
        changed = None
        line = self.line
        pending = self.pending
        if pending:
            here = self.frame.f_locals
            changed = []
            for name in pending:
                if name in changed:
                    continue
                value = here.get(name, _MISSING)
                if value is _MISSING:
                    continue
                changed.append(name)
                self.note(name, value)
                self.last[name] = (line, self.step)
            pending.clear()
        if self.is_lively or lines - self.step > 1 or line in self.table.mutating:
            here = self.frame.f_locals
            ids = self.ids
            prints = self.prints
            for name, old in prints.items():
                if old is None or (changed is not None and name in changed):
                    continue
                value = here.get(name, _MISSING)
                # another object, and no store of it: a comprehension's own variable of that name, or deleted
                if id(value) != ids[name]:
                    continue
                new = _print_of(value)
                if new == old:
                    continue
                prints[name] = new
                if type(new) is tuple:
                    self.is_lively = True
                self.last[name] = (line, self.step)
                if changed is None:
                    changed = []
                changed.append(name)
        return changed

    def shares(self, frame, name):
        """Whether a frame of a function inside of this one means this frame's
        variable: in a recursion there are several of that name."""
        code = frame.f_code
        if not code.co_flags & 1:
            # the body of a class runs in the frame of the function around it, and its
            # own names hide the others
            while frame is not None and code not in frame.f_code.co_consts:
                frame = frame.f_back
            if frame is None or frame is self.frame:
                return frame is not None
            if name in frame.f_code.co_cellvars:
                return False
            return self.shares(frame, name)
        here = self.frame.f_locals
        there = frame.f_locals
        value = here.get(name, _MISSING)
        if value is not there.get(name, _MISSING):
            return False
        if value is _MISSING:
            return True  # settle sees whether it has come to be
        # One cell, or two that hold the same? What is written to one is read from the other.
        here[name] = _PROBE
        is_one = there[name] is _PROBE
        here[name] = value
        return is_one


def _argument_count(code):
    flags = code.co_flags
    return code.co_argcount + code.co_kwonlyargcount + ((flags >> 2) & 1) + ((flags >> 3) & 1)
