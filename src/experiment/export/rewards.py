"""Rewards of a Tracewise run, outside of Tracewise.

TRL:  reward functions tests_reward and trace_reward; a row of the other kind gets None, so the other metric is not diluted.
verl: compute_score.

tests_reward RUNS PROGRAMS THAT A MODEL WROTE. Each runs in a process of its own, with a time limit and (where the system has them) limits
on memory and CPU time. That is no sandbox: use a machine or container that holds nothing you would miss.
Expected answers never enter that process; values are compared here.
"""

import ast
import itertools
import json
import math
import re
import subprocess
import sys
import tempfile

TIME_LIMIT = 10  # seconds for all tests of one program
MEMORY_LIMIT = 512 * 2**20  # bytes

# Runs in the child: reads {"code", "entry_point", "calls", "check"}, answers with one JSON line per call.
CHILD = r'''
import json, os, sys
job = json.loads(sys.stdin.read())
out = os.fdopen(os.dup(1), "w")
null = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1, 2):
    os.dup2(null, stream)
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"] + 1))
except Exception:
    pass


def encode(value, depth=0):
    kind = type(value)
    if depth > 6:
        return ["opaque"]
    if value is None:
        return ["none"]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        return ["int", str(value)]
    if kind is float:
        return ["float", repr(value)]
    if kind is str:
        return ["str", value]
    if kind in (list, tuple, set, frozenset):
        return [kind.__name__, [encode(item, depth + 1) for item in value]]
    if kind is dict:
        return ["dict", [[encode(k, depth + 1), encode(v, depth + 1)] for k, v in value.items()]]
    return ["opaque"]


def say(line):
    out.write(json.dumps(line) + "\n")
    out.flush()


space = {"__name__": "candidate"}
exec(compile(job["code"], "<candidate>", "exec"), space)
if job["check"] is not None:
    exec(compile(job["check"], "<check>", "exec"), space)
    space["check"](space[job["entry_point"]])
    say(["none"])
for arguments in job["calls"]:
    try:
        say(encode(eval(job["entry_point"] + "(" + arguments + ")", space)))
    except Exception:
        say(["failed"])
'''


def canonical(value):
    """A Python value as the child's encoding of it."""
    kind = type(value)
    if value is None:
        return ["none"]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        return ["int", str(value)]
    if kind is float:
        return ["float", repr(value)]
    if kind is str:
        return ["str", value]
    if kind in (list, tuple, set, frozenset):
        return [kind.__name__, [canonical(item) for item in value]]
    if kind is dict:
        return ["dict", [[canonical(k), canonical(v)] for k, v in value.items()]]
    return ["opaque"]


def literal(text):
    """A Python literal as text, or None when it is none."""
    special = re.fullmatch(r"float\('(nan|inf|-inf)'\)", text.strip())
    if special:
        return ["float", special.group(1)]
    try:
        return canonical(ast.literal_eval(text.strip()))
    except Exception:
        return None


def same_members(a, b, same):
    if len(a) != len(b):
        return False
    left = list(b)
    for item in a:
        for i, other in enumerate(left):
            if same(item, other):
                del left[i]
                break
        else:
            return False
    return True


def strict(a, b):
    """Exact type and value; floats within 1e-6 relative; sets and dicts unordered."""
    if a[0] != b[0] or a[0] in ("opaque", "failed"):
        return False
    if a[0] == "none":
        return True
    if a[0] == "float":
        x, y = float(a[1]), float(b[1])
        if math.isnan(x) or math.isnan(y):
            return math.isnan(x) and math.isnan(y)
        return x == y or abs(x - y) <= 1e-6 * min(sys.float_info.max, max(abs(x), abs(y)))
    if a[0] in ("list", "tuple"):
        return len(a[1]) == len(b[1]) and all(strict(x, y) for x, y in zip(a[1], b[1]))
    if a[0] in ("set", "frozenset"):
        return same_members(a[1], b[1], strict)
    if a[0] == "dict":
        return same_members(a[1], b[1], lambda p, q: strict(p[0], q[0]) and strict(p[1], q[1]))
    return a[1] == b[1]


def number(a):
    if a[0] == "bool":
        return 1 if a[1] else 0
    if a[0] == "int":
        return int(a[1])
    return float(a[1]) if a[0] == "float" else None


