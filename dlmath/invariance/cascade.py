r"""The scattering cascade as the theorems speak of it: a periodic grid, every path, nothing subsampled.

:mod:`dlmath.invariance.scattering` is the transform for real images; it skips the paths that carry next to no energy
and keeps one sample in :math:`2^J`. A theorem such as Parseval's needs all of it, so this module keeps all of it, on
small grids, in float64.

A real signal ``x`` lives on the periodic grid of its bank: shape ``(N,)`` or ``(M, N)``. The layers are

.. math:: U_0 = (x), \qquad U_{k+1} = \big(|u * \psi_\lambda|\big)_{u \in U_k,\ \lambda}, \qquad S_k = (u * \phi)_{u \in U_k}.

Source: Mallat, Group invariant scattering, 2012 (``mallat2012group``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dlmath.invariance.filters import FilterBank

CHUNK = 1 << 21
"""Complex numbers that one product of spectra and filters may fill: 32 MB."""


def convolve(u: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """Convolve signals with filters given by their Fourier transforms.

    Args:
        u: Signals, shape ``(P, *grid)``.
        filters: Fourier transforms of the filters, shape ``(K, *grid)``.

    Returns:
        Complex array of shape ``(P, K, *grid)``.
    """
    axes = tuple(range(-(filters.ndim - 1), 0))
    return np.fft.ifftn(np.fft.fftn(u, axes=axes)[:, None] * filters, axes=axes)


def average(u: np.ndarray, bank: FilterBank) -> np.ndarray:
    """Convolve signals ``(P, *grid)`` with the low-pass filter of the bank: real, same shape."""
    return convolve(u, bank.phi[None])[:, 0].real


def propagate(
    u: np.ndarray,
    bank: FilterBank,
    nonlinearity: Callable[[np.ndarray], np.ndarray] = np.abs,
) -> np.ndarray:
    """One layer: ``(P, *grid)`` to ``(P * K, *grid)``, path by path, the new index last."""
    v = nonlinearity(convolve(u, bank.psi))
    return v.reshape(-1, *bank.phi.shape)


def layers(
    x: np.ndarray,
    bank: FilterBank,
    order: int,
    nonlinearity: Callable[[np.ndarray], np.ndarray] = np.abs,
) -> list[np.ndarray]:
    """The propagated signals ``[U_0, ..., U_order]``, all paths: ``U_k`` has shape ``(K**k, *grid)``.

    Raises:
        ValueError: If ``x`` does not live on the grid of the bank, is complex, or ``order`` is negative.
    """
    if x.shape != bank.phi.shape:
        raise ValueError(f"x: wanted the grid of the bank, {bank.phi.shape}, got {x.shape}")
    if np.iscomplexobj(x):
        raise ValueError("x: wanted a real signal (the frame identity is for real ones), got a complex one")
    if order < 0:
        raise ValueError(f"order: wanted 0 or more, got {order}")
    found = [np.asarray(x, dtype=float)[None]]
    for _ in range(order):
        found.append(propagate(found[-1], bank, nonlinearity))
    return found


def scatter(x: np.ndarray, bank: FilterBank, order: int) -> np.ndarray:
    """The scattering vector of orders ``0..order``, all paths: shape ``(1 + K + ... + K**order, *grid)``."""
    return np.concatenate([average(u, bank) for u in layers(x, bank, order)])


@dataclass(frozen=True)
class Energies:
    r"""Where the energy of a signal is, as fractions of :math:`\|x\|^2`.

    Attributes:
        averaged: :math:`\|S_k\|^2/\|x\|^2` for ``k = 0..order``.
        propagated: :math:`\|U_k\|^2/\|x\|^2` for ``k = 0..order + 1``; the last is what deeper layers still hold.
    """

    averaged: tuple[float, ...]
    propagated: tuple[float, ...]

    @property
    def residual(self) -> float:
        """The share that no order up to ``order`` has averaged."""
        return self.propagated[-1]


def energies(
    x: np.ndarray,
    bank: FilterBank,
    order: int,
    nonlinearity: Callable[[np.ndarray], np.ndarray] = np.abs,
    *,
    decreasing: bool = False,
) -> Energies:
    """Measure the energy of every layer up to ``order``, and of layer ``order + 1`` before averaging.

    Args:
        x: Real signal on the grid of the bank.
        bank: The filters.
        order: Last order to average.
        nonlinearity: What stands in the place of the modulus.
        decreasing: Keep only the paths ``j_1 < j_2 < ...``, as implementations do.
    """
    total = float((np.asarray(x, dtype=float) ** 2).sum())
    scale = np.array(bank.j)
    u, last = np.asarray(x, dtype=float)[None], np.array([-1])
    averaged, propagated = [], [1.0]
    for k in range(order + 1):
        averaged.append(float((average(u, bank) ** 2).sum()) / total)
        kept = scale > last[:, None] if decreasing else np.ones((len(u), len(scale)), bool)
        blocks, energy = [], 0.0
        for v, keep in _children(u, kept, bank, nonlinearity):
            energy += float((np.abs(v) ** 2).sum())
            blocks += [v[keep]] if k < order else []
        propagated.append(energy / total)
        if k < order:
            u, last = np.concatenate(blocks), np.broadcast_to(scale, kept.shape)[kept]
    return Energies(tuple(averaged), tuple(propagated))


def _children(
    u: np.ndarray, kept: np.ndarray, bank: FilterBank, nonlinearity: Callable
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Children of the signals ``u``, in blocks that fit the cache, zero where the path is not kept."""
    rows = max(1, CHUNK // bank.psi.size)
    for at in range(0, len(u), rows):
        keep = kept[at : at + rows]
        v = nonlinearity(convolve(u[at : at + rows], bank.psi))
        yield v * keep.reshape(keep.shape + (1,) * bank.phi.ndim), keep


def translate(x: np.ndarray, shift: float | tuple[float, ...]) -> np.ndarray:
    """Shift a periodic signal, by fractions of a sample too (band-limited interpolation).

    Args:
        x: Real signals; the grid is the last ``d`` axes, ``d`` the number of components of ``shift``.
        shift: Samples along each axis of the grid.

    Returns:
        The shifted signals. A whole shift permutes samples; another drops the imaginary part at the Nyquist bin.
    """
    steps = np.atleast_1d(np.asarray(shift, dtype=float))
    axes = tuple(range(-len(steps), 0))
    if np.all(steps == np.round(steps)):
        return np.roll(x, tuple(int(s) for s in steps), axis=axes)
    phase = np.exp(-1j * _dot(x.shape[-len(steps) :], steps))
    return np.fft.ifftn(np.fft.fftn(x, axes=axes) * phase, axes=axes).real


def translation_gain(bank: FilterBank, shift: float | tuple[float, ...]) -> np.ndarray:
    r"""The factor :math:`|e^{i\omega\cdot c} - 1|\,|\hat\phi(\omega)|` at every frequency of the grid.

    Its maximum is the norm of the operator :math:`x \mapsto (L_c x - x) * \phi`.
    """
    steps = np.atleast_1d(np.asarray(shift, dtype=float))
    return 2 * np.abs(np.sin(_dot(bank.phi.shape, steps) / 2)) * np.abs(bank.phi)


def _dot(grid: tuple[int, ...], steps: np.ndarray) -> np.ndarray:
    """The inner product of every frequency of the grid with the vector ``steps``."""
    axes = [2 * np.pi * np.fft.fftfreq(n) for n in grid]
    return sum(w * s for w, s in zip(np.meshgrid(*axes, indexing="ij"), steps, strict=True))
