# Values as data, [kind, content]: read from a child's answer, from a literal, from Python.
# equality.py says when two count as the same.

GRADED = ("none", "bool", "int", "float", "str", "list", "tuple", "set", "frozenset", "dict", "bytes", "bytearray", "complex")
GROUPS = ("list", "tuple", "set", "frozenset")
OTHERS = ("deque", "iterator", "keys", "items")
INT = re.compile(r"-?(0|[1-9]\d{0,4299})", re.ASCII)


def checked(data, depth=0):
    """A fresh copy of data from a child, which may be forged. Raises ValueError
    for what the encoder does not write."""
    if depth > 21 or type(data) is not list or not data or type(data[0]) is not str or len(data) > 3:
        raise ValueError("no value")
    kind = data[0]
    if kind in ("none", "opaque"):
        return [kind]
    content = data[1]
    if kind in GROUPS + OTHERS and type(content) is list:
        items = [checked(item, depth + 1) for item in content]
        if kind in ("set", "frozenset", "keys"):
            unique(items)
        if kind == "items" and not all(item[0] == "tuple" and len(item[1]) == 2 for item in items):
            raise ValueError(kind)
        return [kind, items]
    if kind == "dict" and type(content) is list:
        rows = [[checked(key, depth + 1), checked(item, depth + 1)] for key, item in content]
        unique([key for key, _ in rows])
        if len(data) == 3 and data[2] not in ("OrderedDict", "defaultdict", "Counter"):
            raise ValueError(kind)
        return [kind, rows, *data[2:]]
    fits = {
        "bool": lambda: type(content) is bool,
        "int": lambda: is_int(content),
        "float": lambda: is_float(content),
        "str": lambda: type(content) is str,
        "bytes": lambda: bytes.fromhex(content).hex() == content,
        "bytearray": lambda: bytes.fromhex(content).hex() == content,
        "complex": lambda: len(content) == 2 and all(map(is_float, content)),
        "range": lambda: len(content) == 3 and all(map(is_int, content)) and content[2] != "0",
        "Fraction": lambda: re.fullmatch(r"-?\d{1,4300}(/[1-9]\d{0,4299})?", content, re.ASCII),
        "Decimal": lambda: re.fullmatch(r"-?(\d{1,4300}(\.\d{1,4300})?(E[-+]\d{1,9})?|s?NaN|Infinity)", content, re.ASCII),
    }
    if len(data) != 2 or kind not in fits or not fits[kind]():
        raise ValueError(kind)
    return [kind, list(content) if type(content) is list else content]


def is_int(text):
    return type(text) is str and INT.fullmatch(text) is not None


def is_float(text):
    return type(text) is str and len(text) < 40 and repr(float(text)) == text


def unique(keys):
    """Raises ValueError unless Python takes them all as different keys."""
    met = set()
    for key in keys:
        known = key_of(key)
        if known is not None and known in met:
            raise ValueError("a key twice")
        met.add(known)


def key_of(a):
    """Equal for values that are one key in Python: 1, 1.0, True. None for what
    equals nothing. ValueError for what is no key."""
    kind = a[0]
    if kind in ("list", "set", "dict", "bytearray", "deque", "opaque"):
        raise ValueError("no key")
    x = number(a)
    if x is not None:
        return None if x != x else x
    if kind in ("tuple", "frozenset"):
        keys = [key_of(item) for item in a[1]]
        if None in keys:
            return None
        return (kind, tuple(keys)) if kind == "tuple" else (kind, frozenset(keys))
    return json.dumps(a)


def number(a):
    if a[0] == "bool":
        return 1 if a[1] else 0
    if a[0] == "int":
        return int(a[1])
    return float(a[1]) if a[0] == "float" else None


def is_gradable(a):
    kind = a[0]
    if kind in GROUPS:
        return all(map(is_gradable, a[1]))
    if kind == "dict":
        return all(is_gradable(key) and is_gradable(item) for key, item in a[1])
    return kind in GRADED


def canonical(value, finite=False, depth=0):
    """A Python value of built-in types as data. Raises ValueError for any other,
    or for a number that is not finite where it must be."""
    kind = type(value)
    if depth > 50:
        raise ValueError("nested too deep")
    one = functools.partial(canonical, finite=finite, depth=depth + 1)
    if value is None:
        return ["none"]
    if kind in (bool, str):
        return [kind.__name__, value]
    if kind is int:
        return ["int", str(value)]
    if kind is float and not (finite and not math.isfinite(value)):
        return ["float", repr(value)]
    if kind is complex:
        return ["complex", [repr(value.real), repr(value.imag)]]
    if kind is bytes:
        return ["bytes", value.hex()]
    if kind in (list, tuple, set, frozenset):
        return [kind.__name__, [one(item) for item in value]]
    if kind is dict:
        return ["dict", [[one(key), one(item)] for key, item in value.items()]]
    raise ValueError(kind.__name__)


def value_of(node, is_answer=False):
    """The value of a literal's syntax tree; also set(), frozenset({...}) and,
    where it is no answer, float('nan'). Raises ValueError."""
    one = functools.partial(value_of, is_answer=is_answer)
    if isinstance(node, ast.Constant) and type(node.value) in (bool, int, float, str, type(None)):
        return node.value
    if isinstance(node, ast.Constant) and (type(node.value) is bytes or (type(node.value) is complex and not is_answer)):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return kind([one(item) for item in node.elts])
    if isinstance(node, ast.Dict) and None not in node.keys:
        value = {one(key): one(item) for key, item in zip(node.keys, node.values)}
        if is_answer and len(value) != len(node.keys):
            raise ValueError("two values for one key")
        return value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = one(node.operand)
        if type(value) in (int, float, complex):
            return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) and not is_answer:
        left, right = one(node.left), one(node.right)
        if type(left) in (int, float) and type(right) is complex:
            return left + right if isinstance(node.op, ast.Add) else left - right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords and len(node.args) <= 1:
        if node.func.id in ("set", "frozenset"):
            items = one(node.args[0]) if node.args else ()
            if type(items) in (list, tuple, set):
                return (set if node.func.id == "set" else frozenset)(items)
        if node.func.id == "float" and len(node.args) == 1 and not is_answer and one(node.args[0]) in ("nan", "inf", "-inf"):
            return float(one(node.args[0]))
    raise ValueError("no literal")


def literal(text):
    """A Python literal as data, or None when it is none."""
    try:
        return canonical(value_of(ast.parse(text.strip(), mode="eval").body))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
