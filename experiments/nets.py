"""The networks of the experiments: the two of the lecture's table that are known, and two more."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from dlmath.generalization.cifar_nets import caffe_quick, small_inception

COUNTS = {
    "quick": 145_578,  # the lecture's CudaConvNet
    "inception": 1_649_402,  # the lecture's MicroInception
    "mlp": 1_840_128,
    "resnet": 2_435_770,  # near the lecture's 2,401,440, whose architecture nobody has stated
}
"""The parameters of each, which the tests count."""


def mlp(channels: int = 3, size: int = 32) -> nn.Module:
    """Two hidden layers of 512 rectifiers without biases: three matrices, as the bound has them.

    Args:
        channels: Of the images.
        size: Their height and width in pixels.
    """
    return nn.Sequential(
        *(nn.Flatten(), nn.Linear(channels * size**2, 512, bias=False), nn.ReLU()),
        *(nn.Linear(512, 512, bias=False), nn.ReLU(), nn.Linear(512, 10, bias=False)),
    )


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


def resnet(width: int = 48, blocks: int = 3) -> nn.Module:
    """A residual network for CIFAR-10 in three stages: ResNet-20, three times as wide.

    Args:
        width: Channels of the first stage; each later one has twice as many.
        blocks: Of two convolutions, in each stage.
    """
    layers: list[nn.Module] = [nn.Conv2d(3, width, 3, 1, 1, bias=False)]
    layers += [nn.BatchNorm2d(width), nn.ReLU()]
    before = width
    for stage in range(3):
        for k in range(blocks):
            after = width * 2**stage
            layers.append(_Block(before, after, 2 if stage and not k else 1))
            before = after
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


NETS: dict[str, Callable[[], nn.Module]] = {
    "quick": caffe_quick,
    "inception": small_inception,
    "mlp": mlp,
    "resnet": resnet,
}
"""For images of CIFAR-10."""

SIDES = {"inception": 28}
"""What a network wants the images cropped to, if not 32."""


def normalises(name: str | None) -> bool:
    """Whether a network of this name normalises batches."""
    return name is not None and any(isinstance(m, nn.BatchNorm2d) for m in NETS[name]().modules())
