r"""Three ways to average by $\phi_J$, sample at stride $2^J$ and drop the padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


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
    """

    taps: Tensor
    blocks: Tensor

    def __call__(self, u: Tensor) -> Tensor:
        """Take (..., n) to (..., w)."""
        stretches = u.unflatten(-1, (-1, len(self.taps))).index_select(-2, self.blocks)
        return _Polyphase.apply(stretches, self.taps)


class _Polyphase(torch.autograd.Function):
    """Backward by hand: autograd's, of overlapping windows, fills memory with zeros."""

    @staticmethod
    def forward(ctx: Any, stretches: Tensor, taps: Tensor) -> Tensor:
        ctx.save_for_backward(taps)
        parts = (stretches @ taps).unfold(-2, taps.shape[1], 1)
        return parts.diagonal(dim1=-2, dim2=-1).sum(-1)  # output k: sum over c of parts[k + c, c]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        (taps,) = ctx.saved_tensors
        margin = taps.shape[1] - 1
        windows = torch.nn.functional.pad(grads[0], (margin, margin)).unfold(-1, margin + 1, 1)
        return windows @ taps.flip(1).T, None


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
