"""Checks for the coding exercises on depth separation.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from dlmath.approximation.depth_separation import sawtooth, square, zigzag
from dlmath.approximation.piecewise_linear import along, pieces, rational
from dlmath.check._words import PRAISE, fail, judge


@judge
def piece_counter(count: Callable[..., int]) -> str:
    """Judge ``count(hidden, output)``: affine pieces on [0, 1] of a ReLU network on the line.

    Raises:
        AssertionError: With the first property that fails.
    """
    networks = {
        "the sawtooth with three folds": sawtooth(3),
        "the zigzag of width 3 and depth 2": zigzag(3, 2),
        "the square with five folds": square(5),
        "a fold of slope 3.9, nine times": sawtooth(9, Fraction(39, 10)),
        "two units that cancel": rational([([[1], [1]], [Fraction(-1, 2)] * 2)], [1, -1]),
    }
    for name, net in networks.items():
        found, wanted = count(net.hidden, net.output), pieces(along(net))
        if found > wanted:
            fail(
                f"On {name} the count is {found}, wanted {wanted}",
                "a new node is no kink if the slope is the same on both sides; compare Fractions, "
                "not floats",
            )
        if found < wanted:
            fail(
                f"On {name} the count is {found}, wanted {wanted}",
                "split where a pre-activation of *any* layer changes sign, within every cell that "
                "the layers before have made",
            )
    return PRAISE


@judge
def product_by_folding(multiply: Callable[..., np.ndarray]) -> str:
    """Judge ``multiply(x, y, folds, M)`` on ``[-M, M]``: Yarotsky's product.

    Raises:
        AssertionError: With the first property that fails.
    """
    x, y = np.meshgrid(*[3 * np.linspace(-1, 1, 129)] * 2)
    for folds in (1, 4):
        found = np.asarray(multiply(x, y, folds, 3.0))
        if found.shape != x.shape:
            fail(f"The shape is {found.shape}, wanted {x.shape}", "work entry by entry")
        if np.abs(found[x * y == 0]).max() > 1e-12:
            fail(
                "The product does not vanish on the axes",
                "use |x+y|, |x| and |y| over 2M, so that equal terms cancel",
            )
        worst, wanted = np.abs(found - x * y).max(), 9 * 4.0**-folds
        if not np.isclose(worst, wanted):
            fail(
                f"With {folds} folds the largest error is {worst:.4g}, wanted {wanted:.4g}",
                "the factor in front is 2 M^2, and the square has one term for every fold",
            )
    return PRAISE
