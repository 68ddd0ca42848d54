"""Vectors for test/policy/lora/peft-folders.test.ts: a tiny Llama, adapters as
PEFT saves them, and what PEFT makes of both.

Each adapter is made by PEFT with random matrices, saved, loaded again on a fresh base, and
asked for the log-probabilities of five texts (random token ids). What this project refuses is
saved as well, with no expectation. The plain one is also written as a GGUF file: names by the
gguf package's table, B's rows of queries and keys in the order in which llama.cpp keeps the
weights' rows, the two of a rotated pair side by side. Run from the repository root with torch,
transformers, peft and gguf installed: python3 scripts/vectors/peft_adapters.py Seed 41. Not
part of the tests' run: the files it writes under test/policy/vectors/peft/ are committed.
"""
import json
import pathlib
import shutil

import gguf
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

OUT = pathlib.Path("test/policy/vectors/peft")
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TEXTS = [[5, 9, 1], [3, 3, 3, 3, 3, 3, 3, 3], [46, 2, 31, 8, 17, 40, 11], [7, 21], [12, 30, 4, 44, 9, 28, 15, 6, 33, 1, 0, 19]]


def lora(**settings) -> LoraConfig:
    # False: random B, so that the adapter changes something.
    return LoraConfig(**{"task_type": "CAUSAL_LM", "init_lora_weights": False, "r": 4, "lora_alpha": 10, "target_modules": ALL} | settings)


def cast(folder: pathlib.Path, dtype: torch.dtype) -> None:
    file = folder / "adapter_model.safetensors"
    save_file({name: tensor.to(dtype) for name, tensor in load_file(file).items()}, file, {"format": "pt"})


def default_names(folder: pathlib.Path) -> None:
    file = folder / "adapter_model.safetensors"
    tensors = {name.removesuffix(".weight") + ".default.weight": tensor for name, tensor in load_file(file).items()}
    save_file(tensors, file, {"format": "pt"})


APPLIED = {
    "plain": (lora(), None),
    "q-v-only": (lora(target_modules=["q_proj", "v_proj"]), None),
    "all-linear": (lora(target_modules="all-linear", r=2), None),
    "rslora": (lora(use_rslora=True), None),
    "patterns": (
        lora(
            rank_pattern={"layers.1.mlp.up_proj": 2, "q_proj": 6, r"layers\.[0-9]\.self_attn\.o_proj": 1},
            alpha_pattern={"down_proj": 3, "model.layers.0.self_attn.k_proj": 16},
        ),
        None,
    ),
    "patterns-rslora": (lora(rank_pattern={"v_proj": 2}, alpha_pattern={"v_proj": 5}, use_rslora=True), None),
    "layers": (lora(layers_to_transform=[1]), None),
    "float16": (lora(), lambda folder: cast(folder, torch.float16)),
    "bfloat16": (lora(), lambda folder: cast(folder, torch.bfloat16)),
    "default-names": (lora(), default_names),
    "expression": (lora(target_modules=r".*\.mlp\.(up|down)_proj"), None),
    "fan-in-fan-out": (lora(fan_in_fan_out=True, exclude_modules=["layers.2.self_attn.q_proj"]), None),
}
REFUSED = {
    "dora": lora(use_dora=True),
    "head": lora(target_modules=["q_proj"], modules_to_save=["lm_head"]),
    "bias": lora(target_modules=["q_proj"], bias="all"),
    "lora-bias": lora(target_modules=["q_proj"], lora_bias=True),
    "embedding": lora(target_modules=["q_proj", "embed_tokens"]),
    "tokens": lora(target_modules=["q_proj"], trainable_token_indices=[3, 4]),
}


def base() -> LlamaForCausalLM:
    return LlamaForCausalLM.from_pretrained(OUT / "base", dtype=torch.float32).eval()


def log_probs(model: torch.nn.Module) -> list[list[float]]:
    rows = []
    for text in TEXTS:
        ids = torch.tensor([text])
        with torch.no_grad():
            scores = torch.log_softmax(model(ids).logits.double(), -1)
        rows.append(scores[0, :-1].gather(1, ids[0, 1:, None])[:, 0].tolist())
    return rows


def save(name: str, config: LoraConfig) -> pathlib.Path:
    folder = OUT / name
    model = get_peft_model(base(), config)
    model.save_pretrained(folder)
    for extra in folder.iterdir():
        if not extra.name.startswith("adapter_"):
            extra.unlink()
    return folder


def as_gguf(folder: pathlib.Path, path: pathlib.Path, heads: dict[str, int], layers: int) -> None:
    config = json.loads((folder / "adapter_config.json").read_text())
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, config["lora_alpha"])
    for name, tensor in load_file(folder / "adapter_model.safetensors").items():
        module, side = name.removeprefix("base_model.model.").removesuffix(".weight").rsplit(".lora_", 1)
        values = tensor.numpy()
        for linear, count in heads.items():
            if module.endswith(linear) and side == "B":
                rows = values.reshape(count, 2, values.shape[0] // count // 2, values.shape[1])
                values = rows.swapaxes(1, 2).reshape(values.shape)
        writer.add_tensor(f"{names.get_name(module)}.weight.lora_{side.lower()}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    torch.manual_seed(41)
    shutil.rmtree(OUT, ignore_errors=True)
    config = LlamaConfig(
        vocab_size=48,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        tie_word_embeddings=True,
        initializer_range=0.3,
        bos_token_id=None,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(OUT / "base")
    (OUT / "base" / "generation_config.json").unlink(missing_ok=True)
    expected = {"texts": TEXTS, "base": log_probs(base()), "adapters": {}}
    for name, (settings, change) in APPLIED.items():
        folder = save(name, settings)
        before = None
        if change is default_names:
            before = log_probs(PeftModel.from_pretrained(base(), folder).eval())
        if change:
            change(folder)
        # PEFT itself does not read names of a state dict from a file: the adapter is what it was before.
        expected["adapters"][name] = before or log_probs(PeftModel.from_pretrained(base(), folder).eval())
    as_gguf(OUT / "plain", OUT / "plain.gguf", {"q_proj": 4, "k_proj": 2}, 3)
    for name, settings in REFUSED.items():
        save(name, settings)
    (OUT / "expected.json").write_text(json.dumps(expected) + "\n")


main()
