"""Vectors for test/policy/lora-step.test.ts: two tiny checkpoints and what PyTorch makes of them.

Builds a Llama-family decoder with LoRA on every linear layer out of plain torch operations
(autograd, clip_grad_norm_ and AdamW are PyTorch's own; nothing is shared with the TypeScript
code), in float64 so that the vectors are exact to more digits than they are compared to. Run from
the repository root with PyTorch and NumPy installed: python3 scripts/vectors/lora_step.py Seeds 31
and 32. Not part of the tests' run: the files it writes under test/policy/vectors/ are committed.

llama: grouped queries, tied head, stored as F32. qwen2: biases on q, k and v, a head of
its own, stored as BF16. Per model: config.json, model.safetensors, step.json (rows,
settings, expected scalars) and expected.safetensors (adapter.NAME before, gradient.NAME
of the first step, after1.NAME and after2.NAME the adapter after each step).
"""
import json
import math
import pathlib
import struct

import torch

torch.set_default_dtype(torch.float64)
RANK, ALPHA = 2, 1.5
SETTINGS = {
    "learningRate": 0.01,
    "temperature": 0.8,
    "clipLow": 0.2,
    "clipHigh": 0.28,
    "dualClip": 3.0,
    "klCoefficient": 0.1,
    "klEstimator": "k3",
    "entropyCoefficient": 0.05,
    "maxGradNorm": 0.5,
    "weightDecay": 0.02,
    "beta1": 0.9,
    "beta2": 0.99,
    "adamEps": 1e-6,
}
COMMON = {
    "hidden_act": "silu",
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 11,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 128,
    "rope_scaling": None,
}
MODELS = {
    "llama": ({**COMMON, "model_type": "llama", "rope_theta": 10000.0, "tie_word_embeddings": True}, 31, torch.float32),
    "qwen2": ({**COMMON, "model_type": "qwen2", "rope_theta": 1000.0, "tie_word_embeddings": False}, 32, torch.bfloat16),
}
LINEARS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]


def shapes(c):
    width, hidden = c["hidden_size"], c["intermediate_size"]
    keys = width // c["num_attention_heads"] * c["num_key_value_heads"]
    outs = dict(zip(LINEARS, [width, keys, keys, width, hidden, hidden, width]))
    return {name: (out, hidden if name.endswith("down_proj") else width) for name, out in outs.items()}


def make_weights(c, stored):
    width, bias = c["hidden_size"], c["model_type"] == "qwen2"
    weights = {"model.embed_tokens.weight": torch.randn(c["vocab_size"], width) * 0.7, "model.norm.weight": 1 + 0.2 * torch.randn(width)}
    if not c["tie_word_embeddings"]:
        weights["lm_head.weight"] = torch.randn(c["vocab_size"], width) * 0.7
    for layer in range(c["num_hidden_layers"]):
        for name, (out, inner) in shapes(c).items():
            weights[f"model.layers.{layer}.{name}.weight"] = torch.randn(out, inner) / math.sqrt(inner)
            if bias and name[-6] in "qkv":
                weights[f"model.layers.{layer}.{name}.bias"] = 0.5 * torch.randn(out)
        for norm in ["input_layernorm", "post_attention_layernorm"]:
            weights[f"model.layers.{layer}.{norm}.weight"] = 1 + 0.2 * torch.randn(width)
    return {name: value.to(stored) for name, value in weights.items()}


def make_adapter(c):
    adapter = {}
    for layer in range(c["num_hidden_layers"]):
        for name, (out, inner) in shapes(c).items():
            adapter[f"layers.{layer}.{name}.lora_A"] = (0.2 * torch.randn(RANK, inner)).float()
            adapter[f"layers.{layer}.{name}.lora_B"] = (0.12 * torch.randn(out, RANK)).float()
    return adapter


