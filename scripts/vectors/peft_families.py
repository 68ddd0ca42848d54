"""Vectors for test/policy/lora/peft-families.test.ts: adapters of many kinds as PEFT makes them for many
families.

The bases are the tiny checkpoints of scripts/vectors/families.py. Each adapter that can be applied is made
by PEFT, saved, loaded again on a fresh base and asked for the log-probabilities of five texts (random token
ids). Of what is refused, adapter_config.json and the names and shapes of the tensors are kept. Run from the
repository root with torch, transformers and peft installed: python3 scripts/vectors/peft_families.py. Seed
47. Not part of the tests' run: the files that it writes under test/policy/vectors/peft-families/ are
committed.
"""
import importlib.metadata
import json
import pathlib
import shutil
import tempfile

import peft
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

BASES = pathlib.Path("test/policy/vectors/families")
OUT = pathlib.Path("test/policy/vectors/peft-families")
TEXTS = [[5, 9, 1], [3, 3, 3, 3, 3, 3], [46, 2, 31, 8, 17, 40, 11], [7, 21], [12, 30, 4, 44, 9, 28, 15, 6, 33, 1, 0, 19]]


def lora(**settings):
    # False: random B, so that the adapter changes something.
    return LoraConfig(**{"task_type": "CAUSAL_LM", "init_lora_weights": False, "r": 3, "lora_alpha": 7} | settings)


def base(family):
    """The base alone: from a folder with an adapter in it, transformers takes that along."""
    with tempfile.TemporaryDirectory() as alone:
        for name in ("config.json", "model.safetensors"):
            shutil.copy(BASES / family / name, alone)
        return AutoModelForCausalLM.from_pretrained(alone, dtype=torch.float32).eval()


def shake(model):
    """Trained a little: all matrices moved, whatever they began as."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if ".lora_" in name:
                weight.add_(torch.randn_like(weight) * 0.2)


def log_probs(model):
    rows = []
    for text in TEXTS:
        ids = torch.tensor([text])
        with torch.no_grad():
            scores = torch.log_softmax(model(ids).logits.double(), -1)
        rows.append([round(value, 7) for value in scores[0, :-1].gather(1, ids[0, 1:, None])[:, 0].tolist()])
    return rows


def plain(family, config):
    def make(folder):
        model = get_peft_model(base(family), config)
        shake(model)
        model.save_pretrained(folder)

    return make


def converted(family, config):
    """Initial values that changed the base, undone on saving as PEFT's manual has it."""

    def make(folder):
        model = get_peft_model(base(family), config)
        with tempfile.TemporaryDirectory() as first:
            model.peft_config["default"].init_lora_weights = True
            model.save_pretrained(first)
            model.peft_config["default"].init_lora_weights = config.init_lora_weights
            shake(model)
            model.save_pretrained(folder, path_initial_model_for_weight_conversion=first)

    return make


def eva(folder):
    config = lora(init_lora_weights="eva", eva_config=peft.EvaConfig(rho=2.0), target_modules=["q_proj", "v_proj", "down_proj"])
    model = get_peft_model(base("qwen2"), config)
    batches = [{"input_ids": torch.randint(0, 48, (4, 12)), "attention_mask": torch.ones(4, 12, dtype=torch.long)} for _ in range(6)]
    peft.initialize_lora_eva_weights(model, batches, show_progress_bar=False)
    shake(model)
    model.save_pretrained(folder)


def combined(folder):
    model = get_peft_model(base("smollm3"), lora(target_modules=["q_proj", "o_proj"]), adapter_name="one")
    model.add_adapter("two", lora(r=2, target_modules=["q_proj", "o_proj"]))
    model.add_weighted_adapter(["one", "two"], [0.7, 0.4], "both", combination_type="cat")
    with tempfile.TemporaryDirectory() as whole:
        model.save_pretrained(whole, selected_adapters=["both"])
        shutil.copytree(pathlib.Path(whole, "both"), folder)


