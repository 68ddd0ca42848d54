"""Vectors for test/policy/gguf/write-model.test.ts: NumPy's halves and the gguf
package's Q8_0 blocks of fixed floats.

Run from the repository root with gguf and NumPy installed:
  python3 scripts/vectors/gguf_written.py
Seed 71. Not part of the tests' run: the JSON it writes is committed.
"""
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf.quants import quantize

OUT = pathlib.Path("test/policy/vectors/gguf-written.json")
EDGES = [0.0, -0.0, 1.0, -1.0, 65504.0, 65519.0, 65520.0, 1e6, -1e6, 6.1e-5, 6.0e-8, 2.9e-8, 2.98e-8, 1e-9, 0.1, 1 / 3,
         2049.0, 2051.0, 1.00048828125, 1.00146484375, float("inf"), float("-inf")]


def main():
    rng = np.random.default_rng(71)
    values = np.array(EDGES + list(rng.normal(0, 1, 200)) + list(rng.normal(0, 1e-5, 50)), np.float32)
    with np.errstate(over="ignore"):
        halves = values.astype(np.float16).view(np.uint16)
    rows = np.concatenate([rng.normal(0, 1, (3, 64)), np.zeros((1, 64)), rng.integers(-127, 128, (2, 64))]).astype(np.float32)
    OUT.write_text(json.dumps({
        "values": [str(v) for v in values.astype(np.float64)],
        "halves": halves.tolist(),
        "rows": rows.astype(np.float64).ravel().tolist(),
        "q8_0": quantize(rows, T.Q8_0).ravel().tolist(),
    }) + "\n")


main()
