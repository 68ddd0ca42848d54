/**
 * The Python half of a job: a fresh namespace per program, captured output, a budget of executed lines, outcomes, and the
 * restoring of the interpreter afterwards. Python source as text. It gives no verdicts; the host does.
 */
export const runnerSource = String.raw`
import atexit as _atexit
import builtins as _builtins
import gc as _gc
import io as _io
import operator as _operator
import os as _os
import random as _random
import types as _types
import warnings as _warnings

_PROGRAM = '<program>'
_TOOL = 3
_TOOL_NAME = 'tracewise'
_mon = _sys.monitoring
_E = _mon.events
_DISABLE = _mon.DISABLE
_RECURSION = 1000
_DEEPEST = 1500  # Python frames; measured: 1500 fit the stack of a worker in Chromium, 5000 do not
_use_callback = _mon.register_callback
_get_tool = _mon.get_tool
_get_events = _mon.get_events
_getframe = _sys._getframe
_GLOBAL_EVENTS = _E.LINE | _E.JUMP | _E.PY_UNWIND


class StepLimit(BaseException):
    pass


class OutputLimit(BaseException):
    pass


_left = 10 ** 9


def _foreign(name):
    """Library and harness code: not counted. Everything else is the program's, code that it compiles itself included."""
    return name[:1] == '/' or name[:7] == '<frozen'


def _on_line(code, line):
    global _left
    name = code.co_filename
    if name != _PROGRAM and _foreign(name):
        return _DISABLE
    _left -= 1
    if _left < 0:
        raise StepLimit


def _on_jump(code, offset, target):
    """A loop written on one line jumps back without a LINE event: each such jump is one line more against the budget."""
    global _left
    name = code.co_filename
    if name != _PROGRAM and _foreign(name):
        return _DISABLE
    key = (id(code), offset)
    known = _same_line.get(key)
    if known is None:
        lines = [p[0] for p in code.co_positions()]
        same = target <= offset and lines[offset // 2] == lines[target // 2]
        _same_line[key] = known = (same, code)  # the code object too: its id must not be used again
    if not known[0]:
        return _DISABLE
    _left -= 1
    if _left < 0:
        raise StepLimit


_same_line = {}


def _on_unwind(code, offset, exception):
    pass


class _Sink:
    """Output of one job: parts of text, bytes counted against one cap for standard output and error together."""

    __slots__ = ('parts', 'left', 'chars', 'over')

    def __init__(self, cap):
        self.parts = []
        self.left = cap
        self.chars = 0
        self.over = False

    def take(self, text, keep):
        size = len(text) if text.isascii() else len(text.encode('utf-8', 'surrogatepass'))
        if size > self.left:
            self.over = True
            if keep and self.left > 0:
                self.parts.append(text[:self.left // 4])
            self.left = 0
            raise OutputLimit
        self.left -= size
        if keep:
            self.chars += len(text)
            self.parts.append(text)


class _Bytes(_io.BufferedIOBase):
    def __init__(self, stream):
        self._stream = stream

    def writable(self):
        return True

    def write(self, data):
        data = bytes(data)
        self._stream.write(data.decode('utf-8', 'replace'))
        return len(data)


class _Stream(_io.TextIOBase):
    def __init__(self, sink, keep):
        self._sink = sink
        self._keep = keep
        self.buffer = _Bytes(self)

    encoding = 'utf-8'
    errors = 'strict'

    def writable(self):
        return True

    def write(self, text):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
        if not isinstance(text, str):
            raise TypeError('write() argument must be str, not ' + _class_name_of(type(text)))
        text = str.__str__(text)
        self._sink.take(text, self._keep)
        return len(text)


class _Job:
    __slots__ = ('names', 'module', 'sink', 'taken', 'steps', 'value_bytes', 'code', 'text', 'failed', 'plain', 'trusted')


# Modules without state that a program could change by calling them; random is seeded anew for every program.
_HARMLESS = frozenset('''__future__ abc bisect cmath collections copy datetime fractions functools heapq itertools math numbers operator random re
statistics string time typing'''.split())
# What leads out of a program's own names to something that outlives it. In doubt a name belongs here: it costs a new interpreter.
_REACHING = frozenset('''exec eval compile open getattr setattr delattr vars locals globals dir type object super help input breakpoint exit quit
copyright credits license memoryview classmethod staticmethod property format_map gi_frame gi_code gi_yieldfrom cr_frame cr_code ag_frame
ag_code tb_frame tb_next f_back f_globals f_builtins f_locals f_code with_traceback register attrgetter methodcaller Formatter
get_field get_type_hints ForwardRef evaluate_forward_ref dispatch_table bltns'''.split())
_OWN = frozenset(['__' + name + '__' for name in '''init name main module qualname firstlineno static_attributes classdictcell doc repr str eq ne lt le gt ge
hash len iter next getitem setitem contains add sub mul call bool'''.split()])
_module_names = frozenset()
_REACHING_OPS = _IMPORT = _CLASS = _STORES_ATTR = None


def _contained(code):
    """
    Whether a program can have left nothing behind, told from its code before it runs: it names nothing that leads to an object older than
    itself which could be changed. An interpreter that ran anything else is thrown away.
    """
    traits = set()
    return _has_traits(code, traits) and not ('import' in traits and len(traits) > 1)


def _has_traits(code, traits):
    """Notes what a program does that is harmless alone and not together with imports; false for what is never harmless."""
    operations, arguments = code.co_code[0::2], code.co_code[1::2]
    if any([op in operations for op in _REACHING_OPS]):
        return False
    names = code.co_names
    if _IMPORT in operations:
        traits.add('import')
        if len(names) > 255:
            return False
        for op, arg in zip(operations, arguments):
            if op == _IMPORT and any([part not in _HARMLESS for part in names[arg].split('.')]):
                return False
    if _CLASS in operations:
        traits.add('class')
    if any([op in operations for op in _STORES_ATTR]):
        traits.add('attribute')
    for name in names:
        if name in _REACHING or name in _module_names:
            return False
        if name[:1] == '_' and name not in _OWN:
            if name[:2] == '__':
                return False
            traits.add('private')
    return all([_has_traits(c, traits) for c in code.co_consts if type(c) is _types.CodeType])


def _has_generators(code):
    if code is None:
        return False
    if code.co_flags & 0x2a0 and code.co_name != '<genexpr>':
        return True
    return any([_has_generators(c) for c in code.co_consts if type(c) is _types.CodeType])


_job = None


def _error_of(e):
    """Type, message and program line of an exception, without running anything that the program defined."""
    t = type(e)
    error = {'type': _class_name_of(t)[:100], 'message': ''}
    try:
        args = BaseException.args.__get__(e)
        if type(args) is tuple and all([type(a) in (str, int, float, bool, bytes, type(None)) for a in args]):
            if all([type(a) is not int or a.bit_length() < 1000 for a in args]):
                error['message'] = (str(e) if t.__module__ == 'builtins' else BaseException.__str__(e))[:1000]
        elif isinstance(e, SyntaxError) and type(args[0]) is str:
            error['message'] = args[0][:1000]
    except BaseException:
        pass
    line = None
    tb = BaseException.__traceback__.__get__(e)
    while type(tb) is _types.TracebackType:
        if tb.tb_frame.f_code.co_filename == _PROGRAM:
            line = tb.tb_lineno
        tb = tb.tb_next
    if type(line) is int and line > 0:
        error['line'] = line
    return error


def _outcome_of(e):
    if isinstance(e, StepLimit):
        return 'step-limit'
    if isinstance(e, OutputLimit):
        return 'output-limit'
    if isinstance(e, (SystemExit, KeyboardInterrupt)):
        return 'exit'
    if isinstance(e, MemoryError):
        return 'memory'
    return 'exception'


def load(code, limits):
    """Starts a job: compiles the program and runs its source once. Returns JSON: the outcome of that."""
    global _job, _left
    steps, output_bytes, value_bytes, trusted = [int(part) for part in limits.split(',')]
    job = _job = _Job()
    job.sink = _Sink(output_bytes)
    job.taken = 0
    job.steps = steps
    job.value_bytes = value_bytes
    job.text = code
    job.module = _types.ModuleType('program')
    job.names = job.module.__dict__
    job.names['__builtins__'] = _builtins
    _sys.modules['program'] = job.module
    _sys.stdout = _Stream(job.sink, True)
    _sys.stderr = _Stream(job.sink, False)
    _sys.stdin = _io.TextIOWrapper(_io.BytesIO(b''))
    _random.seed(0)
    job.failed = None
    job.plain = False
    job.trusted = trusted == 1
    try:
        job.code = compile(code, _PROGRAM, 'exec', dont_inherit=True)
    except BaseException as e:
        error = _error_of(e)
        line = e.lineno if isinstance(e, SyntaxError) else None
        if type(line) is int and line > 0:
            error['line'] = line
        job.failed = ('syntax-error', error)
        job.code = None
        job.plain = True
        return _reply()
    job.plain = _contained(job.code)
    _left = steps
    try:
        exec(job.code, job.names)
    except BaseException as e:
        job.failed = (_outcome_of(e), _error_of(e))
    if job.failed is None or job.failed[0] == 'exception':
        if _left < 0:
            job.failed = ('step-limit', None)
        elif job.sink.over:
            job.failed = ('output-limit', None)
    return _reply()


def _output():
    """What was written since the last time this was asked."""
    parts = _job.sink.parts
    text = ''.join(parts[_job.taken:])
    _job.taken = len(parts)
    return text


def _reply():
    if _job.failed is None:
        return '{"outcome":"ok"}'
    outcome, error = _job.failed
    data = {'outcome': outcome, 'stdout': _output()}
    if error is not None:
        data['error'] = error
    return _dumps(data)


def _called(entry, args_text, tracer):
    """Runs one call; returns the result as data, value encoded. 'tracer' brackets the call alone."""
    global _left
    job = _job
    args, named = _literal_arguments(args_text)
    error = value = None
    function = job.names.get(entry)
    _left = job.steps
    if tracer is not None:
        tracer.start(function)
    try:
        if function is None and entry not in job.names:
            raise NameError("name '" + entry + "' is not defined")
        value = function(*args, **named)
        outcome = 'ok'
    except BaseException as e:
        outcome = _outcome_of(e)
        error = _error_of(e)
    finally:
        if tracer is not None:
            tracer.stop()
    if _left < 0:
        outcome = 'step-limit'
    elif job.sink.over:
        outcome = 'output-limit'
    _left = job.steps
    _sys.set_int_max_str_digits(4300)
    data = {'outcome': outcome}
    if outcome == 'ok':
        data['value'] = _full_encoder(job.value_bytes).whole(value)
    elif error is not None:
        data['error'] = error
    data['stdout'] = _output()
    return data


def call(entry, args_text):
    """One call of the loaded program. Returns JSON: outcome, value or error, stdout."""
    try:
        return _dumps(_called(entry, args_text, None))
    except BadArguments as e:
        return _dumps({'outcome': 'harness-error', 'error': _error_of(e), 'stdout': ''})


class _Baseline:
    """What the interpreter looked like before the first program; restored after each."""

    def __init__(self):
        self.modules = dict(_sys.modules)
        self.spaces = [(m.__dict__, dict(m.__dict__), list(m.__dict__.values()))
                       for m in self.modules.values() if type(m) is _types.ModuleType]
        self.environ = dict(_os.environ._data)
        self.path = list(_sys.path)
        self.finders = list(_sys.meta_path)
        self.hooks = list(_sys.path_hooks)
        self.streams = (_sys.stdin, _sys.stdout, _sys.stderr)
        self.directories = {d: _listdir(d) for d in ('/', '/tmp', '/home/pyodide')}
        self.cwd = _getcwd()
        self.jobs = 0

    def restore(self, plain, pending):
        """True when everything could be put back, False when the interpreter must be thrown away."""
        _sys.stdin, _sys.stdout, _sys.stderr = self.streams
        modules = _sys.modules
        if not plain:
            _sys.settrace(None)
            _sys.setprofile(None)
            _set_recursion(_RECURSION)
            _sys.set_int_max_str_digits(4300)
            _atexit._clear()
            # first the cheap question, in C: is every module's namespace as it was?
            for space, saved, values in self.spaces:
                if len(space) != len(values) or not all(map(_is, space.values(), values)):
                    space.clear()
                    space.update(saved)
            if _os.environ._data != self.environ:
                _os.environ._data.clear()
                _os.environ._data.update(self.environ)
            _sys.path[:] = self.path
            _sys.meta_path[:] = self.finders
            _sys.path_hooks[:] = self.hooks
            _warnings.filters[:] = [('ignore', None, Warning, None, 0)]
        if len(modules) != len(self.modules) or not all(map(_is, modules.values(), self.modules.values())):
            modules.clear()
            modules.update(self.modules)
        if not plain:
            _gc.enable()
        self.jobs += 1
        if pending or self.jobs % 64 == 0:
            _gc.collect()
        if plain:
            return True
        if _getcwd() != self.cwd:
            return False
        for directory, names in self.directories.items():
            if _listdir(directory) != names:
                return False
        return True


_is = _operator.is_
_listdir = _os.listdir
_getcwd = _os.getcwd
_set_recursion = _sys.setrecursionlimit
_baseline = None


def setrecursionlimit(limit):
    """sys.setrecursionlimit for programs: up to a depth that every platform's stack holds, so that going deeper is the same exception on all."""
    _set_recursion(min(limit, _DEEPEST) if type(limit) is int else limit)


def finish():
    """
    Ends the job. Returns 'clean', 'dirty' (throw the interpreter away) or 'tamper' (the line budget was switched off). Clean is only a
    program that cannot have left anything behind, or a trusted one after which everything known could be put back.
    """
    global _job, _left
    whole = (_get_tool(_TOOL) == _TOOL_NAME
             and _get_events(_TOOL) == _GLOBAL_EVENTS
             and _use_callback(_TOOL, _E.LINE, _on_line) is _on_line
             and _use_callback(_TOOL, _E.JUMP, _on_jump) is _on_jump)
    plain = _job is not None and _job.plain
    # A suspended generator has code left to run: now, under this job's clock, and not in the middle of somebody else's program.
    pending = not plain or _has_generators(_job.code)
    keep = plain or (_job is not None and _job.trusted)
    _job = None
    _same_line.clear()
    _left = 100000  # finalisers of what the program left behind
    try:
        clean = keep and _baseline.restore(plain, pending)
    except BaseException:
        clean = False
    return 'tamper' if not whole else 'clean' if clean else 'dirty'


def fingerprint(code):
    """Hash of the syntax tree without positions and docstrings; None when the program does not parse."""
    try:
        tree = _ast.parse(code)
        for node in _ast.walk(tree):
            if type(node) in (_ast.Module, _ast.FunctionDef, _ast.ClassDef, _ast.AsyncFunctionDef):
                body = node.body
                if body and type(body[0]) is _ast.Expr and type(body[0].value) is _ast.Constant and type(body[0].value.value) is str:
                    node.body = body[1:] or [_ast.Pass()]
        return _sha256(_ast.dump(tree).encode('utf-8', 'surrogatepass')).hexdigest()
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


from hashlib import sha256 as _sha256
from opcode import opmap as _opmap
_REACHING_OPS = tuple([_opmap[name] for name in ('MATCH_CLASS', 'SETUP_ANNOTATIONS')])
_STORES_ATTR = (_opmap['STORE_ATTR'], _opmap['DELETE_ATTR'])
_IMPORT = _opmap['IMPORT_NAME']
_CLASS = _opmap['LOAD_BUILD_CLASS']


def _start():
    """Once per interpreter, before the memory snapshot."""
    global _baseline
    _mon.use_tool_id(_TOOL, _TOOL_NAME)
    _use_callback(_TOOL, _E.LINE, _on_line)
    _use_callback(_TOOL, _E.JUMP, _on_jump)
    _use_callback(_TOOL, _E.PY_UNWIND, _on_unwind)
    _mon.set_events(_TOOL, _GLOBAL_EVENTS)
    _set_recursion(_RECURSION)
    _sys.setrecursionlimit = setrecursionlimit


def ready():
    """Once per interpreter, after the snapshot was restored and the bridge to JavaScript was removed."""
    global _baseline, _module_names
    _module_names = frozenset([part for name in _sys.modules for part in name.split('.')]) - _HARMLESS
    _warnings.filters[:] = [('ignore', None, Warning, None, 0)]
    _baseline = _Baseline()
    _gc.collect()
    _gc.freeze()
`;
