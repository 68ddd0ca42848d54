# How a test ended, from what it let through: passed, failed, or ended by what the program did or by what is
# missing here. Also what it saw of the program's exceptions. Part of the test's side of a check (checker.py).


# Where except clauses and with statements begin to handle an exception.
from opcode import opmap as _opmap
_EXCEPT = _opmap['PUSH_EXC_INFO']
# Functions of the library that report an exception as the result of a test of theirs: name -> file.
_REPORTING = {'handle': ('unittest/case.py',), '__run': ('doctest.py',)}


class _Sightings:
    """
    Which exceptions of the program the test has seen, that is: an except clause or
    a with statement of its own took them. An exception with a meaning in a protocol
    (StopIteration in map, AttributeError in getattr) otherwise ends a loop or is
    taken for an answer, and the test passes without having compared anything.
    """

    _ID = 4

    def __init__(self):
        self.raised = []
        self.abouts = {}
        self.seen = set()

    def start(self):
        _mon.use_tool_id(self._ID, 'check')
        events = (_E.EXCEPTION_HANDLED, self.handled), (_E.RERAISE, self.again), (_E.RAISE, self.again)
        for event, callback in events:
            _mon.register_callback(self._ID, event, callback)
        _mon.set_events(self._ID, _E.EXCEPTION_HANDLED | _E.RERAISE | _E.RAISE)

    def stop(self):
        _mon.set_events(self._ID, 0)
        _mon.free_tool_id(self._ID)

    def raised_by_program(self, e, about):
        self.raised.append(e)
        self.abouts[id(e)] = about
        self.seen.discard(id(e))

    def handed_over(self, e):
        self.seen.add(id(e))

    def handled(self, code, offset, e):
        if type(e) is RuntimeError and id(e) not in self.abouts and e.__cause__ is not None:
            e = e.__cause__  # what a generator makes of StopIteration
        if id(e) in self.abouts:
            name = code.co_filename
            if code.co_code[offset] != _EXCEPT:
                return  # the end of an async for, the inside of a generator
            if name in (_TEST_FILE, _PROMPT_FILE) or name.endswith(('standin_pytest.py', *_REPORTING.get(code.co_name, ()))):
                self.seen.add(id(e))

    def again(self, code, offset, e):
        if self.seen:
            self.seen.discard(id(e))

    def unseen(self):
        return [e for e in self.raised if id(e) not in self.seen]

    def about(self, e):
        return self.abouts.get(id(e))


def _finished(tester):
    """The test came to its end."""
    if tester.need is not None or tester.stopped_by is not None:
        return _stopped(tester, tester.stopped_by)
    if tester.ended is not None:
        return ['ended', tester.ended, tester.handed_out]
    unseen = tester.watch.unseen()
    if unseen:
        return ['raised', tester.watch.about(unseen[0])]
    return ['pass']


def _stopped(tester, e):
    """The test ended with an exception."""
    if tester.need is not None:
        return ['need', tester.need]
    e = tester.stopped_by or e
    if isinstance(e, Tampered):
        return ['tamper', str(e)]
    if tester.ended is not None:
        return ['ended', tester.ended, tester.handed_out]
    if isinstance(e, Refused):
        return ['refused', str(e)]
    if isinstance(e, Uncarried):
        return ['broken', 'ValueError', 'the test passes ' + str(e)]
    if isinstance(e, StepLimit):
        return ['limit', 'step-limit']
    if isinstance(e, (OutputLimit, MemoryError)) and tester.watch.about(e) is None:
        return ['limit', 'memory' if isinstance(e, MemoryError) else 'output-limit']
    about = tester.watch.about(e)
    if about is None and type(e) is RuntimeError and e.__cause__ is not None:
        about = tester.watch.about(e.__cause__)
    if about is not None:
        return ['raised', about]
    own = isinstance(e, ImportError) or (isinstance(e, AttributeError) and type(e.obj) is _types.ModuleType)
    if own or (tester.calls == 0 and not isinstance(e, AssertionError)):
        return ['broken', type(e).__name__, str(e)[:300]]
    return ['wrong', *_where(e)]


def _where(e):
    """Source line of the test that an exception came through last, and the
    exception where it is no assertion."""
    line = 0
    tb = e.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == _TEST_FILE:
            line = tb.tb_lineno
        tb = tb.tb_next
    lines = _talk.source.split('\n')
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ''
    why = '' if isinstance(e, AssertionError) else type(e).__name__ + ': ' + _safe_text(e)
    return line, text, why


def _safe_text(e):
    """An exception's own text; one of a program's class is not asked."""
    if isinstance(type(e), _Mirror):
        return ''
    try:
        return str(e)[:300]
    except BaseException:
        return ''


class _Longer(Exception):
    """Not to be shown whole, or not a literal."""


_MOST_SHOWN = 2000


def _literal_text(x, left):
    """Python literal of a value by exact type. `left`: a list with the number of
    parts that may still be shown."""
    left[0] -= 1
    if left[0] < 0:
        raise _Longer
    t = type(x)
    if t in (int, bool, str, bytes, complex) or x is None:
        text = repr(x)
        left[0] -= len(text) // 8
        return text
    if t is float:
        return repr(x) if x - x == 0 else "float('" + repr(x) + "')"
    if t is list:
        return '[' + ', '.join([_literal_text(e, left) for e in x]) + ']'
    if t is tuple:
        return '(' + ', '.join([_literal_text(e, left) for e in x]) + (',)' if len(x) == 1 else ')')
    if t is set:
        return '{' + ', '.join(sorted([_literal_text(e, left) for e in x])) + '}' if x else 'set()'
    if t is frozenset:
        return 'frozenset({' + ', '.join(sorted([_literal_text(e, left) for e in x])) + '})' if x else 'frozenset()'
    if t is dict:
        return '{' + ', '.join([_literal_text(k, left) + ': ' + _literal_text(v, left) for k, v in x.items()]) + '}'
    raise _Longer


def _call_text(args, named):
    """The text between the brackets of a call, or None where it is not made of
    literals of a readable length."""
    left = [_MOST_SHOWN]
    try:
        return ', '.join([_literal_text(a, left) for a in args] + [k + '=' + _literal_text(v, left) for k, v in named.items()])
    except (_Longer, ValueError, RecursionError):
        return None


def _last_of(tester):
    """The call that was made last: its arguments as literals or None, and what came of it."""
    if tester.last_call is None:
        return [None, '']
    result = tester.last_call[1]
    if isinstance(result, BaseException):
        name, text = type(result).__name__, _safe_text(result)
        return [tester.shown, name + (': ' + text if text else '')]
    text = _call_text([result], {})
    return [tester.shown, text if text is not None else '<' + type(result).__name__ + '>']
