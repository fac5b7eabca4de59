"""Checks for the coding exercises on gradient descent and the largest margin.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.generalization.max_margin import limit, log_time_flow


def _sets() -> list[np.ndarray]:
    """Small separable sets, labels absorbed, whose support vectors span the space."""
    rng = np.random.default_rng(31)
    first = np.array([[1.0, 2.0], [1.0, -0.5], [1.7, 3.0]])
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    third = np.column_stack([np.ones(3), rng.permutation([[1.0, 0.2], [-1.0, 0.5], [0.1, -0.9]])])
    return [first, 2 * first @ turn, np.vstack([third, [2.0, 0.3, 0.4]])]


@judge
def residual_limit(solve: Callable[..., np.ndarray]) -> str:
    """Judge ``solve(Z, step)``: the limit of the residual of gradient descent.

    Raises:
        AssertionError: With the first property that fails.
    """
    for Z in _sets():
        for step in (1.0, 0.05):
            found, wanted = np.asarray(solve(Z, step), float), limit(Z, step)
            if found.shape != wanted.w_tilde.shape:
                fail(f"The shape is {found.shape}", "the limit is a vector like w")
            off = found - wanted.w_tilde
            along = off @ wanted.w_hat / (wanted.w_hat @ wanted.w_hat)
            if np.linalg.norm(off) < 1e-6:
                continue
            if np.linalg.norm(off - along * wanted.w_hat) < 1e-6 and step != 1.0:
                fail(
                    f"With step {step:g} the answer is off along w_hat by {along:.4g}",
                    "the forces are step * exp(-z w); where does the step enter the logarithm?",
                )
            fail(
                f"On {len(Z)} examples in R^{Z.shape[1]} the answer is off by "
                f"{np.linalg.norm(off):.3g}",
                "on every support vector step * exp(-z w_tilde) must be its dual variable",
            )
    return PRAISE


@judge
def flow(run: Callable[..., np.ndarray]) -> str:
    """Judge ``run(Z, step, rho, begin, end)``: the residual of the flow at the last log time.

    Raises:
        AssertionError: With the first property that fails.
    """
    for Z in _sets():
        start = np.full(Z.shape[1], 0.1)
        for end in (3.0, 400.0):
            found = np.asarray(run(Z, 0.5, start.copy(), 1.0, end), float)
            wanted = log_time_flow(Z, 0.5, start, np.array([1.0, end]))[-1]
            if found.shape != wanted.shape:
                fail(f"The shape is {found.shape}", "return the residual at the end, a vector")
            if not np.isfinite(found).all():
                fail(
                    f"At log t = {end:g} the residual is not finite",
                    "an explicit method needs short steps; or is t = exp(s) itself computed?",
                )
            off = float(np.linalg.norm(found - wanted))
            if off > 1e-3:
                fail(
                    f"From log t = 1 to {end:g} the residual is off by {off:.3g}",
                    "is w_hat subtracted, and does every force carry exp(-(theta - 1) s)?",
                )
    return PRAISE
