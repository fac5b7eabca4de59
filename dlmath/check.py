"""Checks for the coding exercises: each raises with a sentence that says what is wrong.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.approximation.simplicial import kuhn
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


def kuhn_interpolation(interpolate: Callable[..., np.ndarray]) -> str:
    """Judge ``interpolate(f, x, n)`` on the simplices of a grid of the unit cube.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(12)
    for d, n in ((1, 3), (2, 4), (3, 2), (5, 3)):
        x, w = rng.uniform(size=(40, d)), rng.standard_normal(d)
        vertices = rng.integers(0, n + 1, (40, d)) / n

        def wavy(z: np.ndarray, w: np.ndarray = w) -> np.ndarray:
            return np.cos(3 * z @ w) + z[:, 0] * z[:, -1] ** 2

        found = np.asarray(interpolate(wavy, x, n))
        if found.shape != (40,):
            _fail(f"For 40 points the shape is {found.shape}", "one value a point is wanted")
        if not np.allclose(interpolate(lambda z, w=w: z @ w + 1, x, n), x @ w + 1):
            _fail(
                f"With d = {d} an affine function is not reproduced",
                "the weights of the corners must add up to 1, and their mean must be x",
            )
        if not np.allclose(interpolate(wavy, vertices, n), wavy(vertices)):
            _fail(
                f"With d = {d} the values at the vertices are not kept",
                "a vertex on the far face of the cube belongs to the last cell",
            )
        if not np.allclose(found, kuhn(wavy, x, n)):
            _fail(
                f"With d = {d} the values inside the cells differ",
                "climb from the lowest corner along the coordinates, the largest offset first",
            )
    return PRAISE


def invisible_function(invisible: Callable[..., np.ndarray]) -> str:
    """Judge ``invisible(A)``: coefficients that the numbers ``A @ c`` do not see.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(13)
    for N, count in ((1, 2), (7, 8), (8, 27)):
        A = rng.standard_normal((N, count))
        c = np.asarray(invisible(A))
        if c.shape != (count,):
            _fail(f"For A of shape {A.shape} the shape of c is {c.shape}", "one number a bump")
        if not np.abs(A @ c).max() < 1e-9:
            _fail("A @ c is not zero", "take c from the null space of A, for instance by an SVD")
        if not np.isclose(np.abs(c).max(), 1):
            _fail("The largest |c| is not 1", "zero is invisible too; scale c until a bump is full")
    return PRAISE
