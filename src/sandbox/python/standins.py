# The modules that stand in for packages which public test programs import. Each is made in a file of its own.

_STANDINS = {'numpy': numpy, 'numpy.testing': numpy.testing, 'pytest': pytest}


class _NoDebugger:
    """doctest builds a class on the debugger's as it is loaded, and keeps one of it at hand while it runs.
    The debugger itself would want a network and somebody to type."""

    def __init__(self, *args, **named):
        pass

    def reset(self):
        pass

    def set_trace(self, *args, **named):
        raise RuntimeError('there is no debugger here')


_STANDINS['pdb'] = _types.ModuleType('pdb')
_STANDINS['pdb'].Pdb = type('Pdb', (_NoDebugger,), {})
_STANDINS['pdb'].set_trace = _NoDebugger().set_trace


def _guard_doctest(*texts):
    """
    The examples of a program's docstring would run here, beside the test. Only those do that the task
    has itself: each line of one stands in the prompt or the test. The memory is put back after a check.
    """
    import doctest
    known = {line.strip().removeprefix('>>>').removeprefix('...').strip() for text in texts for line in text.split('\n')}

    def compiled(source, *how):
        if not all([line.strip() in known for line in source.split('\n')]):
            raise AssertionError('an example that the task does not have')
        return compile(source, *how)

    doctest.compile = compiled