def python_equal(a, b):
    """As == compares built-in values: numbers by what they are worth, sets of either kind by their members."""
    x, y = number(a), number(b)
    if x is not None and y is not None:
        return x == y
    if a[0] in ("set", "frozenset") and b[0] in ("set", "frozenset"):
        return same_members(a[1], b[1], python_equal)
    if a[0] != b[0] or a[0] not in ("none", "str", "list", "tuple", "dict"):
        return False
    if a[0] == "none":
        return True
    if a[0] in ("list", "tuple"):
        return len(a[1]) == len(b[1]) and all(python_equal(x, y) for x, y in zip(a[1], b[1]))
    if a[0] == "dict":
        return same_members(a[1], b[1], lambda p, q: python_equal(p[0], q[0]) and python_equal(p[1], q[1]))
    return a[1] == b[1]


def word(a):
    return a[1].strip() if a[0] == "str" else text_of(a)


def text_of(a):
    if a[0] == "none":
        return "None"
    if a[0] == "str":
        return repr(a[1])
    if a[0] == "dict":
        return "{" + ", ".join(text_of(k) + ": " + text_of(v) for k, v in a[1]) + "}"
    if a[0] in ("list", "tuple", "set", "frozenset"):
        inner = ", ".join(text_of(item) for item in a[1])
        if a[0] == "tuple":
            return "(" + inner + ("," if len(a[1]) == 1 else "") + ")"
        return ("[" + inner + "]") if a[0] == "list" else ("{" + inner + "}") if a[1] else "set()"
    return str(a[1])


WORDS = (("None", "none", "null"), ("True", "true", "1"), ("False", "false", "0"))


def lenient(a, b):
    """The rules of the CodeRL+ reference code."""
    if "opaque" in (a[0], b[0]) or "failed" in (a[0], b[0]):
        return False
    if a[0] == "int" and b[0] == "int":
        return a[1] == b[1]
    x, y = number(a), number(b)
    if x is not None and y is not None:
        return x == y or abs(float(x) - float(y)) <= 1e-9
    many = ("list", "tuple", "set", "frozenset")
    if a[0] in many and b[0] in many:
        if a[0] in many[:2] and b[0] in many[:2]:
            return len(a[1]) == len(b[1]) and all(lenient(p, q) for p, q in zip(a[1], b[1]))
        return same_members(a[1], b[1], lenient)
    if a[0] == "dict" and b[0] == "dict":
        return same_members(a[1], b[1], lambda p, q: lenient(p[0], q[0]) and lenient(p[1], q[1]))
    s, t = word(a), word(b)
    return s == t or any(s in words and t in words for words in WORDS)


# Programs and their tests.


