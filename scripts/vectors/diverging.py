"""Vectors for test/learning/diverging-state.test.ts: where a failing program leaves a right one.

Run from the repository root: python3 scripts/vectors/diverging.py. Needs CPython alone: programs run
under sys.settrace here and under the sandbox's tracer there. The definition is that of the head of
src/learning/diverging-state.ts: a state is what the entry call's locals hold, variables stand against
each other by order of first definition, arguments first, and the span is all lines that the failing
program ran since the last state that both have.
"""
import json
import pathlib
import sys

PAIRS = [
    # a wrong condition: the line after it does what it should not
    ("def f(xs):\n    t = 0\n    for x in xs:\n        if x >= 2:\n            t += x\n    return t\n",
     "def f(xs):\n    s = 0\n    for y in xs:\n        if y > 2:\n            s += y\n    return s\n", "[1, 2]"),
    # a wrong condition: a line does not run that should
    ("def f(xs):\n    t = 0\n    for x in xs:\n        if x > 3:\n            t += x\n    return t\n",
     "def f(xs):\n    t = 0\n    for x in xs:\n        if x > 2:\n            t += x\n    return t\n", "[1, 3, 5]"),
    # wrong from the first line
    ("def f(xs):\n    t = 1\n    for x in xs:\n        t += x\n    return t\n",
     "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t\n", "[1, 2]"),
    # only the value returned differs
    ("def f(xs):\n    t = sum(xs)\n    return t + 1\n", "def f(xs):\n    t = sum(xs)\n    return t\n", "[1, 2]"),
    # an exception
    ("def f(xs):\n    t = len(xs)\n    return xs[t]\n", "def f(xs):\n    t = len(xs)\n    return xs[t - 1]\n", "[4, 5]"),
    # a list that is changed in place, under two names
    ("def f(xs):\n    ys = xs\n    ys.append(1)\n    ys.sort()\n    return ys\n",
     "def f(xs):\n    ys = xs\n    ys.append(1)\n    ys.reverse()\n    return ys\n", "[2, 3]"),
    # two at once, in another order of lines
    ("def f(n):\n    a, b = 0, 1\n    while n:\n        a, b = b, a\n        n -= 1\n    return a\n",
     "def f(n):\n    a, b = 0, 1\n    while n:\n        a, b = b, a + b\n        n -= 1\n    return a\n", "4"),
    # the right one ends earlier
    ("def f(n):\n    t = n\n    t = t * 2\n    t = t + 1\n    return t\n",
     "def f(n):\n    t = n\n    t = t * 2\n    return t\n", "3"),
    # a condition that changes no state before the fault
    ("def f(n):\n    if n > 0:\n        if n % 2 == 0:\n            return 'odd'\n    return 'even'\n",
     "def f(n):\n    if n % 2 == 0:\n        return 'even'\n    return 'odd'\n", "2"),
    # the same wrong result by no different state: nothing to tell
    ("def f(n):\n    t = n\n    return t\n", "def f(n):\n    t = n\n    return t\n", "3"),
]


def states(code, args):
    scope = {}
    exec(compile(code, "program", "exec"), scope)
    places, found, run, last, current = {}, [], [], {}, [None]
    entry = [None]

    def settle(frame):
        """What the line that has just run changed."""
        changed = []
        for name, value in frame.f_locals.items():
            if name not in last or last[name] != repr(value):
                changed.append((places.setdefault(name, len(places)), repr(value)))
                last[name] = repr(value)
        if changed:
            found.append((sorted(changed), list(run)))
            run.clear()

    def trace(frame, event, arg):
        if frame.f_code.co_filename != "program" or (entry[0] is not None and frame is not entry[0]):
            return None
        if event == "call":
            entry[0] = frame
            for name, value in frame.f_locals.items():
                places.setdefault(name, len(places))
                last[name] = repr(value)
        elif event == "line":
            settle(frame)
            run.append(frame.f_lineno)
        elif event == "exception":
            current[0] = True
        elif event == "return":
            settle(frame)
            found.append(([(-2, "")] if current[0] else [(-1, repr(arg))], list(run)))
            run.clear()
        return trace

    sys.settrace(trace)
    try:
        eval("f(%s)" % args, scope)
    except Exception:
        pass
    finally:
        sys.settrace(None)
    return found


def main():
    rows = []
    for failing, right, args in PAIRS:
        own, other = states(failing, args), states(right, args)
        shared = 0
        while shared < min(len(own), len(other)) and own[shared][0] == other[shared][0]:
            shared += 1
        lines = sorted(set(own[shared][1])) if shared < len(own) else None
        rows.append({"failing": failing, "right": right, "args": args, "shared": shared, "lines": lines})
    path = pathlib.Path("test/learning/vectors/diverging.json")
    path.write_text(json.dumps(rows, indent=1) + "\n")


main()
