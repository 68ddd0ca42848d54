"""Vectors for test/policy/gguf/block-types.test.ts: one small tensor in every
block format that is read, as the `gguf` package makes and reads it.

Run from the repository root with gguf and NumPy installed: python3 scripts/vectors/gguf_blocks.py
Seed 41. Weights are [3, 512] float32 (the K formats and IQ4_NL cannot be written by the package:
their blocks are random bits with sane scales, and what is stored is what the package dequantises
them to). Not part of the tests' run: the JSON it writes is committed.
"""
import base64
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf.quants import dequantize, quantize

ROWS, COLUMNS = 3, 512
# values and bytes of a block, where its half-precision scales lie, how many they are
RANDOM = {
    "Q4_K": (256, 144, 0, 2),
    "Q6_K": (256, 210, 208, 1),
    "Q2_K": (256, 84, 80, 2),
    "Q3_K": (256, 110, 108, 1),
    "Q5_K": (256, 176, 0, 2),
    "IQ4_NL": (32, 18, 0, 1),
}


def random_blocks(rng, name):
    """Valid blocks of a format that has no writer: every bit random but the half-precision scales."""
    values, size, at, count = RANDOM[name]
    blocks = rng.integers(0, 256, (ROWS, COLUMNS // values, size), dtype=np.uint8)
    scales = (rng.random((ROWS, COLUMNS // values, 2)) * 0.01).astype(np.float16).view(np.uint8)
    blocks[..., at : at + 2 * count] = scales[..., : 2 * count]
    return blocks.reshape(ROWS, -1)


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    rng = np.random.default_rng(41)
    weights = rng.normal(0, 0.05, (ROWS, COLUMNS)).astype(np.float32)
    weights[0, :32] = 0  # a block of zeros
    out = {"rows": ROWS, "columns": COLUMNS, "types": {}}
    for name in ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0", "Q5_0", "Q5_1", *RANDOM]:
        kind = T[name]
        stored = random_blocks(rng, name) if name in RANDOM else quantize(weights, kind)
        values = dequantize(stored, kind).astype(np.float32)
        out["types"][name] = {"bytes": encode(stored), "values": encode(values)}
    path = pathlib.Path("test/policy/vectors/gguf/blocks.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(out) + "\n")


main()