def text_in(completion):
    """TRL gives a text, or for conversations a list of messages."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def program_in(prompt, completion, entry_point, extraction):
    """The program, or None. 'continuation': prompt and completion as one text; 'body': the same up to the end of the function;
    'fence': the last code block that defines it."""
    if extraction == "body":
        first, *rest = completion.split("\n")
        inner = itertools.takewhile(lambda line: not re.match(r"\S", line), rest)
        completion = "\n".join([first, *inner])
    if extraction in ("continuation", "body"):
        return prompt + completion if completion.strip() else None
    blocks = re.findall(r"^```[^\n`]*\n(.*?)^```[ \t]*$", completion, flags=re.S | re.M)
    blocks = [block for block in blocks if "def " + entry_point + "(" in block]
    return blocks[-1] if blocks else None


def answers_of(program, entry_point, calls, check=None):
    """What the calls return, encoded, up to the first that kept the process from going on."""
    job = {
        "code": program,
        "entry_point": entry_point,
        "calls": calls,
        "check": check,
        "memory": MEMORY_LIMIT,
        "seconds": TIME_LIMIT,
    }
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", CHILD],
                input=json.dumps(job),
                capture_output=True,
                text=True,
                timeout=TIME_LIMIT,
                cwd=folder,
                env={},
            )
        except (subprocess.TimeoutExpired, UnicodeDecodeError):
            return []
    answers = []
    for line in done.stdout.splitlines():
        try:
            answers.append(json.loads(line))
        except ValueError:
            return []
    return answers


def passes(program, entry_point, tests):
    """Whether every test passes."""
    same = strict
    if isinstance(tests, dict):
        if "check" in tests:
            return answers_of(program, entry_point, [], tests["check"]) == [["none"]]
        same, tests = python_equal, tests["tests"]
    answers = answers_of(program, entry_point, [test["args"] for test in tests])
    expected = [literal(test["expected"]) for test in tests]
    if not tests or len(answers) != len(tests) or None in expected:
        return False
    return all(same(answer, value) for answer, value in zip(answers, expected))


# Alignment answers: nano's notation, or one line with an object.

CHARACTERS = {"<dash>": "-", "<space>": " ", "<comma>": ",", "<dot>": "."}
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
MAX_ITEMS, MAX_DEPTH, MAX_TEXT = 12, 2, 12
SMALLEST, LARGEST = -60, 160


def tokens_of(text):
    return re.findall(r"<[^<>\s]+>|[^<]+|<", text)


def read_value(tokens, at, depth=0):
    """(value, index after it), or None."""
    if at >= len(tokens) or depth > MAX_DEPTH + 1:
        return None
    token = tokens[at]
    if token in ("<T>", "<F>"):
        return ["bool", token == "<T>"], at + 1
    if token == "<None>":
        return ["none"], at + 1
    if token == '<">':
        return read_text(tokens, at + 1)
    if token == "<[>":
        return read_items(tokens, at + 1, "<]>", depth)
    if token == "<(>":
        return read_items(tokens, at + 1, "<)>", depth)
    if token == "<{>":
        if tokens[at + 1 : at + 2] == ["<.>"]:
            return read_items(tokens, at + 2, "<}>", depth)
        return read_dict(tokens, at + 1, depth)
    whole = re.fullmatch(r"<(0|-?[1-9]\d{0,2})>", token, re.ASCII)
    if whole is None or not SMALLEST <= int(whole.group(1)) <= LARGEST:
        return None
    n = int(whole.group(1))
    fraction = tokens[at + 1] if at + 1 < len(tokens) else ""
    if fraction not in ("<.0>", "<.5>"):
        return ["int", str(n)], at + 1
    half = 0.5 if fraction == "<.5>" else 0.0
    return ["float", repr(n - half if n < 0 else n + half)], at + 2


def read_text(tokens, at):
    text, numbered = "", tokens[at : at + 1] == ["<@0>"]
    while at < len(tokens):
        if tokens[at] == '<">':
            return ["str", text], at + 1
        if numbered:
            if tokens[at] != "<@" + str(len(text)) + ">":
                return None
            at += 1
        raised = tokens[at : at + 1] == ["<^>"]
        at += raised
        token = tokens[at] if at < len(tokens) else ""
        letter = re.fullmatch(r"<([a-z])>|<'(\w)>", token, re.ASCII)
        c = next((g for g in letter.groups() if g), None) if letter else CHARACTERS.get(token)
        if letter and letter.group(2) and not re.fullmatch("[a-z0-9]", letter.group(2)):
            c = None
        if c is None or (raised and not "a" <= c <= "z") or len(text) == MAX_TEXT:
            return None
        text += c.upper() if raised else c
        at += 1
    return None


def read_items(tokens, at, close, depth):
    items = []
    while tokens[at : at + 1] != [close]:
        if close == "<]>":
            if tokens[at : at + 1] != ["<@" + str(len(items)) + ">"]:
                return None
            at += 1
        item = read_value(tokens, at, depth + 1)
        if item is None or len(items) == MAX_ITEMS:
            return None
        items.append(item[0])
        at = item[1]
    return [{"<]>": "list", "<)>": "tuple", "<}>": "set"}[close], items], at + 1


def read_dict(tokens, at, depth):
    entries = []
    while tokens[at : at + 1] != ["<}>"]:
        key = read_value(tokens, at, depth + 1)
        if key is None or tokens[key[1] : key[1] + 1] != ["<:>"] or len(entries) == MAX_ITEMS:
            return None
        item = read_value(tokens, key[1] + 1, depth + 1)
        if item is None:
            return None
        entries.append([key[0], item[0]])
        at = item[1]
    return ["dict", entries], at + 1


def read_trace(text):
    """Final values by name, or None for a malformed answer."""
    tokens = tokens_of(text)
    if tokens.count("<ans>") != 1:
        return None
    at, values = tokens.index("<ans>") + 1, {}
    while "return" not in values:
        if at >= len(tokens):
            return None
        name = "return" if tokens[at] == "<ret>" else tokens[at]
        if not NAME.fullmatch(name) or name in values or "<;>" not in tokens[at:]:
            return None
        end = tokens.index("<;>", at)
        value = read_value(tokens, at + 1)
        values[name] = value[0] if value is not None and value[1] == end else ["opaque"]
        at = end + 1
    return values if at == len(tokens) else None


def read_object(text):
    """The same from a last line that is a JSON object or a Python dict."""
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line and not re.fullmatch(r"```\w*", line)]
    if not lines or sum(line.startswith("{") and line.endswith("}") for line in lines) > 1:
        return None

    def pairs(items):
        if len({key for key, _ in items}) != len(items):
            raise ValueError("two values for one name")
        return dict(items)

    def no_constant(name):
        raise ValueError(name)

    try:
        value = json.loads(lines[-1], object_pairs_hook=pairs, parse_constant=no_constant)
    except ValueError:
        try:
            tree = ast.parse(lines[-1], mode="eval").body
            value = ast.literal_eval(tree)
        except Exception:
            return None
        if isinstance(tree, ast.Dict) and len(tree.keys) != len(value):
            return None
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        return None
    return {key: canonical(item) for key, item in value.items()}


def lines_of(text):
    """One part per executed line and per final value."""
    lines, started, answering = [], False, False
    for token in tokens_of(text):
        if not started or token == "<ans>" or (not answering and re.fullmatch(r"<L\d+>", token, re.ASCII)):
            lines.append(token)
        else:
            lines[-1] += token
        started = True
        answering = answering or token == "<ans>"
        if answering and token == "<;>":
            started = False
    return lines


def right_prefix(text, answer):
    """Right lines before the first wrong one / lines, the end counted as a line. The whole text counts as ended."""
    predicted, truth = lines_of(text), lines_of(answer)
    right = 0
    while right < min(len(predicted), len(truth)) and predicted[right] == truth[right]:
        right += 1
    whole = right == len(truth) == len(predicted)
    return (right + whole) / (len(truth) + 1)


# By alignment.format; what is not here is refused, not graded by another format's reader.
READERS = {"trace": read_trace, "json": read_object, "json-direct": read_object}


def alignment_score(text, truth):
    """@param truth the row's ground_truth as a dict"""
    if truth["format"] not in READERS:
        raise ValueError(f"rewards.py cannot read answers of the alignment format {truth['format']!r}")
    if truth["reward"] in ("prefix", "line", "token"):
        return right_prefix(text, truth["answer"])
    same = strict if truth["grading"] == "strict" else lenient
    values = READERS[truth["format"]](text)
    items = truth["variables"]
    if not items:
        return None
    if values is None:
        return 0.0
    right = 0
    for item in items:
        expected = literal(item["value"])
        predicted = values.get(item["name"])
        right += expected is not None and predicted is not None and same(predicted, expected)
    if truth["reward"] == "reference":
        named = sum(item["name"] != "return" for item in items)
        return 0.1 + 0.9 * min(1.0, right / (1 + named))
    return right / len(items)


