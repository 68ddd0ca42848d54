# Tells which instruction of a code object stores which of its names, and on which
# lines a value may change without being stored. It reads the bytecode, so that "x = x"
# counts as a definition and the last, empty test of a for loop does not. Instructions
# are named for CPython 3.12 to 3.14: outside of the page it runs on any of them.

import opcode as _opcode
from dis import findlabels as _labels_of

_ops = _opcode.opmap
_STORES = {_ops['STORE_FAST'], _ops['STORE_DEREF']}
_STORE_LOAD = _ops.get('STORE_FAST_LOAD_FAST')
_STORE_STORE = _ops.get('STORE_FAST_STORE_FAST')
_EXTENDED = _ops['EXTENDED_ARG']
_HIDDEN = _ops['LOAD_FAST_AND_CLEAR']
_BINARY_OP = _ops['BINARY_OP']
_INPLACE = 13  # first in-place operator among BINARY_OP's arguments
# After these a value may have changed without being stored anew.
_MUTATING = {_ops[name] for name in (
    'CALL', 'CALL_KW', 'CALL_FUNCTION_EX', 'STORE_SUBSCR', 'STORE_SLICE', 'DELETE_SUBSCR', 'STORE_ATTR', 'DELETE_ATTR',
    'FOR_ITER', 'SEND', 'YIELD_VALUE', 'LOAD_SPECIAL', 'BEFORE_WITH', 'UNPACK_SEQUENCE', 'UNPACK_EX', 'LIST_EXTEND') if name in _ops}


def _comprehensions(text):
    """Positions of stores that belong to an inlined comprehension: its targets,
    and the whole (which restores the outer names)."""
    hidden = set()
    for node in _ast.walk(_ast.parse(text)):
        if type(node) in (_ast.ListComp, _ast.SetComp, _ast.DictComp):
            for part in (node, getattr(node, 'elt', None), getattr(node, 'key', None), getattr(node, 'value', None)):
                if part is not None:
                    hidden.add((part.lineno, part.end_lineno, part.col_offset, part.end_col_offset))
            for generator in node.generators:
                for target in _ast.walk(generator.target):
                    if type(target) is _ast.Name:
                        hidden.add((target.lineno, target.end_lineno, target.col_offset, target.end_col_offset))
    return hidden


class _Table:
    """
    What a code object stores where, from its bytecode. `stores`: offset -> names of its own
    variables; `outer`: offset -> names of an outer function's; `mutating`: lines; `shares`:
    id of a code object inside of it -> that, and which of its variables it stores.
    """

    __slots__ = ('code', 'stores', 'outer', 'mutating', 'shares')

    def __init__(self, code, text):
        raw = code.co_code
        operations, arguments = raw[0::2], raw[1::2]
        hidden = _comprehensions(text) if _HIDDEN in operations else None
        names = code._varname_from_oparg
        free = code.co_freevars
        self.code = code
        self.stores = stores = {}
        self.outer = outer = {}
        self.mutating = mutating = set()
        order = code.co_varnames + code.co_cellvars
        group = group_line = labels = None
        extended = 0
        for index, position in enumerate(code.co_positions()):
            op = operations[index]
            arg = arguments[index] | extended
            extended = arg << 8 if op == _EXTENDED else 0
            if op in _MUTATING or (op == _BINARY_OP and arg >= _INPLACE):
                mutating.add(position[0])
            if op in _STORES:
                found = (names(arg),)
            elif op == _STORE_LOAD:
                found = (names(arg >> 4),)
            elif op == _STORE_STORE:
                found = (names(arg >> 4), names(arg & 15))
            else:
                group = None
                continue
            if position[0] is None or (hidden is not None and position in hidden):
                group = None
                continue
            if found[0] in free:
                outer[index * 2] = found
                continue
            found = [n for n in found if n[:1] != '.']
            if group is not None and labels is None:
                labels = frozenset(_labels_of(raw))
            if found and group is not None and position[0] == group_line and index * 2 not in labels:
                # stores of one unpacking, which the compiler reorders: the names in the order of the source.
                # What a jump leads to is none: "k = 1 if x else (a := 1)" stores k alone where x holds.
                stores[group] = sorted(stores[group] + found, key=order.index)
            elif found:
                group, group_line = index * 2, position[0]
                stores[group] = sorted(found, key=order.index)
            if op == _STORE_LOAD:
                group = None
        self.shares = _sharing(code, frozenset(code.co_cellvars), {}) if code.co_cellvars else {}


def _sharing(code, names, found):
    """Code objects inside of a function that may store variables of that function:
    nonlocal, or ":=" in a generator expression."""
    for inner in code.co_consts:
        if type(inner) is _types.CodeType:
            shared = names.intersection(inner.co_freevars)
            if shared:
                if _ops['STORE_DEREF'] in inner.co_code[0::2]:
                    found[id(inner)] = inner, shared
                _sharing(inner, shared, found)
    return found
