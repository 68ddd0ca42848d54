# The sandbox's Python sources for tests of their own, loaded as an interpreter loads
# them: several files into one namespace. Not part of the sandbox.

import builtins
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]

# What the sources read from bytecode and events is the interpreter's own affair:
# Pyodide's version, and those after it.
needs_new_python = unittest.skipIf(sys.version_info < (3, 14), 'reads the bytecode of Python 3.14')


def space(*names, given=None):
    """A namespace in which these files of src/sandbox/python ran, in this order;
    `given` is what the host puts there before."""
    own = {'__name__': 'harness', '__builtins__': dict(vars(builtins)), **(given or {})}
    for name in names:
        text = (ROOT / 'src/sandbox/python' / (name + '.py')).read_text('utf-8')
        exec(compile(text, '/harness/' + name + '.py', 'exec', dont_inherit=True), own)
    return own


# What a job of these tests may take, as `load` reads it: lines, bytes of output, bytes
# of values, 0 for a program of functions, turns between two looks at the budget.
LIMITS = '100000,100000,1000000,0,1000'


def harness():
    """Everything that an interpreter has, in one namespace and not started: no
    limits count, no library is changed."""
    listed = (ROOT / 'src/sandbox/python/index.ts').read_text('utf-8')
    names = re.findall(r"\{ name: '(\w+)', text: \w+ \}", listed)
    names.remove('standins')
    own = space(*names)
    own['_STANDINS'] = {}
    own['_note_library']()
    return own
