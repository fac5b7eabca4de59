"""Two networks of the CIFAR-10 table, built so that their parameters can be counted."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

STAGES: tuple[tuple[int, ...], ...] = (
    (32, 32), (32, 48), (80,), (112, 48), (96, 64),
    (80, 80), (48, 96), (96,), (176, 160), (176, 160),
)  # fmt: skip
"""Of the small Inception: channels of the 1 x 1 and 3 x 3 branches; a single number halves."""


def parameters(net: nn.Module) -> int:
    """How many numbers are trained."""
    return sum(p.numel() for p in net.parameters())


def convolution_count(channels: Sequence[tuple[int, int, int]]) -> int:
    """Weights and biases of convolutions, each given as (inputs, outputs, side of the kernel)."""
    return sum(outputs * (inputs * side**2 + 1) for inputs, outputs, side in channels)


def caffe_quick(ceil_mode: bool = True, *, channels: int = 3, size: int = 32) -> nn.Sequential:
    """The ``cifar10_quick`` network of Caffe: three convolutions, two linear layers.

    Args:
        ceil_mode: Whether pooling rounds the size of its output up, as Caffe does, or down, as is
            torch's habit. The first linear layer has the size that fits.
        channels: Of the images.
        size: Their height and width in pixels.
    """
    maps = nn.Sequential(
        nn.Conv2d(channels, 32, 5, padding=2),
        nn.MaxPool2d(3, 2, ceil_mode=ceil_mode),
        nn.ReLU(),
        nn.Conv2d(32, 32, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=ceil_mode),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=ceil_mode),
        nn.Flatten(),
    )
    with torch.no_grad():
        features = maps(torch.zeros(1, channels, size, size)).shape[1]
    return nn.Sequential(*maps, nn.Linear(features, 64), nn.Linear(64, 10))


class _Joined(nn.Module):
    """Branches side by side, their channels joined."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


def _unit(inputs: int, outputs: int, side: int, stride: int, per_channel: int) -> nn.Sequential:
    """Convolution, normalisation with a shift and perhaps a scale, ReLU."""
    padding = 1 if side == 3 else 0
    norm = nn.BatchNorm2d(outputs)
    if per_channel == 1:
        norm.register_parameter("weight", None)  # the shift alone
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, padding, bias=False), norm, nn.ReLU()
    )


def small_inception(per_channel: int = 1) -> nn.Sequential:
    """The small Inception for images of 28 x 28.

    Args:
        per_channel: Trained numbers of the normalisation a channel: 1, a shift (or, without
            normalisation, a bias), or 2, a shift and a scale.

    Raises:
        ValueError: If it is neither 1 nor 2.
    """
    if per_channel not in (1, 2):
        raise ValueError(f"per_channel: wanted 1 or 2, got {per_channel}")
    layers: list[nn.Module] = [_unit(3, 96, 3, 1, per_channel)]
    width = 96
    for stage in STAGES:
        if len(stage) == 2:
            branches = [
                _unit(width, c, k, 1, per_channel) for c, k in zip(stage, (1, 3), strict=True)
            ]
            width = sum(stage)
        else:
            branches = [_unit(width, stage[0], 3, 2, per_channel), nn.MaxPool2d(3, 2, 1)]
            width += stage[0]
        layers.append(_Joined(*branches))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
