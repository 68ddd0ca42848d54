"""Vectors for test/learning/advantages.test.ts: GDPO and REINFORCE++ with a group
baseline, from their definitions.

Run from the repository root with numpy installed: python3 scripts/vectors/advantages.py GDPO
(arXiv 2601.05242): every reward function is normalised within the group (sample standard
deviation), the results are summed with weights, and the sum is whitened over the batch.
REINFORCE++ with a baseline (arXiv 2501.03262): the group's mean is taken off, then the batch
is whitened. A value that does not apply is NaN and takes no part. Seed 30, float64.
"""
import json
import pathlib

import numpy as np

SEED = 30
GROUPS, ROLLOUTS = 6, 8
EPS = 1e-4
WEIGHTS = {"variables": 1.0, "returned": 0.5, "trajectory": 2.0}


def sample_std(values, **options):
    return np.nanstd(values, ddof=1, **options)


def whitened(values):
    return (values - np.nanmean(values)) / (sample_std(values) + EPS)


def main():
    random = np.random.default_rng(SEED)
    parts = {
        "variables": random.integers(0, 4, (GROUPS, ROLLOUTS)) / 3,
        "returned": random.integers(0, 2, (GROUPS, ROLLOUTS)).astype(float),
        "trajectory": random.integers(0, 11, (GROUPS, ROLLOUTS)) / 10,
    }
    # A group of one opinion, one that has no return value, and rollouts without a reward.
    for part in parts.values():
        part[1] = part[1, 0]
    parts["returned"][2] = np.nan
    for part in parts.values():
        part[3, 5] = part[4, 0] = np.nan
    total = np.zeros((GROUPS, ROLLOUTS))
    for name, part in parts.items():
        mean = np.array([[np.nanmean(row) if not np.isnan(row).all() else np.nan] for row in part])
        std = np.array([[sample_std(row) if not np.isnan(row).all() else np.nan] for row in part])
        total += WEIGHTS[name] * np.nan_to_num((part - mean) / (std + EPS))
    missing = np.isnan(parts["variables"])
    total[missing] = np.nan
    centred = parts["variables"] - np.nanmean(parts["variables"], axis=1, keepdims=True)

    def rows(values):
        return [[None if np.isnan(x) else float(x) for x in row] for row in values]

    out = {
        "eps": EPS,
        "weights": WEIGHTS,
        "parts": {name: rows(part) for name, part in parts.items()},
        "gdpo": rows(np.nan_to_num(whitened(total))),
        "baseline": rows(np.nan_to_num(whitened(centred))),
    }
    path = pathlib.Path("test/learning/vectors/advantages.json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
