# Values as data, [kind, content], and when two count as the same.

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


def pair_up(one, other, same):
    """Whether they can be paired one to one. "The same" may be a tolerance, so
    this is a matching, not the first partner that fits."""
    if len(one) != len(other):
        return False
    a, b = sorted(one, key=place), sorted(other, key=place)
    partner_a, partner_b = [-1] * len(a), [-1] * len(b)
    i = j = 0
    while i < len(a) and j < len(b):
        isPair = same(a[i], b[j])
        if isPair:
            partner_a[i], partner_b[j] = j, i
        x, y = place(a[i]), place(b[j])
        i, j = i + (isPair or x <= y), j + (isPair or y <= x)
    for start in range(len(a)):
        if partner_a[start] < 0 and not augmented(a, b, partner_a, partner_b, start, same):
            return False
    return True


def augmented(a, b, partner_a, partner_b, start, same):
    """Finds a partner for a[start], others moving on to their next (breadth
    first); False when there is none."""
    reached, todo = [-1] * len(b), [start]
    for i in todo:
        for j in range(len(b)):
            if reached[j] >= 0 or not same(a[i], b[j]):
                continue
            reached[j] = i
            if partner_b[j] >= 0:
                todo.append(partner_b[j])
                continue
            while j >= 0:
                x = reached[j]
                before = partner_a[x]
                partner_a[x], partner_b[j] = j, x
                j = before
            return True
    return False


def place(a):
    """Where a member, or a dict's entry by its key, stands among others: numbers
    by size, the rest by kind and form."""
    if type(a[0]) is list:
        return place(a[0])
    x = number(a)
    if x is not None:
        # NaN after all numbers: an order that is none would sort nothing.
        return (1, math.inf if x != x else x, "nan" if x != x else "")
    return (2, 0, json.dumps(a))


def strict(a, b):
    """Exact type and value; floats within 1e-6 relative; sets and dicts unordered."""
    return is_gradable(a) and is_gradable(b) and same_strictly(a, b)


def same_strictly(a, b):
    if a[0] != b[0]:
        return False
    if a[0] == "none":
        return True
    if a[0] == "float":
        x, y = float(a[1]), float(b[1])
        if math.isnan(x) or math.isnan(y):
            return math.isnan(x) and math.isnan(y)
        return x == y or abs(x - y) <= 1e-6 * min(sys.float_info.max, max(abs(x), abs(y)))
    if a[0] in ("list", "tuple"):
        return len(a[1]) == len(b[1]) and all(same_strictly(x, y) for x, y in zip(a[1], b[1]))
    if a[0] in ("set", "frozenset"):
        return pair_up(a[1], b[1], same_strictly)
    if a[0] == "dict":
        return same_entries(a, b, same_strictly)
    return a[1] == b[1]


def same_entries(a, b, same):
    return pair_up(a[1], b[1], lambda p, q: same(p[0], q[0]) and same(p[1], q[1]))


def number(a):
    if a[0] == "bool":
        return 1 if a[1] else 0
    if a[0] == "int":
        return int(a[1])
    return float(a[1]) if a[0] == "float" else None


def python_equal(a, b):
    """As == compares built-in values: numbers by what they are worth, sets of
    either kind by their members."""
    return is_gradable(a) and is_gradable(b) and same_in_python(a, b)


def same_in_python(a, b):
    x, y = number(a), number(b)
    if x is not None and y is not None:
        return x == y
    if a[0] in ("set", "frozenset") and b[0] in ("set", "frozenset"):
        return pair_up(a[1], b[1], same_in_python)
    if a[0] != b[0]:
        return a[0] in ("bytes", "bytearray") and b[0] in ("bytes", "bytearray") and a[1] == b[1]
    if a[0] == "none":
        return True
    if a[0] in ("list", "tuple"):
        return len(a[1]) == len(b[1]) and all(same_in_python(x, y) for x, y in zip(a[1], b[1]))
    return same_entries(a, b, same_in_python) if a[0] == "dict" else a[1] == b[1]


BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
WORDS = (("None", "none", "null"), ("True", "true", "1"), ("False", "false", "0"))


def word(a):
    return (a[1] if a[0] == "str" else text_of(a)).strip(BLANKS)


def text_of(a):
    """The value as Python writes it, sets in natural order."""
    if a[0] == "none":
        return "None"
    if a[0] == "str":
        return repr(a[1])
    if a[0] == "float" and not math.isfinite(float(a[1])):
        return "float('" + a[1] + "')"
    if a[0] == "dict":
        return "{" + ", ".join(text_of(k) + ": " + text_of(v) for k, v in a[1]) + "}"
    if a[0] not in GROUPS:
        return str(a[1])
    inner = ", ".join(text_of(item) for item in (a[1] if a[0] in GROUPS[:2] else sorted(a[1], key=place)))
    if a[0] == "tuple":
        return "(" + inner + ("," if len(a[1]) == 1 else "") + ")"
    if a[0] == "list":
        return "[" + inner + "]"
    inner = "{" + inner + "}" if a[1] else ""
    return "frozenset(" + inner + ")" if a[0] == "frozenset" else inner or "set()"


def lenient(a, b):
    """The rules of the CodeRL+ reference code."""
    return is_gradable(a) and is_gradable(b) and same_leniently(a, b)


def same_leniently(a, b):
    if a[0] == "int" and b[0] == "int":
        return a[1] == b[1]
    x, y = double(a), double(b)
    if x is not None and y is not None:
        return x == y or abs(x - y) <= 1e-9
    if a[0] in GROUPS and b[0] in GROUPS:
        if a[0] in GROUPS[:2] and b[0] in GROUPS[:2]:
            return len(a[1]) == len(b[1]) and all(same_leniently(p, q) for p, q in zip(a[1], b[1]))
        return pair_up(a[1], b[1], same_leniently)
    if a[0] == "dict" and b[0] == "dict":
        return same_entries(a, b, same_leniently)
    s, t = word(a), word(b)
    return s == t or any(s in words and t in words for words in WORDS)


def double(a):
    """None also for an int beyond every double: no float is near it, infinity least of all."""
    try:
        x = number(a)
        return None if x is None else float(x)
    except OverflowError:
        return None
