"""Vectors for test/policy/gguf/model.test.ts: a tiny random Llama and a tiny
random Qwen2 as GGUF files, and what they compute.

The files are written by the `gguf` package, every supported block format in each of them, queries and
keys of the Llama permuted as converters of llama.cpp do. Expected log-probabilities come from a
decoder in plain NumPy (float64) over the weights as the package dequantises them; expected token ids
from the `tokenizers` package. Run from the repository root with gguf, NumPy and tokenizers installed:
  python3 scripts/vectors/gguf_models.py
Seeds 51 and 52. Not part of the tests' run: the files it writes are committed.
"""
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as T, GGUFWriter
from gguf.quants import dequantize, quantize
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, normalizers, Regex, AddedToken

OUT = pathlib.Path("test/policy/vectors/gguf")
WIDTH, HIDDEN, LAYERS, HEADS, KV, CONTEXT = 32, 256, 2, 4, 2, 128
HEAD = WIDTH // HEADS
EPS, THETA = 1e-5, 10000.0
MERGES = ["d e", "de f", "Ġ r", "Ġ Ġ", "r e", "ĠĠ ĠĠ", "Ġr et", "e t", "u r", "n ("]
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEXTS = ["def f(x):\n    return x + 10", "naïve – 123 é中", "<|im_start|>user\nhi<|im_end|>", "a  b\t\n\n c's It'S 2024"]
QWEN_PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def vocabulary():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merged = [m.replace(" ", "") for m in MERGES]
    return CONTROL + alphabet + [m for m in merged if m not in alphabet]


def merges_in_vocabulary(tokens):
    return [m for m in MERGES if all(part in tokens for part in m.split(" "))]


def reference_tokenizer(tokens, merges, kind):
    model = models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=[tuple(m.split(" ")) for m in merges])
    tokenizer = Tokenizer(model)
    if kind == "llama":
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    else:
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(QWEN_PATTERN), "isolated"),
             pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(c, special=True) for c in CONTROL])
    return tokenizer


def permute(weight, heads):
    """transformers' order of rows to GGUF's: a head's two halves are interleaved."""
    rows = weight.shape[0]
    return weight.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def unpermute(weight, heads):
    rows = weight.shape[0]
    return weight.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(weight.shape)


