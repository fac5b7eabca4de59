r"""The tree of a scattering transform: $x \to |x\star\psi_1| \to ||x\star\psi_1|\star\psi_2|$ ...

A branch is a family of filters that share input and output grids.  Its signals are averaged, and
handed to the branches that grow from it, in pieces small enough to stay in the cache: memory is
bounded by the pieces and not by the number of paths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dlmath.invariance._wavelet_modulus import Stage, spectra, wavelet_modulus


class Place(NamedTuple):
    """Where, and in which floating-point type, a transform is evaluated."""

    dtype: torch.dtype
    device: torch.device

    def real(self, values: NDArray[np.float64]) -> Tensor:
        """The array as a tensor of this place."""
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.dtype).to(self.device)

    def index(self, values: NDArray[Any]) -> Tensor:
        """The array of integers as a tensor of this place."""
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.device)


class LowPass(Protocol):
    """Average by phi_J, sample at stride 2^J, drop the padding, over the last axes."""

    def __call__(self, u: Tensor) -> Tensor:
        """Take (R, K, *grid) to (R, K, *coarse grid)."""
        ...


@dataclass(frozen=True, eq=False)
class Branch:
    """Filters, the average of what they give, and the branches that grow from it."""

    stage: Stage
    low_pass: LowPass
    children: tuple[Branch, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that depends on the shape of the signals and not on their values.

    Attributes:
        padding: For each axis, which sample stands at each place of the padded signal.
        low_pass: The average of the padded signal.
        branches: The filters of first order, in the order of the output.
        piece: Samples evaluated together.
    """

    padding: tuple[Tensor, ...]
    low_pass: LowPass
    branches: tuple[Branch, ...]
    piece: int


def scatter(x: Tensor, plan: Plan, piece: int | None = None) -> Tensor:
    """Return the scattering coefficients of real signals.

    Args:
        x: Signals, of shape (B, *grid).
        plan: Made for the grid, dtype and device of ``x``.
        piece: Samples evaluated together, if not the plan's own number; it changes the speed and
            the memory, not the result.

    Returns:
        Coefficients (B, K, *coarse grid): order by order, paths in lexicographic order.
    """
    for axis, index in enumerate(plan.padding):
        x = x.index_select(1 + axis, index)
    orders = _descend(spectra(x), plan.branches, piece or plan.piece)
    return torch.cat([plan.low_pass(x.unsqueeze(1)), *orders], 1)


def _descend(spectrum: Tensor, branches: tuple[Branch, ...], piece: int) -> list[Tensor]:
    """For each order, the coefficients (R, paths, ...) that begin in these branches."""
    found = [_follow(spectrum, branch, piece) for branch in branches]
    depth = max(map(len, found), default=0)
    return [torch.cat([f[d] for f in found if len(f) > d], 1) for d in range(depth)]


def _follow(spectrum: Tensor, branch: Branch, piece: int) -> list[Tensor]:
    """The same for one branch: a few signals, and a few of its filters, at a time."""
    stage = branch.stage
    filters, points = stage.weights.shape[1], math.prod(stage.shape)
    step = min(filters, max(1, piece // points))
    rows = []
    for part in spectrum.split(max(1, piece // (points * step))):
        blocks, row = stage.blocks(part), []
        for start in range(0, filters, step):
            u = wavelet_modulus(blocks, stage.narrowed(start, step))
            row.append([branch.low_pass(u), *_below(u, branch.children, piece)])
        rows.append([torch.cat(order, 1) for order in zip(*row, strict=True)])
    return [torch.cat(order) for order in zip(*rows, strict=True)]


def _below(u: Tensor, children: tuple[Branch, ...], piece: int) -> list[Tensor]:
    if not children:
        return []
    orders = _descend(spectra(u.flatten(0, 1)), children, piece)
    return [order.unflatten(0, u.shape[:2]).flatten(1, 2) for order in orders]
