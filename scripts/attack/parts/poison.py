# Damage to what programs share: each function spoils something that an honest program would use. Parts of
# composed attacks (scripts/attack): cut out one by one. Nothing here runs on the host.


def builtins_wrong():
    import builtins

    builtins.BUILTIN = lambda *a, **k: 7


def builtins_gone():
    import builtins

    del builtins.BUILTIN


def a_function_wrong():
    import MODULE

    MODULE.ATTRIBUTE = lambda *a, **k: 7


def a_functions_code():
    import MODULE

    MODULE.ATTRIBUTE.__code__ = (lambda *a, **k: 7).__code__


def a_functions_defaults():
    import MODULE

    MODULE.ATTRIBUTE.__defaults__ = (None,)


def a_modules_names_gone():
    import MODULE

    vars(MODULE).clear()


def all_modules_gone():
    import sys

    sys.modules.clear()


def a_module_replaced():
    import sys
    import types

    sys.modules['MODULE'] = types.ModuleType('MODULE')


def counter_method():
    import collections

    collections.Counter.most_common = lambda self, n=None: []


def a_base_class():
    import collections
    import fractions

    fractions.Fraction.__eq__ = lambda a, b: True
    collections.UserDict.__getitem__ = collections.Counter.__missing__ = lambda *a: 7


def regex_cache():
    import re

    for pattern in ('[a-z]+', r'\d+', '[a-z]', '.'):
        key = (str, pattern, 0)
        for cache in (re._cache, re._cache2):
            cache[key] = re.compile('zzz')


def decimal_context():
    import decimal

    decimal.getcontext().prec = 1
    decimal.DefaultContext.prec = 1


def recursion_limit():
    import sys

    sys.setrecursionlimit(60)


def digits_limit():
    import sys

    sys.set_int_max_str_digits(640)


def collector_off():
    import gc

    gc.disable()
    gc.set_threshold(1)
    gc.set_debug(gc.DEBUG_SAVEALL)


def environment():
    import os

    os.environ['TZ'] = 'XXX+5'
    os.chdir('/tmp')
    os.environ.clear()


def heap_filled():
    global _held
    _held = [bytearray(2**20) for _ in range(150)]


def interned_texts():
    import string

    string.ascii_lowercase = string.ascii_uppercase
    string.digits = ''


def abstract_registry():
    import collections.abc
    import numbers

    class N(str):
        pass

    numbers.Number.register(str)
    collections.abc.Sequence.register(dict)


def json_decoder():
    import json

    json.decoder.JSONDecoder.decode = lambda *a, **k: 7
    json._default_decoder = json.decoder.JSONDecoder()


def copy_table():
    import copy

    copy._deepcopy_dispatch.clear()


def warnings_are_errors():
    import warnings

    warnings.simplefilter('error')


def syntax_tree_classes():
    import ast

    ast.Call._fields = ()
    ast.Constant.__init__ = None
    ast.parse = lambda *a, **k: 7


def opcode_tables():
    import opcode
    import dis

    opcode.opmap.clear()
    dis.opmap = {}


def type_flags():
    import dataclasses
    import enum

    enum.Enum.__eq__ = lambda a, b: True
    dataclasses.field.__code__ = (lambda **k: 7).__code__


def monitoring_off():
    import sys

    sys.monitoring.set_events(3, 0)


def counting_ignored():
    import signal

    signal.signal(signal.SIGUSR2, signal.SIG_IGN)


def monitoring_freed():
    import sys

    sys.monitoring.free_tool_id(3)


def monitoring_flooded():
    import sys

    for tool in range(6):
        try:
            sys.monitoring.use_tool_id(tool, 'mine')
        except ValueError:
            pass
    sys.monitoring.restart_events()


def streams_closed():
    import sys

    sys.stdout.close()
    sys.stderr.close()
    sys.stdin.close()


def descriptors_closed():
    import os

    for n in range(20):
        try:
            os.close(n)
        except OSError:
            pass


def library_files():
    import os

    for folder, _, names in os.walk('/lib'):
        for name in names[:40]:
            try:
                os.remove(os.path.join(folder, name))
            except OSError:
                pass


def bridge_to_javascript():
    import gc

    gc.unfreeze()
    for o in gc.get_objects():
        name = type(o).__name__
        if name.startswith('Js') or getattr(o, '__name__', '') in ('to_js', 'create_proxy', 'run_js'):
            for path in ('constructor', 'buffer', 'globalThis'):
                try:
                    made = o([1]) if callable(o) else o
                    getattr(made, path)
                except Exception:
                    pass


def javascript_heap():
    import gc

    gc.unfreeze()
    for o in gc.get_objects():
        if getattr(o, '__name__', '') == 'to_js':
            o([1]).constructor.new(2**29).fill(0)


def javascript_without_end():
    import gc

    gc.unfreeze()
    for o in gc.get_objects():
        if getattr(o, '__name__', '') == 'to_js':
            o([1]).constructor.new(2**32 - 1).lastIndexOf(1)
