"""Vectors for test/cli/export-model.test.ts: nano as `export --format hf` writes
it, loaded by transformers.

  npm run -s tracewise -- export --format hf --out DIR
  python3 scripts/vectors/nano_hf.py DIR
Per text: transformers' token ids and the log-probability of each token but the
first, in float32. Run from the repository root with torch and transformers
installed. Not part of the tests' run: the JSON it writes is committed.
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

OUT = pathlib.Path("test/policy/vectors/nano-hf.json")
TEXTS = [
    "# the sum of a and b\ndef f(a, b):\n    return a + b",
    "# if n is not below 6, subtract it from 2, otherwise divide it by 5 and round down\ndef f(n):\n    return n // 5 if n >= 6 else 2 - n",
    "# last of the letters of s before the first one that is vowels or none\ndef f(s):\n    t = None\n    for i in range(len(s)):",
    "def f(xs):\n    return [x * 2 for x in xs if x > 3]\n<trace><in>xs<=>",
    "naïve – 中文 'It''s' <eos> <pad> \t 12.5",
]


def main(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    rows = []
    for text in TEXTS:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            scores = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
        log_probs = [round(scores[i, token].item(), 6) for i, token in enumerate(ids[1:])]
        rows.append({"text": text, "ids": ids, "logProbs": log_probs})
    OUT.write_text(json.dumps({"eos": tokenizer.eos_token_id, "texts": rows}) + "\n")


main(sys.argv[1])
