"""One-dimensional filter banks: kymatio's Morlets, and a tight analytic frame of Meyer type."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from dlmath.invariance._bank import (
    Array,
    FilterBank,
    check_int,
    frozen,
    meyer,
    mirror,
    window,
    wrap,
)

# kymatio's choices, in cycles per sample: width of phi at J = 0, overlap, aliasing tolerance
_SIGMA0, _OVERLAP, _ALPHA = 0.1, math.sqrt(0.5), 5.0


def morlet_bank_1d(N: int, J: int, Q: int = 8) -> FilterBank:
    r"""Kymatio's one-dimensional Morlet bank, at full resolution.

    $\hat\psi(\omega) = c\,(e^{-(\omega-\xi)^2/2\sigma^2} - \beta e^{-\omega^2/2\sigma^2})$,
    periodised, with $\beta$ such that $\hat\psi(0) = 0$ and $c$ such that $\sum_t|\psi(t)| = 1$.
    The frequencies $\xi$ fall by $2^{-1/Q}$ until $\sigma$ reaches its least value
    $0.2\pi\,2^{-J}$, then evenly.  Kymatio's second order uses this bank with $Q = 1$.

    Args:
        N: Number of grid points (kymatio pads, to a power of 2).
        J: Log-scale of the low-pass filter, whose bandwidth is $0.2\pi\,2^{-J}$.
        Q: Filters per octave.

    Returns:
        A bank whose field ``j`` is the log-stride at which kymatio samples each filter's output.

    Raises:
        TypeError: If an argument is not an integer.
        ValueError: If an argument is less than 1.
    """
    return _morlet_bank_1d(check_int("N", N), check_int("J", J), check_int("Q", Q))


@lru_cache(maxsize=8)
def _morlet_bank_1d(N: int, J: int, Q: int) -> FilterBank:
    filters = kymatio_filters(J, Q)
    psi = np.stack([_morlet(N, xi, sigma) for _, xi, sigma in filters])
    j, xi, sigma = zip(*filters, strict=True)
    return FilterBank(frozen(kymatio_gaussian(N, J)), frozen(psi), j, xi=xi, sigma=sigma)


class Filter1d(NamedTuple):
    """Log-stride or octave, centre frequency and bandwidth (radians) of a band-pass filter."""

    j: int
    xi: float
    sigma: float


def kymatio_filters(J: int, Q: int) -> list[Filter1d]:
    """Kymatio's filters, by falling frequency (arguments unchecked)."""
    pairs = _frequencies_and_widths(_SIGMA0 / 2**J, Q)
    return [
        Filter1d(_log_stride(xi + _ALPHA * sigma), 2 * math.pi * xi, 2 * math.pi * sigma)
        for xi, sigma in pairs
    ]


