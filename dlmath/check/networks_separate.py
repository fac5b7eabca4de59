"""Checks for the coding exercises on networks that separate.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.generalization.networks_separate import largest_response, xor


@judge
def smoothed(margin: Callable[..., float]) -> str:
    """Judge ``margin(W, a, X, y)``: the smoothed margin for the logistic loss.

    Raises:
        AssertionError: With the first property that fails.
    """
    one = np.ones((1, 1))
    for size in (0.5, 1.5, 60.0):
        found = float(margin(size * one, size * one[0], one, np.ones(1)))
        if not np.isfinite(found):
            fail(f"With a score of {size**2:g} the answer is {found}", "keep the loss's logarithm")
        if abs(found - 0.5) > 1e-6:
            fail(
                f"For one example and w = a = {size:g} the answer is {found:.6g}, not 0.5",
                "invert the logistic loss, not the exponential; divide by the sum of all squares",
            )
    X, y = xor(12, 5)
    rng = np.random.default_rng(6)
    W = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    W += 0.1 * rng.standard_normal((4, 2))
    a = np.array([1.0, 1.1, -0.9, -1.0])
    for size in (1.0, 40.0):
        q = size**2 * y * (np.maximum(X @ W.T, 0) @ a)
        if size == 1:
            u = -np.log(np.expm1(np.log1p(np.exp(-q)).sum()))
        else:
            u = q.min() - np.log(np.exp(q.min() - q).sum())
        right = u / (size**2 * ((W**2).sum() + (a**2).sum()))
        found = float(margin(size * W, size * a, X, y))
        if not abs(found - right) <= 1e-6 * abs(right):
            fail(
                f"On twelve examples the answer is {found:.6g}, not {right:.6g}",
                "sum the losses over the examples, without dividing by their number",
            )
    return PRAISE


@judge
def response(largest: Callable[..., float]) -> str:
    """Judge ``largest(X, y, p)``: the strongest response of a neuron to weighted examples.

    Raises:
        AssertionError: With the first property that fails.
    """
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    found = float(largest(X, y, np.array([0.5, 0.5])))
    if abs(found - 0.5) > 1e-9:
        fail(f"For two orthogonal examples the answer is {found:.6g}, not 0.5", "look at the ends")
    rng = np.random.default_rng(7)
    for n in (3, 8, 25):
        X, y = rng.standard_normal((n, 2)), rng.choice([-1.0, 1.0], n)
        p = rng.dirichlet(np.ones(n))
        found, (right, _) = float(largest(X, y, p)), largest_response(X, p * y)
        if found < right * (1 - 1e-9):
            fail(
                f"With {n} examples the answer is {found:.8g}, less than {right:.8g}",
                "on each arc try the gradient, minus the gradient and the ends; both signs count",
            )
        if found > right * (1 + 1e-9):
            fail(
                f"With {n} examples the answer is {found:.8g}, more than {right:.8g}",
                "a gradient counts only as a direction at which the sum is evaluated",
            )
    return PRAISE
