# When two values (values.py) count as the same: strictly, as Python's == does, or by the
# rules of the CodeRL+ reference code.


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
