/**
 * The Python half of a trace: which local of the entry call was defined last where, and, on request, every executed line. Built on
 * sys.monitoring; Python source as text. Definitions are taken from the store instructions themselves, not from comparing
 * values, so that "x = x" counts and the last, empty test of a for loop does not.
 */
export const tracerSource = String.raw`
import marshal as _marshal
import opcode as _opcode

_ops = _opcode.opmap
_STORES = {_ops['STORE_FAST'], _ops['STORE_DEREF']}
_STORE_LOAD = _ops['STORE_FAST_LOAD_FAST']
_STORE_STORE = _ops['STORE_FAST_STORE_FAST']
_HIDDEN = _ops['LOAD_FAST_AND_CLEAR']
_BINARY_OP = _ops['BINARY_OP']
_INPLACE = 13  # first in-place operator among BINARY_OP's arguments
# After these a value may have changed without being stored anew.
_MUTATING = {_ops[name] for name in (
    'CALL', 'CALL_KW', 'CALL_FUNCTION_EX', 'STORE_SUBSCR', 'STORE_SLICE', 'DELETE_SUBSCR', 'STORE_ATTR', 'DELETE_ATTR',
    'FOR_ITER', 'SEND', 'YIELD_VALUE', 'LOAD_SPECIAL', 'UNPACK_SEQUENCE', 'UNPACK_EX', 'LIST_EXTEND')}
_FUNCTION_EVENTS = _E.PY_START | _E.PY_RETURN | _E.INSTRUCTION
_ALL_EVENTS = _FUNCTION_EVENTS | _E.PY_YIELD | _E.PY_RESUME
_MISSING = object()
_WATCHED_SIZE = 2000
_TRACE_DEPTH = 60  # frames that the callbacks themselves may take


def _comprehensions(text):
    """Positions of stores that belong to an inlined comprehension: its targets, and the whole (which restores the outer names)."""
    hidden = set()
    for node in _ast.walk(_ast.parse(text)):
        if type(node) in (_ast.ListComp, _ast.SetComp, _ast.DictComp):
            for part in (node, getattr(node, 'elt', None), getattr(node, 'key', None), getattr(node, 'value', None)):
                if part is not None:
                    hidden.add((part.lineno, part.end_lineno, part.col_offset, part.end_col_offset))
            for generator in node.generators:
                for target in _ast.walk(generator.target):
                    if type(target) is _ast.Name:
                        hidden.add((target.lineno, target.end_lineno, target.col_offset, target.end_col_offset))
    return hidden


class _Table:
    """What a code object stores where, from its bytecode."""

    __slots__ = ('stores', 'mutating', 'cells')

    def __init__(self, code, text):
        raw = code.co_code
        operations, arguments = raw[0::2], raw[1::2]
        hidden = _comprehensions(text) if _HIDDEN in operations else None
        names = code._varname_from_oparg
        free = code.co_freevars
        self.cells = frozenset(code.co_cellvars)
        self.stores = stores = {}
        self.mutating = mutating = set()
        order = code.co_varnames + code.co_cellvars
        group = None
        extended = 0
        for index, position in enumerate(code.co_positions()):
            op = operations[index]
            arg = arguments[index] | extended
            extended = arg << 8 if op == _EXTENDED else 0
            if op in _MUTATING or (op == _BINARY_OP and arg >= _INPLACE):
                mutating.add(position[0])
            if op in _STORES:
                found = (names(arg),)
            elif op == _STORE_LOAD:
                found = (names(arg >> 4),)
            elif op == _STORE_STORE:
                found = (names(arg >> 4), names(arg & 15))
            else:
                group = None
                continue
            if position[0] is None or (hidden is not None and position in hidden):
                group = None
                continue
            found = [n for n in found if n not in free and n[:1] != '.']
            if found and group is not None:
                # stores of one unpacking, which the compiler reorders: the names in the order of the source
                stores[group] = sorted(stores[group] + found, key=order.index)
            elif found:
                group = index * 2
                stores[group] = sorted(found, key=order.index)
            if op == _STORE_LOAD:
                group = None


_EXTENDED = _ops['EXTENDED_ARG']


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


def _codes_in(code):
    found = [code]
    for constant in code.co_consts:
        if type(constant) is _types.CodeType:
            found.extend(_codes_in(constant))
    return found


def _entry_code(function):
    """The code whose frame is the entry call's: below functools.wraps decorators; None when it is no plain function."""
    for _ in range(20):
        if type(function) is _types.FunctionType:
            inner = function.__dict__.get('__wrapped__')
            if inner is None:
                return function.__code__
            function = inner
        else:
            inner = getattr(function, '__wrapped__', None) if type(function) is _lru_type else None
            if inner is None:
                return None
            function = inner
    return None


from functools import lru_cache as _lru_cache
_lru_type = type(_lru_cache(len))


class _Tracer:
    def __init__(self, job, steps_mode, view_bytes):
        self.job = job
        self.all = steps_mode
        self.count = 0
        self.entry = None
        self.entry_code = None
        self.definitions = []
        self.watches = {}
        self.tables = {}
        self.stack = []
        self.rows = []
        self.view = _view_encoder(view_bytes)
        self.full = False
        self.installed = []

    def table(self, code):
        table = self.tables.get(id(code))
        if table is None:
            table = self.tables[id(code)] = _Table(code, self.job.text)
        return table

    def start(self, function):
        self.entry_code = code = _entry_code(function)
        if self.all:
            codes = _codes_in(self.job.code)
            if code is not None and code not in codes:
                codes.append(code)
            events = _ALL_EVENTS
        else:
            codes = [code] if code is not None else _codes_in(self.job.code)
            events = _FUNCTION_EVENTS
        for code in codes:
            if code.co_filename == _PROGRAM:
                _mon.set_local_events(_TOOL, code, events)
                self.installed.append(code)
        for event, callback in ((_E.LINE, self.on_line), (_E.PY_START, self.on_start), (_E.PY_RETURN, self.on_return),
                                (_E.PY_UNWIND, self.on_unwind), (_E.INSTRUCTION, self.on_instruction),
                                (_E.PY_YIELD, self.on_yield), (_E.PY_RESUME, self.on_resume)):
            _use_callback(_TOOL, event, callback)
        _set_recursion(_RECURSION + _TRACE_DEPTH)

    def stop(self):
        for event in (_E.PY_START, _E.PY_RETURN, _E.INSTRUCTION, _E.PY_YIELD, _E.PY_RESUME):
            _use_callback(_TOOL, event, None)
        _use_callback(_TOOL, _E.LINE, _on_line)
        _use_callback(_TOOL, _E.PY_UNWIND, _on_unwind)
        for code in self.installed:
            _mon.set_local_events(_TOOL, code, 0)
        _set_recursion(_RECURSION)

    # --- events; each is called with the frame it is about one below on the stack

    def on_start(self, code, offset):
        frame = _getframe(1)
        if self.entry is None and (self.entry_code is None or code is self.entry_code):
            self.entry = frame
        elif not self.all:
            return
        watch = self.watches[frame] = _Watch(self.table(code), frame, len(self.stack))
        if self.all:
            self.stack.append(watch)
            row = self.row(watch, 'call', code.co_firstlineno)
            if row is not None:
                here = frame.f_locals
                row['changed'] = [{'name': n, 'value': self.view.whole(here.get(n))} for n in watch.values if n[:1] != '.']

    def on_line(self, code, line):
        global _left
        name = code.co_filename
        if name != _PROGRAM and _foreign(name):
            return _DISABLE
        _left -= 1
        if _left < 0:
            raise StepLimit
        step = self.count
        self.count = step + 1
        watch = self.watches.get(_getframe(1))
        if watch is None:
            return
        self.settle(watch)
        watch.line = line
        watch.step = step
        if self.all:
            watch.row = self.row(watch, 'line', line)

    def on_instruction(self, code, offset):
        names = self.table(code).stores.get(offset)
        if names is None:
            return _DISABLE
        watch = self.watches.get(_getframe(1))
        if watch is not None:
            watch.pending.extend(names)

    def on_return(self, code, offset, value):
        frame = _getframe(1)
        watch = self.watches.pop(frame, None)
        if watch is None:
            return
        self.settle(watch)
        if self.all:
            row = self.row(watch, 'return', watch.line)
            if row is not None:
                row['changed'] = [{'name': 'return', 'value': self.view.whole(value)}]
        self.leave(watch)

    def on_unwind(self, code, offset, exception):
        frame = _getframe(1)
        watch = self.watches.pop(frame, None)
        if watch is None:
            return
        self.settle(watch)
        if self.all:
            self.row(watch, 'exception', watch.line)
        self.leave(watch)

    def on_yield(self, code, offset, value):
        watch = self.watches.get(_getframe(1))
        if watch is not None and watch in self.stack:
            self.settle(watch)
            self.row(watch, 'return', watch.line)
            del self.stack[self.stack.index(watch):]

    def on_resume(self, code, offset):
        watch = self.watches.get(_getframe(1))
        if watch is not None and watch not in self.stack:
            watch.depth = len(self.stack)
            self.stack.append(watch)
            self.row(watch, 'call', watch.line)

    def settle(self, watch):
        if watch.line is None:
            return
        changed = watch.settle()
        if changed and watch.row is not None:
            values = watch.values
            watch.row['changed'] = [{'name': n, 'value': self.view.whole(values[n])} for n in changed if values[n] is not _MISSING]
        watch.row = None

    def leave(self, watch):
        if self.all and watch in self.stack:
            del self.stack[self.stack.index(watch):]
        if watch.frame is not self.entry:
            return
        here = watch.frame.f_locals
        for name, (line, step) in watch.last.items():
            value = here.get(name, _MISSING)
            if value is not _MISSING:
                encoded = _full_encoder(self.job.value_bytes).whole(value)
                self.definitions.append({'name': name, 'value': encoded, 'line': line, 'step': step})

    def row(self, watch, event, line):
        if self.full:
            return None
        if self.view.budget < 4096:
            self.full = True
            return None
        self.view.budget -= 160
        row = {'index': self.count - 1 if event == 'line' else self.count, 'line': line, 'event': event,
               'function': watch.frame.f_code.co_name, 'depth': watch.depth, 'changed': [],
               'stdoutLength': self.job.sink.chars}
        self.rows.append(row)
        return row


def trace_data(entry, args_text, mode, view_bytes):
    tracer = _Tracer(_job, mode == 'steps', view_bytes)
    try:
        data = _called(entry, args_text, tracer)
    except BadArguments as e:
        return {'outcome': 'harness-error', 'error': _error_of(e), 'stdout': '', 'definitions': [], 'stepCount': 0}
    data['definitions'] = tracer.definitions
    data['stepCount'] = tracer.count
    if tracer.all:
        data['steps'] = tracer.rows
    return data


def trace(entry, args_text, mode, view_bytes):
    """One traced call of the loaded program. Returns JSON: a call's result with definitions, stepCount and, in mode 'steps', steps."""
    return _dumps(trace_data(entry, args_text, mode, view_bytes))


def operations(entry, args_text):
    """A trace of mode 'final' and, where the program stays inside the supported subset, its trajectory as text."""
    global _left
    data = trace_data(entry, args_text, 'final', 0)
    _left = _job.steps
    try:
        trajectory = trace_operations(_job.text, entry, args_text)
    except BaseException:
        trajectory = None
    _left = _job.steps
    if type(trajectory) is str:
        data['trajectory'] = trajectory
    return _dumps(data)
`;
