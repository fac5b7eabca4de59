"""Checks for the coding exercises on over-parametrisation.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.generalization.least_squares import Design


@judge
def interpolator(build: Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]) -> str:
    """Judge ``build(X, y)``: the weights ``a``, ``b``, ``w`` of a network that fits the labels.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(31)
    for n, d in ((4, 1), (12, 3), (60, 20)):
        X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        a, b, w = (np.asarray(part, float) for part in build(X, y))
        if a.shape != (d,) or b.shape != (n,) or w.shape != (n,):
            fail(
                f"For n = {n}, d = {d} the shapes are {a.shape}, {b.shape}, {w.shape}",
                "one inner vector for all neurons, one threshold and one outer weight each",
            )
        hidden = np.maximum((X @ a)[:, None] - b, 0)
        if (np.linalg.matrix_rank(hidden) < n) and np.abs(hidden @ w - y).max() > 1e-6:
            fail(
                f"With n = {n} the matrix of hidden outputs has no full rank",
                "between two neighbouring projections there must be a threshold",
            )
        miss = float(np.abs(hidden @ w - y).max())
        if miss > 1e-6:
            fail(f"With n = {n} the largest miss is {miss:.3g}", "are the labels sorted along?")
    return PRAISE


@judge
def least_norm(solve: Callable[..., np.ndarray]) -> str:
    """Judge ``solve(F, y, ridge)``: least squares, of least norm where the ridge is zero.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(32)
    tall, wide = rng.standard_normal((12, 5)), rng.standard_normal((5, 12))
    flat = np.hstack([tall[:, :3], tall[:, :3] @ rng.standard_normal((3, 4))])
    for name, F in (("12 x 5", tall), ("5 x 12", wide), ("12 x 7 of rank 3", flat)):
        y, design = rng.standard_normal(len(F)), Design(F)
        for ridge in (0.0, 0.3):
            b = np.asarray(solve(F, y, ridge), float)
            if b.shape != (F.shape[1],):
                fail(f"For a design {name} the shape is {b.shape}", "one coefficient a feature")
            wanted = design.solve(y, ridge)
            if np.allclose(b, wanted, atol=1e-7):
                continue
            if ridge:
                fail(f"For a design {name} the ridge {ridge} is off", "add ridge * I to F'F")
            if np.allclose(F @ b, F @ wanted, atol=1e-6):
                fail(
                    f"For a design {name} the fit is right and its norm is not the least",
                    "take off what lies in the null space: the pseudoinverse does",
                )
            fail(
                f"For a design {name} the residual is not the least",
                "are singular values that are zero up to rounding inverted?",
            )
    return PRAISE


@judge
def more_examples(error: Callable[..., float]) -> str:
    """Judge ``error(n, ridge)``: the mean test error of n digits fitted by 150 random features.

    Raises:
        AssertionError: With the first property that fails.
    """
    before, peak, after = (float(error(n, 0.0)) for n in (90, 150, 600))
    if not all(0 <= e <= 1 for e in (before, peak, after)):
        fail(f"At n = 90, 150 and 600 it is {before:.3g}, {peak:.3g}, {after:.3g}", "give shares")
    if before < 0.02:
        fail(f"At n = 90 the error is {before:.3g}", "test on digits that were not fitted")
    if peak < 2 * before:
        fail(
            f"At n = 150 the error is {peak:.3g}, at n = 90 it is {before:.3g}",
            "with 150 features the peak is at 150 examples: least squares of least norm, without "
            "a ridge, and the same 150 features for every n",
        )
    if after > before:
        fail(f"At n = 600 the error is {after:.3g}", "are all n examples used for the fit?")
    tamed = float(error(150, 1e-3))
    if tamed > peak / 2:
        fail(
            f"At n = 150 a ridge of 0.001 leaves the error at {tamed:.3g}",
            "add it to F'F, with the features divided by the root of their number",
        )
    return PRAISE
