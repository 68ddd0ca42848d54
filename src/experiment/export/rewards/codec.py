# Turns values into plain data by exact type, and back. Both children begin with this text. The parent reads
# the data (values.py) and never decodes it to objects.
import collections
import decimal
import fractions
import itertools
import re
import types

DEPTH, ITEMS, BYTES = 20, 10000, 64 * 1024
VIEWS = {type({}.keys()): "keys", type({}.values()): "iterator", type({}.items()): "items"}
ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed)
ITERATORS += (type(iter([])), type(iter(())), type(iter({})), type(iter(range(0))))
DICTS = {collections.OrderedDict: "OrderedDict", collections.defaultdict: "defaultdict", collections.Counter: "Counter"}
MANY = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset", collections.deque: "deque"}
HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
BYTE_KINDS = {bytes: "bytes", bytearray: "bytearray"}


class TooLarge(Exception):
    pass


def encode(value, limit=BYTES):
    """Data for JSON: [kind, content]; ["opaque"] for what is not built of known types or is too large."""
    left = [limit]

    def one(x, depth):
        t = type(x)
        left[0] -= 24
        if left[0] < 0 or depth > DEPTH:
            raise TooLarge
        if x is None:
            return ["none"]
        if t is bool:
            return ["bool", x]
        if t is int:
            if x.bit_length() > 14000:
                raise TooLarge
            left[0] -= x.bit_length() // 3
            return ["int", int.__repr__(x)]
        if t is float:
            return ["float", float.__repr__(x)]
        if t is complex:
            return ["complex", [float.__repr__(x.real), float.__repr__(x.imag)]]
        if t is str:
            left[0] -= len(x)
            # Two halves of a character side by side would arrive as one: another string.
            return ["opaque"] if HALVES.search(x) else ["str", x]
        if t in BYTE_KINDS:
            left[0] -= len(x)
            return [BYTE_KINDS[t], bytes(x[:BYTES]).hex()]
        if t is range:
            return ["range", [int.__repr__(n) for n in (x.start, x.stop, x.step)]]
        if t is fractions.Fraction or t is decimal.Decimal:
            return [t.__name__, str(x)]
        if t is dict or t in DICTS:
            if dict.__len__(x) > ITEMS:
                raise TooLarge
            pairs = collections.OrderedDict.items(x) if t is collections.OrderedDict else dict.items(x)
            rows = [[one(k, depth + 1), one(v, depth + 1)] for k, v in pairs]
            return ["dict", rows] if t is dict else ["dict", rows, DICTS[t]]
        if t in MANY or t in VIEWS or t in ITERATORS or (isinstance(x, tuple) and hasattr(t, "_fields")):
            items = list(itertools.islice(x, ITEMS + 1))
            if len(items) > ITEMS:
                raise TooLarge
            kind = MANY.get(t) or VIEWS.get(t) or ("iterator" if t in ITERATORS else "tuple")
            return [kind, [one(item, depth + 1) for item in items]]
        return ["opaque"]

    try:
        return one(value, 0)
    except TooLarge:
        return ["opaque"]


class Unknown:
    """A value that could not be carried over: equal to nothing."""

    __hash__ = None

    def __eq__(self, other):
        return False


def decode(data):
    kind = data[0]
    content = data[1] if len(data) > 1 else None
    if kind == "none":
        return None
    if kind in ("bool", "str"):
        return content
    if kind == "int":
        return int(content)
    if kind == "float":
        return float(content)
    if kind == "complex":
        return complex(float(content[0]), float(content[1]))
    if kind in ("bytes", "bytearray"):
        return (bytes if kind == "bytes" else bytearray).fromhex(content)
    if kind == "range":
        return range(*[int(n) for n in content])
    if kind in ("Fraction", "Decimal"):
        return (fractions.Fraction if kind == "Fraction" else decimal.Decimal)(content)
    if kind == "dict":
        rows = [(decode(k), decode(v)) for k, v in content]
        if len(data) == 2:
            return dict(rows)
        if data[2] == "defaultdict":
            return collections.defaultdict(None, rows)
        return {"OrderedDict": collections.OrderedDict, "Counter": collections.Counter}[data[2]](dict(rows))
    if kind == "opaque":
        return Unknown()
    items = [decode(item) for item in content]
    if kind == "iterator":
        return iter(items)
    if kind in ("keys", "items"):
        return dict.fromkeys(items).keys() if kind == "keys" else dict(items).items()
    return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "deque": collections.deque}[kind](items)
