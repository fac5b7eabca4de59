"""Margins over the spectral complexity, on true labels and on noise."""

from typing import Any

import numpy as np
import torch

from dlmath.generalization.spectral_margins import margins, spectral_complexity
from experiments.images import sample
from experiments.loop import fit, outputs
from experiments.nets import mlp

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9)


def settings(size: str) -> list[dict[str, Any]]:
    """The runs of a size."""
    n, epochs, tests = {
        "small": (256, 3, 500),
        "cpu": (5000, 60, 10_000),
        "full": (50_000, 60, 10_000),
    }[size]
    return [
        dict(labels=labels, n=n, epochs=epochs, tests=tests, seed=seed)
        for labels in ("true", "random")
        for seed in ((0,) if size == "small" else (0, 1))
    ]


def job(
    *,
    labels: str,
    n: int,
    epochs: int,
    tests: int,
    seed: int,
    device: str = "cpu",
    fabric: Any = None,
) -> dict[str, Any]:
    """Train a network of three matrices until it fits, and measure its margins.

    Args:
        labels: ``"true"`` or ``"random"``.
        n: Training images.
        epochs: Passes; random labels get twice as many.
        tests: Test images.
        seed: Of images, weights and batches.
        device: Where to run.
        fabric: For several processes.
    """
    noise = {"true": 0.0, "random": 1.0}[labels]
    images = sample("cifar10", n, tests=tests, spoiled=noise, seed=seed, device=device)
    torch.manual_seed(seed)
    model = mlp()
    first = _matrices(model)
    passes = epochs * (2 if noise else 1)
    done = fit(
        model, images, epochs=passes, lr=0.02, fall=0.01 ** (1 / passes), seed=seed, fabric=fabric
    )
    weights = _matrices(model)
    found = margins(outputs(model, images.X).cpu().numpy(), images.y.cpu().numpy())
    size = float(images.X.square().sum().sqrt())  # the norm of the data, as the bound has it
    complexity = spectral_complexity(weights, first)
    return {
        "train_error": done.train_error,
        "test_error": done.test_error,
        "complexity": complexity,
        "complexity_from_zero": spectral_complexity(weights),
        "data_norm": size,
        "margin_levels": list(LEVELS),
        "margins": np.quantile(found, LEVELS),
        "normalised": np.quantile(found, LEVELS) * n / (size * complexity),
        "data": images.words,
    }


def _matrices(model: torch.nn.Module) -> list[np.ndarray]:
    return [p.detach().cpu().double().numpy().copy() for p in model.parameters()]
