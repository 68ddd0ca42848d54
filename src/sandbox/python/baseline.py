# What the interpreter is like before a program, and how it is cleared up after a plain one (contained.py).
# After any other program the host copies the whole memory back, and nothing here takes part in that.

import gc as _gc
import warnings as _warnings

_RECURSION = 1000
# Python frames that a program may ask for. They lie on the heap. Calls through C (a
# cached function, `sorted` with a key) take stack: in Node CPython ends them itself
# (node.ts gives it the room), a worker in Chromium holds 1500 of them and ends at 5000.
_DEEPEST = 200_000
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
    """Clears up after a plain program; false where it was stopped in the middle of
    something, or made a module load."""
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
    sys.setrecursionlimit for programs: up to a depth that the heap holds, so that
    going deeper is the same exception on all platforms.
    """
    _set_recursion(min(limit, _DEEPEST) if type(limit) is int else limit)
