"""Vectors for test/learning/gae.test.ts: advantages, whitening, explained variance, value loss and its Adam.

Run from the repository root with numpy installed: python3 scripts/vectors/gae.py. In float64, seed 41,
from the definitions: GAE as the sum over l of (gamma lambda)^l delta_{t+l} (arXiv 1506.02438, equation
16), whitening as verl's masked_whiten, the value loss of PPO as verl's compute_value_loss with its
gradient by central differences, and Adam (arXiv 1412.6980) with betas .9 and .999.
"""
import json
import pathlib

import numpy as np

SEED, SIZE, CLIP, RATE, STEP = 41, 5, 0.2, 0.05, 1e-6


def gae(rewards, values, gamma, lam):
    following = np.append(values[1:], 0.0)
    delta = rewards + gamma * following - values
    n = len(rewards)
    return np.array([sum((gamma * lam) ** k * delta[t + k] for k in range(n - t)) for t in range(n)])


def value_loss(weights, states, returns, old):
    values = states @ weights[:-1] + weights[-1]
    clipped = np.clip(values, old - CLIP, old + CLIP)
    return 0.5 * np.mean(np.maximum((values - returns) ** 2, (clipped - returns) ** 2))


def adam(weights, states, returns, old, steps):
    first = second = np.zeros_like(weights)
    losses = []
    for t in range(1, steps + 1):
        losses.append(float(value_loss(weights, states, returns, old)))
        unit = np.eye(len(weights)) * STEP
        up, down = ([value_loss(weights + sign * e, states, returns, old) for e in unit] for sign in (1, -1))
        gradient = (np.array(up) - np.array(down)) / (2 * STEP)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient ** 2
        weights = weights - RATE * (first / (1 - 0.9 ** t)) / (np.sqrt(second / (1 - 0.999 ** t)) + 1e-8)
    return weights, losses


def main():
    random = np.random.default_rng(SEED)
    cases = []
    for length, gamma, lam in ((1, 1.0, 1.0), (6, 1.0, 1.0), (6, 0.9, 0.8), (9, 1.0, 0.0), (4, 0.99, 0.95)):
        rewards, values = random.normal(0, 0.1, length), random.normal(0, 1, length)
        rewards[-1] += 1
        cases.append({"rewards": rewards.tolist(), "values": values.tolist(), "gamma": gamma, "lambda": lam,
                      "advantages": gae(rewards, values, gamma, lam).tolist()})
    every = np.concatenate([case["advantages"] for case in cases])
    white = (every - every.mean()) / np.sqrt(every.var(ddof=1) + 1e-8)
    states, returns = random.normal(0, 1, (30, SIZE)), random.normal(0.5, 1, 30)
    start = random.normal(0, 0.3, SIZE + 1)
    old = states @ start[:-1] + start[-1]
    weights, losses = adam(start, states, returns, old, 6)
    explained = 1 - np.var(returns - old) / np.var(returns)
    path = pathlib.Path("test/learning/vectors/gae.json")
    path.write_text(json.dumps({
        "cases": cases, "whitened": white.tolist(),
        "head": {"size": SIZE, "clip": CLIP, "rate": RATE, "states": states.ravel().tolist(), "returns": returns.tolist(),
                 "start": start.tolist(), "values": old.tolist(), "weights": weights.tolist(), "losses": losses,
                 "explained": float(explained)}}, indent=1) + "\n")


main()
