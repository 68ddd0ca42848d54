# Ways to objects of the harness from inside a program: each function returns namespaces (dicts) that it
# could get at, the harness's among them where the way is open. Parts of composed attacks
# (scripts/attack): cut out one by one, so that each stands alone. Nothing here runs on the host.


def frames():
    import sys

    found, frame = [], sys._getframe()
    while frame is not None:
        found.append(frame.f_globals)
        frame = frame.f_back
    return found


def callers_locals():
    import sys

    found, frame = [], sys._getframe(1)
    while frame is not None:
        found += [vars(type(v)) and v.__globals__ for v in frame.f_locals.values() if hasattr(v, '__globals__')]
        frame = frame.f_back
    return found


def traceback_frames():
    found = []
    try:
        raise ValueError
    except Exception as e:
        frame = e.__traceback__.tb_frame
        while frame is not None:
            found.append(frame.f_globals)
            frame = frame.f_back
    return found


def generator_frame():
    found = []

    def g():
        frame = it.gi_frame.f_back
        while frame is not None:
            found.append(frame.f_globals)
            frame = frame.f_back
        yield

    it = g()
    next(it)
    return found


def all_objects():
    import gc

    gc.unfreeze()
    return [o for o in gc.get_objects() if type(o) is dict and '__builtins__' in o]


def all_functions():
    import gc

    gc.unfreeze()
    kind = type(all_functions)
    return list({id(o.__globals__): o.__globals__ for o in gc.get_objects() if type(o) is kind}.values())


def referrers():
    import gc
    import sys

    gc.unfreeze()
    near = [sys.setrecursionlimit, type(sys.stdout), sys.stdout, globals()]
    return [o for x in near for o in gc.get_referrers(x) if type(o) is dict]


def referents():
    import gc
    import sys

    seen, todo = {}, [sys.setrecursionlimit, sys.stdout, sys.stderr]
    while todo and len(seen) < 3000:
        x = todo.pop(0)
        if id(x) not in seen:
            seen[id(x)] = x
            todo.extend(gc.get_referents(x))
    return [x for x in seen.values() if type(x) is dict and '__builtins__' in x]


def the_stream():
    import sys

    return [type(s).write.__globals__ for s in (sys.stdout, sys.stderr) if hasattr(type(s).write, '__globals__')]


def the_recursion_limit():
    import sys

    return [sys.setrecursionlimit.__globals__]


def the_counting():
    import sys

    mon, found = sys.monitoring, []
    for tool in range(6):
        for bit in range(20):
            try:
                old = mon.register_callback(tool, 1 << bit, None)
                mon.register_callback(tool, 1 << bit, old)
                found.append(getattr(old, '__func__', old).__globals__)
            except Exception:
                pass
    return found


def subclasses():
    found, todo = [], [object]
    while todo:
        c = todo.pop()
        if type(c).__subclasses__ is type.__subclasses__:
            todo.extend(type.__subclasses__(c))
        for v in list(vars(c).values()):
            if hasattr(v, '__globals__'):
                found.append(v.__globals__)
                break
    return found


def by_format():
    import string
    import sys

    get = string.Formatter().get_field
    return [get('0.' + path, (sys,), {})[0] for path in ('stdout.write.__func__.__globals__', 'setrecursionlimit.__globals__')]


def by_attrgetter():
    import operator
    import sys

    return [operator.attrgetter('write.__' + 'globals__')(sys.stdout)]


def by_update_wrapper():
    import functools
    import sys

    class Holder:
        pass

    name = '__glob' + 'als__'
    functools.update_wrapper(Holder, sys.setrecursionlimit, (name,), ())
    return [vars(Holder)[name]]


def modules():
    import sys

    return [vars(m) for m in list(sys.modules.values()) if hasattr(m, '__dict__')]


def stack_of_inspect():
    import inspect

    return [s.frame.f_globals for s in inspect.stack(0)]


def current_frames():
    import sys

    found = []
    for frame in sys._current_frames().values():
        while frame is not None:
            found.append(frame.f_globals)
            frame = frame.f_back
    return found


def raised_error():
    import gc

    gc.unfreeze()
    found = []
    for c in BaseException.__subclasses__():
        if c.__module__ not in ('builtins', '__main__'):
            found += [o for o in gc.get_referrers(c) if type(o) is dict]
            found += [v.__globals__ for v in vars(c).values() if hasattr(v, '__globals__')]
    return found


def closures():
    import gc

    gc.unfreeze()
    kind, found = type(closures), []
    for f in gc.get_objects():
        if type(f) is kind and f.__closure__:
            for cell in f.__closure__:
                try:
                    found.append(cell.cell_contents.__globals__)
                except Exception:
                    pass
    return found
