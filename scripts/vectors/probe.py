"""Writes test/instruments/vectors/probe.json: ridge and logistic regression, R^2 and AUC, by NumPy from their
definitions: normal equations with a column of ones that is not penalised, Newton's method on the whole
Hessian, AUC by comparing all pairs. Usage: python scripts/vectors/probe.py (numpy 2)"""

import json
from pathlib import Path

import numpy as np

random = np.random.default_rng(20261130)
OUT = Path(__file__).parents[2] / "test/instruments/vectors/probe.json"


def drawn(n, d):
    x = random.normal(size=(n, d)) * random.uniform(0.2, 4, size=d) + random.normal(size=d)
    return np.round(x, 6)


def ridge(x, y, penalty):
    ones = np.hstack([x, np.ones((len(x), 1))])
    held = np.diag([penalty] * x.shape[1] + [0.0])
    solution = np.linalg.solve(ones.T @ ones + held, ones.T @ y)
    return solution[:-1], solution[-1]


def logistic(x, y, penalty):
    ones = np.hstack([x, np.ones((len(x), 1))])
    held = np.diag([penalty] * x.shape[1] + [0.0])
    w = np.zeros(ones.shape[1])
    for _ in range(200):
        p = 1 / (1 + np.exp(-ones @ w))
        gradient = ones.T @ (p - y) + held @ w
        hessian = (ones * (p * (1 - p))[:, None]).T @ ones + held
        w = w - 0.5 * np.linalg.solve(hessian, gradient)
    assert np.abs(ones.T @ (1 / (1 + np.exp(-ones @ w)) - y) + held @ w).max() < 1e-10
    return w[:-1], w[-1]


def auc(score, y):
    pairs = score[y == 1][:, None] - score[y == 0][None, :]
    return float((pairs > 0).mean() + (pairs == 0).mean() / 2)


cases = []
for n, d in [(40, 6), (12, 30)]:
    x = drawn(n, d)
    y = np.round(x @ random.normal(size=d) * 0.5 + random.normal(size=n), 6)
    label = (y > np.median(y)).astype(int)
    score = np.round(y + random.normal(size=n), 1)
    case = {"x": x.tolist(), "y": y.tolist(), "label": label.tolist(), "score": score.tolist()}
    case["ridge"] = []
    for penalty in (0.5, 20.0):
        weights, intercept = ridge(x, y, penalty)
        case["ridge"].append({"penalty": penalty, "weights": weights.tolist(), "intercept": intercept})
    weights, intercept = logistic(x, label, 2.0)
    case["logistic"] = {"penalty": 2.0, "weights": weights.tolist(), "intercept": intercept}
    case["auc"] = auc(score, label)
    case["rSquared"] = float(1 - ((y - score) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    cases.append(case)

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"numpy": np.__version__, "cases": cases}) + "\n")
