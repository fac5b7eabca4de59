r"""The one heavy step of a scattering transform, $|x\star\psi_k|$ for a family of filters at once.

Three things make it fast on a CPU.  A real filter times a complex spectrum is one real product if
each value of the filter is stored twice.  Periodising a spectrum (which is sampling the signal) is
a sum over its blocks, done by the same product.  And NumPy's modulus of a complex array is several
times faster than PyTorch's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Stage:
    r"""Filters that take a spectrum at one resolution to signals at a coarser one.

    The spectrum of a real signal is kept as the half that ``rfft`` returns.  Where the other half
    is wanted, ``index`` fetches the opposite frequency and ``weights`` carry the sign of its
    conjugate.

    Attributes:
        index: Where, in the flattened half spectrum, each frequency comes from: shape
            (blocks * points,).
        weights: $\hat\psi_k$ in blocks, each value twice, scaled by the periodisation and by the
            inverse Fourier transform: shape (blocks, K, 2 * points).
        shape: Shape of the coarser grid, of ``points`` points.
    """

    index: Tensor
    weights: Tensor
    shape: tuple[int, ...]

    def narrowed(self, start: int, length: int) -> Stage:
        """The same stage with some of the filters only."""
        length = min(length, self.weights.shape[1] - start)
        return Stage(self.index, self.weights.narrow(1, start, length), self.shape)

    def blocks(self, spectrum: Tensor) -> Tensor:
        """Cut half spectra (R, ...) into (R, blocks, 2 * points) real."""
        spectrum = spectrum.flatten(1)
        picked = torch.gather(spectrum, 1, self.index.expand(len(spectrum), -1))
        return torch.view_as_real(picked).view(len(spectrum), len(self.weights), -1)


def wavelet_modulus(blocks: Tensor, stage: Stage) -> Tensor:
    r"""Return $|x\star\psi_k|$, sampled, for every filter of the stage.

    Args:
        blocks: What ``stage.blocks`` made of the spectra of R real signals.
        stage: The filters.

    Returns:
        A real tensor of shape (R, K, *stage.shape).
    """
    if torch.is_grad_enabled() and blocks.requires_grad:
        return _WaveletModulus.apply(blocks, stage.weights, stage.shape)
    return _modulus(*_convolve(blocks, stage.weights, stage.shape))


def _convolve(blocks: Tensor, weights: Tensor, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Product, periodisation, inverse Fourier transform: complex (R, K, *shape), and scratch."""
    blocks = blocks.unsqueeze(2)
    product = blocks[:, 0] * weights[0]
    for block, weight in zip(blocks.unbind(1)[1:], weights[1:], strict=True):
        product.addcmul_(block, weight)
    z = torch.view_as_complex(product.unflatten(-1, (*shape, 2)))
    return torch.fft.ifftn(z, dim=_axes(shape), norm="forward"), product


def _modulus(z: Tensor, scratch: Tensor) -> Tensor:
    """|z|, written over ``scratch``: memory that is at hand need not be fetched."""
    u = scratch.view(-1)[: z.numel()].view(z.shape)
    if z.device.type == "cpu":
        np.absolute(z.numpy(), out=u.numpy())
        return u
    return torch.abs(z, out=u)


def spectra(x: Tensor) -> Tensor:
    """Half spectra, as ``rfftn`` returns them, of real signals (R, *grid)."""
    return _Spectra.apply(x) if torch.is_grad_enabled() and x.requires_grad else _rfft(x)


def _rfft(x: Tensor) -> Tensor:
    return torch.fft.rfftn(x, dim=tuple(range(1, x.dim())))


class _Spectra(torch.autograd.Function):
    """Backward by a real transform: autograd's is complex, on twice the data."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.grid = x.shape[1:]
        return _rfft(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:  # type: ignore[override]
        n = ctx.grid[-1]
        # irfft counts each frequency twice but for 0 and, where n is even, Nyquist's
        weight = torch.full((n // 2 + 1,), 0.5, dtype=grads[0].real.dtype, device=grads[0].device)
        weight[0] = 1
        if n % 2 == 0:
            weight[-1] = 1
        return torch.fft.irfftn(grads[0] * weight, s=ctx.grid, dim=_axes(ctx.grid), norm="forward")


def _axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(range(-len(shape), 0))


class _WaveletModulus(torch.autograd.Function):
    """Backward by hand: autograd would keep every intermediate and pass twice over each."""

    @staticmethod
    def forward(ctx: Any, blocks: Tensor, weights: Tensor, shape: tuple[int, ...]) -> Tensor:
        z, scratch = _convolve(blocks, weights, shape)
        ctx.shape = shape
        ctx.save_for_backward(blocks, weights, z)
        return _modulus(z, scratch)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        blocks, weights, z = ctx.saved_tensors
        if torch.is_grad_enabled():  # someone will differentiate this gradient: leave it to torch
            product = (
                torch.einsum("rbp,bkp->rkp", blocks, weights)
                .contiguous()
                .unflatten(-1, (*ctx.shape, 2))
            )
            z = torch.fft.ifftn(
                torch.view_as_complex(product), dim=_axes(ctx.shape), norm="forward"
            )
            return *torch.autograd.grad(z.abs(), blocks, grads[0], create_graph=True), None, None
        u = _modulus(z, torch.empty(z.shape, dtype=blocks.dtype, device=z.device))
        # z / |z|, and 0 at 0: the subgradient of least norm
        phase = z * u.clamp_min_(torch.finfo(u.dtype).tiny).reciprocal_()
        g = torch.fft.fftn(phase.mul_(grads[0]), dim=_axes(ctx.shape))
        g = torch.view_as_real(g).reshape(g.shape[0], g.shape[1], -1)  # (R, K, 2 * points)
        out = torch.empty_like(blocks)
        for b, weight in enumerate(weights):
            target = torch.mul(g[:, 0], weight[0], out=out[:, b])
            for k in range(1, weight.shape[0]):
                target.addcmul_(g[:, k], weight[k])
        return out, None, None


def doubled(filters: NDArray[np.float64], sign: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value of the last axis twice: for the real part, and times sign for the imaginary."""
    pairs = np.stack([filters, filters * sign], -1)
    return pairs.reshape(*filters.shape[:-1], -1)
