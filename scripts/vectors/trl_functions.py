"""Vectors for test/learning/trl-functions.test.ts: what TRL's own GRPOTrainer makes of small random inputs.

Run from the repository root with trl installed, after `tracewise export --format hf --out build/nano`:
python3 scripts/vectors/trl_functions.py build/nano. A GRPOTrainer on nano gets rewards and log-probabilities
that were drawn beforehand in the places of its generation, its reward functions and its forward pass. Every
number is what its own code made of them: advantages of `_generate_and_score_completions`, losses and
metrics of `_compute_loss`, gradients by autograd. Seed 52.
"""
import importlib.metadata
import json
import pathlib
import sys
import tempfile

import numpy as np
import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

SEED, GROUPS, ROLLOUTS, LONGEST, BUDGET = 52, 4, 6, 8, 12
ROWS = GROUPS * ROLLOUTS
WEIGHTS = (1.0, 0.5, 2.0)
PARTS = ("variables", "returned", "trajectory")
LOW, HIGH, DUAL = 0.2, 0.28, 2.5
GSPO_LOW, GSPO_HIGH = 0.05, 0.08
POSITIVE, NEGATIVE, BETA, SHARE, CAP = 1.0, 1.05, 0.04, 0.4, 1.3
EOS = 1


def numbers(tensor):
    return np.round(tensor.detach().double().numpy(), 12).tolist()


def single(values):
    """Numbers of 32 bits, which is what the engine holds them in, in 64."""
    return torch.tensor(np.asarray(values, dtype=np.float32).astype(np.float64))


def rows(tensor, lengths):
    return [numbers(row[:n]) for row, n in zip(tensor, lengths)]


class Given(GRPOTrainer):
    """A GRPOTrainer to which everything random was given."""

    given = None

    def _generate(self, prompts):
        ids = [[5] * (n - 1) + [EOS] for n in self.given["lengths"]]
        sampler = self.given.get("sampler")
        sampled = None if sampler is None else [row[:n].tolist() for row, n in zip(sampler, self.given["lengths"])]
        return [[2, 3]] * len(prompts), ids, None, [""] * len(prompts), sampled, {}, None, None

    def _calculate_rewards(self, inputs, prompts, completions, completion_ids_list):
        return self.given["rewards"]

    def _get_per_token_logps_and_entropies(self, *args, **kwargs):
        return self.given["logps"], self.given.get("entropies"), None


def trainer_of(folder, output, funcs):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    config = GRPOConfig(
        output_dir=output, num_generations=ROLLOUTS, per_device_train_batch_size=ROWS, gradient_accumulation_steps=1,
        max_completion_length=BUDGET, epsilon=LOW, epsilon_high=HIGH, sapo_temperature_pos=POSITIVE,
        sapo_temperature_neg=NEGATIVE, reward_weights=list(WEIGHTS[:funcs]), beta=0.0, use_cpu=True, bf16=False,
        report_to="none", max_steps=1,
    )
    made = [lambda completions, **kwargs: [0.0] * len(completions) for _ in range(funcs)]
    for func, name in zip(made, PARTS):
        func.__name__ = name
    dataset = Dataset.from_list([{"prompt": "def f(x):"}] * ROWS)
    trainer = Given(model, reward_funcs=made, args=config, train_dataset=dataset, processing_class=AutoTokenizer.from_pretrained(folder))
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = 1
    return trainer


def advantages(trainer, random):
    """NaN: a reward function that does not apply. One group is of one opinion."""
    parts = torch.tensor(random.integers(0, 9, (ROWS, len(PARTS))) / 8, dtype=torch.float32)
    parts[ROLLOUTS : 2 * ROLLOUTS] = parts[ROLLOUTS]
    parts[2 * ROLLOUTS : 3 * ROLLOUTS, 1] = torch.nan
    for row in (3, 20):
        parts[row] = torch.nan
    trainer.given = {"rewards": parts, "lengths": [3] * ROWS, "logps": torch.zeros(ROWS, 3)}
    inputs = [{"prompt": "def f(x):"}] * ROWS

    def found(scale, aggregation="sum_then_normalize"):
        trainer.scale_rewards, trainer.multi_objective_aggregation = scale, aggregation
        return numbers(trainer._generate_and_score_completions(inputs)["advantages"].view(GROUPS, ROLLOUTS))

    def part(column):
        return [[None if np.isnan(x) else x for x in row] for row in numbers(column.view(GROUPS, ROLLOUTS))]

    return {
        "eps": 1e-4, "weights": dict(zip(PARTS, WEIGHTS)), "parts": {name: part(parts[:, i]) for i, name in enumerate(PARTS)},
        "expected": {"grpo": found("group"), "dr-grpo": found("none"), "gdpo": found("group", "normalize_then_sum")},
    }


