# The budget of executed lines, counted by sys.monitoring: a program that goes beyond it is stopped by
# an exception that it cannot catch as an Exception. What one job may take in other ways is elsewhere:
# output.py, the host's clock, the heap.

import operator as _operator
import types as _types

_PROGRAM = '<program>'
_TOOL = 3
_TOOL_NAME = 'tracewise'
_mon = _sys.monitoring
_E = _mon.events
_DISABLE = _mon.DISABLE
_use_callback = _mon.register_callback
_get_tool = _mon.get_tool
_get_events = _mon.get_events
_getframe = _sys._getframe
# The last two are listened to for a side effect: without them CPython 3.14 leaves out LINE events (of a function whose body stands on its
# first line, of a generator that is closed), and which ones would depend on who else listens.
_GLOBAL_EVENTS = _E.LINE | _E.JUMP | _E.PY_UNWIND | _E.PY_START | _E.PY_RESUME


class StepLimit(BaseException):
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
_on_start = _on_resume = _operator.is_  # any function in C: it costs next to nothing


def _on_unwind(code, offset, exception):
    pass


def _install_budget():
    """Once per interpreter, before the memory snapshot."""
    _mon.use_tool_id(_TOOL, _TOOL_NAME)
    _use_callback(_TOOL, _E.LINE, _on_line)
    _use_callback(_TOOL, _E.JUMP, _on_jump)
    _use_callback(_TOOL, _E.PY_UNWIND, _on_unwind)
    _use_callback(_TOOL, _E.PY_START, _on_start)
    _use_callback(_TOOL, _E.PY_RESUME, _on_resume)
    _mon.set_events(_TOOL, _GLOBAL_EVENTS)


def _budget_holds():
    """Whether the counting is as it was installed."""
    return (_get_tool(_TOOL) == _TOOL_NAME
            and _get_events(_TOOL) == _GLOBAL_EVENTS
            and _use_callback(_TOOL, _E.LINE, _on_line) is _on_line
            and _use_callback(_TOOL, _E.JUMP, _on_jump) is _on_jump
            and _use_callback(_TOOL, _E.PY_START, _on_start) is _on_start
            and _use_callback(_TOOL, _E.PY_RESUME, _on_resume) is _on_resume)
