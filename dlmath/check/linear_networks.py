"""Checks for the coding exercises on linear networks.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.landscapes.linear_networks import optimum, random_weights, square_loss


@judge
def balance(solve: Callable[..., Sequence[np.ndarray]]) -> str:
    """Judge ``solve(W1, W2)``: balanced factors with the same product.

    Raises:
        AssertionError: With the first property that fails.
    """
    for sizes in ([3, 3, 3], [4, 2, 3], [2, 5, 4]):
        W1, W2 = random_weights(sizes, sum(sizes), 2.0)
        A, B = (np.asarray(W, float) for W in solve(W1.copy(), W2.copy()))
        if A.shape != W1.shape or B.shape != W2.shape:
            fail(
                f"The shapes are {A.shape} and {B.shape}, not {W1.shape} and {W2.shape}",
                "the number of hidden neurons stays, also if some are not needed",
            )
        off = float(np.abs(B @ A - W2 @ W1).max())
        if off > 1e-8:
            fail(f"The product is off by {off:.3g}", "whatever W_1 gains, W_2 must lose")
        size = float(np.square(A).sum() + np.square(B).sum())
        least = 2 * float(np.linalg.svd(W2 @ W1, compute_uv=False).sum())
        if size > least * (1 + 1e-8):
            fail(
                f"The squares add up to {size:.5g}; {least:.5g} can be had",
                "share each singular value of the product evenly: its root to each layer",
            )
    return PRAISE


@judge
def way_down(solve: Callable[..., Sequence[Sequence[np.ndarray]]]) -> str:
    """Judge ``solve(W1, W2, X, Y)``: the stations of a path from ``(W1, W2)`` to a minimum.

    The stations must be so close that no entry moves by more than 0.2 from one to the next.

    Raises:
        AssertionError: With the first property that fails.
    """
    for sizes in ([3, 1, 3], [4, 2, 3], [3, 2, 4], [4, 3, 2], [3, 3, 2]):
        rng = np.random.default_rng(sum(sizes))
        X, Y = rng.standard_normal((sizes[0], 9)), rng.standard_normal((sizes[2], 9))
        W1, W2 = random_weights(sizes, 7)
        walked = solve(W1.copy(), W2.copy(), X, Y)
        stations = [[np.asarray(W, float) for W in station] for station in walked]
        if not stations or any(
            np.abs(p - q).max() > 1e-9 for p, q in zip(stations[0], (W1, W2), strict=True)
        ):
            fail("The path does not begin at (W1, W2)", "the first station is the start itself")
        loss = [square_loss(w, X, Y) for w in stations]
        up = float(np.max(np.diff(loss), initial=0))
        if up > 1e-8:
            where = int(np.argmax(np.diff(loss)))
            fail(
                f"The loss rises by {up:.3g} after station {where}",
                "which leg is this? A gauge keeps the loss; on a convex leg only W_2 moves",
            )
        far = loss[-1] - optimum(X, Y, sizes[1])
        if far > 1e-6:
            fail(
                f"The path ends {far:.3g} above the minimum",
                "have all of u_1, u_2, ..., taken in the row space of X, been brought into "
                "the span of Q?",
            )
        pairs = pairwise(stations)
        step = max(
            max(float(np.abs(p - q).max()) for p, q in zip(*pair, strict=True)) for pair in pairs
        )
        if step > 0.2:
            fail(f"Somewhere an entry moves by {step:.3g} at once", "take more stations on a leg")
    return PRAISE
