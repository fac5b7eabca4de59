"""A function of one variable, interpolated by a ReLU network with one neuron a cell."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ramps:
    """A shallow ReLU network ``constant + sum_i weights_i (x - kinks_i)_+``.

    Attributes:
        constant: Value at the first kink and left of it.
        kinks: Where each neuron switches on, shape (N,).
        weights: Output weights: the changes of slope, shape (N,).
    """

    constant: float
    kinks: np.ndarray
    weights: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The network's values, in the shape of ``x``."""
        x = np.asarray(x, float)
        return self.constant + np.maximum(x[..., None] - self.kinks, 0) @ self.weights


def interpolate(nodes: np.ndarray, values: np.ndarray) -> Ramps:
    """The network that is linear between nodes and takes the given values there.

    Args:
        nodes: Increasing, shape (N + 1,).
        values: Shape (N + 1,).

    Raises:
        ValueError: If there are fewer than two nodes, they do not increase, or the shapes differ.
    """
    nodes, values = np.asarray(nodes, float), np.asarray(values, float)
    if nodes.shape != values.shape or nodes.ndim != 1 or len(nodes) < 2:
        raise ValueError(
            "nodes, values: wanted one value for each of two or more nodes, got shapes "
            f"{nodes.shape} and {values.shape}"
        )
    if not (np.diff(nodes) > 0).all():
        raise ValueError("nodes: wanted increasing numbers; sort them and drop those that repeat")
    slopes = np.diff(values) / np.diff(nodes)
    return Ramps(float(values[0]), nodes[:-1], np.diff(slopes, prepend=0.0))


def hat(left: float, middle: float, right: float) -> Ramps:
    """The hat function: 0 outside (left, right), 1 in the middle, linear between; three neurons.

    Raises:
        ValueError: If the three places do not increase.
    """
    if not left < middle < right:
        raise ValueError(f"wanted left < middle < right, got {left}, {middle}, {right}")
    up, down = 1 / (middle - left), 1 / (right - middle)
    return Ramps(0.0, np.array([left, middle, right]), np.array([up, -up - down, down]))


def modulus(values: np.ndarray, steps: int) -> float:
    """The modulus of continuity of a piecewise linear function, at a multiple of its grid's step.

    Args:
        values: At the points of an even grid, shape (points,).
        steps: How many steps of the grid the two places may be apart.

    Returns:
        The largest difference; for a function linear between the points it is that of the
        function, since a linear function of two places is largest in a corner.

    Raises:
        ValueError: If ``steps`` is not between 1 and the number of cells.
    """
    if not 1 <= steps < len(values):
        raise ValueError(f"steps: wanted 1 to {len(values) - 1}, got {steps}")
    windows = np.lib.stride_tricks.sliding_window_view(values, steps + 1)
    return float((windows.max(1) - windows.min(1)).max())
