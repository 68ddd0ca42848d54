# The Python half of a job: a fresh namespace per program, its outcome, its calls, and its end. It gives no
# verdicts, and does not decide whether the interpreter may be used again; the host does both.

import builtins as _builtins
import io as _io
import random as _random


class _Job:
    __slots__ = ('names', 'module', 'sink', 'taken', 'steps', 'value_bytes', 'code', 'text', 'failed', 'calm', 'whole', 'entries')


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


def _is_calm(e):
    """Whether it was raised where programs raise: not out of the middle of what a
    library or the interpreter was doing."""
    return isinstance(e, Exception) and not isinstance(e, (MemoryError, RecursionError))


def load(code, limits):
    """
    Starts a job: compiles the program and runs its source once, which of a
    whole program is left to `call`. Returns JSON: the outcome of that.
    """
    global _job, _left, _armed, _quantum, _talk, _talked
    _talk = None
    _talked = False
    steps, output_bytes, value_bytes, whole, _quantum = [int(part) for part in limits.split(',')]
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
    job.calm = True
    job.whole = whole == 1
    job.entries = {}
    try:
        job.code = compile(code, _PROGRAM, 'exec', dont_inherit=True)
    except BaseException as e:
        error = _error_of(e)
        line = e.lineno if isinstance(e, SyntaxError) else None
        if type(line) is int and line > 0:
            error['line'] = line
        job.failed = ('syntax-error', error)
        job.code = None
        return _reply()
    if job.whole:
        return _reply()
    _left = steps
    _armed = True
    try:
        exec(job.code, job.names)
        _armed = False
    except BaseException as e:
        _armed = False
        job.failed = (_outcome_of(e), _error_of(e))
        job.calm = _is_calm(e)
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
    global _left, _armed
    job = _job
    error = value = function = None
    _left = job.steps
    if tracer is None:
        _listen(0)
    outcome = 'ok'
    _armed = True
    try:
        args, named = _arguments(args_text, job.names)
        function = _entry_of(job, entry)
        _armed = False
    except BadArguments:
        _armed = False
        raise
    except BaseException as e:
        _armed = False
        outcome = _outcome_of(e)
        error = _error_of(e)
        job.calm = job.calm and _is_calm(e)
    if outcome == 'ok':
        _left = job.steps
        if tracer is not None:
            tracer.start(function)
        _armed = tracer is None
        try:
            value = function(*args, **named)
            _armed = False
        except BaseException as e:
            _armed = False
            if tracer is not None:
                # before the frames of the traceback end: what their variables leave behind is not the call's
                tracer.stop()
            outcome = _outcome_of(e)
            error = _error_of(e)
            job.calm = job.calm and _is_calm(e)
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


def _ran(text):
    """Runs the loaded program as a whole on `text` as its standard input; returns
    the result as data. Its value is None."""
    global _left, _armed
    job = _job
    _left = job.steps
    data = {'outcome': 'ok', 'value': _full_encoder(job.value_bytes).whole(None)}
    _listen(0)
    _armed = True
    try:
        _run_whole(job, text)
        _armed = False
    except BaseException as e:
        _armed = False
        data = {'outcome': _outcome_of(e), 'error': _error_of(e)}
    if _left < 0:
        data = {'outcome': 'step-limit'}
    elif job.sink.over:
        data = {'outcome': 'output-limit'}
    _left = job.steps
    _sys.set_int_max_str_digits(4300)
    data['stdout'] = _output()
    return data


def call(entry, args_text):
    """One call of the loaded program, or its run on a text. Returns JSON: outcome, value or error, stdout."""
    if _job.whole:
        return _dumps(_ran(args_text))
    try:
        return _dumps(_called(entry, args_text, None))
    except BadArguments as e:
        return _dumps({'outcome': 'harness-error', 'error': _error_of(e), 'stdout': ''})


def finish(is_plain):
    """
    Ends the job. 'tamper': the budget was switched off. 'clean': the next program finds nothing of this
    one. Only after a plain program does that word count for anything (contained.py); after any other the host
    puts the whole interpreter back, whatever is said here.
    """
    global _job, _left, _talk
    talked = _talked or (_talk is not None and not _talk.is_simple())
    _talk = None
    if not _budget_holds():
        return 'tamper'
    job = _job
    _job = None
    _same_line.clear()
    _left = 10 ** 9
    return 'clean' if is_plain and (job is None or _settle(job)) and not talked else 'dirty'


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
def _start():
    """Once per interpreter, before the memory snapshot."""
    _install_budget()
    _set_recursion(_RECURSION)
    _sys.setrecursionlimit = setrecursionlimit


def ready(json_levels):
    """
    Once per interpreter, after the snapshot was restored and the bridge to JavaScript was removed. Its memory
    is then the pristine one. 'json_levels': how deep this platform lets a JSON text nest.
    """
    _guard_json(json_levels)
    _plain_asyncio()
    _note_library()
    _note_baseline()
    _gc.collect()
    _gc.freeze()
