"""Public checks of the fifth homework: on ways and barriers.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The grader calls your function with other data.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge


@judge
def barriers(barriers: Callable[..., np.ndarray]) -> str:
    """Judge ``barriers(heights, edges)``: the barriers between the vertices of a graph.

    Raises:
        AssertionError: With the first property that fails.
    """
    heights = np.array([0.0, 3.0, 1.0, 2.0, 4.0])
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [3, 4]])
    found = np.asarray(barriers(heights.copy(), edges.copy()), float)
    wanted = np.array(
        [[0, 3, 2, 2, 4], [3, 3, 3, 3, 4], [2, 3, 1, 2, 4], [2, 3, 2, 2, 4], [4, 4, 4, 4, 4.0]]
    )
    if found.shape != wanted.shape:
        fail(f"The shape is {found.shape}, wanted {wanted.shape}", "one entry for each pair")
    if not np.array_equal(found, wanted):
        i, j = np.argwhere(found != wanted)[0].tolist()
        fail(
            f"On the square 0-1-2-3 with a tail, M[{i}, {j}] is {found[i, j]}, not {wanted[i, j]}",
            "of all paths, the one whose highest vertex is lowest; the ends count too",
        )
    return PRAISE


@judge
def escape(escape: Callable[..., tuple[np.ndarray, np.ndarray]]) -> str:
    """Judge ``escape(W1, W2, X, Y)``: a direction of negative curvature.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(6)
    X, Y = rng.standard_normal((2, 9)), rng.standard_normal((3, 9))
    bends_down(escape, np.zeros((4, 2)), np.zeros((3, 4)), X, Y)
    bends_down(escape, rng.standard_normal((4, 2)), rng.standard_normal((3, 4)), X, Y)
    return PRAISE


def bends_down(
    escape: Callable[..., tuple[np.ndarray, np.ndarray]],
    W1: np.ndarray,
    W2: np.ndarray,
    X: np.ndarray,
    Y: np.ndarray,
) -> None:
    """Raise unless the direction's second coefficient is negative, beyond rounding.

    Args:
        escape: The student's function.
        W1: Of shape (h, n).
        W2: Of shape (m, h).
        X: Inputs, of shape (n, N).
        Y: Outputs, of shape (m, N).

    Raises:
        AssertionError: With the first property that fails.
    """
    answer = escape(W1.copy(), W2.copy(), X.copy(), Y.copy())
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        fail(f"It returns {type(answer).__name__}", "return (V1, V2), a tuple of two")
    V1, V2 = (np.asarray(V, float) for V in answer)
    if V1.shape != W1.shape or V2.shape != W2.shape:
        fail(f"The shapes are {V1.shape} and {V2.shape}", "those of W1 and W2")
    bend = float(np.sum(((V2 @ W1 + W2 @ V1) @ X) ** 2))
    gain = 2 * float(np.sum(((W2 @ W1 @ X - Y) @ X.T) * (V2 @ V1)))
    if not bend + gain < -1e-6 * (bend + abs(gain)) or not np.isfinite(bend):
        fail(
            f"The coefficient of t^2 is {bend + gain:.3g} = {bend:.3g} + {gain:.3g}",
            "the first part is a square: make it vanish or small by a vector that W2 or W1 kills",
        )


@judge
def align(align: Callable[..., tuple[np.ndarray, np.ndarray]]) -> str:
    """Judge ``align(A, B)``: a permutation and signs.

    Raises:
        AssertionError: With the first property that fails.
    """
    A = np.random.default_rng(7).standard_normal((5, 4))
    order, signs = np.array([3, 0, 4, 1, 2]), np.array([1, -1, -1, 1, -1])
    B = np.empty_like(A)
    B[order] = signs[:, None] * A
    nearest(align, A, B, 0.0)
    return PRAISE


def nearest(
    align: Callable[..., tuple[np.ndarray, np.ndarray]], A: np.ndarray, B: np.ndarray, least: float
) -> None:
    """Raise unless the answer brings B's neurons within the least sum of squares of A's.

    Args:
        align: The student's function.
        A: Neurons, of shape (h, k).
        B: Neurons, of shape (h, k).
        least: The least sum of squares.

    Raises:
        AssertionError: With the first property that fails.
    """
    answer = align(A.copy(), B.copy())
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        fail(f"It returns {type(answer).__name__}", "return (order, signs), a tuple of two")
    order, signs = (np.asarray(part) for part in answer)
    if order.shape != (len(A),) or sorted(order.tolist()) != list(range(len(A))):
        fail(f"order is {order.tolist()}", "each of B's neurons once: a permutation")
    if signs.shape != (len(A),) or not np.isin(signs, (1, -1)).all():
        fail(f"signs are {signs.tolist()}", "1 or -1 for each neuron of A")
    found = float(np.sum((A - signs[:, None] * B[order.astype(int)]) ** 2))
    if not found <= least + 1e-9 * (1 + np.sum(A**2) + np.sum(B**2)):
        fail(
            f"The sum of squares is {found:.6g}; {least:.6g} can be had",
            "order[j] is the neuron of B for neuron j of A; all pairs at once, not one by one",
        )
