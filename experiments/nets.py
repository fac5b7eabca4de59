"""The networks of the experiments, with the numbers of parameters that the lecture's table gives.

Where a number is known, :data:`COUNTS` states it and the tests count.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

COUNTS = {
    "quick": 145_578,  # the lecture's CudaConvNet
    "inception": 1_649_402,  # the lecture's MicroInception
    "mlp": 1_840_128,
    "resnet": 2_435_770,  # near the lecture's 2,401,440, whose architecture we could not find
}


def quick(channels: int = 3, size: int = 32) -> nn.Module:
    """Caffe's ``cifar10_quick``: three convolutions, poolings that round up, two linear layers.

    Args:
        channels: Of the images.
        size: Their height and width.
    """
    pool: Any = dict(kernel_size=3, stride=2, ceil_mode=True)
    side = size
    for _ in range(3):
        side = (side - 2) // 2 + 1  # of a pooling that rounds up
    return nn.Sequential(
        *(nn.Conv2d(channels, 32, 5, padding=2), nn.MaxPool2d(**pool), nn.ReLU()),
        *(nn.Conv2d(32, 32, 5, padding=2), nn.ReLU(), nn.AvgPool2d(**pool)),
        *(nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.AvgPool2d(**pool)),
        *(nn.Flatten(), nn.Linear(64 * side**2, 64), nn.Linear(64, 10)),
    )


def mlp(channels: int = 3, size: int = 32) -> nn.Module:
    """Two hidden layers of 512 rectifiers without biases: three matrices, as the bound has them."""
    return nn.Sequential(
        *(nn.Flatten(), nn.Linear(channels * size**2, 512, bias=False), nn.ReLU()),
        *(nn.Linear(512, 512, bias=False), nn.ReLU(), nn.Linear(512, 10, bias=False)),
    )


class _Shifted(nn.BatchNorm2d):
    """Batch normalisation with a shift and no scale: one parameter a channel."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.weight = None  # type: ignore[assignment]


def _conv(before: int, after: int, size: int, stride: int = 1) -> nn.Module:
    padding = size // 2 if stride == 1 else 1
    conv = nn.Conv2d(before, after, size, stride, padding=padding, bias=False)
    return nn.Sequential(conv, _Shifted(after), nn.ReLU())


class _Beside(nn.Module):
    """Two maps side by side, their channels concatenated."""

    def __init__(self, one: nn.Module, other: nn.Module) -> None:
        super().__init__()
        self.one, self.other = one, other

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.other(x)], 1)


def inception(channels: int = 3, size: int = 28) -> nn.Module:
    """The small Inception of Zhang and others (2017), normalisations with a shift only."""
    layers: list[nn.Module] = [_conv(channels, 96, 3)]
    width = 96
    plan = [(32, 32), (32, 48), (80,), (112, 48), (96, 64), (80, 80), (48, 96), (96,)]
    for parts in [*plan, (176, 160), (176, 160)]:
        if len(parts) == 2:
            layers.append(_Beside(_conv(width, parts[0], 1), _conv(width, parts[1], 3)))
            width = sum(parts)
        else:
            layers.append(_Beside(_conv(width, parts[0], 3, 2), nn.MaxPool2d(3, 2, 1)))
            width += parts[0]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


class _Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()),
            *(nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after)),
        )
        same = before == after and stride == 1
        self.way = nn.Identity() if same else nn.Conv2d(before, after, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.way(x))


def resnet(channels: int = 3, size: int = 32, width: int = 48, blocks: int = 3) -> nn.Module:
    """A residual network in three stages: ResNet-20, three times as wide."""
    layers: list[nn.Module] = [nn.Conv2d(channels, width, 3, 1, 1, bias=False)]
    layers += [nn.BatchNorm2d(width), nn.ReLU()]
    before = width
    for stage in range(3):
        for k in range(blocks):
            after = width * 2**stage
            layers.append(_Block(before, after, 2 if stage and not k else 1))
            before = after
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


NETS: dict[str, Callable[..., nn.Module]] = {
    "quick": quick,
    "inception": inception,
    "mlp": mlp,
    "resnet": resnet,
}
SIDES = {"inception": 28}
"""What a network wants the images cropped to, if not 32."""


def count(model: nn.Module) -> int:
    """The number of parameters."""
    return sum(p.numel() for p in model.parameters())
