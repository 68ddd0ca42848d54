# The Python half of the value codec: objects become canonical tagged data by exact type, and literals of a
# call become objects. It never calls a method that a program can define.

import ast as _ast
import math as _math
import re as _re
import sys as _sys
import _json
from collections import defaultdict as _defaultdict, Counter as _Counter, OrderedDict as _OrderedDict

_SAFE = 2 ** 53 - 1
_INT_BITS = 14000  # about 4,200 digits, below the interpreter's own limit for int -> str
_class_name_of = type.__dict__['__name__'].__get__
_dict_classes = {_defaultdict: 'defaultdict', _Counter: 'Counter', _OrderedDict: 'OrderedDict'}
_plain_items = dict.items
_ordered_items = _OrderedDict.items
_PLAIN_KEYS = frozenset([str, int, float, bool, bytes, type(None)])


def _dict_items(x):
    """
    Pairs in the order in which the dictionary hands them out, which `move_to_end` changes. To ask for that
    order hashes the keys, so of other keys than plain ones it is that of the dictionary inside.
    """
    if type(x) is _OrderedDict and all([type(key) in _PLAIN_KEYS for key in dict.keys(x)]):
        try:
            return list(_ordered_items(x))
        except (KeyError, RuntimeError):
            pass  # written to behind its back
    return _plain_items(x)


# Two code points that JSON and JavaScript hold as one: '\ud83d\ude00' would arrive as another string.
_surrogate_pair = _re.compile('[\ud800-\udbff][\udc00-\udfff]').search

# The C encoder, held here: json's own module can be patched by a program.
_make = _json.make_encoder(
    None, None, _json.encode_basestring_ascii, None, ':', ',', False, False, False)


def _dumps(data):
    return ''.join(_make(data, 0))


class _TooLarge(Exception):
    pass


def _opaque(name):
    return {'type': 'opaque', 'name': name[:100]}


class _Encoder:
    """Encodes one value, or the values of one trace when 'number' is given (then
    containers carry their id)."""

    __slots__ = ('depth', 'items', 'chars', 'budget', 'path', 'number', 'kept')

    def __init__(self, depth, items, chars, budget, identities=False):
        self.depth = depth
        self.items = items
        self.chars = chars
        self.budget = budget
        self.path = {}
        self.number = {} if identities else None
        self.kept = []

    def whole(self, value):
        """The value, or opaque where it is larger than the budget allows."""
        before = self.budget
        self.path = {}
        try:
            return self.one(value, 0)
        except _TooLarge:
            self.budget = before
            return _opaque(_class_name_of(type(value)) + ' too large')

    def one(self, x, depth):
        t = type(x)
        self.budget -= 24
        if self.budget < 0:
            raise _TooLarge
        if t is int:
            if -_SAFE <= x <= _SAFE:
                return {'type': 'int', 'value': x}
            if x.bit_length() > _INT_BITS:
                return _opaque('int too large')
            self.budget -= x.bit_length() // 3
            return {'type': 'int', 'value': int.__repr__(x)}
        if t is str:
            if not x.isascii() and _surrogate_pair(x) is not None:
                return _opaque('str with a surrogate pair')
            cut = len(x) - self.chars
            if cut > 0:
                x = x[:self.chars]
            self.budget -= len(x)
            if self.budget < 0:
                raise _TooLarge
            if cut > 0:
                return {'type': 'str', 'value': x, 'rest': cut}
            return {'type': 'str', 'value': x}
        if t is bytes:
            cut = len(x) - self.chars
            if cut > 0:
                x = x[:self.chars]
            self.budget -= len(x)
            if self.budget < 0:
                raise _TooLarge
            data = {'type': 'bytes', 'value': x.decode('latin-1')}
            if cut > 0:
                data['rest'] = cut
            return data
        if t is bool:
            return {'type': 'bool', 'value': x}
        if x is None:
            return {'type': 'none'}
        if t is float:
            if x != x:
                return {'type': 'float', 'value': 'nan'}
            if x in (_math.inf, -_math.inf):
                return {'type': 'float', 'value': 'inf' if x > 0 else '-inf'}
            if x == 0 and _math.copysign(1, x) < 0:
                return {'type': 'float', 'value': '-0.0'}
            return {'type': 'float', 'value': x}
        if t is list or t is tuple or t is set or t is frozenset or t is dict or t in _dict_classes:
            return self.container(x, t, depth)
        return _opaque(_class_name_of(t))

    def container(self, x, t, depth):
        key = id(x)
        if key in self.path:
            holder = self.path[key]
            if 'id' not in holder:
                holder['id'] = len(self.path)
            return {'type': 'ref', 'id': holder['id']}
        if depth >= self.depth:
            return _opaque(_class_name_of(t) + ' too deep')
        data = {'type': 'dict' if t in _dict_classes else _class_name_of(t)}
        if self.number is not None:
            number = self.number.get(key)
            if number is None:
                number = self.number[key] = len(self.number) + 1
                self.kept.append(x)  # alive, so that its id is not used again
            data['id'] = number
        self.path[key] = data
        size = len(x) if t is not _OrderedDict and t is not _Counter and t is not _defaultdict else dict.__len__(x)
        if t is dict or t in _dict_classes:
            entries = []
            for k, v in _dict_items(x):
                if len(entries) == self.items:
                    break
                entries.append([self.one(k, depth + 1), self.one(v, depth + 1)])
            data['entries'] = entries
            if t is not dict:
                data['of'] = _dict_classes[t]
        else:
            items = []
            for v in x:
                if len(items) == self.items:
                    break
                items.append(self.one(v, depth + 1))
            if t is set or t is frozenset:
                items.sort(key=_dumps)
            data['items'] = items
        if size > self.items:
            data['rest'] = size - self.items
        del self.path[key]
        return data


