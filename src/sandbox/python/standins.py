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
    The examples of a program's docstring would run here, beside the test, and say themselves what is right.
    Only those count that the task has: each line of one stands in the prompt or the test.
    """
    import doctest
    lines = [line.strip() for text in texts for line in text.split('\n')]
    known = {*lines, *[line.removeprefix('>>>').removeprefix('...').strip() for line in lines]}
    parse = doctest.DocTestParser.parse

    def guarded(self, string, name='<string>'):
        found = parse(self, string, name)
        for example in found:
            said = example.source + example.want if type(example) is doctest.Example else ''
            if not all([line.strip() in known for line in said.split('\n')]):
                raise AssertionError('an example that the task does not have')
        return found

    doctest.DocTestParser.parse = guarded
