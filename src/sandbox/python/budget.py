# The budget of a program: one that goes beyond it is stopped by an exception that it cannot catch as an
# Exception. An untraced program pays for its turns (of loops, of functions), which CPython counts by itself
# and tells of by a signal (turns.ts); a traced one for its lines, which sys.monitoring tells of anyway. What
# one job may take in other ways is elsewhere: output.py, the host's clock, the heap.

import _signal  # the C half: it asks nothing of names that a program can replace
import operator as _operator
import types as _types

_PROGRAM = '<program>'
_SIGNAL = _signal.SIGUSR2
_get_handler = _signal.getsignal
_TOOL = 3
_TOOL_NAME = 'tracewise'
_mon = _sys.monitoring
_E = _mon.events
_DISABLE = _mon.DISABLE
_use_callback = _mon.register_callback
_get_tool = _mon.get_tool
_get_events = _mon.get_events
_getframe = _sys._getframe
# The last two are listened to for a side effect: without them CPython 3.14 leaves out
# LINE events (of a function whose body stands on its first line, of a generator that
# is closed), and which ones would depend on who else listens.
_GLOBAL_EVENTS = _E.LINE | _E.JUMP | _E.PY_UNWIND | _E.PY_START | _E.PY_RESUME


class StepLimit(BaseException):
    pass


_left = 10 ** 9
_quantum = 0
_armed = False  # the program is at work, and not the harness
# what is listened to; it is changed as seldom as possible: code is adapted to it when it next runs
_events = 0


def _on_turns(number, frame):
    """So many turns were taken. Those of the harness are nobody's."""
    global _left
    if _armed:
        _left -= _quantum
        if _left < 0:
            raise StepLimit


def _listen(events):
    global _events
    if events != _events:
        _events = events
        _mon.set_events(_TOOL, events)


def _foreign(name):
    """Library and harness code: not counted. Everything else is the program's,
    code that it compiles itself included."""
    return name[:1] == '/' or name[:7] == '<frozen'


def _on_jump(code, offset, target):
    """A loop written on one line jumps back without a LINE event: each such jump
    is one line more against the budget."""
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


def _idle():
    """No trace is being made: what is still listened to is told to nobody."""
    _use_callback(_TOOL, _E.PY_START, _on_start)
    _use_callback(_TOOL, _E.PY_RESUME, _on_resume)
    for event in (_E.LINE, _E.JUMP, _E.PY_UNWIND):
        _use_callback(_TOOL, event, None)


def _install_budget():
    """Once per interpreter, before the memory snapshot."""
    global _events
    _events = 0
    _signal.signal(_SIGNAL, _on_turns)
    _mon.use_tool_id(_TOOL, _TOOL_NAME)
    _idle()


def _budget_holds():
    """Whether the counting is as it was installed, between two calls."""
    return (_get_handler(_SIGNAL) is _on_turns
            and _get_tool(_TOOL) == _TOOL_NAME
            and _get_events(_TOOL) == _events
            and _use_callback(_TOOL, _E.LINE, None) is None
            and _use_callback(_TOOL, _E.JUMP, None) is None
            and _use_callback(_TOOL, _E.PY_START, _on_start) is _on_start
            and _use_callback(_TOOL, _E.PY_RESUME, _on_resume) is _on_resume)
