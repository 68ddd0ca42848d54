# Runs once in a new interpreter. The host sets `_sources` (JSON) and `_preloaded` (names with commas
# between). It imports those modules and then executes the harness's sources in the namespace `_harness`.


def _install(sources, preloaded):
    import builtins
    import importlib
    import json
    for name in preloaded.split(','):
        importlib.import_module(name)
    space = {'__name__': 'harness', '__builtins__': dict(vars(builtins))}
    for source in json.loads(sources):
        own = {'__name__': source['name'], '__builtins__': space['__builtins__']} if 'exports' in source else space
        # a path like the library's: its lines are not counted as the program's
        exec(compile(source['text'], '/harness/' + source['name'] + '.py', 'exec', dont_inherit=True), own)
        for name in source.get('exports', ()):
            space[name] = own[name]
    space['_start']()
    return space


_harness = _install(_sources, _preloaded)
del _install, _sources, _preloaded
