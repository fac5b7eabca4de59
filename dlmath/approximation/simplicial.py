"""Interpolation on the simplices of a grid, which is a ReLU network.

The cube is cut into cells of side ``1/n`` and every cell into ``d!`` simplices, one for each order
of the coordinates (Freudenthal, Kuhn). The interpolant at a point is the average of ``f`` over the
corners that the point is rounded to when all its coordinates are rounded with one and the same die.
"""

from collections.abc import Callable
from itertools import product

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
"""Takes points of shape ``(count, d)`` and gives values of shape ``(count,)``."""


def relu(t: np.ndarray) -> np.ndarray:
    """The positive part."""
    return np.maximum(t, 0)


def largest(z: np.ndarray) -> np.ndarray:
    """The maximum over the last axis with nothing but sums and ReLUs.

    Args:
        z: Shape ``(..., k)``, ``k >= 1``; pairs are compared, then the winners.

    Returns:
        Shape ``(...)``.
    """
    while z.shape[-1] > 1:
        paired = z[..., : z.shape[-1] // 2 * 2]
        a, b = paired[..., 0::2], paired[..., 1::2]
        z = np.concatenate([a + relu(b - a), z[..., paired.shape[-1] :]], axis=-1)
    return z[..., 0]


def hat(z: np.ndarray) -> np.ndarray:
    r"""The hat of the grid: :math:`(1 + \min(0, \min_i z_i) - \max(0, \max_i z_i))_+`.

    Args:
        z: Place relative to the vertex in units of the cell, shape ``(..., d)``.

    Returns:
        Shape ``(...)``: 1 at the vertex, 0 at all others, affine on every simplex.
    """
    zero = np.zeros((*z.shape[:-1], 1))
    below = largest(np.concatenate([-z, zero], axis=-1))
    above = largest(np.concatenate([z, zero], axis=-1))
    return relu(1 - below - above)


def kuhn_network(f: Function, x: np.ndarray, n: int) -> np.ndarray:
    """The interpolant as a network: one hat for each of the ``(n + 1)**d`` vertices.

    Args:
        f: The function to interpolate.
        x: Points of the unit cube, shape ``(count, d)``.
        n: Cells along each axis.

    Returns:
        Values, shape ``(count,)``. For a small grid: all hats are computed.

    Raises:
        ValueError: As :func:`kuhn`.
    """
    x = _points(x, n)
    vertices = np.array(list(product(range(n + 1), repeat=x.shape[1])), dtype=float)
    return hat(n * x[:, None, :] - vertices) @ f(vertices / n)


def kuhn(f: Function, x: np.ndarray, n: int) -> np.ndarray:
    """The same interpolant, from the ``d + 1`` vertices that matter at each point.

    Args:
        f: The function to interpolate, called ``d + 1`` times.
        x: Points of the unit cube, shape ``(count, d)``.
        n: Cells along each axis.

    Returns:
        Values, shape ``(count,)``.

    Raises:
        ValueError: If a point lies outside the cube, or ``n`` is not a positive whole number.
    """
    y = n * _points(x, n)
    corner = np.minimum(np.floor(y), n - 1)
    offset = y - corner
    order = np.argsort(-offset, axis=1)
    falling = np.take_along_axis(offset, order, axis=1)
    edges = np.concatenate([np.ones((len(y), 1)), falling, np.zeros((len(y), 1))], axis=1)
    weights = edges[:, :-1] - edges[:, 1:]
    total = weights[:, 0] * f(corner / n)
    rows = np.arange(len(y))
    for step in range(y.shape[1]):
        corner[rows, order[:, step]] += 1
        total = total + weights[:, step + 1] * f(corner / n)
    return total


def nearest(f: Function, x: np.ndarray, n: int) -> np.ndarray:
    """The value at the nearest vertex: what interpolation is compared with."""
    return f(np.rint(n * _points(x, n)) / n)


def quadratic_rms(d: int) -> float:
    r"""Root mean square, times ``n**2``, of the error for :math:`|x|^2/2`, uniform ``x``.

    The error at ``x`` is :math:`\frac1{2n^2}\sum_i r_i(1 - r_i)` with ``r`` the place in the cell.
    """
    return float(np.sqrt(d**2 / 36 + d / 180) / 2)


def flat_parameters(d: int, n: int) -> float:
    """How many values the network in ``d`` dimensions stores: one a vertex."""
    return float(n + 1) ** d


def cells_within(stored: int, d: int) -> int:
    """The most cells along an axis whose ``(n + 1)**d`` values are no more than ``stored``.

    Returns:
        0 if not even one cell is paid for.
    """
    n = 0
    while (n + 2) ** d <= stored:
        n += 1
    return n


def _points(x: np.ndarray, n: int) -> np.ndarray:
    """Refuse points outside the cube and grids that are none."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 2 or x.shape[1] == 0:
        raise ValueError(f"x: wanted points of shape (count, d), got {x.shape}")
    if not (x.min(initial=0.0) >= 0 and x.max(initial=0.0) <= 1):
        raise ValueError("x: wanted points of the unit cube; rescale them to [0, 1]")
    if n != int(n) or n < 1:
        raise ValueError(f"n: wanted a positive whole number of cells along an axis, got {n!r}")
    return x
