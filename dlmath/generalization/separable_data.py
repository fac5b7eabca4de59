"""Separable data: the hard-margin classifier, exactly, and a certificate where there is none.

Labels are plus or minus one. Most functions see the examples with their labels absorbed, the rows
``z = y x``: a vector ``w`` separates them if every ``z @ w`` is positive.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from scipy.optimize import nnls


@dataclass(frozen=True)
class MaxMargin:
    """The vector of least norm with margin at least one on every example.

    Attributes:
        w: The vector, of shape (d,); its margin in the units of the data is ``1 / |w|``.
        alpha: Its dual variables, of shape (n,): nonnegative, ``w = sum(alpha * y * x)``, and zero
            off the support vectors. Where the support vectors are dependent, one choice of many.
    """

    w: np.ndarray
    alpha: np.ndarray

    @property
    def margin(self) -> float:
        """The distance from the separating hyperplane to the nearest example."""
        return 1 / float(np.linalg.norm(self.w))

    @property
    def support(self) -> np.ndarray:
        """Where the dual variables are positive, of shape (n,)."""
        return self.alpha > 1e-9 * self.alpha.max()


def max_margin(X: np.ndarray, y: np.ndarray) -> MaxMargin:
    """The hard-margin classifier without an intercept, to rounding.

    Args:
        X: Examples, of shape (n, d).
        y: Labels, plus or minus one, of shape (n,).

    Raises:
        ValueError: If the shapes or labels are wrong, or the data are not separable.
    """
    Z = absorbed(X, y)
    weights, gap = _least_combination(Z)
    if gap is None:
        raise ValueError(
            "wanted separable data, got data of which a convex combination vanishes (with the "
            f"labels absorbed), of {int((weights > 1e-10).sum())} examples; no vector has "
            "positive margin on all of them"
        )
    return MaxMargin(gap / (gap @ gap), weights / (gap @ gap))


def max_margin_with_intercept(X: np.ndarray, y: np.ndarray) -> tuple[MaxMargin, float]:
    """The hard-margin classifier with an intercept that costs nothing.

    Only differences of examples of unlike labels matter to it, and on them it has no intercept.

    Args:
        X: Examples, of shape (n, d).
        y: Labels, plus or minus one, both present, of shape (n,).

    Returns:
        The vector with its dual variables, and the intercept b; the rule is the sign of w x + b.

    Raises:
        ValueError: If the shapes or labels are wrong, or no hyperplane separates the classes.
    """
    absorbed(X, y)
    X, y = np.asarray(X, float), np.asarray(y)
    up, down = np.flatnonzero(y > 0), np.flatnonzero(y < 0)
    if not (len(up) and len(down)):
        raise ValueError("y: wanted both labels, got one")
    pairs = X[up][:, None] - X[down][None]
    found = max_margin(pairs.reshape(-1, X.shape[1]) / 2, np.ones(len(up) * len(down)))
    shares = found.alpha.reshape(len(up), len(down)) / 2
    alpha = np.zeros(len(y))
    alpha[up], alpha[down] = shares.sum(1), shares.sum(0)
    b = -((X[up] @ found.w).min() + (X[down] @ found.w).max()) / 2
    return MaxMargin(found.w, alpha), float(b)


def vanishing_combination(Z: np.ndarray) -> np.ndarray | None:
    """Weights p >= 0 of sum 1 with ``p @ Z = 0``, of shape (n,); None if some w separates.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
    """
    weights, gap = _least_combination(Z)
    return weights if gap is None else None


def separated_share(X: np.ndarray, draws: int, seed: int) -> float:
    """The share of labellings by fair coins that some vector separates, over a sample.

    Args:
        X: Examples, of shape (n, d).
        draws: How many labellings to draw.
        seed: Of the coins.
    """
    coins = np.random.default_rng(seed).choice([-1.0, 1.0], (draws, len(X)))
    return float(np.mean([vanishing_combination(y[:, None] * X) is None for y in coins]))


def absorbed(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The examples with their labels absorbed, ``y x``, of shape (n, d).

    Raises:
        ValueError: If the shapes do not fit, there is no example, or a label is not plus or minus
            one.
    """
    X, y = np.asarray(X, float), np.asarray(y, float)
    if X.ndim != 2 or y.shape != X.shape[:1] or not X.size:
        raise ValueError(f"wanted X (n, d) and y (n,), got shapes {X.shape} and {y.shape}")
    if strange := sorted(set(y.tolist()) - {1.0, -1.0}):
        raise ValueError(f"y: wanted labels 1 and -1, got {strange[0]:g}")
    return X * y[:, None]


def _least_combination(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The weights of the shortest convex combination, and that combination unless it is zero.

    By Lawson and Hanson: nonnegative least squares for ``sum(u) = 1`` together with ``u @ Z = 0``.
    What it leaves of the equations points to the shortest combination.
    """
    n, d = Z.shape
    scale = np.linalg.norm(Z, axis=1).max() or 1.0
    system = np.vstack([Z.T / scale, np.ones(n)])
    u, _ = nnls(system, np.append(np.zeros(d), 1.0), maxiter=30 * (n + d))
    p = u / u.sum()
    gap = p @ Z
    # Its margin on every example decides, not its length: no vector has one if p @ Z vanishes.
    return p, gap if (Z @ gap).min() > 0 else None


def separable_share(n: int, d: int) -> float:
    """Cover's count: the share of the 2^n labellings of n points in R^d that a vector separates.

    The points are in general position (any d of them, or all if they are fewer, are linearly
    independent), and there is no intercept. In any other position the share is at most this.

    Raises:
        ValueError: If n or d is less than one.
    """
    if n < 1 or d < 1:
        raise ValueError(f"wanted n >= 1 and d >= 1, got {n} and {d}")
    return sum(comb(n - 1, k) for k in range(min(d, n))) / 2 ** (n - 1)
