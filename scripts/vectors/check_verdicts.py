"""Verdicts for test/sandbox/check-cases.test.ts: what CPython says to each program and test of
test/sandbox/check/cases.txt and neighbours.txt, in one process.

Run from the repository root: python3 scripts/vectors/check_verdicts.py (3.12 or newer).
Prompt and completion are executed as one program, the test after them in the same
namespace, as HumanEval does. Not part of the tests' run: the JSON it writes is committed.
"""
import contextlib
import io
import json
import pathlib
import random
import sys

FOLDER = pathlib.Path("test/sandbox/check")


def cases(text):
    for block in text.split("\n=== ")[1:]:
        head, rest = block.split("\n--- prompt\n")
        prompt, rest = rest.split("\n--- completion\n")
        completion, test = rest.split("\n--- test\n")
        name, entry = head.split(" | ")
        yield name.strip(), entry.strip(), prompt + "\n" + completion + "\n", test.rstrip() + "\n"


def verdict(entry, code, test):
    space = {"__name__": "program"}
    random.seed(0)
    try:
        exec(compile(code, "<program>", "exec"), space)
        exec(compile(test, "<test>", "exec"), space)
        space["check"](eval(entry, space))
    except BaseException as e:
        return "fail", f"{type(e).__name__}: {e}"
    return "pass", ""


def main():
    found = {}
    for file in ("cases.txt", "neighbours.txt", "further.txt"):
        for name, entry, code, test in cases((FOLDER / file).read_text()):
            assert name not in found, name
            with contextlib.redirect_stdout(io.StringIO()):
                found[name], why = verdict(entry, code, test)
            print(name, found[name], why, file=sys.stderr)
    (FOLDER / "verdicts.json").write_text(json.dumps(found, indent=2) + "\n")


main()
