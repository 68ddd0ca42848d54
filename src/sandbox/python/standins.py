# The modules that stand in for packages which public test programs import. Each is made in a file of its own.

_STANDINS = {'numpy': numpy, 'numpy.testing': numpy.testing, 'pytest': pytest}
