"""Checks for the coding exercises on compositionality.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.approximation.simplicial import kuhn
from dlmath.check._words import PRAISE, fail, judge


@judge
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
            fail(f"For 40 points the shape is {found.shape}", "one value a point is wanted")
        if not np.allclose(interpolate(lambda z, w=w: z @ w + 1, x, n), x @ w + 1):
            fail(
                f"With d = {d} an affine function is not reproduced",
                "the weights of the corners must add up to 1, and their mean must be x",
            )
        if not np.allclose(interpolate(wavy, vertices, n), wavy(vertices)):
            fail(
                f"With d = {d} the values at the vertices are not kept",
                "a vertex on the far face of the cube belongs to the last cell",
            )
        if not np.allclose(found, kuhn(wavy, x, n)):
            fail(
                f"With d = {d} the values inside the cells differ",
                "climb from the lowest corner along the coordinates, the largest offset first",
            )
    return PRAISE


@judge
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
            fail(f"For A of shape {A.shape} the shape of c is {c.shape}", "one number a bump")
        if not np.abs(A @ c).max() < 1e-9:
            fail("A @ c is not zero", "take c from the null space of A, for instance by an SVD")
        if not np.isclose(np.abs(c).max(), 1):
            fail("The largest |c| is not 1", "zero is invisible too; scale c until a bump is full")
    return PRAISE
