# The rows are data in the public forms, long lines and lambdas included.
# ruff: noqa: E501, E731
"""Vectors for test/tasks/forms.test.ts: rows of our own in the forms of public
benchmarks, programs, and CPython's verdict on each.

Run from the repository root, where numpy is: python3 scripts/vectors/task_forms.py The fields are those of
the published sets; problems, programs and tests are ours. A program is run in a Python
process of its own, by the suite's rule as its authors describe it: HumanEval (prompt +
completion + test, then check(entry)), MBPP (program, then the assertions), EvalPlus (inputs
against the reference), LiveCodeBench and APPS (stdin compared line by line, decimals by
value; calls with ==), CRUXEval. Not part of the tests' run: the file it writes is committed.
"""
import base64
import decimal
import json
import pathlib
import pickle
import subprocess
import sys
import zlib

OUT = pathlib.Path("test/tasks/vectors/forms.jsonl")


def runs(source, stdin=""):
    """(whether it ended well, what it printed)"""
    done = subprocess.run(
        [sys.executable, "-c", source], input=stdin, capture_output=True, text=True, timeout=20, check=False
    )
    return done.returncode == 0, done.stdout


def same_printed(got, wanted, is_close=False):
    def numbers(line):
        return [decimal.Decimal(word) for word in line.split()]

    def near(a, b):
        a, b = a.split(), b.split()
        return len(a) == len(b) and all(x == y or "." in y and abs(float(x) - float(y)) <= 1e-8 + 1e-5 * abs(float(y)) for x, y in zip(a, b))

    got, wanted = [[line.strip() for line in text.strip().split("\n")] for text in (got, wanted)]
    if len(got) != len(wanted):
        return False
    for a, b in zip(got, wanted):
        if a == b:
            continue
        try:
            if numbers(a) != numbers(b) and not (is_close and near(a, b)):
                return False
        except decimal.InvalidOperation:
            return False
    return True


def by_check(row, completion):
    return runs(f"{row['prompt']}{completion}\n{row['test']}\ncheck({row['entry_point']})\n")[0]


def by_assertions(row, program):
    setup = "\n".join(row.get("test_imports", [])) + "\n" + row.get("test_setup_code", "")
    tests = row["test"] if "test" in row else "\n".join(row["test_list"])
    return runs(f"{program}\n{setup}\n{tests}\n")[0]


def by_reference(row, completion):
    source = f"""
import json
import numpy
ROW = json.loads({json.dumps(row)!r})
right, mine = {{}}, {{}}
exec(ROW['prompt'] + ROW['canonical_solution'], right)
exec(ROW['prompt'] + {completion!r}, mine)
atol = ROW['atol']
for given in ROW['base_input'] + ROW['plus_input']:
    text = json.dumps(given)
    expected = right[ROW['entry_point']](*json.loads(text))
    got = mine[ROW['entry_point']](*json.loads(text))
    is_float = isinstance(expected, float)
    if atol == 0 and (is_float or isinstance(expected, list) and expected and all(isinstance(e, float) for e in expected)):
        atol = 1e-6
    if got != expected:
        assert atol and type(got) == type(expected) and (is_float or len(got) == len(expected))
        assert numpy.allclose(got, expected, rtol=1e-07, atol=atol)
"""
    return runs(source)[0]


def by_stdin(tests, program, before="", is_close=False):
    for given, wanted in tests:
        well, printed = runs(before + program, given)
        if not well or not same_printed(printed, wanted, is_close):
            return False
    return True


def by_calls(calls, entry, program, first_item=False):
    source = f"""
from typing import *
import json
{program}
candidate = {entry}
for args, wanted in json.loads({json.dumps(calls)!r}):
    got = candidate(*args)
    got = list(got) if isinstance(got, tuple) else got
    assert got == wanted or {first_item} and isinstance(wanted, list) and wanted and got == wanted[0]
"""
    return runs(source)[0]


def by_execution(row, call, program):
    return runs(f"{program}\nassert {call} == {row['output']}\n")[0]


def packed(tests):
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


