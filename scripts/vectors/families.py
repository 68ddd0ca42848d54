"""Vectors for test/policy/families/agreement.test.ts: a tiny random checkpoint of
each family, and what transformers makes of it.

For each: the checkpoint as transformers saves it, a LoRA adapter of PEFT's with random
matrices on all linear maps, the log-probabilities of all tokens at each place of three texts
(random ids), and autograd's gradient of every matrix of the adapter, of the loss
-sum(log-probability of the next token) / tokens. In float64. Run from the repository root
with torch, transformers and peft installed, and with the families that are to be made:
  python3 scripts/vectors/families.py NAME...
Each is seeded by its name; the others' files are kept. Of those that are stored, the first
nine were made in one go from seed 61, so that they come out otherwise when made anew, and
test/policy/vectors/llama-cpp.json has to be made again with them. Not part of the tests'
run: the files it writes under test/policy/vectors/families/ are committed.
"""
import json
import pathlib
import shutil
import sys
import zlib

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

OUT = pathlib.Path("test/policy/vectors/families")
TEXTS = [[5, 9, 1, 30, 22, 7], [3, 3, 3, 40, 2], [46, 2, 31, 8, 17, 40, 11, 12, 35, 6, 21, 14]]
SIZES = {
    "vocab_size": 48,
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 128,
    "initializer_range": 0.25,
    "bos_token_id": None,
    "eos_token_id": 1,
    "pad_token_id": 0,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
FAMILIES = {
    "llama": {"tie_word_embeddings": True, "rope_parameters": LLAMA3},
    "smollm3": {"num_hidden_layers": 4, "no_rope_layers": [1, 0, 1, 0], "use_sliding_window": False},
    "qwen2": {"tie_word_embeddings": True},
    "qwen3": {"tie_word_embeddings": False},
    "gemma3_text": {
        "num_hidden_layers": 3,
        "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
        "sliding_window": 64,
        "query_pre_attn_scalar": 24,
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1000000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        },
    },
    "granite": {
        "embedding_multiplier": 3.0,
        "attention_multiplier": 0.2,
        "residual_multiplier": 0.4,
        "logits_scaling": 2.5,
        "tie_word_embeddings": True,
    },
    "olmo2": {"tie_word_embeddings": False},
    "phi3": {
        "tie_word_embeddings": False,
        "original_max_position_embeddings": 64,
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 10000.0,
            "partial_rotary_factor": 0.75,
            "original_max_position_embeddings": 64,
            "short_factor": [1.0, 1.3, 1.9],
            "long_factor": [1.0, 4.0, 9.0],
        },
    },
    "starcoder2": {"sliding_window": 64},
}


def all_log_probs(model, text):
    return torch.log_softmax(model(torch.tensor([text])).logits[0, :-1], -1)


def make(name: str, fields: dict) -> None:
    torch.manual_seed(zlib.crc32(name.encode()))
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    # transformers adds fields of its own to what it is given.
    fields = json.loads(json.dumps(fields))
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(name, **SIZES | fields))
    with torch.no_grad():
        for key, weight in model.named_parameters():
            # Norms begin as ones (or zeros) and biases as zeros: as they are, nobody would miss them.
            if "norm" in key or "bias" in key:
                weight.add_(torch.randn_like(weight) * 0.2)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    with torch.no_grad():
        plain = [all_log_probs(base, text) for text in TEXTS]
    lora = LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, r=2, lora_alpha=3, target_modules="all-linear")
    get_peft_model(base, lora).save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_model.safetensors"
    save_file({key: weight.float() for key, weight in load_file(file).items()}, file, {"format": "pt"})
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64)
    adapted = PeftModel.from_pretrained(base, folder, is_trainable=True, autocast_adapter_dtype=False).double().eval()
    scores = [all_log_probs(adapted, text) for text in TEXTS]
    chosen = [row.gather(1, torch.tensor(text[1:])[:, None]).sum() for row, text in zip(scores, TEXTS)]
    loss = -sum(chosen) / sum(len(text) - 1 for text in TEXTS)
    loss.backward()
    gradients = {
        key.removeprefix("base_model.model.model.").replace(".default.weight", ""): weight.grad.float().contiguous()
        for key, weight in adapted.named_parameters()
        if "lora_" in key
    }
    save_file(gradients, folder / "gradients.safetensors")
    expected = {
        "texts": TEXTS,
        "base": [[[round(v, 6) for v in place] for place in row.tolist()] for row in plain],
        "adapted": [[[round(v, 6) for v in place] for place in row.tolist()] for row in scores],
        "loss": loss.item(),
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    print(name, loss.item())


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in FAMILIES]
    if not names or unknown:
        sys.exit(f"Name families of this file: {', '.join(FAMILIES)}. Nothing was written.")
    for name in names:
        make(name, FAMILIES[name])


if __name__ == "__main__":
    main(sys.argv[1:])
