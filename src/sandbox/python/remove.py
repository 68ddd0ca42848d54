# Runs once in a new interpreter. The host sets `_removed` (names with spaces between). The modules of these
# packages are gone afterwards, and importing one fails like importing a module that never existed.


def _drop(names):
    import sys
    for name in list(sys.modules):
        if name.split('.')[0] in names:
            del sys.modules[name]
    sys.meta_path[:] = [f for f in sys.meta_path if type(f).__module__.split('.')[0] not in names]

    class Closed:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.split('.')[0] in names:
                raise ModuleNotFoundError("No module named '" + name + "'", name=name)

    sys.meta_path.insert(0, Closed)


_drop(frozenset(_removed.split()))
del _drop, _removed
