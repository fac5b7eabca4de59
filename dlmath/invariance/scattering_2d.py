r"""Plans for two-dimensional scattering: kymatio's transform, and the tight bank's.

Kymatio's coefficients are kept (same padding, filters, sampling); the evaluation is not kymatio's.
Filters touch only the part of the spectrum where they live, and the last averaging is a product
with two small matrices, not a Fourier transform.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dlmath.invariance._filters_2d import gaussian_1d, morlet, tight_bank
from dlmath.invariance._low_pass import MatrixLowPass, SpectralLowPass, fits_one_matrix
from dlmath.invariance._tree import Branch, Place, Plan
from dlmath.invariance._wavelet_modulus import Stage, doubled

# Beyond this many standard deviations a Gaussian adds less than 1e-6 to any coefficient.
_REACH = 5.3


@lru_cache(maxsize=8)
def kymatio_plan(shape: tuple[int, int], J: int, L: int, order: int, place: Place) -> Plan:
    """Build, once, the plan of kymatio's transform.

    Args:
        shape: Sides (H, W) of the images.
        J: Number of scales.
        L: Number of orientations.
        order: 1 or 2.
        place: Device and type of the images.

    Returns:
        The plan.
    """
    grid = tuple(((side + 2**J) // 2**J + 1) * 2**J for side in shape)
    padding = tuple(
        place.index(_reflection(side, full)) for side, full in zip(shape, grid, strict=True)
    )
    low = [_low_pass((grid[0], grid[1]), r, J, place) for r in range(J)]
    stages = {}
    for j in range(J):
        psi = np.stack([morlet((grid[0], grid[1]), j, theta, L) for theta in range(L)])
        for r in range(j if order > 1 else 1) or (0,):
            stages[r, j] = _stage(psi, r, j, 4.0 / L, place)
    branches = tuple(
        Branch(
            stages[0, j1],
            low[j1],
            tuple(Branch(stages[j1, j2], low[j2]) for j2 in range(j1 + 1, J) if order > 1),
        )
        for j1 in range(J)
    )
    return Plan(padding, low[0], branches, _piece(grid, place))


@lru_cache(maxsize=8)
def tight_plan(
    shape: tuple[int, int],
    J: int,
    L: int,
    order: int,
    place: Place,
    *,
    every_path: bool,
) -> Plan:
    """Build, once, the plan of the tight bank's transform: periodic, sampled only at the end.

    Args:
        shape: Sides (H, W) of the images, divisible by 2^J.
        J: Number of scales.
        L: Number of orientations.
        order: Length of the longest paths, 0 or more.
        place: Device and type of the images.
        every_path: Whether scales may also fall along a path.

    Returns:
        The plan.
    """
    bank = tight_bank(shape, J, L)
    h, w = (side >> J for side in shape)
    rows = _frequencies(h) % shape[0]
    columns = np.arange(w // 2 + 1)
    index = rows[:, None] * (shape[1] // 2 + 1) + columns
    phi = bank.phi[rows][:, columns] / 4.0**J
    low = SpectralLowPass(place.index(index.ravel()), place.real(phi), (h, w))
    y, x = (np.arange(side) for side in shape)
    stages = [
        _assemble(bank.psi[j * L : (j + 1) * L], (y, x), shape, shape, place) for j in range(J)
    ]

    def grow(depth: int, scales: range) -> tuple[Branch, ...]:
        if depth == 0:
            return ()
        below = {j: grow(depth - 1, scales if every_path else range(j + 1, J)) for j in scales}
        return tuple(Branch(stages[j], low, below[j]) for j in scales)

    return Plan((), low, grow(order, range(J)), _piece(shape, place))


def _piece(grid: tuple[int, ...], place: Place) -> int:
    """Samples evaluated together: enough to amortise a call, few enough for a processor's cache.

    Small images have few paths, and with them the pieces are most of the memory.
    """
    if place.device.type == "cuda":
        return 1 << 24
    return 1 << 17 if math.prod(grid) < 1 << 12 else 1 << 18


def _reflection(side: int, full: int) -> NDArray[np.int64]:
    """Which sample stands at each place of an axis padded by reflection."""
    before = (full - side) // 2
    return np.pad(np.arange(side), (before, full - side - before), mode="reflect")


def _low_pass(grid: tuple[int, int], r: int, J: int, place: Place) -> MatrixLowPass:
    left, right = (place.real(_averaging(gaussian_1d(side, J), r, J)) for side in grid)
    both = torch.kron(left, right) if fits_one_matrix(left, right) else None
    return MatrixLowPass(left.T.contiguous(), right, both)


def _averaging(phi: NDArray[np.float64], r: int, J: int) -> NDArray[np.float64]:
    """Matrix of: convolve at resolution 2^r with phi, sample, drop the first and last sample."""
    n, step = phi.size >> r, 2 ** (J - r)
    kernel = np.fft.ifft(phi[_frequencies(n)]).real
    kept = np.arange(1, n // step - 1)
    return kernel[(kept * step - np.arange(n)[:, None]) % n]


def _stage(psi: NDArray[np.float64], r: int, j: int, slant: float, place: Place) -> Stage:
    """Filters of scale j, to be applied at resolution 2^r and sampled at 2^j."""
    grid = tuple(side >> r for side in psi.shape[1:])
    m, n = (side >> (j - r) for side in grid)
    across = max(1.0, slant)
    # psi is a Gaussian at xi less one at 0; over all angles, the first axis sees [-a, a + xi],
    # the second [-a - xi, a + xi]: in periods 2 pi of the coarse grid
    a, xi = _REACH / 0.8 * across / (2 * math.pi), 3 / 8
    y = _window(grid[0], m, -a, a + xi)
    x = _window(grid[1], n, -a - xi, a + xi)
    psi = psi[:, _frequencies(grid[0])[y] % psi.shape[1]]
    psi = psi[:, :, _frequencies(grid[1])[x] % psi.shape[2]] / 4.0 ** (j - r)
    return _assemble(psi, (y, x), (grid[0], grid[1]), (m, n), place)


def _assemble(
    psi: NDArray[np.float64],
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    grid: tuple[int, int],
    coarse: tuple[int, int],
    place: Place,
) -> Stage:
    """The stage of filters that are given at the frequencies (y, x) of a grid."""
    index, sign = _half_spectrum(*at, grid)
    weights = _blocks(psi, *coarse) / math.prod(coarse)
    weights = doubled(weights, _blocks(sign[None], *coarse))
    index = _blocks(index[None], *coarse).ravel()
    return Stage(place.index(index), place.real(weights), coarse)


def _half_spectrum(
    y: NDArray[np.int64], x: NDArray[np.int64], grid: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where ``rfft2`` keeps the frequencies (y, x), and -1 where it keeps their conjugates."""
    kept = x <= grid[1] // 2
    rows = np.where(kept, y[:, None], -y[:, None] % grid[0])
    columns = np.where(kept, x, grid[1] - x)
    sign = np.broadcast_to(np.where(kept, 1.0, -1.0), rows.shape)
    return rows * (grid[1] // 2 + 1) + columns, sign


def _blocks(a: NDArray[Any], m: int, n: int) -> NDArray[Any]:
    """(K, a m, b n) -> (a b, K, m n)."""
    k, height, width = a.shape
    a = a.reshape(k, height // m, m, width // n, n).transpose(1, 3, 0, 2, 4)
    return a.reshape(-1, k, m * n)


def _window(side: int, period: int, low: float, high: float) -> NDArray[np.int64]:
    """Indices of the frequencies in [low, high] (in periods), rounded up to whole periods."""
    periods = math.ceil(high - low)
    if periods * period >= side:
        return np.arange(side)
    start = round(((low + high) - periods) / 2 * period)
    return np.arange(start, start + periods * period) % side


def _frequencies(n: int) -> NDArray[np.int64]:
    """The integer frequencies of a grid of n points; as indices, they crop a finer spectrum."""
    return np.fft.fftfreq(n, 1 / n).round().astype(np.int64)
