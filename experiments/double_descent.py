"""Test error against width, on MNIST and CIFAR-10, with noise in the labels."""

import functools
from typing import Any

import torch
from torch import Tensor

from dlmath.ensembles import Ensemble, ensemble, mlp
from dlmath.minibatches import Batches
from dlmath.training import train
from experiments.images import CLASSES, sample


def settings(size: str) -> list[dict[str, Any]]:
    """The runs of a size."""
    # With n examples and ten outputs the weights are as many as the targets near width 10 n / d.
    few = [2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 128, 256]
    many = [4, 8, 16, 24, 32, 40, 48, 52, 56, 64, 80, 128, 256, 512, 1024]
    widths, n, steps, tests, seeds = {
        "small": ([2, 16], 200, 200, 500, [0, 1]),
        "cpu": (few, 1000, 8000, 5000, [0, 1, 2]),
        "full": (many, 4000, 60_000, 10_000, [0, 1, 2, 3, 4]),
    }[size]
    return [
        dict(data=data, width=w, noise=0.1, n=n, steps=steps, tests=tests, seeds=seeds)
        for data in ("mnist", "cifar10")
        for w in widths
    ]


def job(
    *,
    data: str,
    width: int,
    noise: float,
    n: int,
    steps: int,
    tests: int,
    seeds: list[int],
    device: str = "cpu",
) -> dict[str, Any]:
    """Train one width, several seeds at once, on the square loss.

    Args:
        data: ``"mnist"`` or ``"cifar10"``.
        width: Hidden rectifiers.
        noise: Share of the training labels drawn anew.
        n: Training images; the same for every seed.
        steps: Of Adam, with batches of 100 and a step size that falls.
        tests: Test images.
        seeds: Of the weights and the batches.
        device: Where to run.
    """
    images = sample(data, n, tests=tests, spoiled=noise, device=device)
    X, T = images.X.flatten(1), _targets(images.y)
    nets = ensemble(lambda: mlp([X.shape[1], width, CLASSES]), seeds, device=device)
    batches = Batches(n, min(100, n), seeds, device=device)
    for lr, share in ((1e-3, 0.6), (1e-4, 0.4)):
        train(
            nets,
            functools.partial(_loss, X=X, T=T),
            round(share * steps),
            optimizer=functools.partial(torch.optim.Adam, lr=lr),
            batches=batches,
            record_at=[round(share * steps)],
        )
    error, squared = _errors(nets, images.X_test.flatten(1), images.y_test)
    own = _errors(nets, X, images.y)
    return {
        "parameters": width * (X.shape[1] + 1 + CLASSES) + CLASSES,
        "train_error": own[0],
        "train_squared": own[1],
        "test_error": error,
        "test_squared": squared,
        "data": images.words,
    }


def _targets(y: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(y, CLASSES).float() - 1 / CLASSES


def _loss(nets: Ensemble, batch: Tensor, *, X: Tensor, T: Tensor) -> Tensor:
    """The mean square of each member on its own batch, of shape (E,)."""
    return (nets.each(X[batch]) - T[batch]).square().mean(dim=(1, 2))


@torch.no_grad()
def _errors(nets: Ensemble, X: Tensor, y: Tensor) -> tuple[list[float], list[float]]:
    """Share of errors and mean square of each member."""
    out = torch.cat([nets(part) for part in X.split(2000)], dim=1)
    wrong = (out.argmax(2) != y).float().mean(1)
    return wrong.tolist(), (out - _targets(y)).square().mean(dim=(1, 2)).tolist()
