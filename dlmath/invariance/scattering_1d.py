r"""Plans for one-dimensional scattering: kymatio's transform, and the tight bank's.

Kymatio's coefficients are kept, with its rescaling of filters by $2^{-j_1}$ after sampling.
Filters are alias-free at five deviations: their spectra are cropped, not folded.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dlmath.invariance._bank import Array, FilterBank
from dlmath.invariance._filters_1d import kymatio_gaussian, morlet_bank_1d, tight_bank_1d
from dlmath.invariance._low_pass import PolyphaseLowPass, SpectralLowPass
from dlmath.invariance._tree import Branch, LowPass, Place, Plan
from dlmath.invariance._wavelet_modulus import Stage, doubled

# Long transforms pay for their set-up: pieces are larger than in two dimensions.
_PIECE = {"cpu": 1 << 20, "cuda": 1 << 24}
# phi has deviation 1.6 outputs in time: this many on each side leave out less than 1e-7.
_TAPS = 9

Grid = tuple[int, slice]


@lru_cache(maxsize=8)
def kymatio_plan_1d(N: int, J: int, Q: int, order: int, place: Place) -> Plan:
    """Build, once, the plan of kymatio's transform.

    Args:
        N: Length of the signals.
        J: Log-scale of the average.
        Q: Filters per octave at the first order; one at the second.
        order: 1 or 2.
        place: Device and type of the signals.

    Returns:
        The plan.
    """
    full, before = padded_length(N, J)
    index = np.pad(np.arange(N), (before, full - N - before), mode="reflect")
    first, second = morlet_bank_1d(full, J, Q), morlet_bank_1d(full, J, 1)
    outputs = -(-before >> J), -(-(before + N) >> J)
    low = [_average(first.phi, r, J, outputs, place) for r in range(J + 1)]

    def grow(bank: FilterBank, r: int, above: int, depth: int) -> tuple[Branch, ...]:
        """Filters whose log-stride exceeds ``above``, to be applied at resolution 2^r."""
        return tuple(
            Branch(
                _stage(bank, j, r, min(j, J), place),
                low[min(j, J)],
                grow(second, min(j, J), j, depth - 1),
            )
            for j in sorted(set(bank.j))
            if j > above and depth > 0
        )

    padding = (place.index(index),)
    return Plan(padding, low[0], grow(first, 0, -1, order), _piece(place))


@lru_cache(maxsize=8)
def tight_plan_1d(
    N: int,
    J: int,
    Q: int,
    order: int,
    place: Place,
    *,
    every_path: bool,
) -> Plan:
    """Build, once, the plan of the tight bank's transform: periodic, sampled only at the end.

    Args:
        N: Length of the signals, divisible by 2^J.
        J: Number of octaves.
        Q: Filters per octave, at every order.
        order: Length of the longest paths, 0 or more.
        place: Device and type of the signals.
        every_path: Whether frequencies may also rise along a path.

    Returns:
        The plan.
    """
    bank = tight_bank_1d(N, J, Q, xi=math.pi * 2 ** (-1 / Q))
    kept = np.arange((N >> J) // 2 + 1)
    low = SpectralLowPass(place.index(kept), place.real(bank.phi[kept] / 2.0**J), (N >> J,))
    stages = [_assemble(psi[None], N, place) for psi in bank.psi]

    def grow(depth: int, first: int) -> tuple[Branch, ...]:
        if depth == 0:
            return ()
        start = 0 if every_path else first
        return tuple(
            Branch(stages[k], low, grow(depth - 1, k + 1)) for k in range(start, len(stages))
        )

    return Plan((), low, grow(order, 0), _piece(place))


def _piece(place: Place) -> int:
    return _PIECE.get(place.device.type, _PIECE["cpu"])


def padded_length(N: int, J: int) -> tuple[int, int]:
    """Length to which kymatio pads, a power of 2, and how much of it comes before the signal."""
    phi = np.abs(np.fft.ifft(kymatio_gaussian(N, J)))[: N // 2]
    rest = np.cumsum(phi[::-1])[::-1]  # what a window of half-width t leaves out, on one side
    support = int(np.argmax(rest <= 1e-3)) + 1 if (rest <= 1e-3).any() else N // 2
    wanted = math.ceil(math.log2(N + 6 * support))
    allowed = math.floor(math.log2(3 * N - 2))  # a reflection shows each sample three times
    full = 2 ** min(wanted, allowed)
    return full, (full - N) // 2


def _average(phi: Array, r: int, J: int, outputs: tuple[int, int], place: Place) -> LowPass:
    """Convolve at resolution 2^r with phi, sample, and keep ``outputs``."""
    full = phi.size
    n, stride = full >> r, 2 ** (J - r)
    kernel = np.fft.ifft(phi.reshape(2**r, n).mean(0)).real
    stretches = n // stride
    # taps at distance -before .. after, each residue once if the signal is short
    before = min(_TAPS, (stretches - 1) // 2)
    after = min(_TAPS, stretches // 2)
    distance = np.arange(after, -before - 1, -1)
    taps = kernel[(distance * stride - np.arange(stride)[:, None]) % n]
    blocks = np.arange(outputs[0] - after, outputs[1] + before) % stretches
    start = int(blocks[0]) if blocks[-1] - blocks[0] == len(blocks) - 1 else None
    return PolyphaseLowPass(place.real(taps), place.index(blocks), start)


def _stage(bank: FilterBank, j: int, r: int, k: int, place: Place) -> Stage:
    """Filters of log-stride j, applied at resolution 2^r and sampled at 2^k."""
    n = bank.phi.size >> r
    psi = bank.psi[[i for i, own in enumerate(bank.j) if own == j]]
    psi = psi.reshape(len(psi), 2**r, n).mean(1)
    coarse = n >> (k - r)
    kept = np.fft.fftfreq(coarse, 1 / coarse).round().astype(np.int64)
    return _assemble(psi[:, kept] / 2.0 ** (k - r), n, place)


def _assemble(psi: NDArray[np.float64], n: int, place: Place) -> Stage:
    """The stage of filters given at the lowest frequencies of a grid of n points."""
    coarse = psi.shape[-1]
    k = np.fft.fftfreq(coarse, 1 / coarse).round().astype(np.int64)
    # the Nyquist frequency of the full grid is kept as it is, any other -k as the conjugate of k
    sign = np.where((k >= 0) | (2 * k == -n), 1.0, -1.0)
    weights = doubled(psi[None] / coarse, sign)
    return Stage(place.index(np.abs(k)), place.real(weights), (coarse,))
