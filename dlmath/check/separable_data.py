"""Checks for the coding exercises on separable data.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.generalization.separable_data import absorbed, max_margin, vanishing_combination


@judge
def hard_margin(solve: Callable[..., np.ndarray]) -> str:
    """Judge ``solve(X, y)``: the hard-margin vector without an intercept.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(21)
    for n, d in ((6, 2), (15, 3), (8, 12)):
        X = rng.standard_normal((n, d))
        y = np.sign(X[:, 0])
        X[:, 0] += 0.6 * y
        w = np.asarray(solve(X, y), float)
        if w.shape != (d,):
            fail(f"For X of shape {X.shape} the shape of w is {w.shape}", "one weight a feature")
        least = float((absorbed(X, y) @ w).min())
        if least < 1 - 1e-5:
            fail(
                f"With n = {n}, d = {d} the least margin is {least:.4g}",
                "every y <w, x> must be at least 1; are the labels multiplied in?",
            )
        best = float(np.linalg.norm(max_margin(X, y).w))
        if np.linalg.norm(w) > best * (1 + 1e-5):
            fail(
                f"With n = {n}, d = {d} the norm is {np.linalg.norm(w):.5g}, not {best:.5g}",
                "of all vectors with margin 1 the shortest is wanted; is there an intercept?",
            )
    try:
        solve(np.array([[1.0, 0.0], [2.0, 0.1], [-1.0, 0.0]]), np.ones(3))
    except ValueError:
        return PRAISE
    fail("Data that no vector separates are not refused", "raise ValueError when there is none")


@judge
def certificate(find: Callable[..., tuple[str, np.ndarray]]) -> str:
    """Judge ``find(Z)``: a separator, or a mixture that vanishes.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(22)
    sets = [rng.standard_normal((n, d)) for n, d in ((8, 4), (9, 3), (4, 6), (30, 3))]
    sets += [np.abs(sets[1]), np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])]
    for Z in sets:
        kind, vector = find(Z)
        vector = np.asarray(vector, float)
        wanted = "separator" if vanishing_combination(Z) is None else "mixture"
        if kind != wanted:
            fail(
                f"On {len(Z)} examples the answer is {kind!r}, not {wanted!r}", "exactly one holds"
            )
        if kind == "separator" and not (Z @ vector).min() > 0:
            fail("A separator has a margin of zero or less", "all of Z @ w must be positive")
        if kind == "mixture" and (vector.min() < -1e-9 or abs(vector.sum() - 1) > 1e-6):
            fail("The weights are no mixture", "they must be 0 or more and add up to 1")
        if kind == "mixture" and np.linalg.norm(vector @ Z) > 1e-6:
            fail("The mixture does not vanish", "p @ Z must be zero; only its direction is free")
    return PRAISE