def cast(family, config, dtype):
    def make(folder):
        plain(family, config)(folder)
        file = pathlib.Path(folder, "adapter_model.safetensors")
        save_file({name: tensor.to(dtype) for name, tensor in load_file(file).items()}, file, {"format": "pt"})

    return make


EXPRESSIONS = {r"layers\.0\.self_attn\.[qk]_proj": 2, r"layers\.\d+\.mlp\.(up|gate)_proj": 5, ".*v_proj": 1}
ALPHAS = {"^model.layers.1.self_attn.o_proj": 2, "o_proj": 11}
ROOTED = lora(
    target_modules=["k_proj", "v_proj", "down_proj"],
    use_rslora=True,
    rank_pattern={"v_proj": 5},
    alpha_pattern={"layers.1.mlp.down_proj": 3},
)
QUERY_UP = ["q_proj", "up_proj"]
APPLIED = {
    "expressions": ("qwen3", plain("qwen3", lora(target_modules="all-linear", rank_pattern=EXPRESSIONS, alpha_pattern=ALPHAS))),
    "rooted": ("qwen2", plain("qwen2", ROOTED)),
    "layers": ("smollm3", plain("smollm3", lora(target_modules=QUERY_UP, layers_to_transform=[1, 3], layers_pattern="layers"))),
    "one-layer": ("smollm3", plain("smollm3", lora(target_modules=QUERY_UP, layers_to_transform=2))),
    "all-linear": ("gemma3_text", plain("gemma3_text", lora(target_modules="all-linear", lora_dropout=0.3))),
    "except": ("gemma3_text", plain("gemma3_text", lora(target_modules="all-linear", exclude_modules=r".*layers\.1\..*"))),
    "expression": ("granite", plain("granite", lora(target_modules=r".*\.layers\.(0|1)\.(mlp|self_attn)\.(down|q)_proj"))),
    "full-names": ("granite", plain("granite", lora(target_modules=["model.layers.0.self_attn.k_proj", "model.layers.1.mlp.gate_proj"]))),
    "fused": ("phi3", plain("phi3", lora(target_modules=["qkv_proj", "gate_up_proj"], rank_pattern={"gate_up_proj": 2}))),
    "bfloat16": ("starcoder2", cast("starcoder2", lora(target_modules=["c_fc", "c_proj", "q_proj"]), torch.bfloat16)),
    "float16": ("olmo2", cast("olmo2", lora(target_modules="all-linear"), torch.float16)),
    "gaussian": ("llama", plain("llama", lora(init_lora_weights="gaussian", target_modules=["gate_proj", "o_proj"]))),
    "orthogonal": ("llama", plain("llama", lora(r=4, init_lora_weights="orthogonal", target_modules=["up_proj"]))),
    "eva": ("qwen2", eva),
    "pissa-converted": ("llama", converted("llama", lora(init_lora_weights="pissa", target_modules=["q_proj", "down_proj"]))),
    "olora-converted": ("olmo2", converted("olmo2", lora(init_lora_weights="olora", target_modules=["v_proj", "up_proj"]))),
    "combined": ("smollm3", combined),
}
ALL = ["q_proj", "v_proj"]
REFUSED = {
    "dora": lora(target_modules=ALL, use_dora=True),
    "bias-all": lora(target_modules=ALL, bias="all"),
    "bias-lora-only": lora(target_modules=ALL, bias="lora_only"),
    "lora-bias": lora(target_modules=ALL, lora_bias=True),
    "head": lora(target_modules=ALL, modules_to_save=["lm_head"]),
    "embedding-saved": lora(target_modules=ALL, modules_to_save=["embed_tokens"]),
    "embedding": lora(target_modules=["embed_tokens"]),
    "head-adapted": lora(target_modules=[*ALL, "lm_head"]),
    "norm-saved": lora(target_modules=ALL, modules_to_save=["input_layernorm"]),
    "tokens": lora(target_modules=ALL, trainable_token_indices=[3, 4]),
    "parameters": lora(target_modules=["v_proj"], target_parameters=["self_attn.q_proj.weight"]),
    "invoked": lora(target_modules=ALL, alora_invocation_tokens=[3, 4]),
    "replicated": lora(target_modules=ALL, layer_replication=[[0, 2], [1, 2]]),
    "pissa": lora(target_modules=ALL, init_lora_weights="pissa"),
    "pissa-niter": lora(target_modules=ALL, init_lora_weights="pissa_niter_4"),
    "olora": lora(target_modules=ALL, init_lora_weights="olora"),
    "adalora": peft.AdaLoraConfig(task_type="CAUSAL_LM", target_modules=ALL, total_step=10, tinit=1, tfinal=2),
    "loha": peft.LoHaConfig(task_type="CAUSAL_LM", target_modules=ALL, r=2),
    "lokr": peft.LoKrConfig(task_type="CAUSAL_LM", target_modules=ALL, r=2),
    "ia3": peft.IA3Config(task_type="CAUSAL_LM", target_modules=[*ALL, "down_proj"], feedforward_modules=["down_proj"]),
    "vera": peft.VeraConfig(task_type="CAUSAL_LM", target_modules=["q_proj"], r=2),
    "boft": peft.BOFTConfig(task_type="CAUSAL_LM", target_modules=ALL, boft_block_size=4),
    "oft": peft.OFTConfig(task_type="CAUSAL_LM", target_modules=ALL, oft_block_size=4),
    "fourierft": peft.FourierFTConfig(task_type="CAUSAL_LM", target_modules=ALL, n_frequency=8),
    "hra": peft.HRAConfig(task_type="CAUSAL_LM", target_modules=ALL, r=2),
    "randlora": peft.RandLoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj"], r=2),
    "layer-norm": peft.LNTuningConfig(task_type="CAUSAL_LM", target_modules=["input_layernorm"]),
    "prompt": peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3),
    "prefix": peft.PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3),
    "trained-tokens": peft.TrainableTokensConfig(task_type="CAUSAL_LM", token_indices=[2, 3]),
}
# The base itself, without a head: its modules have other names.
HEADLESS = lora(target_modules=ALL, task_type="FEATURE_EXTRACTION")


