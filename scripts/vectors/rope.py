"""Vectors for test/policy/families/rotary.test.ts: rotary frequencies and the
factor on sines and cosines, as transformers computes them from config.json in
both of its forms (`rope_parameters`, and `rope_scaling` of older files).

Run from the repository root with torch and transformers installed:  python3 scripts/vectors/rope.py
Not part of the tests' run: the JSON it writes is committed.
"""
import json
import pathlib

from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

OUT = pathlib.Path("test/policy/vectors/rope.json")
SIZES = {"hidden_size": 128, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096}
LLAMA3 = {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 1024}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024}
SHORT = [1.0 + i / 8 for i in range(16)]
CASES = {
    "old default": {"rope_theta": 500000.0, "rope_scaling": {"rope_type": "default"}},
    "old linear": {"rope_theta": 10000.0, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "old llama3": {"rope_theta": 500000.0, "rope_scaling": LLAMA3},
    "old yarn": {"rope_theta": 1000000.0, "rope_scaling": YARN},
    "linear": {"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 8.0}},
    "llama3": {"rope_parameters": LLAMA3 | {"rope_theta": 500000.0}},
    "yarn": {"rope_parameters": YARN | {"rope_theta": 10000.0, "beta_fast": 16.0, "beta_slow": 2.0}},
    "yarn, attention factor": {"rope_parameters": YARN | {"rope_theta": 10000.0, "attention_factor": 0.9}},
    "yarn, mscale": {"rope_parameters": YARN | {"rope_theta": 10000.0, "mscale": 0.7, "mscale_all_dim": 1.2}},
    "yarn, not truncated": {"rope_parameters": YARN | {"rope_theta": 10000.0, "truncate": False}},
    "partial": {"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0, "partial_rotary_factor": 0.5}},
    "longrope": {
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 10000.0,
            "short_factor": SHORT,
            "long_factor": SHORT,
            "original_max_position_embeddings": 1024,
        }
    },
}


def main():
    out = []
    for name, fields in CASES.items():
        config = LlamaConfig(**SIZES, **json.loads(json.dumps(fields)))
        kind = config.rope_parameters["rope_type"]
        if kind == "default":
            theta = config.rope_parameters["rope_theta"]
            frequencies, attention = [theta ** (-2 * i / 32) for i in range(16)], 1.0
        else:
            if kind == "longrope":
                config.rope_parameters.setdefault("factor", None)
            found, attention = ROPE_INIT_FUNCTIONS[kind](config, "cpu")
            frequencies = found.tolist()
        out.append({"name": name, "config": SIZES | fields, "frequencies": frequencies, "attention": attention})
    OUT.write_text(json.dumps(out) + "\n")


main()
