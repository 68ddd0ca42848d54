# The Python half of a trace: which local of the entry call was defined last where and, on request, every
# executed line. It is built on sys.monitoring. What counts as a definition is in stores.py.

_FUNCTION_EVENTS = _E.PY_START | _E.PY_RETURN | _E.INSTRUCTION
_ALL_EVENTS = _FUNCTION_EVENTS | _E.PY_YIELD | _E.PY_RESUME
_TRACE_DEPTH = 60  # frames that the callbacks themselves may take
_ENTERED = object()  # stands for the entry call's frame before it is watched and after it was left
_reversed = reversed


def _codes_in(code):
    found = [code]
    for constant in code.co_consts:
        if type(constant) is _types.CodeType:
            found.extend(_codes_in(constant))
    return found


def _entry_codes(function):
    """
    Codes whose frame may be the entry call's: under bound methods, partial objects,
    functools.wraps decorators and caches; of a singledispatch function its
    implementations, of which the call takes one. Empty when it is no plain function.
    """
    for _ in range(20):
        t = type(function)
        if t is _types.FunctionType:
            if function.__code__ is _dispatcher_code:
                registry = function.__dict__.get('registry')
                found = list(registry.values()) if type(registry) is _types.MappingProxyType else []
                return [code for f in found for code in _entry_codes(f) if f is not function]
            inner = function.__dict__.get('__wrapped__')
            if inner is None:
                return [function.__code__]
            function = inner
        elif t is _types.MethodType:
            function = function.__func__
        elif t is _partial:
            function = function.func
        else:
            function = getattr(function, '__wrapped__', None) if t is _lru_type or t is staticmethod else None
    return []


from functools import lru_cache as _lru_cache, partial as _partial, singledispatch as _singledispatch
_lru_type = type(_lru_cache(len))
_dispatcher_code = _singledispatch(lambda x: x).__code__


class _Tracer:
    def __init__(self, job, steps_mode, view_bytes):
        self.job = job
        self.all = steps_mode
        self.count = 0
        self.entry = None
        self.entry_codes = ()
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
        self.entry_codes = entries = _entry_codes(function)
        own = _codes_in(self.job.code)
        if self.all or not entries:
            wanted = _ALL_EVENTS if self.all else _FUNCTION_EVENTS
            events = [(code, wanted) for code in own + [c for c in entries if c not in own]]
        else:
            # an entry last: it may stand inside of another
            inner = [(code, _E.INSTRUCTION) for entry in entries for code, _ in self.table(entry).shares.values()]
            events = inner + [(code, _FUNCTION_EVENTS) for code in entries]
        for code, wanted in events:
            if code.co_filename == _PROGRAM:
                _mon.set_local_events(_TOOL, code, wanted)
                self.installed.append(code)
        for event, callback in ((_E.LINE, self.on_line), (_E.JUMP, _on_jump), (_E.PY_START, self.on_start),
                                (_E.PY_RETURN, self.on_return), (_E.PY_UNWIND, self.on_unwind), (_E.INSTRUCTION, self.on_instruction)):
            _use_callback(_TOOL, event, callback)
        _listen(_GLOBAL_EVENTS)
        if self.all:
            _use_callback(_TOOL, _E.PY_YIELD, self.on_yield)
            _use_callback(_TOOL, _E.PY_RESUME, self.on_resume)
        _set_recursion(_RECURSION + _TRACE_DEPTH)

    def stop(self):
        for event in (_E.PY_RETURN, _E.INSTRUCTION, _E.PY_YIELD):
            _use_callback(_TOOL, event, None)
        _idle()
        for code in self.installed:
            _mon.set_local_events(_TOOL, code, 0)
        _set_recursion(_RECURSION)

    # --- events; each is called with the frame it is about one below on the stack

    def on_start(self, code, offset):
        if code.co_filename != _PROGRAM:
            return
        frame = _getframe(1)
        if self.entry is None and (not self.entry_codes or code in self.entry_codes):
            is_entry = True
            self.entry = _ENTERED
            if not self.all:
                _use_callback(_TOOL, _E.PY_START, _on_start)
        elif self.all:
            is_entry = False
        else:
            return
        watch = self.watches[frame] = _Watch(self.table(code), frame, len(self.stack))
        if is_entry:
            self.entry = watch
        if self.all:
            self.stack.append(watch)
            row = self.row(watch, 'call', code.co_firstlineno)
            if row is not None:
                here = frame.f_locals
                row['changed'] = [{'name': n, 'value': self.view.whole(here.get(n))} for n in watch.ids if n[:1] != '.']

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
        self.settle(watch, step)
        watch.line = line
        watch.step = step
        if self.all:
            watch.row = self.row(watch, 'line', line)

    def on_instruction(self, code, offset):
        table = self.table(code)
        names = table.stores.get(offset)
        if names is None:
            names = table.outer.get(offset)
            if names is None:
                return _DISABLE
            frame = _getframe(1)
            for name in names:
                self.shared_store(frame, name)
            return
        watch = self.watches.get(_getframe(1))
        if watch is not None:
            watch.pending.extend(names)

    def shared_store(self, frame, name):
        """An inner function stores a variable of an outer one: a definition in the
        outer frame, by the line that it is at."""
        key = id(frame.f_code)
        for watch in _reversed(self.watches.values()):
            shared = watch.table.shares.get(key)
            if shared is not None and name in shared[1] and watch.shares(frame, name):
                if name not in watch.pending:
                    watch.pending.append(name)
                return

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

    def settle(self, watch, lines=None):
        if watch.line is None:
            return
        changed = watch.settle(self.count if lines is None else lines)
        if changed and watch.row is not None:
            here = watch.frame.f_locals
            found = [(n, here.get(n, _MISSING)) for n in changed]
            watch.row['changed'] = [{'name': n, 'value': self.view.whole(value)} for n, value in found if value is not _MISSING]
        watch.row = None

    def leave(self, watch):
        if self.all and watch in self.stack:
            del self.stack[self.stack.index(watch):]
        if watch is not self.entry:
            return
        # the frame is let go: what it holds ends with it, as it would unwatched
        self.entry = _ENTERED
        here = watch.frame.f_locals
        left = 8 * self.job.value_bytes  # of all values together: the host reads no more
        for name, (line, step) in watch.last.items():
            value = here.get(name, _MISSING)
            if value is not _MISSING:
                encoder = _full_encoder(max(0, min(left, self.job.value_bytes)))
                before = encoder.budget
                encoded = encoder.whole(value)
                left -= before - encoder.budget
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
    """One traced call of the loaded program. Returns JSON: a call's result with
    definitions, stepCount and, in mode 'steps', steps."""
    return _dumps(trace_data(entry, args_text, mode, view_bytes))


def operations(entry, args_text):
    """A trace of mode 'final' and, where the program stays inside the supported
    subset, its trajectory as text."""
    global _left, _armed
    data = trace_data(entry, args_text, 'final', 0)
    _listen(0)
    _left = _job.steps
    _armed = True
    try:
        trajectory = trace_operations(_job.text, entry, args_text)
    except BaseException:
        trajectory = None
    _armed = False
    _left = _job.steps
    if type(trajectory) is str:
        data['trajectory'] = trajectory
    return _dumps(data)