def forward(c, weights, adapter, ids):
    """Token ids [t] -> logits [t, vocab]; adapter None is the base model."""
    width, heads, kv = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"]
    size, t = width // heads, len(ids)

    def linear(name, x):
        y = x @ weights[f"model.{name}.weight"].T
        if f"model.{name}.bias" in weights:
            y = y + weights[f"model.{name}.bias"]
        if adapter is not None:
            y = y + ALPHA / RANK * (x @ adapter[f"{name}.lora_A"].T @ adapter[f"{name}.lora_B"].T)
        return y

    def norm(name, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + c["rms_norm_eps"]) * weights[f"model.{name}.weight"]

    frequencies = c["rope_theta"] ** (-torch.arange(0, size, 2) / size)
    angles = torch.arange(t)[:, None] * frequencies[None, :]
    cos, sin = (torch.cat([f(angles)] * 2, -1) for f in (torch.cos, torch.sin))

    def rotary(x):
        a, b = x.chunk(2, -1)
        return x * cos + torch.cat([-b, a], -1) * sin

    def split(x, count):
        return x.view(t, count, size).transpose(0, 1)

    x = weights["model.embed_tokens.weight"][ids]
    future = torch.ones(t, t).triu(1).bool()
    for layer in range(c["num_hidden_layers"]):
        at = f"layers.{layer}"
        h = norm(f"{at}.input_layernorm", x)
        q = rotary(split(linear(f"{at}.self_attn.q_proj", h), heads))
        k = rotary(split(linear(f"{at}.self_attn.k_proj", h), kv)).repeat_interleave(heads // kv, 0)
        v = split(linear(f"{at}.self_attn.v_proj", h), kv).repeat_interleave(heads // kv, 0)
        scores = (q @ k.transpose(1, 2) / math.sqrt(size)).masked_fill(future, -math.inf)
        mixed = (scores.softmax(-1) @ v).transpose(0, 1).reshape(t, width)
        x = x + linear(f"{at}.self_attn.o_proj", mixed)
        h = norm(f"{at}.post_attention_layernorm", x)
        gate = torch.nn.functional.silu(linear(f"{at}.mlp.gate_proj", h))
        x = x + linear(f"{at}.mlp.down_proj", gate * linear(f"{at}.mlp.up_proj", h))
    head = weights.get("lm_head.weight", weights["model.embed_tokens.weight"])
    return norm("norm", x) @ head.T


def completion_stats(c, weights, adapter, row):
    ids = torch.tensor(row["prompt"] + row["completion"])
    logp = (forward(c, weights, adapter, ids[:-1]) / SETTINGS["temperature"]).log_softmax(-1)[len(row["prompt"]) - 1 :]
    chosen = logp.gather(-1, torch.tensor(row["completion"])[:, None])[:, 0]
    return chosen, -(logp.exp() * logp).sum(-1)


def loss_of(c, weights, adapter, rows):
    s, total, kls, entropies = SETTINGS, 0.0, [], []
    for row in rows:
        logp, entropy = completion_stats(c, weights, adapter, row)
        old = torch.tensor(row["oldLogProbs"]) if "oldLogProbs" in row else logp.detach()
        advantages, token_weights = torch.tensor(row["advantages"]), torch.tensor(row["weights"])
        ratio = (logp - old).clamp(-20, 20).exp()
        per_token = torch.maximum(-advantages * ratio, -advantages * ratio.clamp(1 - s["clipLow"], 1 + s["clipHigh"]))
        per_token = torch.where(advantages < 0, torch.minimum(per_token, -advantages * s["dualClip"]), per_token)
        d = torch.tensor(row["refLogProbs"]) - logp
        kl = d.exp() - d - 1
        total = total + ((per_token + s["klCoefficient"] * kl - s["entropyCoefficient"] * entropy) * token_weights).sum()
        kls.append(kl.detach())
        entropies.append(entropy.detach())
    return total, torch.cat(kls).mean().item(), torch.cat(entropies).mean().item()


def write_safetensors(path, tensors):
    types = {torch.float32: "F32", torch.bfloat16: "BF16"}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, value in tensors.items():
        raw = value.contiguous().view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": types[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make(name, config, seed, stored):
    torch.manual_seed(seed)
    folder = pathlib.Path("test/policy/vectors") / name
    folder.mkdir(parents=True, exist_ok=True)
    stored_weights = make_weights(config, stored)
    weights = {key: value.double() for key, value in stored_weights.items()}
    start = make_adapter(config)
    adapter = {key: value.double().requires_grad_() for key, value in start.items()}

    def draw(n):
        return torch.randint(0, config["vocab_size"], (n,)).tolist()

    rows = []
    for prompt, completion, advantage in [(3, 5, 1.5), (7, 2, -0.7), (1, 9, -1.1), (4, 4, 0.4), (12, 6, -0.2)]:
        row = {"prompt": draw(prompt), "completion": draw(completion)}
        row["advantages"] = [advantage + 0.1 * i for i in range(completion)]
        row["weights"] = [1 / 26] * completion
        rows.append(row)
    with torch.no_grad():
        for row in rows:
            row["refLogProbs"] = completion_stats(config, weights, None, row)[0].tolist()
            logp, entropy = completion_stats(config, weights, adapter, row)
            row["logProbs"], row["entropies"] = logp.tolist(), entropy.tolist()
    logits = forward(config, weights, adapter, torch.tensor(rows[4]["prompt"])).detach()

    s = SETTINGS
    optimizer = torch.optim.AdamW(
        adapter.values(),
        lr=s["learningRate"],
        betas=(s["beta1"], s["beta2"]),
        eps=s["adamEps"],
        weight_decay=s["weightDecay"],
    )
    expected = {f"adapter.{key}": value for key, value in start.items()}
    steps = []
    for step in (1, 2):
        if step == 2:  # Off policy, far enough that both clips and the dual clip decide some tokens.
            for row in rows:
                shift = torch.randn(len(row["completion"])) * 0.8
                row["oldLogProbs"] = (torch.tensor(row["logProbs"]) - shift).tolist()
        optimizer.zero_grad()
        loss, kl, entropy = loss_of(config, weights, adapter, rows)
        loss.backward()
        if step == 1:
            expected |= {f"gradient.{key}": value.grad.float().clone() for key, value in adapter.items()}
        norm = torch.nn.utils.clip_grad_norm_(adapter.values(), s["maxGradNorm"])
        optimizer.step()
        expected |= {f"after{step}.{key}": value.detach().float().clone() for key, value in adapter.items()}
        steps.append({"loss": loss.item(), "kl": kl, "entropy": entropy, "gradNorm": norm.item()})

    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    write_safetensors(folder / "model.safetensors", stored_weights)
    write_safetensors(folder / "expected.safetensors", expected)
    version = torch.__version__.split("+")[0]
    content = {"torch": version, "seed": seed, "rank": RANK, "alpha": ALPHA, "settings": s, "rows": rows, "steps": steps}
    (folder / "step.json").write_text(json.dumps({**content, "lastLogits": logits[-1].tolist()}) + "\n")
    print(name, steps)


for name, (config, seed, stored) in MODELS.items():
    make(name, config, seed, stored)
