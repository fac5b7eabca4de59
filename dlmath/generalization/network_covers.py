"""Covers of a class of networks, as the proof builds them: layer by layer, out of few pieces."""

from collections.abc import Callable, Sequence
from math import ceil, comb

import numpy as np
from numpy.typing import ArrayLike

Array = np.ndarray


def pieces(X: Array, A: Array) -> tuple[float, Array]:
    """How X A is a mixture of matrices with a single column, each a multiple of one of X.

    Args:
        X: Examples, of shape (n, d).
        A: Of shape (d, m).

    Returns:
        The mass s, the sum of the Frobenius norms of the pieces; and the weights ``|x_j||a_jk|``
        of the pieces, of shape (d, m), with the signs of A. Their absolute values sum to s.

    Raises:
        ValueError: If the shapes do not fit.
    """
    X, A = np.asarray(X, dtype=float), np.asarray(A, dtype=float)
    if X.ndim != 2 or A.ndim != 2 or X.shape[1] != A.shape[0]:
        raise ValueError(f"wanted X (n, d) and A (d, m), got {X.shape} and {A.shape}")
    weights = np.linalg.norm(X, axis=0)[:, None] * A
    return float(np.abs(weights).sum()), weights


def sparse(
    X: Array, A: Array, terms: int, draws: int, rng: np.random.Generator, *, uniform: bool = False
) -> Array:
    """Random averages of a few pieces that have the mean X A: Maurey's sparsification.

    Args:
        X: Examples, of shape (n, d).
        A: Of shape (d, m).
        terms: How many pieces an average has.
        draws: How many averages.
        rng: Source of randomness.
        uniform: Choose each piece with equal chance, whatever its size: wrong.

    Returns:
        For each draw the matrix A' of shape (d, m) whose product X A' is the average.
    """
    mass, weights = pieces(X, A)
    sizes = np.linalg.norm(X, axis=0)
    # A piece of norm s in the direction of column j of X, placed in column k.
    unit = np.sign(A) * mass / np.where(sizes > 0, sizes, 1)[:, None]
    chance = np.abs(weights).ravel() / mass
    if uniform:
        chance = (chance > 0) / (chance > 0).sum()
    counts = rng.multinomial(terms, chance, size=draws) / terms
    return counts.reshape(draws, *A.shape) * unit


def sparsification_error(X: Array, A: Array, terms: int) -> float:
    """The exact mean squared Frobenius distance of a sparse average from X A."""
    mass, _ = pieces(X, A)
    return (mass**2 - float(np.linalg.norm(X @ A)) ** 2) / terms


def net(X: Array, m: int, radius: float, terms: int) -> Array:
    """Every average of ``terms`` pieces of norm ``radius``, of shape (elements, n, m).

    Columns of X that are zero give no pieces.

    Raises:
        ValueError: If all are zero.
    """
    X = X[:, np.linalg.norm(X, axis=0) > 0]
    sizes, d = np.linalg.norm(X, axis=0), X.shape[1]
    if d == 0:
        raise ValueError("X: wanted a matrix that is not zero")
    one = np.zeros((2 * d * m, len(X), m))
    for j in range(d):
        for k in range(m):
            place = 2 * (j * m + k)
            one[place, :, k] = radius * X[:, j] / sizes[j]
            one[place + 1] = -one[place]
    counts = _compositions(terms, len(one))
    return np.tensordot(counts / terms, one, axes=1)


def _compositions(total: int, parts: int) -> Array:
    """All ways to write a total as an ordered sum of so many nonnegative parts."""
    if parts == 1:
        return np.array([[total]])
    rows = [
        np.column_stack([np.full(comb(total - first + parts - 2, parts - 2), first), rest])
        for first in range(total + 1)
        for rest in [_compositions(total - first, parts - 1)]
    ]
    return np.vstack(rows)


def best_split(costs: ArrayLike, total: float = 1.0, power: float = 2 / 3) -> Array:
    """Where the sum of (b / e)^2 is least over e of the given sum: e in proportion to b^(2/3).

    Raises:
        ValueError: If a cost or the total is not positive.
    """
    b = np.asarray(costs, dtype=float)
    if b.min() <= 0 or total <= 0:
        raise ValueError(f"wanted positive costs and total, got {b.tolist()} and {total}")
    share = b**power
    return total * share / share.sum()


def least_cost(costs: ArrayLike, total: float = 1.0) -> float:
    """The least sum of (b / e)^2: the sum of b^(2/3), cubed, over the total's square."""
    return float((np.asarray(costs, dtype=float) ** (2 / 3)).sum() ** 3 / total**2)


def relu(Z: Array) -> Array:
    """The positive part."""
    return np.maximum(Z, 0)


def tolerances(sizes: ArrayLike, costs: ArrayLike, accuracy: float) -> Array:
    """The accuracy that each layer may spend, so that the output is within the given one.

    Args:
        sizes: Bounds s on the spectral norms.
        costs: Bounds b on the (2,1) norms of the transposes.
        accuracy: Of the output, in Frobenius norm.
    """
    s, b = np.asarray(sizes, dtype=float), np.asarray(costs, dtype=float)
    later = s.prod() / np.cumprod(s)  # what the layers above multiply an error by
    return best_split(b / s, accuracy) / later


def approximate(
    weights: Sequence[Array],
    X: Array,
    accuracies: ArrayLike,
    costs: ArrayLike,
    rng: np.random.Generator,
    *,
    draws: int = 20,
    activation: Callable[[Array], Array] = relu,
) -> tuple[Array, list[int], list[float]]:
    """The element of the cover near a network: each layer sparse, on the sparse layers below it.

    Args:
        weights: The layers, of shapes (outputs, inputs).
        X: Examples, of shape (n, d).
        accuracies: What each layer may be off by, in Frobenius norm.
        costs: Bounds on the (2,1) norms of the transposes, which say how many pieces to take.
        rng: Source of randomness.
        draws: Averages tried for each layer, of which the nearest is kept.
        activation: Between the layers.

    Returns:
        Its outputs, of shape (n, k); the number of pieces of each layer; and what each layer adds
        to the error, over its accuracy.
    """
    Z, bound = np.asarray(X, dtype=float), float(np.linalg.norm(X))
    used, errors = [], []
    for i, (A, accuracy, cost) in enumerate(
        zip(weights, np.asarray(accuracies), np.asarray(costs), strict=True)
    ):
        terms = ceil((cost * bound / accuracy) ** 2)
        tries = Z @ sparse(Z, A.T, terms, draws, rng)
        off = np.linalg.norm(tries - Z @ A.T, axis=(1, 2))
        Y = tries[off.argmin()]
        errors.append(float(off.min() / accuracy))
        Z = activation(Y) if i + 1 < len(weights) else Y
        bound *= float(np.linalg.norm(A, 2))
        used.append(terms)
    return Z, used, errors


def outputs(
    weights: Sequence[Array], X: Array, activation: Callable[[Array], Array] = relu
) -> Array:
    """Outputs of a network, of shape (n, k)."""
    Z = np.asarray(X, dtype=float)
    for i, A in enumerate(weights):
        Z = Z @ A.T
        Z = activation(Z) if i + 1 < len(weights) else Z
    return Z
