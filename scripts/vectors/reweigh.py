"""Vectors for test/learning/reweigh.test.ts: importance sampling, tokens of most entropy, KL penalties.

Run from the repository root with numpy installed: python3 scripts/vectors/reweigh.py. Definitions in
float64, seed 37. Importance sampling: TRL's vllm_importance_sampling_mode (exp of the difference of
log-probabilities, summed over the completion at sequence level; clamped at the cap, or 0 above it).
Entropy: TRL's get_high_entropy_mask, entropies at or above their (1 - share) quantile, linear between
neighbours. KL penalties: verl's kl_penalty (kl, mse, low_var_kl) times minus the coefficient.
"""
import json
import pathlib

import numpy as np

SEED, CAP, COEFFICIENT = 37, 1.3, 0.05


def factors(trainer, sampler, mode):
    difference = trainer - sampler
    if mode.startswith("sequence"):
        difference = np.full_like(difference, difference.sum())
    ratio = np.exp(difference)
    return np.minimum(ratio, CAP) if mode.endswith("truncate") else np.where(ratio > CAP, 0.0, ratio)


def penalty(logp, ref, kind):
    if kind == "k1":
        return logp - ref
    if kind == "k2":
        return 0.5 * (logp - ref) ** 2
    kl = ref - logp
    return np.exp(kl) - kl - 1


def main():
    random = np.random.default_rng(SEED)
    rows = []
    for length in (1, 4, 9, 9):
        sampler = -2 * random.random(length)
        trainer = sampler + random.normal(0.15 if length > 4 else -0.02, 0.25, length)
        modes = ("token-truncate", "token-mask", "sequence-truncate", "sequence-mask")
        rows.append({"sampler": sampler.tolist(), "trainer": trainer.tolist(),
                     "factors": {mode: factors(trainer, sampler, mode).tolist() for mode in modes},
                     "penalties": {kind: (-COEFFICIENT * penalty(sampler, trainer, kind)).tolist()
                                   for kind in ("k1", "k2", "k3")}})
    entropy = random.exponential(0.5, 23)
    shares = [0.0, 0.1, 0.2, 0.5, 0.8, 1.0]
    thresholds = [float(np.quantile(entropy, 1 - share)) for share in shares]
    kept = [[int(i) for i in np.flatnonzero(entropy >= threshold)] for threshold in thresholds]
    path = pathlib.Path("test/learning/vectors/reweigh.json")
    path.write_text(json.dumps({"cap": CAP, "coefficient": COEFFICIENT, "rows": rows,
                                "entropy": {"entropies": entropy.tolist(), "shares": shares,
                                            "thresholds": thresholds, "kept": kept}}, indent=1) + "\n")


main()
