"""
How a record is put to a model, and its true answer: the formats of Tracewise
(src/tasks/alignment), nano's notation and JSON. What reads a model's answer is
rewards.py. A test holds these texts to the page's, letter by letter.
"""

import ast
import json
import re

from .harness import operations_values as notation
from .rewards import NAME, read_value, tokens_of
from .values import literal, plain

RETURN = "return"
MAX_BODY_LINES = 16
EXAMPLE = '{"total": 7, "seen": [2, 5], "return": 7}'
WORDS = {
    "json": (
        "Work out by hand what this Python program computes. It may contain mistakes; report what it really does, "
        "not what it was meant to do.",
        "Finish with one line that holds a JSON object and nothing else, for example:",
    ),
    "json-direct": (
        "Say what this Python program computes. It may contain mistakes; report what it really does, not what it was meant to do.",
        "Answer with one line that holds a JSON object and write nothing else, for example:",
    ),
}
FORMATS = ("trace", *WORDS)


def needs_trajectory(form):
    return form == "trace"


def code_question(prompt):
    """A task as a message to a model that chats."""
    return "\n".join(
        [
            "Complete this Python function. Answer with the whole function in one ```python code block and nothing else.",
            "",
            "```python",
            prompt.rstrip(),
            "```",
        ]
    )


def question(form, program, entry_point, args):
    """The text that is put to the model; None where the format cannot express the program or its input."""
    if form == "trace":
        return trace_question(program, entry_point, args)
    task, ending = WORDS[form]
    return "\n".join(
        [
            task,
            "",
            "```python",
            program.strip(),
            "```",
            "",
            f"Call: {entry_point}({args})",
            "",
            f"For each variable assigned inside {entry_point}, give the value it was given last, and under "
            f'"{RETURN}" what the call returns.',
            ending,
            EXAMPLE,
            "If a value is a tuple or a set, write the whole line as a Python dict instead.",
            "",
        ]
    )


def answer(form, variables, returned, trajectory):
    """
    The true answer; None where the format cannot express it. variables: [(name, value)] in order
    of first assignment, values as the tracer writes them. returned: None for an exception.
    """
    if form == "trace":
        return trace_answer(variables, returned, trajectory)
    finals = [*variables, *([] if returned is None else [(RETURN, returned)])]
    written = [(json_text(name), to_json(value)) for name, value in finals]
    if all(value is not None for _, value in written):
        return "{" + ", ".join(f"{name}: {value}" for name, value in written) + "}"
    return "{" + ", ".join(f"{name!r}: {literal(value)}" for name, value in finals) + "}"


def json_text(text):
    """A string as JSON.stringify writes it: half characters are escaped, others stand for themselves."""
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", json.dumps(text, ensure_ascii=False))


def to_json(value):
    """JSON that reads back as the same value, or None where JSON has none."""
    kind, content = value["type"], value.get("value")
    if kind == "none":
        return "null"
    if kind == "bool":
        return "true" if content else "false"
    if kind == "int":
        return str(content)
    if kind == "float":
        return None if content in ("nan", "inf", "-inf") else literal(value)
    if kind == "str":
        return json_text(content)
    if kind == "list":
        items = [to_json(item) for item in value["items"]]
        return None if None in items else "[" + ", ".join(items) + "]"
    if kind == "dict" and "of" not in value and all(key["type"] == "str" for key, _ in value["entries"]):
        entries = [(json_text(key["value"]), to_json(item)) for key, item in value["entries"]]
        if all(item is not None for _, item in entries):
            return "{" + ", ".join(f"{key}: {item}" for key, item in entries) + "}"
    return None


def spelled(value):
    """
    A value in nano's notation, or None. The page's own writer is asked
    (src/sandbox/python/operations_values.py).
    """
    try:
        # A set is written from its members in their order there, so that only dicts
        # of other classes are refused here.
        return "".join(notation.spell(plain(value)))
    except (notation.Unsupported, ValueError, TypeError):
        return None


def trace_question(program, entry_point, args):
    read = read_program(program, entry_point)
    try:
        given = args.strip().removesuffix(",")
        values = ast.literal_eval(f"({given},)" if given else "()")
        inputs = ["".join(notation.spell(value)) for value in values]
    except (notation.Unsupported, ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    if read is None or len(values) != len(read[1]):
        return None
    header, parameters, body = read
    marked = [re.sub(r"^(\s*)", rf"\n\1<L{k}>", text, count=1) for k, text in enumerate(body, 1)]
    return header + "".join(marked) + "<in>" + "".join(name + value for name, value in zip(parameters, inputs)) + "<trace>"


def read_program(program, entry_point):
    """Header, parameters and body lines of one plain function; None for anything else."""
    lines = program.split("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith(f"def {entry_point}(")), None)
    if start is None:
        return None
    header = lines[start].rstrip()
    found = re.fullmatch(r"def \w+\(([^()]*)\)\s*(?:->[^:]*)?:", header, re.ASCII)
    if found is None:
        return None
    inside = found[1]
    parameters = [part.split(":")[0].strip() for part in inside.split(",")] if inside.strip() else []
    body = [line.rstrip() for line in lines[start + 1 :]]
    body = [line for line in body if line.strip() and not line.strip().startswith("#")]
    fits = all(NAME.fullmatch(name) for name in parameters) and all(line[0].isspace() for line in body)
    return (header, parameters, body) if fits and 0 < len(body) <= MAX_BODY_LINES else None


def trace_answer(variables, returned, trajectory):
    if trajectory is None or returned is None:
        return None
    order = first_definitions(trajectory)
    in_order = sorted(variables, key=lambda variable: order.get(variable[0], len(order)))
    text = trajectory + "<ans>"
    for name, value in [*in_order, ("<ret>", returned)]:
        written = spelled(value)
        if written is None:
            return None
        text += name + written + "<;>"
    return text


def first_definitions(trajectory):
    """Place of each variable's first definition, in the order of the source."""
    order, tokens = {}, tokens_of(trajectory)
    for at, token in enumerate(tokens):
        if NAME.fullmatch(token) and token not in order:
            value = read_value(tokens, at + 1)
            if value is not None and not (value[1] < len(tokens) and tokens[value[1]].startswith("<@")):
                order[token] = len(order)
    return order
