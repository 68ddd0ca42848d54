# What the interpreter is like before a program, and how it is cleared up after a plain one (contained.py).
# After any other program the host copies the whole memory back, and nothing here takes part in that.

import gc as _gc
import warnings as _warnings

_RECURSION = 1000
_DEEPEST = 1_000_000  # Python frames; measured: 1500 fit the stack of a worker in Chromium, 5000 do not
_set_recursion = _sys.setrecursionlimit
_streams_at_start = None
_modules_at_start = 0
_settled = 0


def _note_baseline():
    global _streams_at_start, _modules_at_start
    _warnings.filters[:] = [('ignore', None, Warning, None, 0)]
    _streams_at_start = (_sys.stdin, _sys.stdout, _sys.stderr)
    _modules_at_start = len(_sys.modules)


def _settle(job):
    """Clears up after a plain program; false where it was stopped in the middle of something, or made a module load."""
    global _settled
    _sys.stdin, _sys.stdout, _sys.stderr = _streams_at_start
    _sys.modules.pop('program', None)
    job.names.clear()
    _settled += 1
    if _settled % 64 == 0:
        _gc.collect()
    return job.calm and len(_sys.modules) == _modules_at_start


def setrecursionlimit(limit):
    """
    sys.setrecursionlimit for programs: up to a depth that every platform's stack holds, so that going deeper is the same
    exception on all.
    """
    _set_recursion(min(limit, _DEEPEST) if type(limit) is int else limit)
