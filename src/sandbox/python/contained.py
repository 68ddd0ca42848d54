# Whether a program can have left anything behind, told from its bytecode before it runs. It looks at
# nothing that ran: what an interpreter looks like afterwards is baseline.py.

# Modules without state that a program could change by calling them; random is seeded anew for every program.
_HARMLESS = frozenset('''__future__ abc bisect cmath collections copy datetime fractions functools heapq itertools math numbers operator random re
statistics string time typing'''.split())
# What leads out of a program's own names to something that outlives it. In doubt a name belongs here: it costs a new interpreter.
_REACHING = frozenset('''exec eval compile open getattr setattr delattr vars locals globals dir type object super help input breakpoint exit quit
copyright credits license memoryview classmethod staticmethod property format_map gi_frame gi_code gi_yieldfrom cr_frame cr_code ag_frame
ag_code tb_frame tb_next f_back f_globals f_builtins f_locals f_code with_traceback register attrgetter methodcaller Formatter
get_field get_type_hints ForwardRef evaluate_forward_ref dispatch_table bltns'''.split())
_OWN = frozenset(['__' + name + '__' for name in '''init name main module qualname firstlineno static_attributes classdictcell doc repr str eq ne lt le gt ge
hash len iter next getitem setitem contains add sub mul call bool'''.split()])
_module_names = frozenset()
from opcode import opmap as _opmap
_REACHING_OPS = tuple([_opmap[name] for name in ('MATCH_CLASS', 'SETUP_ANNOTATIONS')])
_STORES_ATTR = (_opmap['STORE_ATTR'], _opmap['DELETE_ATTR'])
_IMPORT = _opmap['IMPORT_NAME']
_CLASS = _opmap['LOAD_BUILD_CLASS']


def _contained(code):
    """
    Whether a program can have left nothing behind, told from its code before it runs: it names nothing that leads to an object older than
    itself which could be changed. An interpreter that ran anything else is thrown away.
    """
    traits = set()
    return _has_traits(code, traits) and not ('import' in traits and len(traits) > 1)


def _has_traits(code, traits):
    """Notes what a program does that is harmless alone and not together with imports; false for what is never harmless."""
    operations, arguments = code.co_code[0::2], code.co_code[1::2]
    if any([op in operations for op in _REACHING_OPS]):
        return False
    names = code.co_names
    if _IMPORT in operations:
        traits.add('import')
        if len(names) > 255:
            return False
        for op, arg in zip(operations, arguments):
            if op == _IMPORT and any([part not in _HARMLESS for part in names[arg].split('.')]):
                return False
    if _CLASS in operations:
        traits.add('class')
    if any([op in operations for op in _STORES_ATTR]):
        traits.add('attribute')
    for name in names:
        if name in _REACHING or name in _module_names:
            return False
        if name[:1] == '_' and name not in _OWN:
            if name[:2] == '__':
                return False
            traits.add('private')
    return all([_has_traits(c, traits) for c in code.co_consts if type(c) is _types.CodeType])


def _has_generators(code):
    if code is None:
        return False
    if code.co_flags & 0x2a0 and code.co_name != '<genexpr>':
        return True
    return any([_has_generators(c) for c in code.co_consts if type(c) is _types.CodeType])
