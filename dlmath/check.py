"""Checks for the coding exercises: each raises with a sentence that says what is wrong.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from dlmath.approximation.depth_separation import sawtooth, square, zigzag
from dlmath.approximation.piecewise_linear import along, pieces, rational
from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import tight_bank

PRAISE = "All checks passed."


def _fail(what: str, hint: str) -> None:
    raise AssertionError(f"{what}. Hint: {hint}")


def scattering_network(scattering: Callable[..., np.ndarray]) -> str:
    """Judge ``scattering(x, phi, psi, order)`` on images: every path, order by order.

    Raises:
        AssertionError: With the first property that fails.
    """
    bank = tight_bank((12, 16), 1, 4)
    x = np.random.default_rng(11).standard_normal((12, 16))
    for order, paths in ((0, 1), (1, 5), (2, 21)):
        found = np.asarray(scattering(x, bank.phi, bank.psi, order))
        wanted = scatter(x, bank, order)
        if found.shape != wanted.shape:
            _fail(
                f"At order {order} the shape is {found.shape}, wanted {wanted.shape}",
                f"orders 0 to {order} have {paths} paths, and every path keeps the whole grid",
            )
        if np.iscomplexobj(found):
            _fail("The coefficients are complex", "a modulus averaged by a real filter is real")
        if not np.allclose(found[0], wanted[0]):
            _fail("Order 0 is wrong", "it is x itself, convolved with the low-pass filter")
        if order == 2:
            _paths(found, wanted)
        if not np.allclose(found, wanted):
            _fail(
                f"Order {order} is wrong", "average *after* the modulus, feed the next layer before"
            )
    return PRAISE


def _paths(found: np.ndarray, wanted: np.ndarray) -> None:
    """Tell wrong numbers from right numbers in the wrong order."""
    same = np.allclose(np.sort(found.sum((1, 2))), np.sort(wanted.sum((1, 2))))
    if same and not np.allclose(found, wanted):
        _fail(
            "The paths of order 2 are right but in another order",
            "the last wavelet of a path changes fastest: reshape (paths, K) in this order",
        )


def phase_randomisation(randomise: Callable[..., np.ndarray]) -> str:
    """Judge ``randomise(x, rng)``: same Fourier modulus and mean, real, phases at random.

    Raises:
        AssertionError: With the first property that fails.
    """
    for shape in ((16, 16), (15, 18)):
        x = np.random.default_rng(5).standard_normal(shape) + 0.7
        rng = np.random.default_rng(6)
        first, second = np.asarray(randomise(x, rng)), np.asarray(randomise(x, rng))
        if np.iscomplexobj(first) and np.abs(np.imag(first)).max() > 1e-9:
            _fail("The result is complex", "phases of a real image are odd in the frequency")
        if not np.allclose(np.abs(np.fft.fft2(first)), np.abs(np.fft.fft2(x))):
            _fail(
                f"On a grid of {shape} the Fourier modulus has changed",
                "taking the real part halves what has no mirror image; draw odd phases instead, "
                "for instance those of a real white noise",
            )
        if not np.isclose(first.mean(), x.mean()):
            _fail("The mean has changed", "leave the phase at frequency 0 alone")
        if np.allclose(first, x) or np.allclose(first, second):
            _fail("The phases are not drawn anew", "use the generator rng, in every call")
    return PRAISE


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
            _fail(
                f"On {name} the count is {found}, wanted {wanted}",
                "a new node is no kink if the slope is the same on both sides; compare Fractions, "
                "not floats",
            )
        if found < wanted:
            _fail(
                f"On {name} the count is {found}, wanted {wanted}",
                "split where a pre-activation of *any* layer changes sign, within every cell that "
                "the layers before have made",
            )
    return PRAISE


def product_by_folding(multiply: Callable[..., np.ndarray]) -> str:
    """Judge ``multiply(x, y, folds, M)`` on ``[-M, M]``: Yarotsky's product.

    Raises:
        AssertionError: With the first property that fails.
    """
    x, y = np.meshgrid(*[3 * np.linspace(-1, 1, 129)] * 2)
    for folds in (1, 4):
        found = np.asarray(multiply(x, y, folds, 3.0))
        if found.shape != x.shape:
            _fail(f"The shape is {found.shape}, wanted {x.shape}", "work entry by entry")
        if np.abs(found[x * y == 0]).max() > 1e-12:
            _fail(
                "The product does not vanish on the axes",
                "use |x+y|, |x| and |y| over 2M, so that equal terms cancel",
            )
        worst, wanted = np.abs(found - x * y).max(), 9 * 4.0**-folds
        if not np.isclose(worst, wanted):
            _fail(
                f"With {folds} folds the largest error is {worst:.4g}, wanted {wanted:.4g}",
                "the factor in front is 2 M^2, and the square has one term for every fold",
            )
    return PRAISE
