"""Scattering and a linear rule against a convolutional network, as the training set grows."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from dlmath.generalization.cifar_nets import caffe_quick
from dlmath.invariance.scattering import scattering2d
from experiments.images import CLASSES, Sample, sample
from experiments.loop import fit

J = 3
Rule = tuple[Tensor, Tensor]
"""Weights (K, 10) and offsets (10,)."""
PENALTIES = tuple(10.0**k for k in range(0, -10, -1))


def settings(size: str) -> list[dict[str, Any]]:
    """The runs of a size."""
    few = [100, 300, 1000, 3000, 10_000]
    counts, steps, tests = {
        "small": (dict(mnist=[100], cifar10=[100]), 60, 300),
        "cpu": (dict(mnist=[*few, 60_000], cifar10=few), 1000, 10_000),
        "full": (dict(mnist=[*few, 60_000], cifar10=[*few, 50_000]), 12_000, 10_000),
    }[size]
    return [
        dict(data=data, method=method, n=n, steps=steps, tests=tests, seed=0)
        for data in ("mnist", "cifar10")
        for method in ("scattering", "network")
        for n in counts[data]
    ]


def job(
    *, data: str, method: str, n: int, steps: int, tests: int, seed: int, device: str = "cpu"
) -> dict[str, Any]:
    """Train one method on n images.

    Args:
        data: ``"mnist"`` or ``"cifar10"``.
        method: ``"scattering"``, with a ridge rule whose penalty is chosen on a fifth of the
            training images; or ``"network"``, the lecture's CudaConvNet.
        n: Training images.
        steps: Of the network, with batches of 100; it makes five passes at least.
        tests: Test images.
        seed: Of the images, the weights and the batches.
        device: Where to run.
    """
    images = sample(data, n, tests=tests, seed=seed, device=device)
    result: dict[str, Any] = {"data": {"source": images.source, "fingerprint": images.fingerprint}}
    if method == "scattering":
        return result | _scattering(images, (data, tests, seed, device))
    channels, size = images.X.shape[1], images.X.shape[2]
    torch.manual_seed(seed)
    model = caffe_quick(channels=channels, size=size)
    passes = max(5, steps * 100 // max(n, 100))
    batch = min(100, n)
    done = fit(
        model,
        images,
        epochs=passes,
        batch=batch,
        lr=1e-3,
        decay=1e-2,
        adam=True,
        fall=0.01 ** (1 / passes),
        seed=seed,
    )
    return result | {"test_error": done.test_error, "train_error": done.train_error}


def _scattering(images: Sample, key: tuple[str, int, int, str]) -> dict[str, Any]:
    features, other = _features(images.X), _test_features(*key, images=images)
    mean, spread = features.mean(0), features.std(0, correction=0).clamp(min=1e-6)
    features, other = (features - mean) / spread, (other - mean) / spread
    held = len(features) // 5
    choose = _ridge(features[held:], images.y[held:])
    errors = [_error(choose(r), features[:held], images.y[:held]) for r in PENALTIES]
    best = PENALTIES[errors.index(min(errors))]
    del choose  # its products are as large as the features
    rule = _ridge(features, images.y)(best)
    return {
        "features": features.shape[1],
        "penalty": best,
        "test_error": _error(rule, other, images.y_test),
        "train_error": _error(rule, features, images.y),
    }


_KEPT: dict[tuple[str, int, int, str], Tensor] = {}


def _test_features(*key: str | int, images: Sample) -> Tensor:
    """Those of the test images, which are the same for every number of training images."""
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = _features(images.X_test)  # type: ignore[index]
    return _KEPT[key]  # type: ignore[index]


def _features(X: Tensor) -> Tensor:
    """Scattering coefficients (n, K), reflected at the edges to a side that 2^J divides."""
    side = -(-X.shape[-1] // 2**J) * 2**J
    pad = side - X.shape[-1]
    X = torch.nn.functional.pad(X, (pad // 2, pad - pad // 2) * 2, mode="reflect")
    with torch.no_grad():
        return torch.cat([scattering2d(part, J).flatten(1) for part in X.split(500)])


def _ridge(F: Tensor, y: Tensor) -> Callable[[float], Rule]:
    """Least squares in double precision: what makes the rule of a penalty.

    The products of all examples, or of all features if they are fewer, are formed once.
    """
    F = F.double()
    T = torch.nn.functional.one_hot(y, CLASSES).double()
    mean, middle = F.mean(0), T.mean(0)
    F, T = F - mean, T - middle
    n, k = F.shape
    few = n < k
    products = F @ F.T if few else F.T @ F

    def rule(penalty: float) -> Rule:
        A = products.clone()
        A.diagonal().add_(penalty * n * k)
        W = F.T @ torch.linalg.solve(A, T) if few else torch.linalg.solve(A, F.T @ T)
        return W, middle - mean @ W

    return rule


def _error(rule: Rule, F: Tensor, y: Tensor) -> float:
    W, offset = rule
    return float(((F.double() @ W + offset).argmax(1) != y).double().mean())
