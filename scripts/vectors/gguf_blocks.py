"""Vectors for test/policy/gguf/block-types.test.ts: one small tensor in every block format that is read, as the
`gguf` package makes and reads it.

Run from the repository root with gguf and NumPy installed:  python3 scripts/vectors/gguf_blocks.py
Seed 41. Weights are [3, 512] float32 (Q4_K and Q6_K cannot be written by the package: their blocks are random bits with
sane scales, and what is stored is what the package dequantises them to). Not part of the tests' run: the JSON it writes
is committed.
"""
import base64
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf.quants import dequantize, quantize

ROWS, COLUMNS = 3, 512


def random_blocks(rng, name):
    """Valid blocks of a format that has no writer: every bit random but the half-precision scales."""
    size = {"Q4_K": 144, "Q6_K": 210}[name]
    blocks = rng.integers(0, 256, (ROWS, COLUMNS // 256, size), dtype=np.uint8)
    scales = (rng.random((ROWS, COLUMNS // 256, 2)) * 0.01).astype(np.float16).view(np.uint8)
    if name == "Q4_K":
        blocks[..., 0:4] = scales.reshape(ROWS, -1, 4)
    else:
        blocks[..., 208:210] = scales[..., 0:2]
    return blocks.reshape(ROWS, -1)


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    rng = np.random.default_rng(41)
    weights = rng.normal(0, 0.05, (ROWS, COLUMNS)).astype(np.float32)
    weights[0, :32] = 0  # a block of zeros
    out = {"rows": ROWS, "columns": COLUMNS, "types": {}}
    for name in ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"]:
        kind = T[name]
        stored = random_blocks(rng, name) if name.endswith("K") else quantize(weights, kind)
        values = dequantize(stored, kind).astype(np.float32)
        out["types"][name] = {"bytes": encode(stored), "values": encode(values)}
    path = pathlib.Path("test/policy/vectors/gguf/blocks.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(out) + "\n")


main()
