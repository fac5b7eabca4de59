r"""The scattering cascade that the theorems speak of: a periodic grid, every path, every sample.

:mod:`dlmath.invariance.scattering` is the transform for real images; it skips the paths that carry
next to no energy and keeps one sample in $2^J$. A theorem such as Parseval's needs all of it, so
this module keeps all of it, on small grids, in float64.

A real signal ``x`` lives on the periodic grid of its bank, of shape (N,) or (M, N). Layer by layer

$$U_0 = (x), \qquad U_{k+1} = \big(|u * \psi_\lambda|\big)_{u \in U_k, \lambda}, \qquad
S_k = (u * \phi)_{u \in U_k}.$$

Source: Mallat, Group invariant scattering, 2012 (``mallat2012group``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dlmath.invariance.filters import FilterBank

LOWPASS_EDGE = 1.5 * np.pi
r"""Where $\Phi$ of :func:`lowpass_profile` reaches 0."""

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
    return np.real(convolve(u, bank.phi[None])[:, 0])


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
    """The propagated signals ``[U_0, ..., U_order]``, all paths; ``U_k`` is ``(K**k, *grid)``.

    Raises:
        ValueError: If ``x`` is complex or not on the grid of the bank, or ``order`` is negative.
    """
    if x.shape != bank.phi.shape:
        raise ValueError(f"x: wanted the grid of the bank, {bank.phi.shape}, got {x.shape}")
    if np.iscomplexobj(x):
        raise ValueError("x: wanted a real signal, got a complex one; take its two parts")
    if order < 0:
        raise ValueError(f"order: wanted 0 or more, got {order}")
    found = [np.asarray(x, dtype=float)[None]]
    for _ in range(order):
        found.append(propagate(found[-1], bank, nonlinearity))
    return found


def scatter(x: np.ndarray, bank: FilterBank, order: int) -> np.ndarray:
    """The scattering vector, orders ``0..order``: ``(1 + K + ... + K**order, *grid)``."""
    return np.concatenate([average(u, bank) for u in layers(x, bank, order)])


@dataclass(frozen=True)
class Energies:
    r"""Where the energy of a signal is, as fractions of $\|x\|^2$.

    Attributes:
        averaged: $\|S_k\|^2/\|x\|^2$ for ``k = 0..order``.
        propagated: $\|U_k\|^2/\|x\|^2$ for ``k = 0..order + 1``; the last is what deeper
            layers still hold.
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
    """Measure the energy of the layers up to ``order``, and of the next before averaging.

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
    """Children of the signals ``u``, block by block, zero where the path is not kept."""
    rows = max(1, CHUNK // bank.psi.size)
    for at in range(0, len(u), rows):
        keep = kept[at : at + rows]
        v = nonlinearity(convolve(u[at : at + rows], bank.psi))
        yield v * keep.reshape(keep.shape + (1,) * bank.phi.ndim), keep


def translate(x: np.ndarray, shift: float | tuple[float, ...]) -> np.ndarray:
    """Shift a periodic signal, by fractions of a sample too (band-limited interpolation).

    Args:
        x: Real signals; the grid is the last axes, as many as ``shift`` has components.
        shift: Samples along each axis of the grid.

    Returns:
        The shifted signals. A whole shift permutes samples; another interpolates, and of the
        Nyquist frequency keeps the real part.
    """
    steps = np.atleast_1d(np.asarray(shift, dtype=float))
    axes = tuple(range(-len(steps), 0))
    if np.all(steps == np.round(steps)):
        return np.roll(x, tuple(int(s) for s in steps), axis=axes)
    phase = np.exp(-1j * _dot(x.shape[-len(steps) :], steps))
    return np.fft.ifftn(np.fft.fftn(x, axes=axes) * phase, axes=axes).real


def translation_gain(bank: FilterBank, shift: float | tuple[float, ...]) -> np.ndarray:
    r"""The factor $|e^{i\omega\cdot c} - 1|\,|\hat\phi(\omega)|$ at every frequency of the grid.

    Its maximum is the norm of the operator $x \mapsto (L_c x - x) * \phi$.
    """
    steps = np.atleast_1d(np.asarray(shift, dtype=float))
    return 2 * np.abs(np.sin(_dot(bank.phi.shape, steps) / 2)) * np.abs(bank.phi)


def _dot(grid: tuple[int, ...], steps: np.ndarray) -> np.ndarray:
    """The inner product of every frequency of the grid with the vector ``steps``."""
    axes = np.meshgrid(*(2 * np.pi * np.fft.fftfreq(n) for n in grid), indexing="ij")
    return np.tensordot(steps, np.stack(axes), axes=1)


def flat_radius(lowpass: np.ndarray) -> float:
    r"""The largest ``w`` with $\hat\phi = 1$ at every grid point of $|\omega|_\infty < w$."""
    reach = _sup_norm(lowpass.shape)
    outside = reach[np.abs(lowpass - 1) > 1e-12]
    return float(outside.min()) if outside.size else float(np.pi)


def least_share(w: float, grid: tuple[int, ...]) -> float:
    r"""The constant $\kappa = N^{-d}\sum_\omega\prod_i(1 - |\omega_i|/w)_+$ of a layer."""
    axes = [np.clip(1 - np.abs(2 * np.pi * np.fft.fftfreq(n)) / w, 0, None).mean() for n in grid]
    return float(np.prod(axes))


def _sup_norm(grid: tuple[int, ...]) -> np.ndarray:
    axes = [np.abs(2 * np.pi * np.fft.fftfreq(n)) for n in grid]
    return np.max(np.meshgrid(*axes, indexing="ij"), axis=0)


def lowpass_profile(s: np.ndarray) -> np.ndarray:
    r"""The function $\Phi$ with $\hat\phi_J(\omega) = \Phi(2^J\omega)$ of ``tight_bank_1d(N, J)``.

    Written from its definition, with no look at the grid: the claims compare the bank with it.
    """
    t = np.clip(np.log2(LOWPASS_EDGE / np.maximum(np.abs(s), 1e-9)), 0, 1)
    rise = t**4 * (35 - 84 * t + 70 * t**2 - 20 * t**3)
    return np.sin(np.pi / 2 * rise)


def lowpass_peak() -> tuple[float, float, float]:
    r"""The maximum $K_\Phi$ of $s\,\Phi(s)$, where it is, and the second derivative there."""
    s = np.linspace(0, LOWPASS_EDGE, 200_001)
    values = s * lowpass_profile(s)
    k, h = int(values.argmax()), s[1000]
    bend = (values[k + 1000] - 2 * values[k] + values[k - 1000]) / h**2
    return float(values[k]), float(s[k]), float(bend)
