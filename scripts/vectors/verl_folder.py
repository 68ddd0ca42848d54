"""Holds an exported folder to an installed verl, without Ray and without a graphics card. It writes nothing.

python3 scripts/vectors/verl_folder.py FOLDER, where `tracewise export --format verl --out FOLDER` wrote it.
In order: launch.sh as it is, with this program in the place of verl's, is composed by Hydra from verl's own
files; verl's validation and its configuration classes take it; verl's loaders make the dataset, the sampler
and the reward manager that it names; two batches are drawn and rewarded: a wrong program to every task, and
to the questions about them that the second batch holds, the true answers.
"""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

if sys.argv[1:2] != ["--as-verl"]:
    folder = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as path:
        stand_in = pathlib.Path(path, "python3")
        stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{os.path.abspath(__file__)}" --as-verl "$@"\n')
        stand_in.chmod(0o755)
        environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
        sys.exit(subprocess.call(["sh", str(folder / "launch.sh")], env=environment))

import torch  # noqa: E402
import verl  # noqa: E402
from hydra import compose, initialize_config_module  # noqa: E402
from torch.utils.data import SequentialSampler  # noqa: E402
from torchdata.stateful_dataloader import StatefulDataLoader  # noqa: E402
from verl import DataProto  # noqa: E402
from verl.trainer.ppo.reward import load_reward_manager  # noqa: E402
from verl.trainer.ppo.utils import create_rl_dataset, create_rl_sampler, need_critic, need_reference_policy  # noqa: E402
from verl.utils.config import omega_conf_to_dataclass, validate_config  # noqa: E402
from verl.utils.dataset.rl_dataset import collate_fn  # noqa: E402


def said(text):
    print(text, flush=True)


def main(arguments):
    assert arguments[:2] == ["-m", "verl.trainer.main_ppo"], arguments[:2]
    with initialize_config_module("verl.trainer.config", version_base=None):
        config = compose("ppo_trainer", overrides=arguments[2:])
    said(f"verl {verl.__version__}: Hydra takes {len(arguments) - 2} settings")
    checked = config.copy()
    if importlib.util.find_spec("vllm") is None and config.actor_rollout_ref.rollout.name == "vllm":
        # verl imports vLLM to look up the ranks of adapters that it takes; all else is checked without it.
        said("vLLM is not installed: checked as for sglang")
        checked.actor_rollout_ref.rollout.name = "sglang"
    validate_config(config=checked, use_reference_policy=need_reference_policy(config), use_critic=need_critic(config))
    parts = config.actor_rollout_ref
    for name, part in (("actor", parts.actor), ("rollout", parts.rollout), ("algorithm", config.algorithm)):
        said(f"{name}: {type(omega_conf_to_dataclass(part)).__name__}")
    model = omega_conf_to_dataclass(parts.model)
    said(f"model: {type(model).__name__}, tokenizer of {len(model.tokenizer)} tokens")
    loop_check(config, model.tokenizer)


def loop_check(config, tokenizer):
    dataset = create_rl_dataset(config.data.train_files, config.data, tokenizer, None)
    sampler = create_rl_sampler(config.data, dataset)
    assert isinstance(sampler, SequentialSampler), sampler
    size = config.data.train_batch_size
    loader = StatefulDataLoader(dataset, batch_size=size, num_workers=config.data.dataloader_num_workers,
                                drop_last=True, collate_fn=collate_fn, sampler=sampler)
    said(f"dataset: {type(dataset).__name__} of {len(dataset)} rows, sampler {type(sampler).__name__}")
    manager = load_reward_manager(config, tokenizer)
    said(f"reward manager: {type(manager).__name__}")
    batches = iter(loader)
    for step in (1, 2):
        batch = next(batches)
        scores = [reward(manager, tokenizer, row(batch, i)) for i in range(size)]
        said(f"batch {step}: {sources(batch)}, rewards {[round(one, 3) for one in scores]}")
        questions = list(batch["data_source"]).count("exec_semantics_align")
        assert questions == 0 if step == 1 else questions > 0, "the second batch asks about programs of the first"
        assert sorted(set(scores)) == ([0.0] if step == 1 else [0.0, 1.0]), scores
    state = loader.state_dict()
    loader.load_state_dict(state)
    said("state: saved and taken up")
    held = create_rl_dataset(config.data.val_files, config.data, tokenizer, None, is_train=False)
    said(f"held-out: {len(held)} rows, the first of {held[0]['data_source']}")


def sources(batch):
    kinds = list(batch["data_source"])
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))


def row(batch, i):
    return {name: batch[name][i] for name in ("data_source", "reward_model", "extra_info", "raw_prompt")}


def reward(manager, tokenizer, given):
    """Of an answer that is true where it is a question, and of a program that runs and is wrong elsewhere."""
    about = json.loads(given["reward_model"]["ground_truth"])
    text = json.loads(about["ground_truth"])["answer"] if about["kind"] == "exec_align" else WRONG
    ids = tokenizer.encode(text, add_special_tokens=False) + [tokenizer.eos_token_id]
    tensors = {"prompts": torch.zeros(1, 1, dtype=torch.long), "responses": torch.tensor([ids]),
               "attention_mask": torch.ones(1, 1 + len(ids), dtype=torch.long)}
    data = DataProto.from_dict(tensors=tensors, non_tensors={name: [value] for name, value in given.items()})
    return manager.loop.run_until_complete(manager.run_single(data))["reward_score"]


WRONG = "\n    first = 3\n    second = first + 4\n    total = first * second\n    return total - 33\n"


main(sys.argv[2:])
