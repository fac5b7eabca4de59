"""Checks for the coding exercises on SGD.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

import math
from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.landscapes import label_noise
from dlmath.landscapes.sgd import LeastSquares, additive_covariance, covariance
from dlmath.landscapes.stability import SHARP, mean_square_threshold


@judge
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


@judge
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


@judge
def batches(run: Callable[..., tuple[np.ndarray, np.ndarray]]) -> str:
    """Judge ``run(u, v, b, s, eta, steps, rng)``: u, v after steps with b noisy labels each.

    The label of a step is the mean of b labels 1 + s or 1 - s, by fair coins of its own for each
    of the chains, whose weights are u and v, both of shape (R,).

    Raises:
        AssertionError: With the first property that fails.
    """
    u, v = label_noise.start(4.25, 400)
    eta, tau = 0.02, 1.0
    for b, s in ((1, 1.0), (4, 1.0), (3, 2.0)):
        rng = np.random.default_rng(19)
        steps = round(tau / eta**2)
        a, c = (np.asarray(w, float) for w in run(u.copy(), v.copy(), b, s, eta, steps, rng))
        if a.shape != u.shape or c.shape != v.shape:
            fail(f"The shapes are {a.shape} and {c.shape}", "return u and v, one a chain")
        if not (np.isfinite(a).all() and np.isfinite(c).all() and (a > np.abs(c)).all()):
            fail("The chains leave the minima", "u and v step at once, each by the other's value")
        found = -float(np.log((a**2 - c**2) / (u**2 - v**2)).mean())
        for wrong, hint in (
            (0.0, "where does the noise enter?"),
            (s**2 * tau, "each step averages b labels, with coins of their own"),
            (s**2 * tau * b, "average the labels; a sum makes the noise larger"),
            (s * tau / b, "the noise enters by its variance: is s in front of every coin?"),
        ):
            if not math.isclose(wrong, s**2 * tau / b) and abs(found - wrong) < 0.1 * (wrong + 1):
                fail(f"For b = {b}, s = {s:g} the log of the decay is {-found:.3g}", hint)
        if abs(found - s**2 * tau / b) > 0.1 * s**2 * tau / b:
            fail(
                f"For b = {b}, s = {s:g} the log of the decay is {-found:.3g}, wanted near "
                f"{-(s**2) * tau / b:.3g}",
                "a step is u - eta r v and v - eta r u with r = uv - label",
            )
    return PRAISE