# What TRL calls: the name of a function becomes the name of its metric.


def tests_reward(completions, prompts, tests, kind, entry_point, ground_truth, **kwargs):
    """1 if every test passes, else 0; None for alignment rows."""
    rewards = []
    for i, completion in enumerate(completions):
        if kind[i] != "codegen":
            rewards.append(None)
            continue
        extraction = json.loads(ground_truth[i])["extraction"]
        program = program_in(text_in(prompts[i]), text_in(completion), entry_point[i], extraction)
        rewards.append(float(program is not None and passes(program, entry_point[i], json.loads(tests[i]))))
    return rewards


def trace_reward(completions, kind, ground_truth, **kwargs):
    """Share of what the program computes that is predicted right; None for code rows."""
    return [
        alignment_score(text_in(completion), json.loads(ground_truth[i])) if kind[i] == "exec_align" else None
        for i, completion in enumerate(completions)
    ]


# What verl calls.


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
    truth = json.loads(ground_truth)
    if data_source == "exec_semantics_align":
        grading = {
            "format": "json",
            "grading": truth.get("grading", "strict"),
            "reward": "paper",
            "variables": [
                {"name": name, "value": value} for name, value in truth["expected_local_variable"].items()
            ],
        }
        if truth["expected_output"] is not None:
            grading["variables"].append({"name": "return", "value": truth["expected_output"]})
        return alignment_score(solution_str, grading)
    program = program_in(truth["prompt"], solution_str, truth["entry_point"], "fence")
    return float(program is not None and passes(program, truth["entry_point"], truth["tests"]))
