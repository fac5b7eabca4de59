"""Checks for the coding exercises on two-layer networks and the dimension their neurons span.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.landscapes.paths import Path, straight
from dlmath.landscapes.two_layer_networks import Family


def _families() -> list[tuple[str, Family, str]]:
    """Data and activations, each with what to look at if its dimension comes out wrong."""
    rng = np.random.default_rng(12)
    X = rng.standard_normal((3, 25))
    many = rng.standard_normal((200, 3))
    biased = np.vstack([X[:2, :6], np.ones(6)])
    return [
        ("squares on 25 examples", Family(X, np.square, many), "did you draw enough neurons?"),
        (
            "cubes on 25 examples",
            Family(X, lambda z: z**3, many),
            "q is the rank of a matrix with many rows, one a neuron; what is too small to count?",
        ),
        (
            "squares on examples of which x_1 x_2 = 0",
            Family(
                X * np.where(np.arange(25) % 2, [[1], [0], [1]], [[0], [1], [1]]), np.square, many
            ),
            "count what the neurons span on these examples, not the monomials",
        ),
        (
            "ReLU neurons on six examples, two of them the same",
            Family(biased[:, [0, 1, 2, 3, 4, 4]], lambda z: np.maximum(z, 0), 2 * many),
            "equal examples give equal columns",
        ),
        (
            "the neurons exp(6z) on six examples",
            Family(biased, lambda z: np.exp(6 * z), 2 * many),
            "large neurons drown the small ones: bring all of them to one length",
        ),
    ]


@judge
def dimension(solve: Callable[..., int]) -> str:
    """Judge ``solve(X, rho)``: the intrinsic dimension of the neurons on the columns of X.

    Raises:
        AssertionError: With the first property that fails.
    """
    for what, family, hint in _families():
        found = solve(family.X.copy(), family.rho)
        if found != int(found) or isinstance(found, bool):
            fail(f"The answer is {found!r}", "a dimension is a whole number")
        if found != family.dimension:
            fail(f"For {what} the answer is {int(found)}, wanted {family.dimension}", hint)
    return PRAISE


def _same_function(stops: list[list[np.ndarray]], X: np.ndarray) -> None:
    """Refuse a way on which the output changes."""
    f = stops[0][1] @ np.tanh(stops[0][0] @ X)
    for k, (a, b) in enumerate(pairwise(stops)):
        leg = Path([straight("leg", a, b)])
        if any(np.abs(U @ np.tanh(W @ X) - f).max() > 1e-9 for W, U in map(leg, (0.3, 0.6, 1.0))):
            fail(
                f"On leg {k + 1} the function changes",
                "move W only where U is 0, and U only between neurons of equal W",
            )


@judge
def swap(solve: Callable[..., Sequence[Sequence[np.ndarray]]]) -> str:
    """Judge ``solve(W, U, i, j, spare)``: stops ``[W, U]`` of a way that exchanges two neurons.

    Between stops the way is straight. W has shape (p, n), U has shape (m, p); the output weights of
    the spare neuron are zero.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(5)
    X = rng.standard_normal((2, 30))
    for p, i, j, spare in ((3, 0, 1, 2), (5, 4, 1, 0)):
        W, U = rng.standard_normal((p, 2)), rng.standard_normal((2, p))
        U[:, spare] = 0
        stops = [
            [np.array(part, float) for part in s] for s in solve(W.copy(), U.copy(), i, j, spare)
        ]
        if len(stops) < 2 or any(s[0].shape != W.shape or s[1].shape != U.shape for s in stops):
            fail("The stops are not a list of [W, U]", "each has the shapes of the network given")
        if not (np.array_equal(stops[0][0], W) and np.array_equal(stops[0][1], U)):
            fail("The way does not begin at the network given", "the first stop is [W, U] itself")
        _same_function(stops, X)
        swapped = [j if k == i else i if k == j else k for k in range(p)]
        heard = [k for k in range(p) if k != spare]
        end = stops[-1]
        if np.abs(end[0][heard] - W[swapped][heard]).max() > 1e-9:
            fail("At the end W is not exchanged", f"neuron {i} belongs in slot {j} and back")
        if np.abs(end[1] - U[:, swapped]).max() > 1e-9:
            fail("At the end U is not exchanged", "the output weights go with their neurons")
    return PRAISE
