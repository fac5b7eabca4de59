"""Networks of one architecture, stacked: how :mod:`dlmath.training` sees one or hundreds."""

import copy
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap


@dataclass(frozen=True)
class Ensemble:
    """E networks of one architecture.

    Attributes:
        params: For each parameter of the architecture a tensor of shape (E, *its own shape).
        base: The architecture; its own parameters are not used.
    """

    params: dict[str, Tensor]
    base: nn.Module = field(repr=False)

    def __call__(self, x: Tensor) -> Tensor:
        """Outputs (E, n, k) at inputs x (n, d), which all members see."""
        return vmap(lambda p: functional_call(self.base, p, (x,)))(self.params)

    def each(self, x: Tensor) -> Tensor:
        """Outputs (E, n, k) at inputs x (E, n, d), of which member i sees ``x[i]``."""
        return vmap(lambda p, own: functional_call(self.base, p, (own,)))(self.params, x)

    def __len__(self) -> int:
        """E, how many members there are."""
        return len(next(iter(self.params.values())))

    def member(self, i: int) -> nn.Module:
        """A copy of member i as an ordinary module."""
        net = copy.deepcopy(self.base)
        net.load_state_dict({name: p[i].detach() for name, p in self.params.items()})
        return net

    def squared_norm(self) -> Tensor:
        """The sum of squares of all parameters, of shape (E,)."""
        return torch.stack([p.square().flatten(1).sum(1) for p in self.params.values()]).sum(0)


def ensemble(
    make: Callable[[], nn.Module],
    seeds: Iterable[int],
    *,
    device: str | torch.device = "cpu",
    dtype: torch.dtype = torch.float32,
) -> Ensemble:
    """Build one member a seed; member i depends on ``seeds[i]`` alone.

    Args:
        make: Builds a network on the CPU with torch's default generator, which is seeded for each
            call and left as it was. So a GPU starts from the weights that a CPU starts from.
        seeds: One a member.
        device: Where the members live.
        dtype: Of their parameters.

    Raises:
        ValueError: If there is no seed, or the network has no parameters, or has what members
            cannot share or repeat: buffers (batch normalisation) or dropout.
    """
    nets = []
    for seed in seeds:
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            nets.append(make().to(device=device, dtype=dtype))
    if not nets:
        raise ValueError("seeds: wanted at least one, got none")
    params, buffers = stack_module_state(nets)
    if not params:
        raise ValueError("make: wanted a network with parameters, got one without")
    if buffers:
        raise ValueError(f"make: wanted a network without buffers, got {sorted(buffers)}")
    if any(isinstance(m, nn.modules.dropout._DropoutNd) for m in nets[0].modules()):
        raise ValueError("make: wanted a network that computes the same each time, got dropout")
    return Ensemble({name: p.detach().clone() for name, p in params.items()}, nets[0])


def mlp(sizes: Sequence[int], *, bias: bool = True) -> nn.Sequential:
    """A ReLU network: ``mlp([d, width, ..., k])``.

    Args:
        sizes: Of the input, of each hidden layer, of the output.
        bias: Whether the layers add one.

    Raises:
        ValueError: If there are fewer than two sizes, or one is less than 1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes: wanted two or more, each at least 1, got {list(sizes)}")
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs, bias=bias), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
