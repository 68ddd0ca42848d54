"""
Which judged programs become records, gate by gate, as src/learning/funnel.ts has it. `facts` looks at
one program and may run on any machine; `gather` counts the gates of a whole step and names the records.
"""

import re

from .questions import RETURN, answer, needs_trajectory, question
from .values import elements, is_gradable, literal, units

GATES = ("program", "parses", "source", "runs", "plain", "gradable", "unique", "fits")
EMPTY = re.compile(r"\[\s*\]|\{\s*\}|''|\"\"")


def choose_input(inputs, failing, rule):
    """
    The input that a record is made with, or None. inputs: of all tests. failing:
    [input, outcome] of those that failed. rule: `records.input` of the settings.
    """
    if rule == "first":
        return next(iter(inputs), None)
    if rule == "first-failing":
        return next(iter([args for args, _ in failing] or inputs), None)
    ended = [args for args, outcome in failing if outcome == "ok"]
    pool = ended or [args for args, _ in failing] or inputs
    telling = [args for args in pool if not EMPTY.search(args)] or pool
    return min(telling, key=units, default=None)


def is_wanted(reward, source):
    """By the tests alone, whatever else a program's reward is made of."""
    if reward is None:
        return False
    return source == "all" or reward == (0 if source == "failed" else 1)


def can_be_asked(value, settings):
    return (
        is_gradable(value)
        and elements(value) <= settings["records.maxLabelItems"]
        and units(literal(value)) <= settings["records.maxLabelChars"]
    )


def facts(candidate, tracer, settings, fits):
    """
    What the gates will ask of one judged program: plain data. stopped: the gate that it
    does not pass, of those that look at it alone. candidate: {task_id, entry_point,
    program, passes, inputs, failing}; program None where the completion holds none. fits:
    whether a question and its answer leave the model room, as (question, answer) -> bool.
    """
    program, form = candidate["program"], settings["alignment.format"]
    found = {"taskId": candidate["task_id"], "stopped": None}
    if program is None:
        return {**found, "stopped": "program"}
    wanted = is_wanted(candidate["passes"], settings["records.source"])
    args = choose_input(candidate["inputs"], candidate["failing"], settings["records.input"]) if wanted else None
    seen = tracer.trace(program, candidate["entry_point"], args, needs_trajectory(form))
    if seen["fingerprint"] is None:
        return {**found, "stopped": "parses"}
    if not wanted:
        return {**found, "stopped": "source"}
    call = seen["call"]
    if call is None or call["outcome"] not in ("ok", "exception" if settings["records.exceptions"] else "ok"):
        return {**found, "stopped": "runs"}
    if not seen["isPlain"]:
        return {**found, "stopped": "plain"}
    trajectory = call.get("trajectory")
    definitions = call["definitions"]
    asked = [item for item in definitions if can_be_asked(item["value"], settings)]
    asked = asked[-settings["records.maxVariables"] :] if settings["records.maxVariables"] else asked
    is_long = call["stepCount"] >= settings["records.minSteps"] and not (needs_trajectory(form) and trajectory is None)
    if not asked or not is_long:
        return {**found, "stopped": "gradable"}
    returned = call.get("value")
    variables = [{**item, "value": literal(item["value"])} for item in asked]
    if returned is not None and can_be_asked(returned, settings):
        variables.append({"name": RETURN, "value": literal(returned), "line": 0, "step": call["stepCount"]})
    # A trajectory ends in all final values, whichever of them are graded.
    told = definitions if needs_trajectory(form) else asked
    put = question(form, program, candidate["entry_point"], args)
    true = answer(form, [(item["name"], item["value"]) for item in told], returned, trajectory)
    written = put is not None and true is not None and fits(put, true)
    return {
        **found,
        "stopped": None if written else "fits",
        "key": f"{seen['fingerprint']}|{args}",
        "record": {
            "program": program,
            "entryPoint": candidate["entry_point"],
            "args": args,
            "variables": variables,
            "prompt": put,
            "answer": true,
        },
    }


def gather(all_facts, step, is_known, deduplicate=True):
    """
    ([{record, key}], [{gate, in, out}]) of a step. is_known: whether a key is in the buffer.
    Records are named by step and position, so that runs with one seed name them alike.
    """
    born, stored, passed = set(), [], dict.fromkeys(GATES, 0)
    for fact in all_facts:
        last = GATES.index(fact["stopped"]) if fact["stopped"] else len(GATES)
        for gate in GATES[: min(last, GATES.index("unique"))]:
            passed[gate] += 1
        if last <= GATES.index("unique"):
            continue
        if deduplicate and (fact["key"] in born or is_known(fact["key"])):
            continue
        born.add(fact["key"])
        passed["unique"] += 1
        if fact["stopped"]:
            continue
        passed["fits"] += 1
        record = {"id": f"{step}.{passed['fits']}", "taskId": fact["taskId"], "bornAt": step, **fact["record"]}
        stored.append({"record": record, "key": fact["key"]})
    before = [len(all_facts), *(passed[gate] for gate in GATES[:-1])]
    return stored, [{"gate": gate, "in": count, "out": passed[gate]} for gate, count in zip(GATES, before)]
