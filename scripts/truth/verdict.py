"""What this CPython says to one row of a public set and a program for it: the program,
then the row's own test, in one namespace, as the set's authors run them. Reads JSON
{"source", "row"} from standard input, writes a line of JSON {"verdict", "why"}. It
shares nothing with the product, which reads the same rows by itself. """
import json
import os
import random
import sys


def test_of(row):
    if "test_list" in row:
        if row.get("test"):
            return row["test"]
        before = list(row.get("test_imports") or []) + [row.get("test_setup_code") or ""]
        return "\n".join(before + row["test_list"])
    if "input" in row and "output" in row:
        call = row["input"] if row.get("function_name") else "f(" + row["input"] + ")"
        return "assert " + call + " == " + row["output"]
    return row["test"] + "\ncheck(" + row["entry_point"] + ")"



def main():
    given = json.load(sys.stdin)
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    space = {"__name__": "program"}
    random.seed(0)
    verdict, why = "pass", ""
    try:
        exec(compile(given["source"], "<program>", "exec"), space)
        exec(compile(test_of(given["row"]), "<test>", "exec"), space)
    except BaseException as e:
        verdict, why = "fail", type(e).__name__ + ": " + str(e)[:300]
    os.write(out, (json.dumps({"verdict": verdict, "why": why}) + "\n").encode())


main()
