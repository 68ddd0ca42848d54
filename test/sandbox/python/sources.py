# The sandbox's Python sources for tests of their own, loaded as an interpreter loads them: several files into one
# namespace. Not part of the sandbox.

import builtins
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]

# What the sources read from bytecode and events is the interpreter's own affair: Pyodide's version, and those after it.
needs_new_python = unittest.skipIf(sys.version_info < (3, 14), 'reads the bytecode of Python 3.14')


def space(*names, given=None):
    """A namespace in which these files of src/sandbox/python ran, in this order; `given` is what the host puts there before."""
    own = {'__name__': 'harness', '__builtins__': dict(vars(builtins)), **(given or {})}
    for name in names:
        text = (ROOT / 'src/sandbox/python' / (name + '.py')).read_text('utf-8')
        exec(compile(text, '/harness/' + name + '.py', 'exec', dont_inherit=True), own)
    return own
