"""Checks for the coding exercises on the scattering network.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail
from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import tight_bank


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
            fail(
                f"At order {order} the shape is {found.shape}, wanted {wanted.shape}",
                f"orders 0 to {order} have {paths} paths, and every path keeps the whole grid",
            )
        if np.iscomplexobj(found):
            fail("The coefficients are complex", "a modulus averaged by a real filter is real")
        if not np.allclose(found[0], wanted[0]):
            fail("Order 0 is wrong", "it is x itself, convolved with the low-pass filter")
        if order == 2:
            _paths(found, wanted)
        if not np.allclose(found, wanted):
            fail(
                f"Order {order} is wrong", "average *after* the modulus, feed the next layer before"
            )
    return PRAISE


def _paths(found: np.ndarray, wanted: np.ndarray) -> None:
    """Tell wrong numbers from right numbers in the wrong order."""
    same = np.allclose(np.sort(found.sum((1, 2))), np.sort(wanted.sum((1, 2))))
    if same and not np.allclose(found, wanted):
        fail(
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
            fail("The result is complex", "phases of a real image are odd in the frequency")
        if not np.allclose(np.abs(np.fft.fft2(first)), np.abs(np.fft.fft2(x))):
            fail(
                f"On a grid of {shape} the Fourier modulus has changed",
                "taking the real part halves what has no mirror image; draw odd phases instead, "
                "for instance those of a real white noise",
            )
        if not np.isclose(first.mean(), x.mean()):
            fail("The mean has changed", "leave the phase at frequency 0 alone")
        if np.allclose(first, x) or np.allclose(first, second):
            fail("The phases are not drawn anew", "use the generator rng, in every call")
    return PRAISE
