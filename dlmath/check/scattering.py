"""Checks for the coding exercises on the scattering network.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import tight_bank


@judge
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


@judge
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


@judge
def halves(accuracy: Callable[..., float]) -> str:
    """Judge ``halves(field, copy)``: trained on their left halves, the accuracy on the right ones.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(3)
    rough = rng.standard_normal((256, 256))
    near = np.fft.rfft2(rng.standard_normal((256, 256)))
    smooth = np.fft.irfft2(near * (np.hypot(*_frequencies(256)) < 0.1), (256, 256))
    smooth /= smooth.std()
    found = float(accuracy(rough, smooth))
    if not 0 <= found <= 1:
        fail(f"The accuracy is {found:.3g}", "return the share of patches that are told right")
    if found < 0.9:
        fail(
            f"A rough field and a smooth one are told apart with the accuracy {found:.2f}",
            "what differs is the Fourier modulus of a patch; is each patch with its own label?",
        )
    crossed = [np.hstack([a[:, :128], b[:, 128:]]) for a, b in ((rough, smooth), (smooth, rough))]
    found = float(accuracy(*crossed))
    if found > 0.9:
        fail(
            f"With the right halves exchanged the accuracy is still {found:.2f}",
            "train on patches of the left halves, test on patches of the right halves",
        )
    if found > 0.1:
        fail(
            f"With the right halves exchanged the accuracy is {found:.2f}, not near 0",
            "no patch of a right half may be trained on, and none of a left half tested",
        )
    return PRAISE


def _frequencies(n: int) -> tuple[np.ndarray, np.ndarray]:
    """The two frequencies of each entry of ``rfft2`` of an (n, n) image, in cycles a sample."""
    first, second = np.meshgrid(np.fft.fftfreq(n), np.fft.rfftfreq(n), indexing="ij")
    return first, second
