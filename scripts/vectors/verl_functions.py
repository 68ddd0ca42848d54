"""Vectors for test/learning/verl-functions.test.ts: verl's own functions on small random inputs.

Run from the repository root with verl installed (pip install verl): python3
scripts/vectors/verl_functions.py. Unlike the vectors beside it, none of these is worked out from a
definition: every number is what a function of verl.trainer.ppo returned, or what autograd found of it. Seed
51, float64 where verl keeps it. verl counts tokens where this project counts rollouts (whitening); those
cases are of one token each, so that both count the same.
"""
import importlib.metadata
import json
import pathlib

import numpy as np
import torch
from verl.trainer.config import AlgoConfig
from verl.trainer.ppo import core_algos as verl
from verl.trainer.ppo.rollout_corr_helper import compute_rollout_correction_weights
from verl.workers.config import ActorConfig

SEED, LONGEST, ROWS, BUDGET = 51, 9, 10, 12
SIZES = (4, 4, 6, 8, 4)
LOW, HIGH, DUAL = 0.2, 0.28, 3.0
GSPO_LOW, GSPO_HIGH = 0.05, 0.08
POSITIVE, NEGATIVE = 1.0, 1.05
CAP, CLIP, RATE, UPDATES, SIZE = 1.3, 0.2, 0.05, 6, 5
torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return np.round(tensor.detach().double().numpy(), 12).tolist()


def single(values):
    """Numbers of 32 bits, which is what the engine holds them in, in 64."""
    return torch.tensor(values.astype(np.float32).astype(np.float64))


def masks(lengths, longest):
    return (torch.arange(longest) < torch.tensor(lengths)[:, None]).double()


def at_the_end(scores, mask):
    """Each score at its row's last token, as verl's reward managers place it."""
    rewards = torch.zeros_like(mask)
    rewards[torch.arange(len(mask)), mask.sum(-1).long() - 1] = scores
    return rewards


def by_group(advantages, index):
    """The first token's, which is every token's, group after group."""
    return [numbers(advantages[index == group, 0]) for group in range(len(SIZES))]


def advantages(random):
    rewards = [random.integers(0, 9, n) / 8 for n in SIZES]
    rewards[3][:] = 0.625
    lengths = [random.integers(1, LONGEST + 1, n) for n in SIZES]
    greedy = random.integers(0, 9, len(SIZES)) / 8
    index = np.repeat(np.arange(len(SIZES)), SIZES)
    scores = torch.tensor(np.concatenate(rewards))
    mask = masks(np.concatenate(lengths), LONGEST)
    given = {"token_level_rewards": at_the_end(scores, mask), "response_mask": mask}
    single = {"token_level_rewards": scores[:, None], "response_mask": torch.ones(len(scores), 1)}
    config = AlgoConfig(gamma=1.0)

    def grouped(estimator, inputs=given, **options):
        found = verl.get_adv_estimator_fn(estimator)(**{k: v.clone() for k, v in inputs.items()}, index=index, config=config, **options)
        return by_group(found[0], index)

    parts = {name: random.integers(0, 5, len(scores)) / 4 for name in ("variables", "returned")}
    weights = {"variables": 1.0, "returned": 0.5}
    gdpo = verl.get_adv_estimator_fn("gdpo")(
        **single, index=index, epsilon=1e-6,
        config=AlgoConfig(gdpo_reward_keys=list(parts), gdpo_reward_weights=list(weights.values())),
        non_tensor_batch=parts,
        batch={"prompts": torch.zeros(len(scores), 1), "attention_mask": torch.ones(len(scores), 2, dtype=torch.long)},
    )
    baselines = torch.tensor(greedy)[torch.tensor(index)]
    remax = verl.get_adv_estimator_fn("remax")(**given, reward_baselines=baselines, config=config)
    plus = verl.get_adv_estimator_fn("reinforce_plus_plus")(**single, config=config)
    return {
        "rewards": [row.tolist() for row in rewards],
        "lengths": [row.tolist() for row in lengths],
        "greedy": greedy.tolist(),
        "parts": {name: [part[index == group].tolist() for group in range(len(SIZES))] for name, part in parts.items()},
        "weights": weights,
        "eps": 1e-6,
        "expected": {
            "grpo": grouped("grpo"),
            "dr-grpo": grouped("grpo", norm_adv_by_std_in_grpo=False),
            "rloo": grouped("rloo"),
            "opo": grouped("opo"),
            "remax": by_group(remax[0], index),
            "reinforce++": by_group(plus[0], index),
            "reinforce++-baseline": grouped("reinforce_plus_plus_baseline", single),
            "gdpo": by_group(gdpo[0], index),
        },
    }


