# Places for foreign code where somebody else calls it. Each function takes `act` and leaves it to be called
# later in this job, at its end, or in another program's job. These are parts of composed attacks
# (scripts/attack), cut out one by one. Nothing here runs on the host.


def a_builtin(act):
    import builtins

    old = builtins.BUILTIN

    def hook(*a, **k):
        act()
        return old(*a, **k)

    builtins.BUILTIN = hook


def a_library_function(act):
    import MODULE

    old = MODULE.ATTRIBUTE

    def hook(*a, **k):
        act()
        return old(*a, **k)

    MODULE.ATTRIBUTE = hook


def a_library_functions_code(act):
    import MODULE

    old = MODULE.ATTRIBUTE
    kept = type(act)(old.__code__, old.__globals__, 'kept', old.__defaults__, old.__closure__)
    old.__globals__['_hung'] = lambda *a, **k: (act(), kept(*a, **k))[1]
    old.__code__ = eval('lambda *a, **k: _hung(*a, **k)').__code__


def a_module_entry(act):
    import sys
    import types

    class Loud(types.ModuleType):
        def __getattribute__(self, name):
            act()
            return getattr(old, name)

    import MODULE as old

    sys.modules['MODULE'] = Loud('MODULE')


def import_finder(act):
    import sys

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            act()

    sys.meta_path.insert(0, Finder)


def path_hook(act):
    import sys

    def hook(path):
        act()
        raise ImportError

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
    sys.path.insert(0, '/tmp/none')


def audit(act):
    import sys

    busy = []

    def hook(event, args):
        if not busy:
            busy.append(1)
            try:
                act()
            finally:
                busy.clear()

    sys.addaudithook(hook)


def profile(act):
    import sys

    busy = []

    def hook(*a):
        if not busy:
            busy.append(1)
            try:
                act()
            finally:
                busy.clear()

    sys.setprofile(hook)


def trace(act):
    import sys

    def hook(*a):
        act()
        return hook

    sys.settrace(hook)


def threads_trace(act):
    import threading

    threading.settrace_all_threads(lambda *a: act())


def a_monitor_of_its_own(act):
    import sys

    mon = sys.monitoring
    mon.use_tool_id(TOOL, 'own')
    mon.register_callback(TOOL, mon.events.PY_START, lambda *a: act())
    mon.register_callback(TOOL, mon.events.PY_RETURN, lambda *a: act())
    mon.set_events(TOOL, mon.events.PY_START | mon.events.PY_RETURN)


def the_harnesss_monitor(act):
    import sys

    mon = sys.monitoring
    old = mon.register_callback(3, mon.events.LINE, None)

    def hook(*a):
        act()
        return old(*a)

    mon.register_callback(3, mon.events.LINE, hook)


def a_stream(act):
    import sys

    old = sys.stdout

    class Stream:
        def __getattr__(self, name):
            act()
            return getattr(old, name)

    sys.stdout = sys.stderr = sys.__stdout__ = Stream()


def abc_check(act):
    import MODULE_ABC as m

    def hook(cls, other):
        act()
        return True

    m.CLASS_ABC.__subclasshook__ = classmethod(hook)


def a_class_attribute(act):
    import random

    old = random.Random.seed

    def hook(*a, **k):
        act()
        return old(*a, **k)

    random.Random.seed = hook


def by_update_wrapper(act):
    import functools
    import MODULE

    old = MODULE.ATTRIBUTE

    class Source:
        def ATTRIBUTE(*a, **k):
            act()
            return old(*a, **k)

    functools.update_wrapper(MODULE, Source, ('ATTRIBUTE',), ())


def abstract_methods(act):
    import abc
    import collections.abc

    class Loud(list):
        def __iter__(self):
            act()
            return list.__iter__(self)

    collections.abc.Sequence.__abstractmethods__ = Loud()
    abc.update_abstractmethods(collections.abc.Sequence)


def a_cache(act):
    import re

    class Loud(dict):
        def __getitem__(self, k):
            act()
            return dict.__getitem__(self, k)

    re._cache = Loud(re._cache)
    re._cache2 = Loud(re._cache2)


def a_file_of_the_library(act):
    import os
    import sys

    sys._kept_act = act
    os.makedirs('/tmp/own', exist_ok=True)
    for name in ('MODULE', 'sched', 'sitecustomize'):
        with open('/tmp/own/' + name + '.py', 'w') as file:
            file.write('import sys\nsys._kept_act()\n')
    sys.path.insert(0, '/tmp/own')
    sys.modules.pop('sched', None)
