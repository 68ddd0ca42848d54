"""Vectors for test/learning/more-estimators.test.ts: OPO, pass@k and GFPO from their definitions.

Run from the repository root with numpy installed: python3 scripts/vectors/estimators.py OPO (arXiv
2505.23585): r - sum(length * r) / sum(length). Pass@k (arXiv 2508.10751): all sets of k rollouts
are listed one by one; a set's reward is its best; an advantage is the mean over the sets that hold
a rollout, less the mean over all, over the deviation over all. For rewards of 0 and 1 the paper's
closed form is checked here as well. GFPO (arXiv 2508.09726): the shortest, or those of most reward
per token, remain, with mean and sample deviation among themselves. Seed 32, float64.
"""
import itertools
import json
import math
import pathlib

import numpy as np

SEED, EPS = 32, 1e-4


def pass_at_k(rewards, k):
    sets = list(itertools.combinations(range(len(rewards)), k))
    best = np.array([max(rewards[i] for i in chosen) for chosen in sets])
    if best.std() < 1e-9:
        return [0.0] * len(rewards)
    return [float((np.mean([b for chosen, b in zip(sets, best) if i in chosen]) - best.mean()) / best.std())
            for i in range(len(rewards))]


def closed_form(rewards, k):
    n, wrong = len(rewards), sum(r == 0 for r in rewards)
    mean = 1 - math.comb(wrong, k) / math.comb(n, k)
    deviation = math.sqrt(mean * (1 - mean))
    right = (1 - mean) / deviation
    other = (1 - mean - math.comb(wrong - 1, k - 1) / math.comb(n - 1, k - 1)) / deviation
    return [right if r == 1 else other for r in rewards]


def gfpo(rewards, lengths, keep, by):
    measure = [-n if by == "length" else r / n for r, n in zip(rewards, lengths)]
    kept = sorted(range(len(rewards)), key=lambda i: (-measure[i], i))[:keep]
    values = np.array(rewards)[kept]
    if np.ptp(values) == 0:
        return [0.0] * len(rewards)
    return [float((rewards[i] - values.mean()) / (values.std(ddof=1) + EPS)) if i in kept else 0.0
            for i in range(len(rewards))]


def main():
    random = np.random.default_rng(SEED)
    cases = []
    for n in (4, 6, 8):
        for graded in (False, True):
            rewards = (random.integers(0, 5, n) / 4 if graded else random.integers(0, 2, n)).astype(float).tolist()
            lengths = random.integers(3, 40, n).tolist()
            weights = np.array(lengths) / sum(lengths)
            by_k = {str(k): pass_at_k(rewards, k) for k in (1, 2, 4)}
            if not graded and 0 < sum(rewards) < n:
                for k in (2, 4):
                    if n - sum(rewards) >= k:
                        assert np.allclose(by_k[str(k)], closed_form(rewards, k)), (rewards, k)
            cases.append({
                "rewards": rewards, "lengths": lengths,
                "opo": (np.array(rewards) - weights @ rewards).tolist() if len(set(rewards)) > 1 else [0.0] * n,
                "pass": by_k,
                "gfpo": {by: gfpo(rewards, lengths, 3, by) for by in ("length", "efficiency")},
            })
    path = pathlib.Path("test/learning/vectors/estimators.json")
    path.write_text(json.dumps({"eps": EPS, "keep": 3, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
