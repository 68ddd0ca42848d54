"""
Says what a traced call must find: for each variable of the entry call's frame the value, line and step of its
last definition. It compares whole copies of all variables after every line. It is slow, short and
independent: it reads no bytecode, sys.settrace tells the lines, and rewrite.py the bindings. It runs in any
CPython from 3.11 on. docs/definitions.md says what counts as a definition.
"""
import collections
import dis
import functools
import io
import json
import sys
import types

PROGRAM = '<observed>'
MISSING = ['missing']


class TooLong(BaseException):
    pass


def spell(x, exact=False, path=()):
    """A value by exact type as nested lists for JSON. `exact` tells apart objects
    that have no content to show, and shows what only a change needs; no object
    is kept, or finalisers would run later than in the program."""
    t = type(x)
    if x is None or t is bool or t is str:
        return [t.__name__, x]
    if t is int or t is float:
        return [t.__name__, repr(x)]
    if id(x) in path:
        return ['ref']
    inner = (*path, id(x))
    if t is list or t is tuple:
        return [t.__name__, [spell(e, exact, inner) for e in x]]
    if t is set or t is frozenset:
        return [t.__name__, sorted([spell(e, exact, inner) for e in x], key=json.dumps)]
    if t is dict or (issubclass(t, dict) and t.__module__ == 'collections'):
        return [t.__name__, [
            [spell(k, exact, inner), spell(v, exact, inner)]
            for k, v in (x.items() if t is collections.OrderedDict else dict.items(x))
        ]]
    if not exact:
        return ['opaque', t.__name__]
    return ['opaque', t.__name__, list(x) if t is bytearray else [spell(e, exact, inner) for e in x] if t is collections.deque else id(x)]


def entry_code(function, args):
    """The code whose frame is the entry call's: under partial objects, bound
    methods, wrappers and dispatchers."""
    while True:
        if isinstance(function, functools.partial):
            args, function = (*function.args, *args), function.func
        elif isinstance(function, types.MethodType):
            args, function = (function.__self__, *args), function.__func__
        elif isinstance(function, types.FunctionType) and hasattr(function, 'dispatch') and hasattr(function, 'registry'):
            function = function.dispatch(type(args[0]))
        elif hasattr(function, '__wrapped__') and not isinstance(function, type):
            function = function.__wrapped__
        else:
            return getattr(function, '__code__', None)


def opname_at(frame):
    return dis.opname[frame.f_code.co_code[frame.f_lasti]]


class Observer:
    def __init__(self, most_lines):
        self.most = most_lines
        self.lines = []
        self.last_line = {}
        self.steps = {}
        self.code = self.entry = None
        self.calling = False
        self.cells = {}
        self.before = {}
        self.bound = {}
        self.step = self.line = None
        self.first, self.last = {}, {}

    # --- told by the program

    def enter(self, thunk):
        frame = sys._getframe(1)
        if self.calling and self.entry is None and (self.code is None or frame.f_code is self.code):
            self.entry = frame
            self.cells = dict(zip(thunk.__code__.co_freevars, thunk.__closure__))
            arguments = frame.f_code.co_varnames[:self.arguments(frame.f_code)]
            # an argument that is not bound again echoes the input
            self.before = {name: self.copy(cell) for name, cell in self.cells.items() if name in arguments}

    @staticmethod
    def arguments(code):
        return code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)

    def seen(self, thunk, line=None):
        if self.entry is None or thunk.__closure__ is None:
            return
        for name, cell in self.cells.items():
            if cell is thunk.__closure__[0]:
                # a target on a line of its own was bound by that line
                self.bound[name] = (self.line, self.step) if line is None else (line, self.steps[line])

    # --- told by the interpreter

    def on_call(self, frame, event, arg):
        name = frame.f_code.co_filename
        if name != PROGRAM and name != '<string>':
            return None
        if not frame.f_code.co_flags & 0x2a0:
            # by address: to keep a frame would keep what it holds; of no generator, it starts here
            self.last_line.pop(id(frame), None)
        return self.on_event

    def on_event(self, frame, event, arg):
        key = id(frame)
        if event == 'line':
            if self.last_line.get(key) != frame.f_lineno or not self.is_jump(frame):
                self.lines.append(frame.f_lineno)
                if len(self.lines) > self.most:
                    raise TooLong
                if frame is self.entry_frame(frame):
                    self.settle()
                    self.step, self.line = len(self.lines) - 1, frame.f_lineno
                    self.steps[self.line] = self.step
            self.last_line[key] = frame.f_lineno
        elif event == 'return' and not self.is_suspended(frame):
            self.last_line.pop(key, None)
            if frame is self.entry:
                self.settle()
                self.finish()
                self.entry = False
        return self.on_event

    def entry_frame(self, frame):
        # the first line of the entry is announced before its call of __enter__
        if self.entry is None and (self.code is None or frame.f_code is self.code):
            return frame
        return self.entry

    @staticmethod
    def is_jump(frame):
        """Whether a line event is that of a jump inside of a line, which is no new
        line. Before 3.12 each repeated one is."""
        return sys.version_info < (3, 12) or 'BACKWARD' in opname_at(frame)

    @staticmethod
    def is_suspended(frame):
        return bool(frame.f_code.co_flags & 0x2a0) and ('YIELD' in opname_at(frame) or 'SEND' in opname_at(frame))

    # --- definitions

    def copy(self, cell):
        try:
            return spell(cell.cell_contents, True)
        except ValueError:
            return MISSING

    def settle(self):
        """The line that ran is over."""
        now = {name: self.copy(cell) for name, cell in self.cells.items()}
        for name in [*self.bound, *[n for n in now if n not in self.bound]]:
            value = now[name]
            if value != MISSING and (name in self.bound or value != self.before.get(name, MISSING)):
                self.last[name] = self.bound.get(name, (self.line, self.step))
                self.first.setdefault(name, self.last[name][1])
        self.before = now
        self.bound = {}

    def finish(self):
        self.definitions = [
            {
                'name': name, 'value': spell(cell.cell_contents), 'line': self.last[name][0],
                'step': self.last[name][1], 'first': self.first[name],
            }
            for name, cell in self.cells.items() if name in self.last and self.copy(cell) != MISSING]


