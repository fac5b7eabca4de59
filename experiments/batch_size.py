"""Sharpness at the end of training, and the test error, against the size of the batch."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from experiments.images import Sample, sample
from experiments.loop import fit
from experiments.nets import NETS


def settings(size: str) -> list[dict[str, Any]]:
    """The runs of a size: one step size for all batches, and one in proportion to the batch."""
    net, sizes, n, epochs, tests, seeds = {
        "small": ("mlp", [32, 128], 256, 10, 500, [0]),
        "cpu": ("mlp", [16, 64, 256, 1024], 2000, 1000, 10_000, [0, 1]),
        "full": ("quick", [32, 128, 512, 2048, 8192], 50_000, 1000, 10_000, [0, 1]),
    }[size]
    return [
        dict(net=net, batch=b, rule=rule, n=n, epochs=epochs, tests=tests, seed=seed)
        for rule in ("same step", "step in proportion")
        for b in sizes
        for seed in seeds
        if rule == "same step" or b != 256  # there the rules agree
    ]


def job(
    *,
    net: str,
    batch: int,
    rule: str,
    n: int,
    epochs: int,
    tests: int,
    seed: int,
    device: str = "cpu",
) -> dict[str, Any]:
    """Train one network with one size of batches until it fits, and look at where it is.

    Args:
        net: A name of ``NETS``.
        batch: Examples a step.
        rule: ``"same step"`` (0.05), or ``"step in proportion"`` (0.05 at 256 examples).
        n: Training images.
        epochs: Passes at most; it stops when the loss over all images is 0.05.
        tests: Test images.
        seed: Of images, weights and batches.
        device: Where to run.
    """
    images = sample("cifar10", n, tests=tests, seed=seed, device=device)
    torch.manual_seed(seed)
    model = NETS[net]()
    lr = 0.05 if rule == "same step" else 0.05 * batch / 256
    plain: dict[str, Any] = dict(momentum=0.0, fall=1.0, until=0.05)
    done = fit(model, images, epochs=epochs, batch=batch, lr=lr, seed=seed, **plain)
    return {
        "lr": lr,
        "epochs_run": len(done.losses),
        "train_loss": done.train_loss,
        "train_error": done.train_error,
        "test_error": done.test_error,
        "sharpness": sharpness(model, images, most=2000),
        "data": images.words,
    }


def sharpness(model: nn.Module, images: Sample, *, most: int, rounds: int = 40) -> float:
    """The eigenvalue of largest modulus of the Hessian of the mean loss, by the power method.

    Args:
        model: Without randomness in evaluation mode.
        images: Their first ``most`` training examples are used.
        most: How many.
        rounds: Products of the Hessian with a vector.
    """
    model.eval()
    params = [p for p in model.parameters() if p.requires_grad]
    X, y = images.X[:most], images.y[:most]
    loss = cross_entropy(model(X), y)
    slopes = torch.autograd.grad(loss, params, create_graph=True)
    generator = torch.Generator().manual_seed(0)
    v = [torch.randn(p.shape, generator=generator).to(p) for p in params]
    value = 0.0
    for _ in range(rounds):
        length = _dot(v, v).sqrt()
        v = [part / length for part in v]
        product = torch.autograd.grad(_dot(slopes, v), params, retain_graph=True)
        value = float(_dot(product, v))
        v = [part.detach() for part in product]
    return value


def _dot(a: Any, b: Any) -> Tensor:
    return torch.stack([(x * y).sum() for x, y in zip(a, b, strict=True)]).sum()