def vectors():
    def vector(form, row, programs, passes, whole=False):
        for name, program in programs.items():
            yield {
                "form": form,
                "name": name,
                "row": json.dumps(row),
                "program": program,
                "whole": whole,
                "passes": passes(program),
            }

    # HumanEval
    row = {
        "task_id": "Own/0",
        "prompt": 'from typing import List\n\n\ndef spread(xs: List[int]) -> int:\n    """ Largest less smallest. """\n',
        "entry_point": "spread",
        "canonical_solution": "    return max(xs) - min(xs)\n",
        "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert candidate([3, 1, 7]) == 6\n    assert candidate([-2]) == 0\n",
    }
    programs = {
        "right": row["canonical_solution"],
        "wrong": "    return max(xs)\n",
        "repeats the prompt": "    return 0\n\n" + row["prompt"] + row["canonical_solution"],
        "carriage returns": "    return max(xs) - min(xs)\r\n",
        "tabs where the prompt has spaces": "\treturn max(xs) - min(xs)\n",
        "a fence around it": "```python\n    return max(xs) - min(xs)\n```\n",
        "a byte order mark": "\ufeff    return max(xs) - min(xs)\n",
    }
    yield from vector("HumanEval", row, programs, lambda text: by_check(row, text))

    # LeetCodeDataset
    leet = {
        "task_id": "pair-count",
        "question_id": 1,
        "difficulty": "Easy",
        "problem_description": "Given an array nums and an integer k, return how many pairs sum to k.\n\nPairs are of different places.",
        "starter_code": "class Solution:\n    def pairs(self, nums: List[int], k: int) -> int:\n        ",
        "prompt": "from typing import *\nfrom collections import *\n\n",
        "entry_point": "Solution().pairs",
        "test": "def check(candidate):\n    assert candidate(nums = [1, 2, 3], k = 4) == 1\n    assert candidate(nums = [2, 2, 2], k = 4) == 3\n",
    }
    right = (
        "class Solution:\n    def pairs(self, nums: List[int], k: int) -> int:\n        seen, n = Counter(), 0\n"
        "        for x in nums:\n            n += seen[k - x]\n            seen[x] += 1\n        return n\n"
    )
    programs = {
        "right": right,
        "wrong": right.replace("n += seen[k - x]", "n += k - x in seen"),
        "state in the one instance": "class Solution:\n    calls = 0\n    def pairs(self, nums, k):\n        self.calls += 1\n        return 1 if self.calls == 1 else 3\n",
    }
    yield from vector("LeetCode", leet, programs, lambda text: by_check(leet, text))

    # A method of the class itself
    static = {
        "task_id": "static",
        "prompt": "class Solution:\n",
        "entry_point": "Solution.twice",
        "test": "def check(candidate):\n    assert candidate(4) == 8\n",
    }
    programs = {
        "right": "    @staticmethod\n    def twice(n):\n        return n + n\n",
        "not static": "    def twice(n):\n        return n + n\n",
        "wrong": "    @staticmethod\n    def twice(n):\n        return n\n",
    }
    yield from vector("HumanEval", static, programs, lambda text: by_check(static, text))

    # EvalPlus' own file
    plus = {
        "task_id": "HumanEval/900",
        "prompt": 'def mean(xs):\n    """ Mean of xs; 0.0 of none. """\n',
        "entry_point": "mean",
        "canonical_solution": "    return sum(xs) / len(xs) if xs else 0.0\n",
        "contract": "",
        "base_input": [[[1, 2]], [[]]],
        "plus_input": [[[0.1, 0.2, 0.4]], [[12345678901234567890, 2]]],
        "atol": 0,
    }
    programs = {
        "right": plus["canonical_solution"],
        "another order of adding": "    total = 0.0\n    for x in reversed(xs):\n        total += x\n    return total / len(xs) if xs else 0.0\n",
        "wrong on the added inputs": "    return sum(xs) / len(xs) if xs and len(xs) != 3 else 0.0\n",
    }
    yield from vector("EvalPlus", plus, programs, lambda text: by_reference(plus, text))
    halves = {
        **plus,
        "task_id": "HumanEval/901",
        "prompt": 'def halves(xs):\n    """ Half of each; of none a count of 0. """\n',
        "entry_point": "halves",
        "canonical_solution": "    return [x / 2 for x in xs] if xs else 0\n",
        "base_input": [[[1, 2]], [[3]]],
        "plus_input": [[[]], [[0.3]]],
    }
    programs = {
        "right": halves["canonical_solution"],
        "near": "    return [x / 2 + 1e-9 for x in xs] if xs else 0\n",
        "near, in a tuple": "    return tuple(x / 2 + 1e-9 for x in xs) if xs else 0\n",
        "near, of another type": "    return [x / 2 for x in xs] if xs else 1e-9\n",
        "not near": "    return [x / 2 + 1e-4 for x in xs] if xs else 0\n",
        "too many": "    return [x / 2 for x in xs] + [1e-9] if xs else 0\n",
    }
    yield from vector("EvalPlus", halves, programs, lambda text: by_reference(halves, text))
    none_first = {
        **halves,
        "task_id": "HumanEval/902",
        "prompt": 'def doubles(xs):\n    """ Twice each. """\n',
        "entry_point": "doubles",
        "canonical_solution": "    return [2 * x for x in xs]\n",
        "base_input": [[[]]],
        "plus_input": [[[1, 2]]],
    }
    programs = {
        "right": none_first["canonical_solution"],
        "near whole numbers, after an empty list": "    return [2 * x + 1e-9 for x in xs]\n",
    }
    yield from vector("EvalPlus", none_first, programs, lambda text: by_reference(none_first, text))

    # MBPP, sanitized MBPP, and the Hub's MBPP+
    mbpp = {
        "task_id": 12,
        "text": "Write a function to sort a list of lists by length.",
        "code": "def by_length(rows):\r\n\treturn sorted(rows, key=len)",
        "test_setup_code": "",
        "test_list": ["assert by_length([[1, 2], [3]]) == [[3], [1, 2]]", "assert by_length([]) == []"],
        "challenge_test_list": [],
    }
    programs = {
        "right": "def by_length(rows):\n    return sorted(rows, key=len)\n",
        "wrong": "def by_length(rows):\n    return rows\n",
    }
    yield from vector("MBPP", mbpp, programs, lambda text: by_assertions(mbpp, text), whole=True)
    sanitized = {
        "source_file": "own",
        "task_id": 602,
        "prompt": "Write a function to find the hypotenuse.",
        "code": "import math\ndef hypotenuse(a, b):\n    return math.sqrt(a * a + b * b)",
        "test_imports": ["import math"],
        "test_list": ["assert math.isclose(hypotenuse(3, 4), 5.0)", "assert hypotenuse(0, 0) == 0"],
    }
    programs = {
        "right": "def hypotenuse(a, b):\n    return (a * a + b * b) ** 0.5\n",
        "wrong": "def hypotenuse(a, b):\n    return a + b\n",
    }
    yield from vector("MBPP sanitized", sanitized, programs, lambda text: by_assertions(sanitized, text), whole=True)
    mbppplus = {
        **{key: sanitized[key] for key in ("source_file", "prompt", "test_list")},
        "task_id": 603,
        "code": "def unique(xs):\n    return tuple(sorted(set(xs)))",
        "test_imports": [],
        "test_list": ["assert set(unique((1, 2, 1))) == {1, 2}"],
        "test": "def assertion(out, exp):\n    assert set(out) == set(exp), f'''out: {out}\nexp: {exp}'''\n\n\ninputs = [[(1, 2, 1)], [()], [('a', 'b')]]\nresults = [(1, 2), (), ('b', 'a')]\nfor i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(unique(*inp), exp)\n",
    }
    programs = {
        "right": "def unique(xs):\n    return set(xs)\n",
        "wrong on the added inputs": "def unique(xs):\n    return {1, 2}\n",
    }
    yield from vector("MBPP+", mbppplus, programs, lambda text: by_assertions(mbppplus, text), whole=True)

    # Programs on standard input: LiveCodeBench, APPS, TACO
    public = [{"input": "3\n1 2 3\n", "output": "6\n", "testtype": "stdin"}]
    private = [
        {"input": "2\n0.5 0.25\n", "output": "0.75", "testtype": "stdin"},
        {"input": "1\n-4", "output": "-4\n", "testtype": "stdin"},
    ]
    lcb = {
        "question_title": "Sum",
        "question_content": "Read n, then n numbers. Print their sum.",
        "platform": "atcoder",
        "question_id": "own_a",
        "contest_id": "own",
        "contest_date": "2025-01-01T00:00:00",
        "starter_code": "",
        "difficulty": "easy",
        "public_test_cases": json.dumps(public),
        "private_test_cases": packed(private),
        "metadata": "{}",
    }
    tests = [(test["input"], test["output"]) for test in public + private]
    programs = {
        "right": "input()\nprint(sum(map(float, input().split())))\n",
        "trailing spaces and empty lines": "n = int(input())\nxs = [float(x) for x in input().split()]\nprint(f'{sum(xs):g}  ')\nprint()\n",
        "stdin as a whole, and main": "import sys\n\ndef main():\n    _, *xs = sys.stdin.read().split()\n    sys.stdout.write(str(sum(float(x) for x in xs)))\n\nif __name__ == '__main__':\n    main()\n",
        "the buffer of stdin": "import sys\nxs = sys.stdin.buffer.read().split()[1:]\nprint(sum(map(float, xs)))\n",
        "iterates over stdin": "import sys\nrows = [line.split() for line in sys.stdin]\nprint(sum(map(float, rows[1])))\n",
        "leaves with exit": "import sys\ninput()\nprint(sum(map(float, input().split())))\nsys.exit(0)\n",
        "file 0": "xs = open(0).read().split()[1:]\nprint(sum(map(float, xs)))\n",
        "wrong": "input()\nprint(max(map(float, input().split())))\n",
        "prints more": "input()\nprint('sum')\nprint(sum(map(float, input().split())))\n",
        "reads too much": "input()\ninput()\nprint(input())\n",
        "only whole numbers": "input()\nprint(sum(map(int, input().split())))\n",
        "nothing": "pass\n",
        "deep without a word": "def down(n):\n    return n and 1 + down(n - 1)\n\nassert down(4000) == 4000\ninput()\nprint(sum(map(float, input().split())))\n",
    }
    programs["in a thread with a large stack"] = (
        "import sys, threading\n\ndef main():\n    def down(n):\n        return n and 1 + down(n - 1)\n    input()\n"
        "    xs = list(map(float, input().split()))\n    print(sum(xs) + down(9000) - 9000)\n\n"
        "sys.setrecursionlimit(10**6)\nthreading.stack_size(2**26)\nt = threading.Thread(target=main)\nt.start()\nt.join()\n"
    )
    programs["several threads"] = (
        "import threading\nlock = threading.Lock()\ntotal = [0.0]\ndef add(x):\n    with lock:\n        total[0] += x\n"
        "input()\nts = [threading.Thread(target=add, args=(float(x),)) for x in input().split()]\n"
        "for t in ts:\n    t.start()\nfor t in ts:\n    t.join()\nassert not any(t.is_alive() for t in ts)\nprint(total[0])\n"
    )
    programs["wrong in a thread"] = (
        "import threading\ndef main():\n    input()\n    print(max(map(float, input().split())))\nthreading.Thread(target=main).start()\n"
    )
    programs["a thread that fails"] = (
        "import threading\ndef main():\n    raise ValueError\nt = threading.Thread(target=main)\nt.start()\nt.join()\n"
        "input()\nprint(sum(map(float, input().split())))\n"
    )
    # What its harness puts before a program.
    before = "import sys\nsys.setrecursionlimit(50000)\n"
    yield from vector("LiveCodeBench", lcb, programs, lambda text: by_stdin(tests, text, before), whole=True)
    apps = {
        "problem_id": 7,
        "question": "Print each line backwards.",
        "solutions": "[]",
        "input_output": json.dumps({"inputs": ["ab\ncd\n", ["x y", "z"]], "outputs": ["ba\ndc\n", ["y x", "z"]]}),
        "difficulty": "introductory",
        "url": "",
        "starter_code": "",
    }
    tests = [("ab\ncd\n", "ba\ndc\n"), ("x y\nz", "y x\nz")]
    programs = {
        "right": "import sys\nfor line in sys.stdin.read().splitlines():\n    print(line[::-1])\n",
        "until the input ends": "while True:\n    try:\n        print(input()[::-1])\n    except EOFError:\n        break\n",
        "in another order": "import sys\nfor line in reversed(sys.stdin.read().splitlines()):\n    print(line[::-1])\n",
        "modules of the harness": "assert fractions.Fraction(1, 2) * 2 == 1 and time.time() > 0\nfor line in sys.stdin.read().splitlines():\n    print(line[::-1])\n",
        "deeper than it may": "def down(n):\n    return n and 1 + down(n - 1)\n\ndown(4000)\nfor line in sys.stdin.read().splitlines():\n    print(line[::-1])\n",
    }
    before = "import sys, time, fractions\n"
    yield from vector("APPS", apps, programs, lambda text: by_stdin(tests, text, before), whole=True)
    means = {
        **apps,
        "problem_id": 9,
        "question": "Print the mean and the number of the numbers on each line.",
        "input_output": json.dumps({"inputs": ["1 2 4\n3\n", "1e5 1e5\n"], "outputs": ["2.333333 3\n3.0 1\n", "100000.0 2"]}),
    }
    close_tests = [("1 2 4\n3\n", "2.333333 3\n3.0 1\n"), ("1e5 1e5\n", "100000.0 2")]
    mean = "import sys\nfor line in sys.stdin:\n    xs = [float(x) for x in line.split()]\n    print({}, {})\n"
    means_programs = {
        "more digits": mean.format("sum(xs) / len(xs)", "len(xs)"),
        "fewer digits": mean.format("round(sum(xs) / len(xs), 5)", "len(xs)"),
        "too few digits": mean.format("round(sum(xs) / len(xs), 3)", "len(xs)"),
        "a whole number that is near": mean.format("sum(xs) / len(xs)", "len(xs) + 0.000001"),
    }
    yield from vector("APPS", means, means_programs, lambda text: by_stdin(close_tests, text, before, True), whole=True)
    taco = {key: value for key, value in apps.items() if key != "problem_id"} | {"name": "own", "source": "own", "tags": "[]"}
    yield from vector("TACO", taco, programs, lambda text: by_stdin(tests, text, before), whole=True)

    # Calls: LiveCodeBench and APPS
    public = [{"input": "[3, 1, 2]\n2", "output": "[1, 2]", "testtype": "functional"}]
    private = [{"input": "[]\n1", "output": "[]", "testtype": "functional"}]
    functional = {
        **lcb,
        "question_id": "own_b",
        "platform": "leetcode",
        "question_content": "Return the k smallest numbers in order.",
        "starter_code": "class Solution:\n    def smallest(self, nums: List[int], k: int) -> List[int]:\n        ",
        "public_test_cases": json.dumps(public),
        "private_test_cases": json.dumps(private),
        "metadata": json.dumps({"func_name": "smallest"}),
    }
    calls = [([[3, 1, 2], 2], [1, 2]), ([[], 1], [])]
    method = "class Solution:\n    def smallest(self, nums: List[int], k: int) -> List[int]:\n        return {}\n"
    programs = {
        "right": method.format("sorted(nums)[:k]"),
        "a tuple": method.format("tuple(sorted(nums)[:k])"),
        "wrong": method.format("nums[:k]"),
        "another name": method.format("sorted(nums)[:k]").replace("smallest", "least"),
    }
    passes = lambda text: by_calls(calls, "Solution().smallest", text)
    yield from vector("LiveCodeBench", functional, programs, passes, whole=True)
    apps_call = {
        **apps,
        "problem_id": 8,
        "question": "Join the words with a dash.",
        "starter_code": "def dashed(words):\n\t",
        "input_output": json.dumps({"fn_name": "dashed", "inputs": [[["a", "b"]], [[]]], "outputs": [["a-b"], [""]]}),
    }
    calls = [([["a", "b"]], ["a-b"]), ([[]], [""])]
    programs = {
        "right": "def dashed(words):\n    return '-'.join(words)\n",
        "wrong": "def dashed(words):\n    return '-'.join(words) + '-'\n",
    }
    passes = lambda text: by_calls(calls, "dashed", text, first_item=True)
    yield from vector("APPS", apps_call, programs, passes, whole=True)

    # Execution: CRUXEval and LiveCodeBench
    crux = {"id": "own_0", "code": "def f(s, n):\n    return s * n + s[:1]", "input": "'ab', 2", "output": "'ababa'"}
    programs = {"its own": crux["code"], "another": "def f(s, n):\n    return s * n\n"}
    passes = lambda text: by_execution(crux, f"f({crux['input']})", text)
    yield from vector("CRUXEval", crux, programs, passes, whole=True)
    execution = {
        "question_id": 1,
        "id": "own_1",
        "function_name": "tally",
        "code": "from collections import Counter\n\n\ndef key(c: str) -> str:\n    return c.lower()\n\n\ndef tally(s: str, *, top: int = 1) -> list:\n    return Counter(map(key, s)).most_common(top)",
        "input": "tally(s = 'aAb(', top = 1)",
        "output": "[('a', 2)]",
        "numsteps": 9,
    }
    programs = {"its own": execution["code"], "another": execution["code"].replace("c.lower()", "c")}
    passes = lambda text: by_execution(execution, execution["input"], text)
    yield from vector("LiveCodeBench execution", execution, programs, passes, whole=True)


def main():
    rows = list(vectors())
    OUT.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} programs, {sum(row['passes'] for row in rows)} of them right: {OUT}")


if __name__ == "__main__":
    main()
