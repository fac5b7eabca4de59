"""What every filter bank is made of: the record, the windows, the checks of arguments."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# A Gaussian is below the rounding of float64 at this many standard deviations.
_REACH = 8.6


@dataclass(frozen=True, eq=False)
class FilterBank:
    r"""A low-pass filter and $K$ band-pass filters, all real in the Fourier domain.

    Attributes:
        phi: The low-pass filter, of shape (M, N) or (N,).
        psi: The band-pass filters, of shape (K, M, N) or (K, N).
        j: Log-scale of each band-pass filter, $0 \le j$; its output may be sampled at stride
            $2^j$ (a Morlet filter then aliases a little, as in kymatio).
        theta: Index of the orientation of each filter of a two-dimensional bank, else empty.
        xi: Centre frequency of each filter of a one-dimensional bank, in radians, else empty.
        sigma: Bandwidth of each one-dimensional Morlet filter, in radians, else empty.
    """

    phi: Array
    psi: Array
    j: tuple[int, ...]
    theta: tuple[int, ...] = ()
    xi: tuple[float, ...] = ()
    sigma: tuple[float, ...] = ()

    def littlewood_paley(self) -> Array:
        r"""Return the Littlewood--Paley sum of the bank.

        $$A(\omega) = |\hat\phi(\omega)|^2
        + \tfrac12\sum_k |\hat\psi_k(\omega)|^2 + |\hat\psi_k(-\omega)|^2.$$

        For real signals $\|x\star\phi\|^2 + \sum_k\|x\star\psi_k\|^2 = \|x\|^2$ for every $x$ if
        and only if $A = 1$ at every grid point.

        Returns:
            An array of the shape of ``phi``.

        Example:
            >>> from dlmath.invariance.filters import tight_bank
            >>> float(abs(tight_bank((16, 16), 2).littlewood_paley() - 1).max()) < 1e-12
            True
        """
        power = np.einsum("k...,k...->...", self.psi, self.psi)
        return self.phi**2 + (power + mirror(power)) / 2

    def scaled(self, factor: float) -> FilterBank:
        """Return the bank whose band-pass filters are multiplied by ``factor``.

        Unless ``factor`` is 1 or -1, a tight bank so scaled is tight no more: a falsifier.

        Args:
            factor: A finite number.

        Returns:
            A new bank with the same low-pass filter.

        Raises:
            ValueError: If ``factor`` is not finite.
        """
        if not math.isfinite(factor):
            raise ValueError(f"factor must be finite, got {factor}")
        return replace(self, psi=frozen(self.psi * factor))


def window(side: int, centre: float, spread: float) -> NDArray[np.int64]:
    """Integer frequencies within reach of a Gaussian bump."""
    unit = side / (2 * math.pi)
    low, high = (centre + sign * _REACH * spread for sign in (-1, 1))
    return np.arange(math.floor(low * unit), math.ceil(high * unit) + 1)


def wrap(values: Array, k: NDArray[np.int64], side: int) -> Array:
    """Add up the rows of ``values``, at the integer frequencies k, modulo ``side``."""
    out = np.zeros((side, *values.shape[1:]))
    for start in range(0, k.size, side):  # within one stretch no frequency comes twice
        out[k[start : start + side] % side] += values[start : start + side]
    return out


def meyer(t: Array) -> Array:
    """Rise from 0 to 1 on [0, 1] with v(t) + v(1 - t) = 1 and three derivatives 0 at each end."""
    t = np.clip(t, 0, 1)
    return t**4 * (35 - 84 * t + 70 * t**2 - 20 * t**3)


def mirror(a: Array) -> Array:
    """The map w -> -w on the grid."""
    axes = tuple(range(a.ndim))
    return np.roll(np.flip(a, axes), 1, axes)


def frozen(a: Array) -> Array:
    """The same array, read-only: it is shared by all who ask for the bank."""
    a = np.ascontiguousarray(a)
    a.setflags(write=False)
    return a


def check_int(name: str, value: int, least: int = 1) -> int:
    """Return ``value`` as an ``int`` that is at least ``least``.

    Args:
        name: The argument's name, for the message.
        value: What came.
        least: The smallest value allowed.

    Returns:
        The value, as a plain ``int``.

    Raises:
        TypeError: If ``value`` is not an integer.
        ValueError: If ``value`` is less than ``least``.
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        kind = type(value).__name__
        raise TypeError(f"{name} must be an integer, got {value!r} of type {kind}") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return number


def check_shape(shape: Sequence[int], dimensions: int) -> tuple[int, int]:
    """Return ``shape`` as a tuple of ``dimensions`` positive integers.

    Args:
        shape: What came.
        dimensions: How many sides are wanted.

    Returns:
        The sides, as plain integers.

    Raises:
        TypeError: If it is not a sequence of integers.
        ValueError: If there are too few or too many sides, or one is less than 1.
    """
    if not isinstance(shape, Sequence):
        raise TypeError(f"shape must be {dimensions} integers, got {shape!r}")
    sides = tuple(check_int("each side of shape", side) for side in shape)
    if len(sides) != dimensions:
        raise ValueError(f"shape must have {dimensions} sides, got {sides}")
    return sides  # type: ignore[return-value]
