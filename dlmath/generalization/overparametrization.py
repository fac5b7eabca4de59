"""Bounds on the gap between training and test, and the network that fits any labels.

The network has one hidden layer, ``f(x) = sum_j w_j relu(<a, x> - b_j)``: all its neurons look in
one direction, and the biases tell the examples apart.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.linalg import solve_triangular
from scipy.stats import binom


def gap_radius(n: int, delta: float, count: int = 1) -> float:
    """How far the risk may exceed the empirical risk, for all of ``count`` rules at once.

    Holds with probability 1 - delta for losses in [0, 1]. With ``count=1`` it is the bound for a
    test set of n examples that had no part in the choice of the rule.

    Raises:
        ValueError: If n or count is less than 1, or delta is not between 0 and 1.
    """
    if n < 1 or count < 1 or not 0 < delta < 1:
        raise ValueError(f"wanted n, count >= 1 and 0 < delta < 1, got {n}, {count}, {delta}")
    return sqrt(log(count / delta) / (2 * n))


def coin_gap_probability(n: int, radius: float, count: int = 1) -> float:
    """How likely the best of ``count`` independent coin-tossing rules beats 1/2 by over a radius.

    The number of mistakes of each on n examples is binomial, so this is exact.
    """
    fewest = np.ceil(n * (0.5 - radius) - 1e-9) - 1  # mistakes below n (1/2 - radius)
    tail = float(binom.cdf(fewest, n, 0.5))
    return float(-np.expm1(count * np.log1p(-tail)))


@dataclass(frozen=True, eq=False)
class Interpolator:
    """A network with one hidden layer whose neurons share their inner weights.

    Attributes:
        a: Inner weights of every neuron, of shape (d,).
        b: Thresholds, of shape (q,).
        w: Outer weights, of shape (q,).
    """

    a: np.ndarray
    b: np.ndarray
    w: np.ndarray

    def hidden(self, X: np.ndarray) -> np.ndarray:
        """Outputs of the neurons at X (n, d), of shape (n, q)."""
        return np.maximum((X @ self.a)[:, None] - self.b, 0)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Outputs at X (n, d), of shape (n,)."""
        return self.hidden(X) @ self.w

    @property
    def weights(self) -> int:
        """How many numbers it has."""
        return len(self.a) + len(self.b) + len(self.w)

    def rounding(self, X: np.ndarray) -> float:
        """A bound on what rounding did to the outputs, from the usual analysis of each operation.

        Inner products of length m err by at most m units relative to the product of the absolute
        values; a triangular solve leaves a residual of the same form. Both at the neurons, and the
        inner product with ``a`` passed on through the outer weights.
        """
        unit = np.finfo(float).eps
        neurons = (self.hidden(X) @ np.abs(self.w)).max() * 2 * len(self.w)
        inner = (np.abs(X) @ np.abs(self.a)).max() * np.abs(self.w).sum() * 2 * (len(self.a) + 2)
        return float(unit * (neurons + inner))


def interpolate(X: np.ndarray, y: np.ndarray, seed: int = 0) -> Interpolator:
    """The network with n neurons, 2n + d numbers in all, that has the output y_i at each x_i.

    Args:
        X: Inputs, of shape (n, d), no two alike.
        y: Any labels, of shape (n,).
        seed: Of the direction in which the neurons look.

    Raises:
        ValueError: If the shapes do not fit or two inputs have one projection.
    """
    if X.ndim != 2 or y.shape != (len(X),) or len(X) < 1:
        raise ValueError(f"wanted X (n, d) and y (n,), got {X.shape} and {y.shape}")
    a = np.random.default_rng(seed).standard_normal(X.shape[1])
    return interpolate_along(X, y, a)


def interpolate_along(X: np.ndarray, y: np.ndarray, a: np.ndarray) -> Interpolator:
    """The same with the direction given.

    Raises:
        ValueError: If two inputs have one projection on it.
    """
    z = X @ a
    order = np.argsort(z)
    z = z[order]
    if len(z) > 1 and np.diff(z).min() <= 0:
        raise ValueError("two inputs have the same projection; inputs must be distinct")
    b = np.append(z[0] - 1, (z[:-1] + z[1:]) / 2)
    A = np.maximum(z[:, None] - b, 0)
    return Interpolator(a, b, solve_triangular(A, y[order], lower=True))
