# One frame of the program while it is traced: which names were defined or changed by which line, and
# what they held then. It listens to no events; tracer.py tells it.

import marshal as _marshal

_MISSING = object()
_WATCHED_SIZE = 2000


def _print_of(x):
    """Bytes that change when the content of a container changes; None for what cannot change. Runs no code of the program."""
    t = type(x)
    if t is int or t is str or x is None or t is bool or t is float:
        return None
    if t in _dict_classes:
        x = dict(x)
    elif t not in (list, tuple, dict, set, frozenset, bytearray):
        return None
    if len(x) > _WATCHED_SIZE:
        return len(x)
    try:
        return _marshal.dumps(x, 2)
    except (ValueError, MemoryError, RecursionError):
        if t is dict or t in _dict_classes:
            return [(id(k), id(v)) for k, v in _dict_items(x)]
        return [id(v) for v in x]


class _Watch:
    """One frame of the program while it runs: names defined, their last definition, content at that time."""

    __slots__ = ('table', 'frame', 'line', 'step', 'pending', 'last', 'values', 'prints', 'row', 'depth')

    def __init__(self, table, frame, depth):
        self.table = table
        self.frame = frame
        self.line = None
        self.step = -1
        self.pending = []
        self.last = {}
        self.row = None
        self.depth = depth
        self.values = values = {}
        self.prints = prints = {}
        here = frame.f_locals
        for name in frame.f_code.co_varnames[:_argument_count(frame.f_code)]:
            value = values[name] = here.get(name, _MISSING)
            prints[name] = _print_of(value)

    def settle(self):
        """The line that ran is over: notes what it defined or changed. Returns those names."""
        changed = None
        line = self.line
        pending = self.pending
        values = self.values
        prints = self.prints
        if pending:
            here = self.frame.f_locals
            changed = []
            for name in pending:
                if name in changed:
                    continue
                changed.append(name)
                value = values[name] = here.get(name, _MISSING)
                prints[name] = _print_of(value)
                self.last[name] = (line, self.step)
            pending.clear()
        if line in self.table.mutating:
            here = self.frame.f_locals
            cells = self.table.cells
            for name in values:
                if changed is not None and name in changed:
                    continue
                value = here.get(name, _MISSING)
                if value is not values[name]:
                    if name not in cells or value is _MISSING:
                        continue
                    values[name] = value
                    prints[name] = _print_of(value)
                else:
                    old = prints[name]
                    if old is None:
                        continue
                    new = _print_of(value)
                    if new == old:
                        continue
                    prints[name] = new
                self.last[name] = (line, self.step)
                if changed is None:
                    changed = []
                changed.append(name)
        return changed


def _argument_count(code):
    flags = code.co_flags
    return code.co_argcount + code.co_kwonlyargcount + ((flags >> 2) & 1) + ((flags >> 3) & 1)