def losses(trainer, random):
    lengths = random.integers(2, LONGEST + 1, ROWS)
    mask = (torch.arange(LONGEST) < torch.tensor(lengths)[:, None]).double()
    old = single(-3 * random.random(mask.shape))
    now = single(old.numpy() + random.normal(0.03, 0.4, mask.shape))
    ref = single(old.numpy() + random.normal(0, 0.5, mask.shape))
    entropies = single(random.exponential(0.5, mask.shape))
    one = single(random.normal(0, 1, ROWS))

    def differentiated(loss_type, level="token", low=LOW, high=HIGH, delta=None, beta=0.0, share=1.0, corrected=False):
        trainer.loss_type, trainer.importance_sampling_level = loss_type, level
        trainer.epsilon_low, trainer.epsilon_high, trainer.beta, trainer.top_entropy_quantile = low, high, beta, share
        trainer.args.delta, trainer.args.use_bias_correction_kl = delta, corrected
        trainer.args.steps_per_generation = 1
        trainer._metrics["train"].clear()
        leaf = now.clone().requires_grad_()
        trainer.given = {"logps": leaf, "entropies": entropies}
        loss = trainer._compute_loss(trainer.model, {
            "prompt_ids": torch.ones(ROWS, 1, dtype=torch.long), "prompt_mask": torch.ones(ROWS, 1, dtype=torch.long),
            "completion_ids": torch.full(mask.shape, 5), "completion_mask": mask.long(), "advantages": one,
            "old_per_token_logps": old, "ref_per_token_logps": ref, "num_items_in_batch": mask.sum(),
        })
        loss.backward()
        metrics = {name: values[0] for name, values in trainer._metrics["train"].items()}
        return {"loss": loss.item(), "gradient": rows(leaf.grad, lengths), "metrics": metrics}

    gspo = {"level": "sequence", "low": GSPO_LOW, "high": GSPO_HIGH}
    return {
        "logProbs": rows(now, lengths), "old": rows(old, lengths), "ref": rows(ref, lengths),
        "entropies": rows(entropies, lengths), "advantages": one.tolist(),
        "settings": {"clipLow": LOW, "clipHigh": HIGH, "dualClip": DUAL, "sapoPositive": POSITIVE, "sapoNegative": NEGATIVE},
        "gspo": {"clipLow": GSPO_LOW, "clipHigh": GSPO_HIGH}, "budget": BUDGET, "beta": BETA, "share": SHARE,
        "expected": {
            "ppo, token-mean": differentiated("dapo"),
            "ppo, sequence-mean": differentiated("grpo"),
            "ppo, constant": differentiated("dr_grpo"),
            "ppo, token-mean, dual clip": differentiated("dapo", delta=DUAL),
            "ppo, token-mean, KL": differentiated("dapo", beta=BETA),
            "ppo, token-mean, tokens of most entropy": differentiated("dapo", share=SHARE),
            "gspo, sequence-mean": differentiated("grpo", **gspo),
            "gspo, token-mean": differentiated("dapo", **gspo),
            # TRL's epsilon_high is the largest ratio itself under cispo.
            "cispo, token-mean": differentiated("cispo", high=1 + HIGH),
            "sapo, sequence-mean": differentiated("sapo"),
        },
    }


def correction(trainer, random):
    lengths = random.integers(2, LONGEST + 1, ROWS)
    sampler = single(-2 * random.random((ROWS, LONGEST)))
    logps = single(sampler.numpy() + random.normal(0.05, 0.25, sampler.shape)).float()
    sampler = sampler.float()
    width = int(lengths.max())
    trainer.given = {"rewards": torch.zeros(ROWS, len(PARTS)), "lengths": lengths.tolist(),
                     "logps": logps[:, :width], "sampler": sampler}
    trainer.use_vllm, trainer.vllm_importance_sampling_correction = True, True
    trainer.vllm_importance_sampling_clip_min, trainer.vllm_importance_sampling_clip_max = None, CAP
    trainer.multi_objective_aggregation = "sum_then_normalize"
    factors = {}
    for mode in ("token_truncate", "token_mask", "sequence_truncate", "sequence_mask"):
        trainer.vllm_importance_sampling_mode = mode
        ratio = trainer._generate_and_score_completions([{"prompt": "def f(x):"}] * ROWS)["importance_sampling_ratio"]
        ratio = ratio.expand(ROWS, width)
        factors[mode.replace("_", "-")] = rows(ratio, lengths)
    trainer.use_vllm = False
    return {"cap": CAP, "trainer": rows(logps, lengths), "sampler": rows(sampler, lengths), "factors": factors}


def main():
    folder = sys.argv[1]
    random = np.random.default_rng(SEED)
    made = {name: importlib.metadata.version(name) for name in ("trl", "transformers", "torch")}
    with tempfile.TemporaryDirectory() as output:
        trainer = trainer_of(folder, output, len(PARTS))
        out = {"made": made, "advantages": advantages(trainer, random), "losses": losses(trainer, random),
               "correction": correction(trainer, random)}
    path = pathlib.Path("test/learning/vectors/trl-functions.json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