def critic(random):
    lengths = random.integers(2, LONGEST + 1, ROWS)
    mask = masks(lengths, LONGEST)
    rewards = torch.tensor(random.normal(0, 0.1, mask.shape)) * mask + at_the_end(torch.tensor(random.integers(0, 2, ROWS)).double(), mask)
    values = torch.tensor(random.normal(0, 1, mask.shape))
    gamma, lam = 0.97, 0.9
    found, returns = verl.compute_gae_advantage_return(rewards, values, mask, gamma, lam)
    states = torch.tensor(random.normal(0, 1, (*mask.shape, SIZE)))
    head = torch.nn.Linear(SIZE, 1)
    start = torch.tensor(random.normal(0, 0.3, SIZE + 1))
    with torch.no_grad():
        head.weight.copy_(start[None, :-1])
        head.bias.copy_(start[-1:])
    old = head(states).squeeze(-1).detach()
    target = old + torch.tensor(random.normal(0, 1, mask.shape))
    optimizer, losses = torch.optim.Adam(head.parameters(), lr=RATE, betas=(0.9, 0.999), eps=1e-8), []
    for _ in range(UPDATES):
        loss, _ = verl.compute_value_loss(head(states).squeeze(-1), target, old, mask, CLIP)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    def rows(tensor):
        return [numbers(row[:n]) for row, n in zip(tensor, lengths)]

    return {
        "gamma": gamma, "lambda": lam, "rewards": rows(rewards), "values": rows(values),
        "advantages": rows(found), "returns": rows(returns),
        "head": {"clip": CLIP, "rate": RATE, "start": start.tolist(), "states": rows(states), "target": rows(target),
                 "losses": losses, "weights": [*numbers(head.weight[0]), *numbers(head.bias)]},
    }


def policy(random):
    lengths = random.integers(2, LONGEST + 1, ROWS)
    mask = masks(lengths, LONGEST)
    old = single(-3 * random.random(mask.shape))
    now = single(old.numpy() + random.normal(0.03, 0.4, mask.shape))
    sampler = single(old.numpy() + random.normal(0.05, 0.3, mask.shape))
    one = single(random.normal(0, 1, ROWS))
    spread = one[:, None].expand_as(mask)
    common = {"strategy": "fsdp", "rollout_n": 1, "ppo_micro_batch_size_per_gpu": 1, "clip_ratio_c": DUAL,
              "tau_pos": POSITIVE, "tau_neg": NEGATIVE}
    bounds = {"ppo": ("vanilla", LOW, HIGH), "gspo": ("gspo", GSPO_LOW, GSPO_HIGH), "sapo": ("sapo", LOW, HIGH),
              "cispo": ("cispo", 1.0, HIGH), "reinforce": ("gpg", LOW, HIGH)}

    def rows(tensor):
        return [numbers(row[:n]) for row, n in zip(tensor, lengths)]

    def differentiated(mode, low, high):
        leaf = now.clone().requires_grad_()
        config = ActorConfig(clip_ratio_low=low, clip_ratio_high=high, **common)
        loss, metrics = verl.get_policy_loss_fn(mode)(old, leaf, spread, mask, "token-sum", config)
        loss.backward()
        # SAPO's is a mean over sequences of means over tokens, whatever is asked for.
        gradient = leaf.grad * ROWS * mask.sum(-1, keepdim=True) if mode == "sapo" else leaf.grad
        return {"loss": loss.item(), "gradient": rows(gradient), "metrics": metrics}

    def kl(kind):
        leaf = now.clone().requires_grad_()
        value = verl.kl_penalty(leaf, old, kind)
        value.sum().backward()
        return {"value": rows(value), "gradient": rows(leaf.grad)}

    def ratio(level):
        return compute_rollout_correction_weights(old - sampler, mask, level, CAP)[0]

    losses = torch.tensor(random.normal(0, 1, mask.shape))
    modes = {"token-mean": "token-mean", "sequence-mean": "seq-mean-token-mean", "constant": "seq-mean-token-sum-norm"}
    return {
        "logProbs": rows(now), "old": rows(old), "sampler": rows(sampler), "advantages": one.tolist(),
        "settings": {"clipLow": LOW, "clipHigh": HIGH, "dualClip": DUAL, "sapoPositive": POSITIVE, "sapoNegative": NEGATIVE},
        "gspo": {"clipLow": GSPO_LOW, "clipHigh": GSPO_HIGH},
        "losses": {name: differentiated(*one) for name, one in bounds.items()},
        "kl": {"k1": kl("kl"), "k2": kl("mse"), "k3": kl("low_var_kl"), "k3+": kl("low_var_kl+")},
        "correction": {"cap": CAP, "token-truncate": rows(ratio("token")), "sequence-truncate": rows(ratio("sequence"))},
        "aggregated": {"losses": rows(losses), "budget": BUDGET,
                       "modes": {ours: verl.agg_loss(losses, mask, mode, loss_scale_factor=BUDGET).item()
                                 for ours, mode in modes.items()}},
    }


def main():
    random = np.random.default_rng(SEED)
    made = {name: importlib.metadata.version(name) for name in ("verl", "torch", "numpy")}
    out = {"made": made, "advantages": advantages(random), "critic": critic(random), "policy": policy(random)}
    path = pathlib.Path("test/learning/vectors/verl-functions.json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
