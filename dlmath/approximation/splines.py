"""Bumps: impossible with one hidden layer, exact with four layers of ``(t)_+ ** 2``.

After Chui, Li and Mhaskar (1994, 1996) and Mhaskar (1993).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np
from scipy.linalg import block_diag
from scipy.optimize import linprog


@dataclass(frozen=True)
class SquaredHinges:
    """A network with the activation ``(t)_+ ** 2``, strictly layered.

    Args:
        hidden: For each layer its matrix ``(units, inputs)`` and its biases.
        output: The weights of the output.
        constant: What is added to the output.
    """

    hidden: tuple[tuple[np.ndarray, np.ndarray], ...]
    output: np.ndarray
    constant: float = 0.0

    @property
    def units(self) -> int:
        """The number of units of all hidden layers."""
        return sum(len(bias) for _, bias in self.hidden)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """The values at the rows of ``X``, shape ``(points, inputs)``."""
        for matrix, bias in self.hidden:
            X = np.maximum(X @ matrix.T + bias, 0) ** 2
        return X @ self.output + self.constant


# uv = ((u+v)^2 - (u-v)^2)/4, and t^2 = (t)_+^2 + (-t)_+^2: four units make a product of two numbers
PRODUCT_IN = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]])
PRODUCT_OUT = np.array([1, 1, -1, -1]) / 4
# the same with v = 1 carries a number through a layer
CARRY_IN, CARRY_BIAS = PRODUCT_IN[:, :1], PRODUCT_IN[:, 1]
KNOTS = 5


def bump_network(dimension: int = 3) -> SquaredHinges:
    """The product of cubic B-splines with the knots 0, 1, 2, 3, 4, in two or three variables.

    Layer 1 makes ``(x - k)_+ ** 2`` for five knots and carries x, for each variable; layer 2
    multiplies them to ``(x - k)_+ ** 3``; the layers after that multiply the splines.

    Raises:
        ValueError: If the dimension is neither 2 nor 3.
    """
    if dimension not in (2, 3):
        raise ValueError(f"dimension: wanted 2 or 3, got {dimension}")
    knots, each = np.arange(KNOTS), np.eye(dimension)
    first = np.vstack([np.ones((KNOTS, 1)), CARRY_IN])
    bias = np.concatenate([-knots, CARRY_BIAS])
    # from the nine numbers of a variable: x - k and (x - k)_+^2, into the units of a product
    pairs = np.zeros((2 * KNOTS, 9))
    pairs[::2, KNOTS:] = PRODUCT_OUT
    pairs[1::2, :KNOTS] = np.eye(KNOTS)
    multiply = np.kron(np.eye(KNOTS), PRODUCT_IN)
    shift = multiply @ np.stack([-knots, np.zeros(KNOTS)], 1).ravel()
    spline = np.kron([(-1) ** k * comb(4, k) / 6 for k in knots], PRODUCT_OUT)

    hidden = [
        (np.kron(each, first), np.tile(bias, dimension)),
        (np.kron(each, multiply @ pairs), np.tile(shift, dimension)),
    ]
    splines = np.kron(each, spline)  # the B-splines, one for each variable
    if dimension == 3:
        step = np.asarray(block_diag(PRODUCT_IN, CARRY_IN))
        hidden.append((step @ splines, np.concatenate([np.zeros(4), CARRY_BIAS])))
        splines = np.kron(np.eye(2), PRODUCT_OUT)
    hidden.append((PRODUCT_IN @ splines, np.zeros(4)))
    return SquaredHinges(tuple(hidden), PRODUCT_OUT)


def cubic_bump(X: np.ndarray) -> np.ndarray:
    """The product of cubic B-splines from their pieces, for ``X`` of shape ``(points, d)``."""
    t = np.abs(np.asarray(X, dtype=float) - 2)
    inner, outer = 2 / 3 - t**2 + t**3 / 2, (2 - t) ** 3 / 6
    return np.where(t < 1, inner, np.where(t < 2, outer, 0)).prod(-1)


Function = Callable[[np.ndarray], np.ndarray]


def corners(start: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points ``start + sum of some steps``, and the signs with which a difference takes them.

    Args:
        start: Shape ``(d,)``.
        steps: Shape ``(m, d)``.

    Returns:
        The ``2**m`` points, shape ``(2**m, d)``, the start first, and their signs.
    """
    chosen = np.array(list(product((0, 1), repeat=len(steps))))
    return start + chosen @ steps, (-1.0) ** chosen.sum(1)


def difference(f: Function, start: np.ndarray, steps: np.ndarray) -> float:
    """The difference of f at ``start`` taken along all steps in turn: a signed sum over corners."""
    points, signs = corners(start, steps)
    return float(signs @ f(points))


def steps_along_level_lines(directions: np.ndarray, shortest: float, tilt: float = 0) -> np.ndarray:
    """For each direction in the plane a step perpendicular to it, each three times the last.

    Args:
        directions: Shape ``(m, 2)``.
        shortest: The length of the first step.
        tilt: An angle by which the steps are turned away from the perpendicular.

    Raises:
        ValueError: If the directions are not of the plane, or one is zero.
    """
    W = np.asarray(directions, dtype=float)
    if W.ndim != 2 or W.shape[1] != 2 or (np.abs(W).max(1) == 0).any():
        raise ValueError(f"directions: wanted non-zero rows of two numbers, got shape {W.shape}")
    angle = np.arctan2(W[:, 1], W[:, 0]) + np.pi / 2 + tilt
    lengths = shortest * 3.0 ** np.arange(len(W))
    return lengths[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)


@dataclass(frozen=True)
class Ridges:
    """A network with one hidden layer, ``sum_i c_i act(<w_i, x> + b_i)``.

    Args:
        directions: The weights, shape ``(m, d)``.
        biases: Shape ``(m,)``.
        weights: The output weights, shape ``(m,)``.
        activation: Applied entry by entry.
    """

    directions: np.ndarray
    biases: np.ndarray
    weights: np.ndarray
    activation: Function = np.tanh

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """The values at the rows of ``X``."""
        return self.activation(X @ self.directions.T + self.biases) @ self.weights


def least_distance(values: np.ndarray, heights: np.ndarray) -> float:
    """The least largest ``|f - sum_i rho_i|`` over some points, over all functions ``rho_i``.

    Args:
        values: The values of f, shape ``(points,)``.
        heights: What ``rho_i`` may depend on, ``<w_i, x>``, in column i, shape ``(points, m)``.
            Numbers closer than 1e-6 count as equal.
    """
    blocks = []
    for column in np.rint(np.asarray(heights) * 1e6).T:
        levels, level = np.unique(column, return_inverse=True)
        blocks.append(np.eye(len(levels))[level])
    net, one = np.hstack(blocks), np.ones((len(values), 1))
    found = linprog(
        np.append(np.zeros(net.shape[1]), 1),
        A_ub=np.block([[net, -one], [-net, -one]]),
        b_ub=np.concatenate([values, -values]),
        bounds=(None, None),
        method="highs",
    )
    return float(found.fun)
