"""Values as the tracer writes them (src/sandbox/python/encoder.py: tagged JSON by
exact type), and as Python literals."""

import math

RANKS = {"none": 0, "bool": 1, "int": 2, "float": 2, "str": 3, "bytes": 4, "tuple": 5, "frozenset": 6}
GROUPS = ("list", "tuple", "set", "frozenset")


def number(value):
    """What a number is worth; 0 for what is none."""
    if value["type"] not in ("int", "float", "bool"):
        return 0
    content = value["value"]
    if type(content) is str:
        return int(content) if value["type"] == "int" else float(content)
    return content


def place(value):
    """Where a member of a set stands among others: by kind, then by content."""
    size = number(value)
    is_nan = size != size
    text = value["value"] if value["type"] in ("str", "bytes") else ""
    items = [place(item) for item in value.get("items", ())]
    return RANKS.get(value["type"], 7), text, items, is_nan, 0 if is_nan else size


def members(value):
    items = value["items"]
    return sorted(items, key=place) if value["type"] in ("set", "frozenset") else items


def is_gradable(value):
    """Whether a value is wholly known: nothing opaque, cut off or cyclic in it."""
    if value["type"] in ("opaque", "ref") or "rest" in value:
        return False
    if value["type"] == "dict":
        return all(is_gradable(key) and is_gradable(item) for key, item in value["entries"])
    return all(is_gradable(item) for item in value.get("items", ()))


def elements(value):
    """Values inside of it, at every depth."""
    if value["type"] == "dict":
        return sum(1 + elements(key) + elements(item) for key, item in value["entries"])
    return sum(1 + elements(item) for item in value.get("items", ()))


def units(text):
    """The length of a text as the page counts it, in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def literal(value):
    """A gradable value as repr writes it; sets in natural order."""
    kind = value["type"]
    if kind == "none":
        return "None"
    if kind == "int":
        return str(value["value"])
    if kind == "float":
        x = float(value["value"])
        return repr(x) if math.isfinite(x) else f"float('{x!r}')"
    if kind == "bytes":
        return repr(value["value"].encode("latin-1"))
    if kind == "dict":
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value["entries"]) + "}"
    if kind not in GROUPS:
        return repr(value["value"])
    inner = ", ".join(map(literal, members(value)))
    if kind == "list":
        return f"[{inner}]"
    if kind == "tuple":
        return f"({inner},)" if len(value["items"]) == 1 else f"({inner})"
    inner = "{" + inner + "}" if inner else ""
    return (inner or "set()") if kind == "set" else f"frozenset({inner})"


def plain(value):
    """The Python object of a gradable value; ValueError for a dict of another class."""
    kind = value["type"]
    if kind == "none":
        return None
    if kind in ("int", "float"):
        return {"int": int, "float": float}[kind](value["value"])
    if kind == "bytes":
        return value["value"].encode("latin-1")
    if kind == "dict":
        if "of" in value:
            raise ValueError(value["of"])
        return {plain(key): plain(item) for key, item in value["entries"]}
    if kind in GROUPS:
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](map(plain, value["items"]))
    return value["value"]
