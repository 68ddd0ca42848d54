"""Vectors for test/learning/objectives.test.ts: coefficients of policy losses, from the losses themselves.

Run from the repository root with numpy installed: python3 scripts/vectors/objectives.py Each loss is
written as its paper has it, and the coefficient of a token is minus its derivative by log pi, taken by
central differences in float64; what a paper puts under stop-gradient stays fixed. Losses are sums over
tokens, GSPO's (which is one number per completion) times the tokens. Seed 31. CISPO: arXiv 2506.13585,
equation 4. GSPO: arXiv 2507.18071, equations 5 and 7. SAPO: arXiv 2511.20347, equations 5 and 6.
"""
import json
import pathlib

import numpy as np

SEED, ROWS, TOKENS = 31, 12, 7
LOW, HIGH = 0.2, 0.28
GSPO_LOW, GSPO_HIGH = 0.05, 0.08
POSITIVE, NEGATIVE = 1.0, 1.05
STEP = 1e-6


def cispo(logp, old, advantage, fixed):
    ratio = np.exp(fixed - old)
    return -np.sum(np.minimum(ratio, 1 + HIGH) * advantage * logp)


def gspo(logp, old, advantage, fixed):
    ratio = np.exp(np.mean(logp - old))
    a = advantage[0]
    return -len(logp) * min(ratio * a, np.clip(ratio, 1 - GSPO_LOW, 1 + GSPO_HIGH) * a)


def sapo(logp, old, advantage, fixed):
    ratio = np.exp(logp - old)
    tau = np.where(advantage > 0, POSITIVE, NEGATIVE)
    return -np.sum(4 / tau / (1 + np.exp(-tau * (ratio - 1))) * advantage)


def reinforce(logp, old, advantage, fixed):
    return -np.sum(advantage * logp)


def coefficients(loss, logp, old, advantage):
    out = []
    for t in range(len(logp)):
        step = np.zeros_like(logp)
        step[t] = STEP
        up, down = (loss(logp + sign * step, old, advantage, logp) for sign in (1, -1))
        out.append(float(-(up - down) / (2 * STEP)))
    return out


def main():
    random = np.random.default_rng(SEED)
    losses = {"cispo": cispo, "gspo": gspo, "sapo": sapo, "reinforce": reinforce}
    rows = []
    for row in range(ROWS):
        old = -3 * random.random(TOKENS)
        logp = old + random.normal(0.06 * (row % 3 - 1), 0.4, TOKENS)
        one = np.full(TOKENS, random.normal())
        rows.append({"logProbs": logp.tolist(), "old": old.tolist(), "advantage": float(one[0]),
                     "coefficients": {name: coefficients(loss, logp, old, one) for name, loss in losses.items()}})
    out = {"settings": {"clipLow": LOW, "clipHigh": HIGH, "sapoPositive": POSITIVE, "sapoNegative": NEGATIVE},
           "gspo": {"clipLow": GSPO_LOW, "clipHigh": GSPO_HIGH}, "rows": rows}
    path = pathlib.Path("test/learning/vectors/objectives.json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
