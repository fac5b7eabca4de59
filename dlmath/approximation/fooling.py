"""Functions that fool: bumps on a grid, which few numbers cannot tell apart.

Everything here is 1-Lipschitz for the norm of the largest coordinate. The cube is cut into ``m**d``
cells; on each stands a pyramid of height ``1/(2m)``, up, down, or in between.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.optimize import least_squares

from dlmath.approximation.simplicial import largest, relu


def centres(m: int, d: int) -> np.ndarray:
    """The centres of the ``m**d`` cells of the unit cube, shape ``(m**d, d)``.

    Raises:
        ValueError: If ``m`` or ``d`` is less than 1.
    """
    if m < 1 or d < 1:
        raise ValueError(f"m, d: wanted at least one cell and one dimension, got m={m}, d={d}")
    return (np.array(list(product(range(m), repeat=d)), dtype=float) + 0.5) / m


def pyramids(c: np.ndarray, x: np.ndarray, m: int) -> np.ndarray:
    r"""The function :math:`\sum_i c_i\,(\frac1{2m} - |x - x_i|_\infty)_+`.

    Args:
        c: One coefficient for each cell, shape ``(..., m**d)``.
        x: Points, shape ``(count, d)``.
        m: Cells along each axis.

    Returns:
        Values, shape ``(..., count)``.

    Raises:
        ValueError: If the number of coefficients is not that of the cells.
    """
    c, x = np.asarray(c, dtype=float), np.asarray(x, dtype=float)
    places = centres(m, x.shape[-1])
    if c.shape[-1] != len(places):
        raise ValueError(f"c: wanted {len(places)} coefficients, one a cell, got {c.shape[-1]}")
    away = np.abs(x[:, None, :] - places).max(axis=2)
    return c @ np.maximum(1 / (2 * m) - away, 0).T


def pyramid_network(c: np.ndarray, x: np.ndarray, m: int) -> np.ndarray:
    """The same function with nothing but sums and ReLUs; ``c`` are the weights of its last layer.

    The absolute values take one layer of ReLUs, the largest of ``d`` numbers ``ceil(log2(d))``
    layers, the pyramid one more.
    """
    x = np.asarray(x, dtype=float)
    offset = x[:, None, :] - centres(m, x.shape[-1])
    absolute = relu(offset) + relu(-offset)
    return np.asarray(c, dtype=float) @ relu(1 / (2 * m) - largest(absolute)).T


def sign_patterns(count: int) -> np.ndarray:
    """All vectors of ``count`` signs, shape ``(2**count, count)``."""
    return np.array(list(product((-1.0, 1.0), repeat=count)))


def patterns_seen(values: np.ndarray) -> int:
    """How many different patterns of signs the rows of ``values`` show."""
    return len(np.unique(values > 0, axis=0))


def steepest(function: Callable[[np.ndarray], np.ndarray], d: int, seed: int, h: float) -> float:
    """The largest slope found between random points of the cube, far apart and ``h`` apart.

    Args:
        function: Takes points ``(count, d)``, gives ``(..., count)``; all rows are looked at.
        d: Dimension.
        seed: Seed of the points.
        h: Distance of the near pairs, in the norm of the largest coordinate.

    Returns:
        The largest difference of values over the distance of the points, in that norm.
    """
    rng = np.random.default_rng([seed, 31])
    x = rng.uniform(h, 1 - h, (400, d))
    found = 0.0
    for y in (rng.permutation(x), x + h * rng.choice([-1.0, 1.0], x.shape)):
        distance = np.abs(x - y).max(axis=1)
        apart = distance > 0
        rise = np.abs(function(x) - function(y))[..., apart]
        found = max(found, float((rise / distance[apart]).max()))
    return found


Selection = Callable[[np.ndarray], np.ndarray]
"""From values of a function at fixed points, shape ``(points,)``, to ``N`` parameters."""


def tanh_selection(points: int, N: int, seed: int) -> Selection:
    """A continuous way to choose ``N`` parameters that is neither linear nor odd.

    Args:
        points: How many values of the function it reads.
        N: How many parameters it returns.
        seed: Seed of its weights.
    """
    rng = np.random.default_rng([seed, 32])
    inner = rng.standard_normal((3 * N, points))
    shift = rng.standard_normal(3 * N)
    outer = rng.standard_normal((N, 3 * N))
    return lambda values: outer @ np.tanh(inner @ values + shift)


def coding_selection(points: int) -> Selection:
    """A discontinuous way: one parameter whose binary digits are the signs of the values."""
    digits = 0.5 ** np.arange(1, points + 1)
    return lambda values: np.array([digits @ (values > 0)])


def twin(select: Selection, count: int, seed: int, tries: int = 60) -> tuple[np.ndarray, float]:
    """Look for ``c`` with ``max|c| = 1`` whose parameters are those of ``-c``.

    Borsuk and Ulam say that one exists if ``select`` is continuous with fewer than ``count``
    parameters; they do not say where. We follow Gauss and Newton from random starts.

    Args:
        select: The selection, as a function of the coefficients ``c``, shape ``(count,)``.
        count: How many coefficients.
        seed: Seed of the starts.
        tries: How many starts at most.

    Returns:
        The best ``c`` found, and the largest difference between its parameters and those of ``-c``.
    """

    def gap(c: np.ndarray) -> np.ndarray:
        on_sphere = c / np.abs(c).max()
        return np.append(select(on_sphere) - select(-on_sphere), c @ c - 1)

    rng = np.random.default_rng([seed, 33])
    best, missed = np.ones(count), np.inf
    for _ in range(tries):
        c = least_squares(gap, rng.standard_normal(count), xtol=1e-15, ftol=1e-15, gtol=1e-15).x
        c = c / np.abs(c).max()
        here = float(np.abs(select(c) - select(-c)).max())
        if here < missed:
            best, missed = c, here
        if missed < 1e-12:
            break
    return best, missed
