"""Public checks of the second homework: what may be forgotten.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The hidden tests look at more than these.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement

import numpy as np

from dlmath.check._words import PRAISE, fail, judge


@judge
def orbit_distance(distance: Callable[..., float]) -> str:
    """Judge ``distance(x, y)``: the least distance over all shifts.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(2)
    for size in (1, 2, 7, 12):
        x, y = rng.standard_normal((2, size))
        found = distance(x, y)
        wanted = min(np.linalg.norm(np.roll(x, c) - y) for c in range(size))
        if np.ndim(found):
            fail(f"The answer has the shape {np.shape(found)}, wanted a number", "take the minimum")
        if not np.isclose(found, wanted):
            hint = "is the shift taken of the right signal, and is every shift tried?"
            fail(f"For {size} samples the distance is {found:.6g}, wanted {wanted:.6g}", hint)
    if not np.isclose(distance(y, np.roll(x, 1)), wanted):
        fail("d(y, x) differs from d(x, y)", "shift by c what is compared with c, not by -c")
    near = np.roll(x, 5)
    near[3] += 1e-9
    found = distance(x, near)
    if not np.isclose(found, 1e-9, rtol=0, atol=2e-12 * np.linalg.norm(x)):
        fail(
            f"A copy that differs by 1e-9 is at the distance {found:.3g}",
            "|x|^2 + |y|^2 - 2 max loses half of the digits; use the correlation for the shift "
            "alone",
        )
    return PRAISE


@judge
def invariants(count: Callable[..., int]) -> str:
    """Judge ``count(group, k)``: invariant homogeneous polynomials, counted one by one.

    Raises:
        AssertionError: With the first property that fails.
    """
    groups = {
        "the identity alone, on 3 pixels": np.arange(3)[None],
        "the shifts of 6 pixels": (np.arange(6) + np.arange(6)[:, None]) % 6,
        "the mirror image of 5 pixels": np.array([np.arange(5), np.arange(5)[::-1]]),
    }
    for name, group in groups.items():
        for degree in range(5):
            found, wanted = count(group, degree), _orbits(group, degree)
            if found != wanted:
                fail(
                    f"For {name} and degree {degree} the count is {found}, wanted {wanted}",
                    "the mean, over the group, of the number of monomials that stay fixed",
                )
            if not isinstance(found, (int, np.integer)):
                fail(f"{found!r} is no whole number", "the sum divides by |G|: use //")
    return PRAISE


def _orbits(group: np.ndarray, degree: int) -> int:
    """Orbits of monomials: their representatives, the least of each orbit."""
    monomials = combinations_with_replacement(range(group.shape[1]), degree)
    return len({min(tuple(sorted(g[list(m)].tolist())) for g in group) for m in monomials})


@judge
def strided_bounds(bounds: Callable[..., tuple[float, float]]) -> str:
    """Judge ``bounds(filters, s)`` by the singular values of the whole matrix.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(3)
    for channels, size, stride in ((3, 8, 1), (3, 8, 2), (5, 12, 3), (2, 12, 4)):
        parts = rng.standard_normal((2, channels, size))
        filters = parts[0] + 1j * parts[1]
        lower, upper = bounds(filters, stride)
        columns = np.fft.ifft(np.fft.fft(np.eye(size)) * filters[:, None])[..., ::stride]
        values = np.linalg.eigvalsh(_gram(columns))
        name = f"K = {channels}, N = {size}, s = {stride}"
        if not np.isclose(upper, values[-1]):
            hint = "which frequencies does the stride confuse, and what is the factor in front?"
            fail(f"For {name} B is {upper:.6g}, wanted {values[-1]:.6g}", hint)
        if not np.isclose(lower, values[0], atol=1e-9):
            hint = "K filters see at most K of s confused frequencies"
            fail(f"For {name} A is {lower:.6g}, wanted {max(values[0], 0):.6g}", hint)
    return PRAISE


def _gram(columns: np.ndarray) -> np.ndarray:
    """The matrix of all outputs, times its adjoint on the left; ``columns`` is (K, N, N/s)."""
    matrix = columns.transpose(1, 0, 2).reshape(columns.shape[1], -1).T
    return matrix.conj().T @ matrix