def random_k_blocks(rng, kind, rows, columns):
    """The package reads these formats but does not write them: random bits, small scales."""
    size = {T.Q4_K: 144, T.Q6_K: 210}[kind]
    blocks = rng.integers(0, 256, (rows, columns // 256, size), dtype=np.uint8)
    if kind == T.Q4_K:
        scales = np.array([2e-4, 1e-3], np.float16).view(np.uint8)
        blocks[..., 0:4] = scales
    else:
        blocks[..., 208:210] = np.array([4e-5], np.float16).view(np.uint8)
    return blocks.reshape(rows, -1)


class Model:
    def __init__(self, kind, seed, tokens):
        self.kind, self.rng, self.w, self.stored = kind, np.random.default_rng(seed), {}, []
        n = len(tokens)
        pick = iter([T.F16, T.Q4_0, T.Q4_1, T.Q8_0, T.BF16, T.F32] * 4)
        self.matrix("token_embd", n, WIDTH, T.Q8_0, scale=0.6)
        for i in range(LAYERS):
            at = f"blk.{i}."
            for name, out in [("attn_q", WIDTH), ("attn_k", KV * HEAD), ("attn_v", KV * HEAD), ("attn_output", WIDTH)]:
                heads = {"attn_q": HEADS, "attn_k": KV}.get(name)
                self.matrix(at + name, out, WIDTH, next(pick), heads)
                if kind == "qwen2" and name != "attn_output":
                    self.vector(at + name + ".bias", out, 0)
            self.matrix(at + "ffn_gate", HIDDEN, WIDTH, next(pick))
            self.matrix(at + "ffn_up", HIDDEN, WIDTH, next(pick))
            self.matrix(at + "ffn_down", WIDTH, HIDDEN, [T.Q4_K, T.Q6_K][i])
            self.vector(at + "attn_norm.weight", WIDTH, 1)
            self.vector(at + "ffn_norm.weight", WIDTH, 1)
        self.vector("output_norm.weight", WIDTH, 1)
        if kind == "qwen2":
            self.matrix("output", n, WIDTH, T.Q4_0, scale=0.6)

    def matrix(self, name, rows, columns, kind, heads=None, scale=None):
        is_permuted = heads is not None and self.kind == "llama"
        if kind in (T.Q4_K, T.Q6_K):
            blocks = random_k_blocks(self.rng, kind, rows, columns)
        else:
            weight = self.rng.uniform(-1, 1, (rows, columns)) * (scale or 1.7 / np.sqrt(columns))
            weight = weight.astype(np.float32)
            blocks = quantize(permute(weight, heads) if is_permuted else weight, kind)
        held = dequantize(blocks, kind).astype(np.float64).reshape(rows, columns)
        self.w[name] = unpermute(held, heads) if is_permuted else held
        self.stored.append((name + ".weight", blocks, kind))

    def vector(self, name, length, centre):
        values = (centre + self.rng.uniform(-1, 1, length) * 0.2).astype(np.float32)
        self.w[name] = values.astype(np.float64)
        self.stored.append((name, values, T.F32))

    def log_probs(self, ids):
        w, n = self.w, len(ids)
        x = w["token_embd"][ids]
        angle = np.arange(n)[:, None] * THETA ** (-np.arange(HEAD // 2) / (HEAD // 2))
        cos, sin = np.cos(np.hstack([angle, angle])), np.sin(np.hstack([angle, angle]))

        def norm(v, g):
            return v / np.sqrt((v * v).mean(-1, keepdims=True) + EPS) * g

        def turn(v):
            return v * cos + np.concatenate([-v[..., HEAD // 2:], v[..., :HEAD // 2]], -1) * sin

        def cut(m, j):
            return m[:, j * HEAD:(j + 1) * HEAD]

        mask = np.where(np.tril(np.ones((n, n))) > 0, 0, -np.inf)
        for i in range(LAYERS):
            at = f"blk.{i}."
            h = norm(x, w[at + "attn_norm.weight"])
            q, k, v = (h @ w[at + p].T + w.get(at + p + ".bias", 0) for p in ("attn_q", "attn_k", "attn_v"))
            mixed = []
            for head in range(HEADS):
                kv = head // (HEADS // KV)
                scores = turn(cut(q, head)) @ turn(cut(k, kv)).T / np.sqrt(HEAD) + mask
                p = np.exp(scores - scores.max(-1, keepdims=True))
                mixed.append(p / p.sum(-1, keepdims=True) @ cut(v, kv))
            x = x + np.hstack(mixed) @ w[at + "attn_output"].T
            h = norm(x, w[at + "ffn_norm.weight"])
            gate = h @ w[at + "ffn_gate"].T
            x = x + (gate / (1 + np.exp(-gate)) * (h @ w[at + "ffn_up"].T)) @ w[at + "ffn_down"].T
        logits = norm(x, w["output_norm.weight"]) @ w.get("output", w["token_embd"]).T
        top = logits.max(-1, keepdims=True)
        return logits - top - np.log(np.exp(logits - top).sum(-1, keepdims=True))


def write(kind, seed):
    tokens = vocabulary()
    merges = merges_in_vocabulary(tokens)
    model = Model(kind, seed, tokens)
    writer = GGUFWriter(OUT / f"{kind}.gguf", kind)
    writer.add_name(f"tiny {kind}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV)
    writer.add_layer_norm_rms_eps(EPS)
    writer.add_rope_freq_base(THETA)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm" if kind == "llama" else "qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if t in CONTROL else 1 for t in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
    for name, values, dtype in model.stored:
        writer.add_tensor(name, values, raw_dtype=dtype)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tokenizer = reference_tokenizer(tokens, merges, kind)
    ids = np.random.default_rng(seed + 10).integers(0, len(tokens), 24)
    table = model.log_probs(ids)
    expected = {
        "ids": ids.tolist(),
        "logProbs": [float(table[i, ids[i + 1]]) for i in range(len(ids) - 1)],
        "texts": [{"text": t, "ids": tokenizer.encode(t).ids} for t in TEXTS],
    }
    (OUT / f"{kind}.json").write_text(json.dumps(expected) + "\n")


OUT.mkdir(parents=True, exist_ok=True)
write("llama", 51)
write("qwen2", 52)
