"""Checks for the coding exercises on spectral margins.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

from collections.abc import Callable
from math import prod, sqrt

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.generalization.network_covers import sparsification_error
from dlmath.generalization.spectral_margins import spectral_complexity


@judge
def complexity(measure: Callable[..., float]) -> str:
    """Judge ``measure(weights)``: the spectral complexity with references zero.

    Raises:
        AssertionError: With the first property that fails.
    """
    row, column = np.array([[3.0, 4.0]]), np.array([[3.0], [4.0]])
    for A, right in ((row, 5.0), (column, 7.0)):
        found = float(measure([A]))
        if not abs(found - right) <= 1e-9:
            fail(
                f"For a single layer of shape {A.shape} the answer is {found:.6g}, not {right:g}",
                "norms of the rows, one an output, are to be added; with one layer the spectral "
                "norms cancel",
            )
    rng = np.random.default_rng(8)
    weights = [rng.standard_normal(shape) for shape in ((5, 3), (4, 5), (2, 4))]
    found, right = float(measure(weights)), spectral_complexity(weights)
    if not abs(found / right - 1) <= 1e-9:
        fail(
            f"For three layers the answer is {found:.6g}, not {right:.6g}",
            "each quotient to the power 2/3, their sum to the power 3/2, and the spectral norm is "
            "the largest singular value",
        )
    factors = (7.0, 0.5, 3.0)
    found = float(measure([c * A for c, A in zip(factors, weights, strict=True)]))
    if not abs(found / (prod(factors) * right) - 1) <= 1e-9:
        fail("Rescaled layers do not rescale the answer", "look for a constant that is added")
    return PRAISE


@judge
def sparsify(draw: Callable[..., np.ndarray]) -> str:
    """Judge ``draw(X, A, K, rng)``: a random A' with X A' an average of K pieces, of mean X A.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(9)
    X = rng.standard_normal((10, 4)) * [3, 1, 1, 0.2]
    A, K, draws = rng.standard_normal((4, 3)), 4, 4000
    found = [np.asarray(draw(X, A, K, rng), dtype=float) for _ in range(draws)]
    if found[0].shape != A.shape:
        fail(f"The answer has the shape {found[0].shape}, not {A.shape}", "return A', not X A'")
    most = max(int((B != 0).sum()) for B in found)
    if most > K:
        fail(f"An average of {K} pieces has {most} entries", "add K pieces, each a single entry")
    products = X @ np.array(found)
    off = products.mean(0) - X @ A
    error = products.std(0) / sqrt(draws)
    if (np.abs(off) > 6 * error + 1e-12).any():
        fail("The mean of the draws is not X A, by more than 6 s.e.", "keep the signs of A; divide "
             "a piece by its chance")  # fmt: skip
    squares = ((products - X @ A) ** 2).sum((1, 2))
    right = sparsification_error(X, A, K)
    if abs(squares.mean() - right) > 6 * squares.std() / sqrt(draws):
        fail(
            f"The mean squared error is {squares.mean():.4g}, not {right:.4g}",
            "chances in proportion to the size of the entry times the norm of the column of X",
        )
    return PRAISE
