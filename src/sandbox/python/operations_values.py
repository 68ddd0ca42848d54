# How values look in an operation trajectory: one special token per integer, element index, letter and
# bracket, so that a small model can copy them. The first part of operations.ts; the host's reading of
# the same notation is src/tasks/alignment/notation.ts. It executes nothing.

import ast as _ast
import operator as _operator

_LOW, _HIGH = -60, 160
_MAX_LINE, _MAX_ITEMS, _MAX_TEXT = 16, 12, 12
_MARKS = {'-': '<dash>', ' ': '<space>', ',': '<comma>', '.': '<dot>'}


class Unsupported(Exception):
    """The program or a value leaves the micro-Python that a trajectory can show."""


def _letters(text):
    if len(text) > _MAX_TEXT:
        raise Unsupported
    out = []
    for c in text:
        if 'a' <= c <= 'z':
            out.append('<' + c + '>')
        elif 'A' <= c <= 'Z':
            out += ('<^>', '<' + c.lower() + '>')
        elif '0' <= c <= '9':
            out.append("<'" + c + '>')
        elif c in _MARKS:
            out.append(_MARKS[c])
        else:
            raise Unsupported
    return out


def _index(i):
    if not 0 <= i < _MAX_ITEMS:
        raise Unsupported
    return '<@%d>' % i


def spell(value, depth=0):
    """Tokens of a value, by exact type. Raises Unsupported for anything the notation does not have."""
    kind = type(value)
    if kind is int:
        if not _LOW <= value <= _HIGH:
            raise Unsupported
        return ['<%d>' % value]
    if kind is bool:
        return ['<T>' if value else '<F>']
    if value is None:
        return ['<None>']
    if kind is str:
        return ['<">', *_letters(value), '<">']
    if kind is float:
        whole = int(value) if _LOW <= value <= _HIGH else None
        if whole is None or (value * 2) % 1 or (whole == 0 and value < 0) or str(value) == '-0.0':
            raise Unsupported
        return ['<%d>' % whole, '<.5>' if value != whole else '<.0>']
    if depth > 2 or kind not in (list, tuple, dict, set) or len(value) > _MAX_ITEMS:
        raise Unsupported
    if kind is list:
        out = ['<[>']
        for i, item in enumerate(value):
            out.append('<@%d>' % i)
            out += spell(item, depth + 1)
        return out + ['<]>']
    if kind is tuple:
        out = ['<(>']
        for item in value:
            out += spell(item, depth + 1)
        return out + ['<)>']
    out = ['<{>']
    if kind is dict:
        for key, item in value.items():
            out += spell(key, depth + 1)
            out.append('<:>')
            out += spell(item, depth + 1)
    else:
        out.append('<.>')
        for spelled in sorted((spell(item, depth + 1) for item in value), key=lambda t: (len(t), t)):
            out += spelled
    return out + ['<}>']


def spell_indexed(text):
    """A string with the position before each letter, for lengths and subscripts."""
    out = ['<">']
    for i, c in enumerate(text):
        out.append(_index(i))
        out += _letters(c)
    return out + ['<">']


def same(a, b):
    """Equality by exact type, recursively; sets and dicts unordered."""
    if type(a) is not type(b):
        return False
    if type(a) in (list, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if type(a) is dict:
        return len(a) == len(b) and all(k in b and same(v, b[k]) for k, v in a.items())
    return a == b
