"""SGD on the tube with examples whose noise is white by construction.

An example is a vector z of signs, and its loss ``V(w) + sigma <z, w>``. All vectors of signs are
equally likely, so V is the mean loss and each gradient has the covariance sigma^2 I,
everywhere.
"""

import torch
from torch import Tensor

from dlmath.landscapes.langevin import Tube


def temperature(eta: float, b: int, sigma: float) -> float:
    """The temperature of Langevin dynamics with the same noise, ``eta sigma^2 / (2b)``."""
    return eta * sigma**2 / (2 * b)


def run(
    tube: Tube,
    start: Tensor,
    *,
    eta: float,
    b: int,
    sigma: float,
    steps: int,
    generator: torch.Generator,
) -> Tensor:
    """Many runs at once, from the rows of ``start``, with batches of b examples.

    Raises:
        ValueError: If eta <= 0, b < 1 or sigma < 0.
    """
    if eta <= 0 or b < 1 or sigma < 0:
        raise ValueError(f"wanted eta > 0, b >= 1 and sigma >= 0, got {eta}, {b}, {sigma}")
    w = start.clone()
    for _ in range(steps):
        signs = torch.randint(2, (b, *w.shape), generator=generator).sum(0).to(w.dtype)
        w = w - eta * (tube.gradient(w) + sigma * (2 * signs / b - 1))
    return w


def wide_share(w: Tensor) -> float:
    """Of the runs in one of the wells, the share in the wide one."""
    x = w[:, 0]
    return float((x > 0.5).sum() / (x.abs() > 0.5).sum())
