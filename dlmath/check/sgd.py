"""Checks for the coding exercises on SGD.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail
from dlmath.landscapes.sgd import LeastSquares, additive_covariance, covariance
from dlmath.landscapes.stability import SHARP, mean_square_threshold


def stationary(solve: Callable[..., np.ndarray]) -> str:
    """Judge ``solve(X, y, eta, b)``: the exact stationary covariance of SGD on least squares.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(11)
    for n, d, eta, b in ((8, 1, 0.3, 1), (9, 2, 0.2, 1), (12, 3, 0.25, 3)):
        data = LeastSquares(rng.standard_normal((n, d)), rng.standard_normal(n))
        S = np.asarray(solve(data.X.copy(), data.y.copy(), eta, b), float)
        wanted = covariance(data, eta, b)
        if S.shape != (d, d):
            fail(f"The shape is {S.shape}", "return the covariance, a matrix of shape (d, d)")
        for other, hint in (
            (additive_covariance(data.H, data.C, eta, b), "the noise depends on the place as well"),
            (covariance(data, eta, 1), "where does the batch enter?"),
            (wanted * b, "the noise of a batch has the covariance C / b"),
            (wanted / eta, "the noise enters with eta squared"),
        ):
            if np.allclose(S, other, rtol=1e-6) and not np.allclose(other, wanted, rtol=1e-6):
                fail(f"For n = {n}, d = {d}, b = {b} the covariance is another", hint)
        if not np.allclose(S, wanted, rtol=1e-6, atol=1e-12):
            fail(
                f"For n = {n}, d = {d}, b = {b} the error is {np.abs(S - wanted).max():.2g}",
                "S = Phi(S) + eta^2 C / b is linear in the entries of S",
            )
    return PRAISE


def threshold(find: Callable[..., float]) -> str:
    """Judge ``find(a, b)``: the longest step for which E w_k^2 does not grow.

    Raises:
        AssertionError: With the first property that fails.
    """
    for a in (SHARP, (1.0, 1.0), (0.0, 2.0, 4.0)):
        for b in (1, 2, 8):
            got, wanted = float(find(a, b)), mean_square_threshold(a, b)
            if np.isclose(got, wanted, rtol=1e-6):
                continue
            if np.isclose(got, 2 / np.mean(a)):
                fail(f"For a = {a}, b = {b} it is that of gradient descent", "batches differ")
            if np.isclose(got, 2 / np.max(a)):
                fail(f"For a = {a}, b = {b} no example ever grows", "the mean over batches counts")
            if np.isclose(got, mean_square_threshold(a, 1)):
                fail(f"For a = {a}, b = {b} it is that of b = 1", "the variance is s^2 / b")
            fail(f"For a = {a}, b = {b} it is {got:.4g}, wanted {wanted:.4g}", "solve rho = 1")
    return PRAISE
