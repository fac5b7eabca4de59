"""The lecture's table: networks with more weights than images, on true labels and on noise."""

from typing import Any

import torch

from dlmath.generalization.cifar_nets import parameters
from experiments.images import sample
from experiments.loop import fit
from experiments.nets import NETS, SIDES

STEPS = {"quick": 0.05, "mlp": 0.02, "inception": 0.1, "resnet": 0.1}
"""First step sizes; that of the Inception is from Zhang and others (2017)."""


def settings(size: str) -> list[dict[str, Any]]:
    """The runs of a size: ``small`` for a test, ``cpu`` for two cores, ``full`` for a GPU."""
    nets, n, epochs, longer, tests = {
        "small": (["quick"], 256, 2, 4, 500),
        "cpu": (["quick", "mlp"], 5000, 60, 240, 10_000),
        "full": (["quick", "mlp", "inception", "resnet"], 50_000, 60, 120, 10_000),
    }[size]
    kinds = [("true", 0.0, epochs), ("true", 5e-4, epochs), ("random", 0.0, longer)]
    return [
        dict(net=net, labels=labels, decay=decay, n=n, epochs=passes, tests=tests, seed=0)
        for net in nets
        for labels, decay, passes in kinds
    ]


def job(
    *,
    net: str,
    labels: str,
    decay: float,
    n: int,
    epochs: int,
    tests: int,
    seed: int,
    device: str = "cpu",
    fabric: Any = None,
) -> dict[str, Any]:
    """Train one network on one labelling.

    Args:
        net: A name of ``NETS``.
        labels: ``"true"`` or ``"random"``.
        decay: Weight decay.
        n: Images for training.
        epochs: Passes.
        tests: Test images.
        seed: Of images, weights and batches.
        device: Where to run.
        fabric: For several processes, see :func:`experiments.loop.fit`.
    """
    noise = {"true": 0.0, "random": 1.0}[labels]
    images = sample(
        "cifar10", n, tests=tests, spoiled=noise, size=SIDES.get(net), seed=seed, device=device
    )
    torch.manual_seed(seed)
    model = NETS[net]()
    fall = 0.01 ** (1 / epochs)  # falls a hundredfold, however long the run is
    done = fit(
        model,
        images,
        epochs=epochs,
        lr=STEPS[net],
        decay=decay,
        fall=fall,
        seed=seed,
        fabric=fabric,
    )
    p = parameters(model)
    return {
        "parameters": p,
        "per_example": p / n,
        "train_loss": done.train_loss,
        "train_error": done.train_error,
        "test_error": done.test_error,
        "losses": done.losses,
        "data": images.words,
    }
