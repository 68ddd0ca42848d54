"""Vectors for test/tensor/training/optimizer.test.ts: gradient clipping and AdamW as PyTorch does them.

Run from the repository root with PyTorch installed: python3 scripts/vectors/adamw.py Seed 20 for
values and gradients; float32 on the CPU. Not part of the tests' run: the JSON it writes is committed.
"""
import json
import pathlib

import torch

SEED = 20
SHAPES = {"w": [3, 4], "b": [5]}
SETTINGS = {"learningRate": 0.02, "weightDecay": 0.1, "beta1": 0.9, "beta2": 0.95, "adamEps": 1e-8, "maxGradNorm": 1.0}
# Norms below and above the limit, so that clipping is seen both ways.
GRADIENT_SCALES = [0.05, 3.0, 0.5, 10.0]


def main():
    torch.manual_seed(SEED)
    parameters = {name: torch.randn(dims).requires_grad_() for name, dims in SHAPES.items()}
    start = {name: value.detach().flatten().tolist() for name, value in parameters.items()}
    optimizer = torch.optim.AdamW(
        parameters.values(),
        lr=SETTINGS["learningRate"],
        betas=(SETTINGS["beta1"], SETTINGS["beta2"]),
        eps=SETTINGS["adamEps"],
        weight_decay=SETTINGS["weightDecay"],
    )
    steps = []
    for scale in GRADIENT_SCALES:
        gradients = {name: torch.randn(dims) * scale for name, dims in SHAPES.items()}
        for name, value in parameters.items():
            value.grad = gradients[name].clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), SETTINGS["maxGradNorm"])
        optimizer.step()
        steps.append(
            {
                "gradients": {name: value.flatten().tolist() for name, value in gradients.items()},
                "gradNorm": norm.item(),
                "after": {name: value.detach().flatten().tolist() for name, value in parameters.items()},
            }
        )
    out = pathlib.Path("test/tensor/vectors/adamw.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    version = torch.__version__.split("+")[0]
    content = {"torch": version, "seed": SEED, "shapes": SHAPES, "settings": SETTINGS, "start": start, "steps": steps}
    out.write_text(json.dumps(content) + "\n")


main()