def _run(code, entry, args, named, observer):
    """Loads a program and makes the call; returns how it ended."""
    space = {'__name__': 'program', '__seen__': observer.seen, '__enter__': observer.enter}
    module = types.ModuleType('program')
    module.__dict__.update(space)
    sys.modules['program'] = module
    exec(code, module.__dict__)
    function = module.__dict__[entry]
    observer.code = entry_code(function, args)
    observer.calling = True
    try:
        sys.settrace(observer.on_call)
        try:
            function(*args, **named)
        finally:
            sys.settrace(None)
        return 'ok'
    except TooLong:
        return 'step-limit'
    except Exception as e:
        return type(e).__name__
    finally:
        observer.entry = False


def observe(text, entry, args_text, most_lines=5000):
    """
    JSON text: {outcome, definitions, lines, stepCount} of one call, or {unfit: why} where the
    rewritten program does not execute the lines of the given one, so that nothing can be said.
    """
    import copy
    import random
    from rewrite import rewrite
    args, named = eval('(lambda *a, **k: (a, k))(' + args_text + ')')
    plain, noted = Observer(most_lines), Observer(most_lines)
    plain.enter = plain.seen = None
    plain.entry = False
    random.seed(0)
    plain_outcome = _run(compile(text, PROGRAM, 'exec', dont_inherit=True), entry, copy.deepcopy(args), copy.deepcopy(named), plain)
    if plain_outcome == 'step-limit':
        return json.dumps({'unfit': 'too many lines'})
    noted.definitions = []
    random.seed(0)
    outcome = _run(compile(rewrite(text), PROGRAM, 'exec', dont_inherit=True), entry, args, named, noted)
    if (outcome, noted.lines) != (plain_outcome, plain.lines):
        return json.dumps({
            'unfit': 'the rewritten program runs other lines', 'plain': plain.lines[:200],
            'noted': noted.lines[:200], 'outcome': outcome,
        })
    return json.dumps({'outcome': outcome, 'definitions': noted.definitions, 'stepCount': len(plain.lines)})


def answer(text, entry, args_text, most_lines=5000):
    """`observe`, where a fault of the observer itself is a reason too."""
    try:
        return observe(text, entry, args_text, most_lines)
    except BaseException as e:
        return json.dumps({'unfit': type(e).__name__ + ': ' + str(e)[:200]})


def main():
    """Cases as JSON lines on standard input ({code, entry, args}), one answer per line on standard output."""
    answers = sys.stdout
    sys.unraisablehook = lambda report: None
    for line in sys.stdin:
        case = json.loads(line)
        sys.stdout = io.StringIO()
        print(answer(case['code'], case['entry'], case['args'], case.get('lines', 5000)), file=answers, flush=True)


if __name__ == '__main__':
    main()