def _full_encoder(value_bytes):
    """For values that are graded: whole or not at all."""
    return _Encoder(20, 10000, value_bytes, value_bytes)


def _view_encoder(total_bytes):
    """For values that are looked at: cut to what a reader can take in, containers numbered by identity."""
    return _Encoder(6, 100, 1000, total_bytes, True)


class BadArguments(Exception):
    pass


def _literal(node):
    t = type(node)
    if t is _ast.Constant and type(node.value) in (int, float, str, bool, bytes, complex, type(None)):
        return node.value
    if t is _ast.List:
        return [_literal(e) for e in node.elts]
    if t is _ast.Tuple:
        return tuple([_literal(e) for e in node.elts])
    if t is _ast.Set:
        return {_literal(e) for e in node.elts}
    if t is _ast.Dict and None not in node.keys:
        return {_literal(k): _literal(v) for k, v in zip(node.keys, node.values)}
    if t is _ast.UnaryOp and type(node.op) in (_ast.USub, _ast.UAdd):
        value = _literal(node.operand)
        if type(value) in (int, float, complex):
            return -value if type(node.op) is _ast.USub else value
    if t is _ast.BinOp and type(node.op) in (_ast.Add, _ast.Sub):
        left, right = _literal(node.left), _literal(node.right)
        if type(left) in (int, float) and type(right) is complex:
            return left + right if type(node.op) is _ast.Add else left - right
    if t is _ast.Call and type(node.func) is _ast.Name and not node.keywords and len(node.args) <= 1:
        name = node.func.id
        if name in ('set', 'frozenset'):
            items = _literal(node.args[0]) if node.args else ()
            if type(items) in (list, tuple, set):
                return set(items) if name == 'set' else frozenset(items)
        if name == 'float' and len(node.args) == 1 and _literal(node.args[0]) in ('nan', 'inf', '-inf'):
            return float(_literal(node.args[0]))
    raise BadArguments('only Python literals may stand between the brackets of a call')


def _call_tree(text):
    """The call of which 'text' stands between the brackets, as a syntax tree; the
    function is a name that means nothing."""
    try:
        call = _ast.parse('_(\n' + text + '\n)', mode='eval').body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        raise BadArguments(_class_name_of(type(e)) + ' in the arguments of the call') from None
    if type(call) is not _ast.Call or type(call.func) is not _ast.Name or call.func.id != '_':
        raise BadArguments('the arguments are not one call')
    return call


def _arguments(text, names):
    """Positional and keyword arguments of a call: literals, else whatever the
    expressions are worth among the program's names."""
    try:
        return _literal_arguments(text)
    except BadArguments:
        call = _call_tree(text)
    call.func = _ast.parse('lambda *args, **named: (args, named)', mode='eval').body
    tree = _ast.fix_missing_locations(_ast.Expression(call))
    return eval(compile(tree, '<call>', 'eval', dont_inherit=True), names)


def _literal_arguments(text):
    """Positional and keyword arguments of a call from the text between its brackets."""
    try:
        call = _call_tree(text)
        args = [_literal(a) for a in call.args]
        named = {k.arg: _literal(k.value) for k in call.keywords if k.arg is not None}
        if len(named) != len(call.keywords):
            raise BadArguments('** is not a literal')
        return args, named
    except BadArguments:
        raise
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as e:
        raise BadArguments(_class_name_of(type(e)) + ' in the arguments of the call') from None
