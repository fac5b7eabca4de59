r"""Pooling as software does it: one sample in $s$ is kept, the others are dropped.

Maxima, blurs and strides on a periodic grid, and a small convolutional network of them. All
convolutions are circular: a failure to be blind to shifts can then come from the strides alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from dlmath.data import Images

Array = NDArray[np.float64]
SIDE = 12
STRIDES = 4
"""The product of the strides of the network: two poolings by two."""


def subsample(x: Array, s: int, phase: int = 0) -> Array:
    """The samples ``x[s * n + phase]``.

    Raises:
        ValueError: If ``s`` does not divide the number of samples.
    """
    if x.shape[-1] % s:
        raise ValueError(f"s: wanted a divisor of {x.shape[-1]} samples, got {s}")
    return x[..., phase % s :: s]


def running_max(x: Array, window: int) -> Array:
    """The maximum of ``x[n], ..., x[n + window - 1]`` at every place of the circle."""
    return np.max([np.roll(x, -k, axis=-1) for k in range(window)], axis=0)


def running_mean(x: Array, window: int) -> Array:
    """The mean of ``x[n], ..., x[n + window - 1]`` at every place of the circle."""
    return np.mean([np.roll(x, -k, axis=-1) for k in range(window)], axis=0)


def blur(x: Array) -> Array:
    """Convolve with (1, 2, 1)/4 on the circle."""
    return (np.roll(x, 1, -1) + 2 * x + np.roll(x, -1, -1)) / 4


def phase_gap(x: Array) -> float:
    r"""How unlike the even and the odd samples are in energy, over $\|x\|^2$."""
    even, odd = (float((subsample(x, 2, p) ** 2).sum()) for p in (0, 1))
    return abs(even - odd) / float((x**2).sum())


def high_share(x: Array) -> float:
    r"""The share of the energy at $|\omega| \ge \pi/2$."""
    power = np.abs(np.fft.fft(x)) ** 2
    high = np.abs(np.fft.fftfreq(x.size)) >= 0.25
    return float(power[high].sum() / power.sum())


class BlurPool(nn.Module):
    """Blur by (1, 2, 1)/4 along both axes, on the torus, then keep one sample in two each way."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """From (n, channels, height, width), even, to half the height and width."""
        line = torch.tensor([0.25, 0.5, 0.25], dtype=x.dtype)
        kernel = torch.outer(line, line).expand(x.shape[1], 1, 3, 3)
        around = functional.pad(x, (1, 1, 1, 1), mode="circular")
        return functional.conv2d(around, kernel, stride=2, groups=x.shape[1])


class DenseMax(nn.Module):
    """The maximum over two by two neighbours at every place of the torus."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Same shape."""
        around = functional.pad(x, (0, 1, 0, 1), mode="circular")
        return functional.max_pool2d(around, 2, stride=1)


def network(
    pooling: str = "max", *, padding: str = "circular", width: int = 12, seed: int = 0
) -> nn.Sequential:
    """Three convolutions, the first two pooled by two, a global average, and a linear rule.

    Args:
        pooling: "max" (the maximum of two by two, stride two), "blurred max" (the maximum at every
            place, then blur and stride two), or "dense max" (the maximum, no stride).
        padding: What a convolution sees outside: "circular" or "zeros".
        width: Channels of the first convolution; the others have twice as many.
        seed: Of the initial weights.

    Raises:
        ValueError: If the pooling is unknown.
    """
    pools = {
        "max": lambda: (nn.MaxPool2d(2),),
        "blurred max": lambda: (DenseMax(), BlurPool()),
        "dense max": lambda: (DenseMax(),),
    }
    mode: Any = padding  # torch's own error names the choices
    if pooling not in pools:
        raise ValueError(f"pooling: wanted one of {', '.join(pools)}; got {pooling!r}")

    def convolution(channels: int, out: int) -> tuple[nn.Module, ...]:
        return nn.Conv2d(channels, out, 3, padding=1, padding_mode=mode), nn.ReLU()

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            *(*convolution(1, width), *pools[pooling]()),
            *(*convolution(width, 2 * width), *pools[pooling]()),
            *convolution(2 * width, 2 * width),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10)),
        )


def on_torus(images: Array) -> Array:
    """Digits of eight by eight on an empty torus of twelve by twelve, ink 1.5, paper -0.5."""
    edge = (SIDE - images.shape[-1]) // 2
    return 2 * np.pad(images, ((0, 0), (edge, edge), (edge, edge))) - 0.5


def _batch(images: Array) -> torch.Tensor:
    return torch.from_numpy(images).float().unsqueeze(1)


def train(net: nn.Module, images: Array, labels: NDArray, *, epochs: int, seed: int) -> None:
    """Train by AdamW on batches of some 64, one cycle of the rate, in an order from ``seed``."""
    x, y = _batch(images), torch.from_numpy(labels).long()
    batches = max(1, len(x) // 64)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=1e-2)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=epochs * batches)
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(x)), batches):
            at = torch.from_numpy(batch)
            optimizer.zero_grad()
            functional.cross_entropy(net(x[at]), y[at]).backward()
            optimizer.step()
            cycle.step()


def logits_of_shifts(net: nn.Module, images: Array, reach: int = STRIDES) -> Array:
    """What the network says of every shift by 0, ..., ``reach - 1`` each way.

    Returns:
        (reach * reach, n, classes), float64.
    """
    x = _batch(images)
    x = x.to(next(net.parameters()).dtype)
    with torch.no_grad():
        found = [net(x.roll((i, j), (-2, -1))) for i in range(reach) for j in range(reach)]
    return torch.stack(found).double().numpy()


def agreement(predictions: NDArray[np.int64], classes: int = 10) -> float:
    """The chance that two different rows, drawn at random, agree in a column drawn at random."""
    rows = len(predictions)
    votes = np.stack([(predictions == c).sum(0) for c in range(classes)])
    return float((votes * (votes - 1)).sum(0).mean() / (rows * (rows - 1)))


@dataclass(frozen=True)
class Shifted:
    """What a trained network says of test digits under every shift.

    Attributes:
        logits: (16, n, 10), the shift by nothing first.
        labels: (n,), the right answers.
        images: (n, 12, 12), the digits where they stand.
    """

    logits: Array
    labels: NDArray[np.int64]
    images: Array

    @property
    def centred(self) -> float:
        """Accuracy on the digits where they stand."""
        return float((self.logits[0].argmax(-1) == self.labels).mean())

    @property
    def everywhere(self) -> float:
        """Accuracy over all shifts."""
        return float((self.logits.argmax(-1) == self.labels).mean())

    @property
    def agreement(self) -> float:
        """How often two different shifts of a digit get the same class."""
        return agreement(self.logits.argmax(-1))


def shifted_digits(
    data: Images, pooling: str, *, train_on: int = 1000, epochs: int = 20, seed: int = 0
) -> Shifted:
    """Train on centred digits, then ask about every shift of the others.

    The network is blind to shifts by multiples of four, so sixteen shifts are all there are.
    """
    images = on_torus(data.images)
    order = np.random.default_rng([seed, 1]).permutation(len(images))
    at, rest = order[:train_on], order[train_on:]
    net = network(pooling, seed=seed)
    train(net, images[at], data.labels[at], epochs=epochs, seed=seed)
    return Shifted(logits_of_shifts(net, images[rest]), data.labels[rest], images[rest])


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean of independent runs and its standard error."""
    array = np.asarray(values, float)
    return float(array.mean()), float(array.std(ddof=1) / np.sqrt(array.size))
