# What the interpreter looked like before the first program, and putting it back: namespaces, modules,
# environment, paths, streams, files. It cannot see everything (objects that live inside library
# objects): an interpreter is used again only after a program that contained.py calls harmless, or a
# trusted one.

import atexit as _atexit
import gc as _gc
import operator as _operator
import os as _os
import warnings as _warnings

_RECURSION = 1000
_DEEPEST = 1500  # Python frames; measured: 1500 fit the stack of a worker in Chromium, 5000 do not


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