def bare(folder):
    for extra in folder.iterdir():
        if not extra.name.startswith("adapter_"):
            extra.unlink()
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text())
    config["base_model_name_or_path"] = config["revision"] = None
    file.write_text(json.dumps(config, indent=1) + "\n")


def refused(model):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        config = json.loads(pathlib.Path(folder, "adapter_config.json").read_text())
        tensors = load_file(pathlib.Path(folder, "adapter_model.safetensors"))
    config["base_model_name_or_path"] = None
    return {"config": config, "tensors": {name: list(tensor.shape) for name, tensor in tensors.items()}}


def main():
    torch.manual_seed(47)
    shutil.rmtree(OUT, ignore_errors=True)
    made = {name: importlib.metadata.version(name) for name in ("peft", "transformers", "torch")}
    expected = {"made": made, "texts": TEXTS, "base": {}, "adapters": {}}
    for name, (family, make) in APPLIED.items():
        folder = OUT / name
        make(folder)
        bare(folder)
        expected["base"].setdefault(family, log_probs(base(family)))
        adapted = PeftModel.from_pretrained(base(family), folder).eval()
        expected["adapters"][name] = {"family": family, "logProbs": log_probs(adapted)}
    kinds = {name: refused(get_peft_model(base("qwen3"), config)) for name, config in REFUSED.items()}
    kinds["headless"] = refused(get_peft_model(base("qwen3").model, HEADLESS))
    (OUT / "expected.json").write_text(json.dumps(expected) + "\n")
    (OUT / "refused.json").write_text(json.dumps(kinds, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
