"""Vectors for test/policy/gguf/tokenizers.test.ts: the vocabularies that GGUF
files carry, and how llama.cpp cuts texts by them.

A byte-level BPE is trained by the `tokenizers` package and SentencePiece models (merged pieces
with byte fallback, with and without a space put before the text) by the `sentencepiece`
package, on the text below. Each is written into a tiny random Llama by the `gguf` package,
once for every pre-tokenizer, and llama.cpp (xllamacpp) is asked for its tokens. Run from the
repository root with gguf, tokenizers, sentencepiece, numpy and xllamacpp installed:
  python3 scripts/vectors/gguf_tokenizers.py
Not part of the tests' run: the JSON it writes is committed.
"""
import io
import json
import pathlib
import tempfile
import urllib.request

import numpy as np
import sentencepiece
import xllamacpp
from gguf import GGUFWriter
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

OUT = pathlib.Path("test/policy/vectors/gguf/tokenizers.json")
CORPUS = [
    "def add(a, b):\n    return a + b\n",
    "def is_even(n):\n    \"\"\"Return True if n is even.\"\"\"\n    return n % 2 == 0\n",
    "for i in range(10):\n        if i > 3 and x[i] != None:\n            total += i * 2\n",
    "The value isn't what we'd hoped; it's 12345 and they've seen 3.14159.\n",
    "class Stack:\n    def __init__(self):\n        self.items = []\n",
    "naïve café résumé – “quoted” über straße 中文字符 и русский текст\n",
    "x = {'a': 1, 'b': [2, 3]}  # a comment\n\n\nprint(x['a'])\n",
] * 20
TEXTS = [
    "def f(x):\n    return x + 10",
    "  leading and  double   spaces ",
    "a\tb\n\n\n c\r\nd",
    "it's It'S WE'LL 1234567 3.14 x1y22",
    "naïve – 中文 и é 😀",
    "<|end|>hi<|end|> there",
    "!!! $a+b=c^d|e~ `q` \\n",
    "",
]
PRE = ["default", "gpt-2", "smollm", "starcoder", "refact", "qwen2", "llama-bpe", "llama3", "dbrx"]


def byte_pairs():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.tokens": [*tokens, "<|end|>", "<|turn|>"],
        "tokenizer.ggml.token_type": [1] * len(tokens) + [3, 3],
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.eos_token_id": len(tokens),
        "tokenizer.ggml.eot_token_id": len(tokens) + 1,
        "tokenizer.ggml.bos_token_id": len(tokens),
    }


def pieces(adds_space):
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=written, model_type="bpe", vocab_size=420, byte_fallback=True,
        character_coverage=0.98, user_defined_symbols=["<|end|>"], normalization_rule_name="identity",
        remove_extra_whitespaces=False, add_dummy_prefix=adds_space, split_digits=True, allow_whitespace_only_pieces=True,
    )
    model = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    ids = range(model.get_piece_size())
    kinds = [
        2 if model.is_unknown(i) else 3 if model.is_control(i) else 6 if model.is_byte(i) else 4 if model.id_to_piece(i) == "<|end|>" else 1
        for i in ids
    ]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": [model.id_to_piece(i) for i in ids],
        "tokenizer.ggml.scores": [model.get_score(i) for i in ids],
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.unknown_token_id": model.unk_id(),
        "tokenizer.ggml.bos_token_id": model.bos_id(),
        "tokenizer.ggml.eos_token_id": model.eos_id(),
        "tokenizer.ggml.add_space_prefix": adds_space,
    }


def model_file(path, metadata):
    writer, width = GGUFWriter(path, "llama"), 32
    rng = np.random.default_rng(1)
    for key, value in {
        "embedding_length": width, "block_count": 1, "feed_forward_length": width, "context_length": 256,
        "attention.head_count": 2, "attention.head_count_kv": 2, "rope.dimension_count": 16,
    }.items():
        writer.add_uint32(f"llama.{key}", value)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    for key, value in metadata.items():
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        elif isinstance(value, str):
            writer.add_string(key, value)
        else:
            writer.add_array(key, value)
    def add(name, *dims):
        writer.add_tensor(name, rng.normal(0, 0.1, dims).astype(np.float32))
    add("token_embd.weight", len(metadata["tokenizer.ggml.tokens"]), width)
    add("output_norm.weight", width)
    for name in ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]:
        add(f"blk.0.{name}.weight", width, width)
    add("blk.0.attn_norm.weight", width)
    add("blk.0.ffn_norm.weight", width)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tokens_of(metadata):
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "m.gguf")
        model_file(path, metadata)
        params = xllamacpp.CommonParams()
        params.model.path, params.n_ctx, params.n_parallel, params.cpuparams.n_threads = path, 256, 1, 1
        params.warmup = False
        server = xllamacpp.Server(params)

        def ask(text, special):
            body = json.dumps({"content": text, "add_special": special, "parse_special": True}).encode()
            request = urllib.request.Request(server.listening_address + "/tokenize", body, {"Content-Type": "application/json"})
            return json.loads(urllib.request.urlopen(request).read())["tokens"]

        return [{"text": text, "ids": ask(text, False), "prompt": ask(text, True)} for text in TEXTS]


def main():
    bpe = byte_pairs()
    cases = []
    for pre in PRE:
        named = {"tokenizer.ggml.pre": pre}
        cases.append({"name": pre, "metadata": named, "texts": tokens_of(bpe | named)})
    vocabularies = {"bpe": bpe}
    for name, adds in [("spm", True), ("spm-no-space", False)]:
        vocabularies[name] = pieces(adds)
        cases.append({"name": name, "vocabulary": name, "metadata": {}, "texts": tokens_of(vocabularies[name])})
    no_bos = {"tokenizer.ggml.add_bos_token": False}
    cases.append({"name": "spm without bos", "vocabulary": "spm", "metadata": no_bos, "texts": tokens_of(vocabularies["spm"] | no_bos)})
    OUT.write_text(json.dumps({"vocabularies": vocabularies, "cases": cases}) + "\n")


main()
