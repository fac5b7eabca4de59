"""How well polynomials approximate |x|: Remez's exchange, with a certificate on both sides.

An even polynomial of degree n = 2k in x is a polynomial of degree k in t = x^2, and |x| is the root
of t, so the problem is moved to [0, 1], and t = sin^2(theta) spreads its points evenly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

BETA = 0.2801694990238691
"""Bernstein's constant, the limit of n E_n(|x|), as computed by Varga and Carpenter."""

GUESS = 0.28209479177387814
"""``1/(2 sqrt(pi))``, near which Bernstein found it."""


def root(t: np.ndarray) -> np.ndarray:
    """The square root: |x| as a function of t = x^2."""
    return np.sqrt(t)


@dataclass(frozen=True)
class Best:
    """A best even polynomial, and the interval that holds the smallest error.

    Attributes:
        degree: Degree n in x.
        coefficients: In Chebyshev polynomials of ``2 x^2 - 1``, shape (n/2 + 1,).
        lower: The error of no even polynomial of this degree is smaller (de la Vallee Poussin).
        upper: The error of this one is no larger.
    """

    degree: int
    coefficients: np.ndarray
    lower: float
    upper: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The polynomial at ``x`` in [-1, 1]."""
        return chebyshev.chebval(2 * np.asarray(x) ** 2 - 1, self.coefficients)


def best_even(
    n: int,
    target: Callable[[np.ndarray], np.ndarray] = root,
    curvature: float = 1.0,
) -> Best:
    """The best uniform approximation on [-1, 1] by even polynomials of degree ``n``.

    Args:
        n: Degree in x, even and at least 2.
        target: The function to approximate, as a function of t = x^2.
        curvature: A bound on the second derivative of ``target(sin(theta)^2)`` in theta.

    Raises:
        ValueError: If ``n`` is odd or less than 2.
        ArithmeticError: If the exchange does not settle.
    """
    if n < 2 or n % 2:
        raise ValueError(f"n: wanted an even degree of at least 2, got {n}")
    theta = np.linspace(0, np.pi / 2, 400 * n + 1)
    at = np.linspace(0, np.pi / 2, n // 2 + 2)
    for _ in range(40):
        coefficients = _level(at, n // 2, target)
        extremes = _alternation(theta, coefficients, target, n // 2 + 2)
        values = np.abs(_error(extremes, coefficients, target))
        if values.max() - values.min() < 1e-12:
            break
        at = extremes
    else:
        raise ArithmeticError(f"the exchange for degree {n} did not settle in 40 steps")
    bend = n**2 * np.abs(coefficients).sum() + curvature
    upper = _largest(coefficients, target, bend, float(values.max()))
    return Best(n, coefficients, float(values.min()), upper)


def _error(theta: np.ndarray, c: np.ndarray, target: Callable[..., np.ndarray]) -> np.ndarray:
    """Polynomial minus target at ``t = sin^2(theta)``, where ``2t - 1 = -cos(2 theta)``."""
    return chebyshev.chebval(-np.cos(2 * theta), c) - target(np.sin(theta) ** 2)


def _level(at: np.ndarray, k: int, target: Callable[..., np.ndarray]) -> np.ndarray:
    """The polynomial whose error at k + 2 points has one size and alternating signs."""
    signs = (-1.0) ** np.arange(k + 2)
    matrix = np.column_stack([chebyshev.chebvander(-np.cos(2 * at), k), signs])
    return np.linalg.solve(matrix, target(np.sin(at) ** 2))[:-1]


def _alternation(
    theta: np.ndarray, c: np.ndarray, target: Callable[..., np.ndarray], count: int
) -> np.ndarray:
    """Places of the ``count`` largest errors of alternating sign, refined beyond the grid."""
    error = _error(theta, c, target)
    runs = np.split(np.arange(len(theta)), np.flatnonzero(np.diff(error >= 0)) + 1)
    top = [int(run[np.abs(error[run]).argmax()]) for run in runs]
    while len(top) > count:
        top = top[1:] if abs(error[top[0]]) < abs(error[top[-1]]) else top[:-1]
    if len(top) < count:
        raise ArithmeticError(f"wanted {count} alternations, found {len(top)}; refine the grid")
    centre, step = theta[top], theta[1]
    for _ in range(4):  # a finer grid around each, four times
        near = np.clip(centre[:, None] + step * np.linspace(-1, 1, 41), 0, np.pi / 2)
        sizes = np.abs(_error(near, c, target))
        centre, step = near[np.arange(count), sizes.argmax(1)], step / 20
    return centre


def _largest(c: np.ndarray, target: Callable[..., np.ndarray], bend: float, least: float) -> float:
    """An upper bound on the largest error: cells that might hide more are cut until none can.

    Between two points at distance w a function with second derivative at most ``bend`` exceeds the
    larger of its values there by at most ``bend w^2 / 8``.
    """
    left, width = np.linspace(0, np.pi / 2, 2049)[:-1], np.pi / 4096
    while True:
        slack = bend * width**2 / 8
        ends = np.abs(_error(np.stack([left, left + width]), c, target)).max(0)
        least = max(least, float(ends.max()))
        left = left[ends + slack > least]
        if not left.size or slack <= 1e-10 * least:
            return least + slack
        width /= 8
        left = (left[:, None] + width * np.arange(8)).ravel()


def richardson(coarse: np.ndarray, fine: np.ndarray, order: int = 2) -> np.ndarray:
    """Limits of sequences with error ``c / n^order``, from their terms at n and at 2n."""
    factor = 2**order
    return (factor * fine - coarse) / (factor - 1)
