r"""Three ways to average by $\phi_J$, sample at stride $2^J$ and drop the padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad


@dataclass(frozen=True, eq=False)
class MatrixLowPass:
    """A separable average over two axes: two matrices, or their product where that is cheaper.

    Attributes:
        left: Of shape (h, m).
        right: Of shape (n, w).
        both: Of shape (m n, h w), or None.
    """

    left: Tensor
    right: Tensor
    both: Tensor | None

    def __call__(self, u: Tensor) -> Tensor:
        """Take (..., m, n) to (..., h, w)."""
        (h, m), (n, w) = self.left.shape, self.right.shape
        if self.both is not None:
            return (u.reshape(-1, m * n) @ self.both).view(*u.shape[:-2], h, w)
        rows = torch.matmul(self.left, u.reshape(-1, m, n))
        return (rows.view(-1, n) @ self.right).view(*u.shape[:-2], h, w)


@dataclass(frozen=True, eq=False)
class PolyphaseLowPass:
    """A short average over one axis: one matrix product for all the phases of a sample.

    Attributes:
        taps: Of shape (stride, taps): coefficient of each phase for each neighbouring output.
        blocks: Which stretches of ``stride`` samples are needed, taps - 1 more than outputs.
        start: The first of them, if they follow each other without going round; else None.
    """

    taps: Tensor
    blocks: Tensor
    start: int | None

    def __call__(self, u: Tensor) -> Tensor:
        """Take (..., n) to (..., w)."""
        if torch.is_grad_enabled() and u.requires_grad:
            return _Polyphase.apply(u, self)
        return self.average(u)

    def average(self, u: Tensor) -> Tensor:
        """The same, without a gradient."""
        stride, taps = self.taps.shape
        stretches = u.unflatten(-1, (-1, stride))
        if self.start is None:
            parts = stretches.index_select(-2, self.blocks) @ self.taps
        else:  # a view: what is averaged is most of the signal, and copying it costs as much
            parts = _rows(stretches.narrow(-2, self.start, len(self.blocks)), self.taps)
        # output k is the sum over c of parts[k + c, c]
        return parts.unfold(-2, taps, 1).diagonal(dim1=-2, dim2=-1).sum(-1)

    def spread(self, g: Tensor, n: int) -> Tensor:
        """The transpose of the average: take (..., w) to (..., n)."""
        stride, taps = self.taps.shape
        # stretch i feeds the outputs i - c through column c of the taps
        windows = pad(g, (taps - 1, taps - 1)).unfold(-1, taps, 1)
        parts = windows @ self.taps.flip(1).T
        if self.start is None:
            full = g.new_zeros(*g.shape[:-1], n // stride, stride)
            return full.index_add(-2, self.blocks, parts).flatten(-2)
        return pad(
            parts.flatten(-2), (self.start * stride, n - (self.start + len(self.blocks)) * stride)
        )


class _Polyphase(torch.autograd.Function):
    """The gradient of a linear map is its transpose; autograd would scatter tap by tap."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, low_pass: PolyphaseLowPass) -> Tensor:
        ctx.low_pass, ctx.length = low_pass, u.shape[-1]
        return low_pass.average(u)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return ctx.low_pass.spread(grads[0], ctx.length), None


def _rows(a: Tensor, matrix: Tensor) -> Tensor:
    """``a @ matrix`` without the copy that ``matmul`` makes of a view."""
    flat = a.flatten(0, -3)
    return torch.bmm(flat, matrix.expand(len(flat), -1, -1)).view(*a.shape[:-1], -1)


@dataclass(frozen=True, eq=False)
class SpectralLowPass:
    """A periodic average whose filter vanishes from the coarse grid's Nyquist frequency on.

    Attributes:
        index: Where, in the flattened half spectrum, the coarse grid's frequencies are.
        phi: The filter there, of shape (w // 2 + 1,) or (h, w // 2 + 1), scaled by the sampling.
        shape: The coarse grid.
    """

    index: Tensor
    phi: Tensor
    shape: tuple[int, ...]

    def __call__(self, u: Tensor) -> Tensor:
        """Take (R, K, *grid) to (R, K, *coarse grid)."""
        axes = tuple(range(2, u.dim()))
        kept = torch.fft.rfftn(u, dim=axes).flatten(2).index_select(2, self.index)
        kept = kept.view(*u.shape[:2], *self.phi.shape) * self.phi
        return torch.fft.irfftn(kept, s=self.shape, dim=axes)


def fits_one_matrix(left: Tensor, right: Tensor) -> bool:
    """Whether one product is cheaper than two, and its long sums still exact enough in float32."""
    points = len(left) * len(right)
    return points <= 1 << 9 and left.numel() * right.numel() <= 1 << 15
