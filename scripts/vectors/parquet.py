"""Vectors for test/tasks/parquet.test.ts: problems of our own in the columns in
which the Hub keeps HumanEval and MBPP, as Arrow writes them.

Run from the repository root with pyarrow installed: python3
scripts/vectors/parquet.py Snappy is what datasets on the Hub are compressed with;
the one in zstd is there to be refused. Each lies beside the same rows as JSONL.
"""
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path("test/tasks/vectors")

HUMANEVAL = [
    {
        "task_id": f"HumanEval/{n}",
        "prompt": f'def plus_{n}(x):\n    """Add {n} to x – an integer."""\n',
        "canonical_solution": f"    return x + {n}\n",
        "test": f"def check(candidate):\n    assert candidate(1) == {1 + n}\n",
        "entry_point": f"plus_{n}",
    }
    for n in range(300)
]
MBPP = [
    {
        "task_id": n,
        "text": f"Write a function to multiply by {n}.",
        "code": f"def times(x):\r\n  return x * {n}",
        "test_list": [f"assert times(2) == {2 * n}", "assert times(0) == 0"],
        "test_setup_code": "",
        "challenge_test_list": [],
    }
    for n in (11, 601, 602)
]
MBPP_SCHEMA = pa.schema(
    [
        ("task_id", pa.int32()),
        ("text", pa.string()),
        ("code", pa.string()),
        ("test_list", pa.list_(pa.string())),
        ("test_setup_code", pa.string()),
        ("challenge_test_list", pa.list_(pa.string())),
    ]
)


def main():
    FOLDER.mkdir(exist_ok=True)
    # Two row groups, the second one short.
    pq.write_table(pa.Table.from_pylist(HUMANEVAL), FOLDER / "humaneval.parquet", row_group_size=200)
    pq.write_table(pa.Table.from_pylist(MBPP, MBPP_SCHEMA), FOLDER / "mbpp.parquet")
    wide = MBPP_SCHEMA.set(0, pa.field("task_id", pa.int64()))
    pq.write_table(pa.Table.from_pylist(MBPP, wide), FOLDER / "mbpp-wide.parquet", data_page_version="2.0")
    pq.write_table(pa.Table.from_pylist(MBPP, MBPP_SCHEMA), FOLDER / "mbpp-zstd.parquet", compression="zstd")
    for name, rows in (("humaneval", HUMANEVAL), ("mbpp", MBPP)):
        (FOLDER / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


main()
