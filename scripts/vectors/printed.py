"""Vectors for test/sandbox/printed.test.ts: pairs of printed texts, and whether
LiveCodeBench's rule takes them for the same.

Run from the repository root: python3 scripts/vectors/printed.py The rule as its authors describe it, on
CPython's str.strip and decimal: texts and lines stripped, as many lines, each pair of lines equal or
both lists of decimals and equal. Seed 7. Not part of the tests' run: the file it writes is committed.
"""
import decimal
import json
import math
import pathlib
import random

OUT = pathlib.Path("test/sandbox/vectors/printed.json")
WORDS = ["1", "1.0", "01", "+1", "-1", "-0", "0", "0.0", ".5", "0.50", "5.", "5", "1e2", "100", "1E+2", "1e-2", "0.01", "1_000", "1000",
         "1000000000000000000000001", "1000000000000000000000001.000", "1000000000000000000000000", "0.1", "0.1000000000000000001", "inf",
         "Infinity", "-inf", "nan", "NaN", "abc", "ABC", "1,2", ".", "e5", "1e", "--1", "0x1", "True"]
SPACES = ["", "", "", " ", "  ", "\t", "\r", "\x0b", "\x1c", "\u3000", "\ufeff"]
BREAKS = ["\n", "\n", "\n", "\r\n", "\n\n", " \n"]


def same(got, wanted):
    got, wanted = [[line.strip() for line in text.strip().split("\n")] for text in (got, wanted)]
    if len(got) != len(wanted):
        return False
    for a, b in zip(got, wanted):
        if a == b:
            continue
        try:
            if [decimal.Decimal(x) for x in a.split()] != [decimal.Decimal(x) for x in b.split()]:
                return False
        except decimal.InvalidOperation:
            return False
    return True


def close(got, wanted):
    """The same, or fractions as close as numpy's `isclose` has it: |a - b| <= 1e-8 + 1e-5 * |b|."""
    got, wanted = [[line.strip() for line in text.strip().split("\n")] for text in (got, wanted)]
    return len(got) == len(wanted) and all(a == b or close_line(a.split(), b.split()) for a, b in zip(got, wanted))


def close_line(a, b):
    return len(a) == len(b) and all(x == y or close_words(x, y) for x, y in zip(a, b))


def close_words(x, y):
    try:
        if decimal.Decimal(x) == decimal.Decimal(y):
            return True
        a, b = float(x), float(y)
    except (decimal.InvalidOperation, ValueError):
        return False
    is_fraction = "." in y or "e" in y.lower()
    return is_fraction and math.isfinite(a) and math.isfinite(b) and abs(a - b) <= 1e-8 + 1e-5 * abs(b)


def text(random, words):
    lines = []
    for line in words:
        lines.append(random.choice(SPACES) + " ".join(line) + random.choice(SPACES))
        lines.append(random.choice(BREAKS))
    return "".join(lines)


def main():
    r = random.Random(7)
    pairs = [["", ""], ["", "\n \n"], ["a\n\nb", "a\nb"], ["a", "a\nb"], ["1 2", "1  2.0"], ["1 2", "1"], ["nan", "nan"], ["nan", "NaN"]]
    while len(pairs) < 400:
        words = [[r.choice(WORDS) for _ in range(r.randint(1, 3))] for _ in range(r.randint(1, 3))]
        other = [[r.choice([word, word, r.choice(WORDS)]) for word in line] for line in words]
        pairs.append([text(r, words), text(r, other)])
    # Some pairs that differ in one spelling of a number alone.
    for a in WORDS:
        pairs.extend([a, b] for b in WORDS if a < b)
    # Pairs near each other, on both sides of the border.
    for base in ("0.333333", "12.5", "1e-9", "-7.25", "100000", "0.0", "3e5", "2.0"):
        for by in ("0", "1e-9", "5e-6", "2e-5", "1e-3", "1"):
            pairs.append([repr(float(base) + float(by) * abs(float(base))), base])
            pairs.append([f"x {float(base) + float(by)!r}", f"x {base}"])
    rows = [[a, b, same(a, b), close(a, b)] for a, b in pairs]
    OUT.write_text(json.dumps(rows, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(rows)} pairs, {sum(row[2] for row in rows)} the same: {OUT}")


if __name__ == "__main__":
    main()
