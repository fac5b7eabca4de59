"""Test error against width, on MNIST and CIFAR-10, with noise in the labels."""

import functools
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from dlmath.ensembles import Ensemble, ensemble, mlp
from dlmath.minibatches import Batches
from dlmath.training import train
from experiments.images import CLASSES, Sample, sample


def settings(size: str) -> list[dict[str, Any]]:
    """The runs of a size."""
    # With n examples and ten outputs the weights are as many as the targets near width 10 n / d.
    few = [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 64, 128, 256]
    many = [4, 8, 16, 24, 32, 40, 48, 52, 56, 64, 80, 128, 256, 512, 1024]
    widths, n, steps, tests, seeds = {
        "small": ([2, 16], 200, 200, 500, [0, 1]),
        "cpu": (few, 1000, 10_000, 10_000, [0, 1, 2]),
        "full": (many, 4000, 60_000, 10_000, [0, 1, 2, 3, 4]),
    }[size]
    big = [
        dict(data=data, width=w, shrink=shrink, n=n, steps=steps, tests=tests, seeds=seeds)
        for data, shrink in (("mnist", 1), ("cifar10", 1 if size == "full" else 2))
        for w in widths
    ]
    # No download: the appendix runs some of these again, and wants to know how seeds differ.
    dozen = dict(steps=5000, seeds=list(range(12)))
    quick = [
        dict(data="digits", width=w, shrink=1, n=200, tests=797, **dozen)
        for w in ([2] if size == "small" else [1, 2, 4, 8, 16, 20, 24, 28, 32, 40, 48, 64, 128])
    ]
    return [setting | {"noise": 0.2} for setting in quick + big]


def job(
    *,
    data: str,
    width: int,
    shrink: int,
    noise: float,
    n: int,
    steps: int,
    tests: int,
    seeds: list[int],
    device: str = "cpu",
) -> dict[str, Any]:
    """Train one width, several seeds at once, on the square loss.

    Args:
        data: ``"mnist"``, ``"cifar10"`` or ``"digits"``.
        width: Hidden rectifiers.
        shrink: Means over squares of this side take the place of the pixels.
        noise: Share of the training labels drawn anew.
        n: Training images; the same for every seed.
        steps: Of Adam, with batches of 100 and a step size that falls.
        tests: Test images.
        seeds: Of the weights and the batches.
        device: Where to run.
    """
    images = sample(data, n, tests=tests, spoiled=noise, device=device)
    torch.set_flush_denormal(True)  # see experiments.loop.fit
    X, X_test = _inputs(images, shrink)
    T = _targets(images.y)
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
    error, squared = _errors(nets, X_test, images.y_test)
    own = _errors(nets, X, images.y)
    return {
        "parameters": width * (X.shape[1] + 1 + CLASSES) + CLASSES,
        "train_error": own[0],
        "train_squared": own[1],
        "test_error": error,
        "test_squared": squared,
        "data": images.words,
    }


def _inputs(images: Sample, shrink: int) -> tuple[Tensor, Tensor]:
    """Pixels with the training images' mean taken away, else most narrow networks die at once."""
    X, X_test = (avg_pool2d(x, shrink).flatten(1) for x in (images.X, images.X_test))
    mean = X.mean(0)
    spread = (X - mean).square().mean().sqrt()
    return (X - mean) / spread, (X_test - mean) / spread


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