def tight_filters(J: int, Q: int, xi: float | None = None) -> list[Filter1d]:
    """The tight bank's filters, by falling frequency; ``xi`` as sampling without loss wants it."""
    first = math.pi * 2 ** (-1 / Q) if xi is None else xi
    return [Filter1d(k // Q, first * 2 ** (-k / Q), math.nan) for k in range(J * Q)]


def kymatio_gaussian(N: int, J: int) -> Array:
    r"""Kymatio's $\hat\phi_J$, of shape (N,) (arguments unchecked)."""
    return _unit_sum(_gaussian(N, 0.0, 2 * math.pi * _SIGMA0 / 2**J))


def _frequencies_and_widths(least: float, Q: int) -> list[tuple[float, float]]:
    """Kymatio's centres and widths, in cycles per sample: geometric, then evenly to 0."""
    ratio = 2 ** (-1 / Q)
    xi = max(1 / (1 + 2 ** (3 / Q)), 0.35)
    sigma = xi * (1 - ratio) / (1 + ratio) / math.sqrt(-2 * math.log(_OVERLAP))
    pairs: list[tuple[float, float]] = []
    elbow = sigma  # kymatio's own starting value where no wavelet is wide enough
    if sigma > least:
        pairs.append((xi, sigma))
        while pairs[-1][1] > least / ratio:
            pairs.append((pairs[-1][0] * ratio, pairs[-1][1] * ratio))
        elbow = pairs[-1][0]
    return pairs + [(elbow - q / Q * elbow, least) for q in range(1, Q)]


def _log_stride(edge: float) -> int:
    """The largest j with ``edge`` below the Nyquist frequency of stride 2^j."""
    return math.floor(-math.log2(min(edge, 0.5))) - 1


def _morlet(N: int, xi: float, sigma: float) -> Array:
    bump, base = _gaussian(N, xi, sigma), _gaussian(N, 0.0, sigma)
    return _unit_sum(bump - bump[0] / base[0] * base)


def _gaussian(N: int, centre: float, sigma: float) -> Array:
    k = window(N, centre, sigma)
    return wrap(np.exp(-(((2 * math.pi / N * k - centre) / sigma) ** 2) / 2), k, N)


def _unit_sum(filter_hat: Array) -> Array:
    return filter_hat / np.abs(np.fft.ifft(filter_hat)).sum()


def tight_bank_1d(N: int, J: int, Q: int = 1, *, xi: float = 0.75 * math.pi) -> FilterBank:
    r"""A Meyer-type analytic frame: $A(\omega) = 1$ at every grid point.

    For $\omega > 0$, $|\hat\psi_k(\omega)|^2 = 2\cos^2\frac\pi2\nu(|t - k|)$ with
    $t = Q\log_2(\xi/\omega)$ and $0 \le k < JQ$; the first filter keeps all above $\xi$, and
    $|\hat\phi|^2$ is the rest, which vanishes from $\xi\,2^{1/Q}2^{-J}$ on.

    Args:
        N: Number of grid points.
        J: Number of octaves.
        Q: Filters per octave.
        xi: Centre of the first filter, in (0, pi].  With ``xi = pi * 2**(-1 / Q)`` what ``phi``
            lets through may be sampled at stride $2^J$ without loss.

    Returns:
        A bank of ``J * Q`` filters; ``j`` is the octave of each.

    Raises:
        TypeError: If ``N``, ``J`` or ``Q`` is not an integer.
        ValueError: If one of them is less than 1, or ``xi`` is not in (0, pi].

    Example:
        >>> bank = tight_bank_1d(64, 3)
        >>> float(bank.phi[0]), float(abs(bank.littlewood_paley() - 1).max()) < 1e-12
        (1.0, True)
    """
    if not 0 < xi <= math.pi:
        raise ValueError(f"xi must be in (0, pi], got {xi}")
    return _tight_bank_1d(check_int("N", N), check_int("J", J), check_int("Q", Q), float(xi))


@lru_cache(maxsize=8)
def _tight_bank_1d(N: int, J: int, Q: int, xi: float) -> FilterBank:
    w = 2 * math.pi * np.fft.fftfreq(N)
    positive = w > 0
    if N % 2 == 0:
        positive[N // 2] = True  # -pi is pi
    t = np.full(N, np.inf)
    t[1:] = np.maximum(Q * np.log2(xi / np.abs(w[1:])), 0)  # above xi all is the first filter's
    power = np.stack([np.cos(math.pi / 2 * meyer(np.abs(t - k))) ** 2 for k in range(J * Q)])
    power[:, ~positive] = 0
    power[:, t >= J * Q] = 0  # cos(pi / 2) is not quite 0 in floating point
    phi2 = 1 - (power + mirror(power)).sum(0)
    if N % 2 == 0:
        # the Nyquist frequency is its own mirror image
        power[:, N // 2] /= 2
        phi2[N // 2] = 1 - 2 * power[:, N // 2].sum()
    phi2[t < J * Q - 1 + 1e-9] = 0  # so it is, but for rounding, of which a root is taken
    psi, phi = np.sqrt(2 * power), np.sqrt(np.maximum(phi2, 0))
    j, centres, _ = zip(*tight_filters(J, Q, xi), strict=True)
    return FilterBank(frozen(phi), frozen(psi), j, xi=centres)
