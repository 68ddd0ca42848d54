# The modules that stand in for packages which public test programs import. Each is made in a file of its own.

_STANDINS = {'numpy': numpy, 'numpy.testing': numpy.testing, 'pytest': pytest}
# doctest builds a class on the debugger's as it is loaded; the debugger itself would want a network.
_STANDINS['pdb'] = _types.ModuleType('pdb')
_STANDINS['pdb'].Pdb = type('Pdb', (), {})
