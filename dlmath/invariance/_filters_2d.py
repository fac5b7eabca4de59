"""Two-dimensional filter banks: kymatio's Morlets, and a tight frame of Meyer type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from dlmath.invariance._bank import (
    Array,
    FilterBank,
    check_int,
    check_shape,
    frozen,
    meyer,
    window,
    wrap,
)

# kymatio divides its Gaussians by 2 * 3.1415 * sigma**2: we keep its numbers, hence its pi.
_KYMATIO_PI = math.pi / 3.1415


def morlet_bank(shape: Sequence[int], J: int, L: int = 8) -> FilterBank:
    r"""Kymatio's two-dimensional Morlet bank, at full resolution.

    $\hat\psi_{j,\theta}(\omega) = \hat g(\omega - \xi) - \beta\,\hat g(\omega)$ with
    $|\xi| = \frac{3\pi}{4} 2^{-j}$, $g$ a Gaussian of widths $0.8\cdot 2^j$ along $\xi$ and $L/4$
    times that across it, and $\beta$ such that $\hat\psi(0) = 0$; $\hat\phi$ is the Gaussian of
    width $0.8 \cdot 2^{J-1}$.  All are periodised over the grid.

    Args:
        shape: The two sides (M, N) of the grid.
        J: Number of scales.
        L: Number of orientations in a half circle.

    Returns:
        A bank of ``J * L`` filters in kymatio's order: by scale, then by orientation.

    Raises:
        TypeError: If an argument is not an integer.
        ValueError: If ``shape`` is not two positive integers, or ``J`` or ``L`` is less than 1.
    """
    return _morlet_bank(check_shape(shape, 2), check_int("J", J), check_int("L", L))


@lru_cache(maxsize=4)
def _morlet_bank(shape: tuple[int, int], J: int, L: int) -> FilterBank:
    keys = [(j, t) for j in range(J) for t in range(L)]
    psi = np.stack([morlet(shape, j, t, L) for j, t in keys])
    phi = np.multiply.outer(*(gaussian_1d(side, J) for side in shape))
    return FilterBank(frozen(phi), frozen(psi), *_columns(keys))


def morlet(shape: tuple[int, int], j: int, theta: int, L: int) -> Array:
    r"""One filter $\hat\psi_{j,\theta}$ of `morlet_bank`, of shape ``shape`` (arguments unchecked).

    Args:
        shape: The two sides (M, N) of the grid.
        j: Log-scale.
        theta: Index of the orientation; its angle is $(\lfloor L/2\rfloor - 1 - \theta)\pi/L$.
        L: Number of orientations.

    Returns:
        A real array of shape (M, N).
    """
    angle = (int(L - L / 2 - 1) - theta) * math.pi / L
    axis = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-axis[1], axis[0]])
    sigma, slant = 0.8 * 2**j, 4.0 / L
    # covariance in space, hence precision in frequency
    precision = sigma**2 * (np.outer(axis, axis) + np.outer(across, across) / slant**2)
    bump = _gaussian_2d(shape, precision, 3 / 4 * math.pi / 2**j * axis)
    base = _gaussian_2d(shape, precision, np.zeros(2))
    return bump - bump[0, 0] / base[0, 0] * base


def gaussian_1d(side: int, J: int) -> Array:
    r"""One factor of $\hat\phi_J(\omega) = \hat g(\omega_1)\,\hat g(\omega_2)$ of `morlet_bank`.

    Args:
        side: Number of grid points.
        J: Number of scales.

    Returns:
        A real array of shape (side,).
    """
    sigma = 0.8 * 2 ** (J - 1)
    k = window(side, 0.0, 1 / sigma)
    return math.sqrt(_KYMATIO_PI) * wrap(
        np.exp(-((sigma * 2 * math.pi / side * k) ** 2) / 2), k, side
    )


def _gaussian_2d(shape: tuple[int, int], precision: Array, centre: Array) -> Array:
    """Sum over the lattice of exp(-(w - centre)' precision (w - centre) / 2), where it counts."""
    spread = np.sqrt(np.diag(np.linalg.inv(precision)))
    k1, k2 = (window(n, c, s) for n, c, s in zip(shape, centre, spread, strict=True))
    y = (2 * math.pi / shape[0] * k1 - centre[0])[:, None]
    x = 2 * math.pi / shape[1] * k2 - centre[1]
    exponent = (-precision[0, 1] * y) * x
    exponent -= precision[0, 0] / 2 * y**2
    exponent -= precision[1, 1] / 2 * x**2
    values = _KYMATIO_PI * np.exp(exponent, out=exponent)
    return wrap(wrap(values, k1, shape[0]).T, k2, shape[1]).T


def tight_bank(shape: Sequence[int], J: int, L: int = 8) -> FilterBank:
    r"""A Meyer-type polar frame: $A(\omega) = 1$ at every grid point.

    With $h_0 = 1$ and $h_j(r)$ falling from 1 to 0 between $\pi 2^{-j}/2$ and $\pi 2^{-j}$,

    $$\hat\phi = h_J(|\omega|), \qquad \hat\psi_{j,\theta} = \sqrt2\,\sqrt{h_j^2 - h_{j+1}^2}\,
    a(\arg\omega - \theta),$$

    where the squares of $2L$ turned copies of the angular window $a$ add up to 1 on the circle.
    Since $\hat\phi$ vanishes outside $|\omega|_\infty \le \pi 2^{-J}$, what it lets through may
    be sampled at stride $2^J$: $\sum (2^J y)^2$ over the coarse grid equals $\|y\|^2$.  Rows and
    columns at the Nyquist frequency are symmetrised.

    Args:
        shape: The two sides (M, N) of the grid.
        J: Number of scales.
        L: Number of orientations in a half circle, in the order and angles of `morlet_bank`.

    Returns:
        A bank of ``J * L`` filters.

    Raises:
        TypeError: If an argument is not an integer.
        ValueError: If ``shape`` is not two positive integers, or ``J`` or ``L`` is less than 1.
    """
    return _tight_bank(check_shape(shape, 2), check_int("J", J), check_int("L", L))


@lru_cache(maxsize=4)
def _tight_bank(shape: tuple[int, int], J: int, L: int) -> FilterBank:
    keys = [(j, t) for j in range(J) for t in range(L)]
    phi2, psi2 = np.zeros(shape), np.zeros((J * L, *shape))
    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        y, x = (_frequencies(n, sign) for n, sign in zip(shape, signs, strict=True))
        r, angle = np.hypot(y[:, None], x), np.arctan2(x, y[:, None])
        low2 = [np.ones(shape)] + [_fall(r, math.pi * 2.0**-j) ** 2 for j in range(1, J + 1)]
        phi2 += low2[J] / 4
        for k, (j, t) in enumerate(keys):
            turn = angle - (int(L - L / 2 - 1) - t) * math.pi / L
            distance = np.abs(np.angle(np.exp(1j * turn))) * L / math.pi
            window2 = np.where(distance < 1, np.cos(math.pi / 2 * meyer(distance)) ** 2, 0)
            psi2[k] += np.maximum(low2[j] - low2[j + 1], 0) * window2 / 2
    return FilterBank(frozen(np.sqrt(phi2)), frozen(np.sqrt(psi2)), *_columns(keys))


def _frequencies(side: int, nyquist: int) -> Array:
    """The grid, its Nyquist frequency (if any) taken as -pi or as pi."""
    w = 2 * math.pi * np.fft.fftfreq(side)
    if side % 2 == 0:
        w[side // 2] *= nyquist
    return w.astype(np.float64)


def _fall(r: Array, cut: float) -> Array:
    """Low-pass window: 1 up to cut / 2, exactly 0 from cut on."""
    return np.where(r < cut, np.cos(math.pi / 2 * meyer(2 * r / cut - 1)), 0.0)


def _columns(keys: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(j for j, _ in keys), tuple(t for _, t in keys)
