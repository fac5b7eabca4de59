"""Checks for the coding exercises on symmetry.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.invariance.fisher import fisher, summarise


@judge
def bispectrum(answer: Callable[..., np.ndarray]) -> str:
    """Judge ``bispectrum(x)`` of real signals of length ``N``: a complex ``(N, N)`` array.

    Raises:
        AssertionError: With the first property that fails.
    """
    for n in (7, 8):
        x = np.random.default_rng(n).standard_normal(n) + 0.3
        found = np.asarray(answer(x))
        if found.shape != (n, n):
            fail(
                f"For {n} samples the shape is {found.shape}, wanted {(n, n)}", "one row for each a"
            )
        if not np.allclose(answer(np.roll(x, 3)), found):
            fail(
                "A shift changes the answer",
                "the phases of the three factors must cancel: take the conjugate of the last",
            )
        if np.allclose(answer(x[::-1]), found):
            fail(
                "It cannot tell a signal from its mirror image",
                "keep the phase: a modulus or a real part is too much",
            )
        hat = np.fft.fft(x)
        if not np.allclose(found[0], hat[0] * np.abs(hat) ** 2):
            fail("Row 0 should be the mean's coefficient times the power spectrum", "put a = 0")
        if not np.isclose(found[n - 1, n - 2], hat[-1] * hat[-2] * np.conj(hat[-3])):
            fail("The entry (N - 1, N - 2) is wrong", "frequencies add modulo N")
        if not np.allclose(found, found.T):
            fail("Entries (a, b) and (b, a) differ", "the three factors are symmetric in a and b")
    return PRAISE


@judge
def fisher_direction(answer: Callable[..., np.ndarray]) -> str:
    """Judge ``fisher(X, y)``: a vector parallel to Fisher's direction, pointing to class 1.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(17)
    y = (rng.random(90) < 0.3).astype(int)
    X = rng.standard_normal((90, 4)) @ np.diag([1.0, 2.0, 0.5, 1.0]) + np.outer(y, [1, 0, 1, -1])
    X[:, 1] += X[:, 0]
    found, wanted = np.asarray(answer(X, y), dtype=float), fisher(X, y)
    if found.shape != (4,):
        fail(f"The shape is {found.shape}, wanted (4,)", "one weight for each variable")
    if _parallel(found, -wanted):
        fail("The direction points to class 0", "take the mean of class 1 less that of class 0")
    s = summarise(X, y)
    if _parallel(found, s.means[1] - s.means[0]):
        fail("This is the difference of the means", "solve a linear system with the scatter matrix")
    if not _parallel(found, wanted):
        fail(
            "The direction is wrong",
            "centre each class at its own mean, and add the two scatter matrices undivided",
        )
    return PRAISE


def _parallel(u: np.ndarray, v: np.ndarray) -> bool:
    return bool(np.isclose(u @ v, np.linalg.norm(u) * np.linalg.norm(v)))
