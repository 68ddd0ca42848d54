"""
Reward functions of the run's own (reward.functions of settings.json), asked as the page asks them. They
run in this process, as reward functions of TRL and verl do. One that fails ends the training with its
name: None says that a function does not apply, and no mistake counts as 0.
"""

import ast
import json
import math
import re

from .funnel import choose_input
from .values import is_gradable, literal, number

MAX_LINES = 1000


def weights(settings):
    """{name: weight}; a reward that is not named has weight 1."""
    parts = [part.split("=", 1) for part in settings["reward.weights"].split()]
    return {name: float(value) for name, value in parts}


def plain(value):
    """A value as the tracer writes it, as a Python value; what is not wholly known as a text."""
    kind = value["type"]
    if not is_gradable(value):
        return f"<{kind}>"
    if kind in ("int", "float"):
        return number(value)
    if kind in ("list", "tuple", "set", "frozenset"):
        make = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        return make(plain(item) for item in value["items"])
    if kind == "dict":
        return {plain(key): plain(item) for key, item in value["entries"]}
    return ast.literal_eval(literal(value))


class OwnRewards:
    """The functions by name. settings: those of an export."""

    def __init__(self, settings):
        self.settings = settings
        source = settings["reward.functions"]
        self.names = list(dict.fromkeys(re.findall(r"^def (\w*_reward)\s*\(", source, flags=re.M)))
        self.reads_trace = re.search(r"\b(?:trace|variables)\b", re.sub(r"(?m)^def \w+\s*\([^)]*\)", "", source)) is not None
        self.space = {"__name__": "reward_functions"}
        exec(compile(source, "reward.functions", "exec"), self.space)

    def score(self, name, row, completion, candidate, tracer):
        """
        A number, or None where the function does not apply. candidate: what loop.judged says of the program.
        tracer: gives the tracer, where a function reads traces.
        """
        trace, variables = self.traced(candidate, tracer()) if self.reads_trace else (None, None)
        said = self.space[name](completion, bare_prompt(row), tests_of(row, candidate), trace, variables)
        if said is None:
            return None
        if not isinstance(said, (int, float)) or not math.isfinite(said):
            raise ValueError(f"the reward function {name} returned {said!r}, which is no finite number and not None")
        return float(said)

    def total(self, row, completion, candidate, tracer):
        """The weighted sum with the reward of the tests; None where the task cannot be judged."""
        if candidate["reward"] is None:
            return None
        weight = weights(self.settings)
        said = [(weight.get(name, 1.0), self.score(name, row, completion, candidate, tracer)) for name in self.names]
        return weight.get("tests_reward", 1.0) * candidate["reward"] + sum(w * value for w, value in said if value is not None)

    def traced(self, candidate, tracer):
        inputs, failing, rule = candidate["inputs"], candidate["failing"], self.settings["records.input"]
        args = choose_input(inputs, failing, rule)
        if candidate["program"] is None or args is None:
            return None, None
        seen = tracer.trace(candidate["program"], candidate["entry_point"], args, False, MAX_LINES)
        call = seen["call"]
        if not seen["isPlain"] or call is None or call["outcome"] not in ("ok", "exception"):
            return None, None
        steps = [
            {
                **{name: step[name] for name in ("line", "event", "depth")},
                "changed": {item["name"]: plain(item["value"]) for item in step["changed"]},
            }
            for step in call["steps"]
        ]
        return steps, {item["name"]: plain(item["value"]) for item in call["definitions"]}


def bare_prompt(row):
    return json.loads(row["ground_truth"]).get("prompt") or row["prompt"]


def tests_of(row, candidate):
    """[{args, expected, passed}]; passed is None where tests are a program of their own."""
    tests = json.loads(row["tests"])
    listed = tests.get("tests") if isinstance(tests, dict) else tests
    failed = {args for args, _ in candidate["failing"]}
    runs = candidate["program"] is not None

    def passed(args):
        return None if candidate["passes"] is None else runs and args not in failed

    return [{"args": test["args"], "expected": test["expected"], "passed": passed(test["args"])} for test in listed or []]
