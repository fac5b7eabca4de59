"""Linear networks: the way down from any weights to a global minimum of the square loss.

A network is the list ``[W_1, ..., W_K]`` of its layers, in the order in which they act; its map is
the product ``W_K ... W_1``. The examples are the columns of X, the answers those of Y, and the
loss is ``|W_K ... W_1 X - Y|^2`` in the Frobenius norm.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from dlmath.landscapes.paths import Leg, Path, Weights, straight

Basis = Callable[[float], np.ndarray]
"""A basis that turns with the time in [0, 1]: orthonormal columns, shape (N, r)."""

DUST = 1e-11
"""Singular values below this share of what the layers could make are rounding."""


def product(weights: Weights) -> np.ndarray:
    """The map of the network, ``W_K ... W_1``."""
    M = weights[0]
    for W in weights[1:]:
        M = W @ M
    return M


def square_loss(weights: Weights, X: np.ndarray, Y: np.ndarray) -> float:
    """The square loss, ``|W_K ... W_1 X - Y|^2``."""
    return float(np.square(product(weights) @ X - Y).sum())


def random_weights(sizes: Sequence[int], seed: int, scale: float = 1.0) -> list[np.ndarray]:
    """Gaussian layers between spaces of the given dimensions, input first."""
    rng = np.random.default_rng(seed)
    shapes = zip(sizes[1:], sizes, strict=False)
    return [scale * rng.standard_normal(s) / np.sqrt(s[1]) for s in shapes]


def checked(weights: Weights, X: np.ndarray | None = None, Y: np.ndarray | None = None) -> None:
    """Raise ValueError unless the layers compose, and fit the data where data are given."""
    shapes = [np.shape(W) for W in weights]
    if not shapes or any(len(s) != 2 or 0 in s for s in shapes):
        raise ValueError(f"weights: wanted one matrix or more, none of them empty, got {shapes}")
    if any(late[1] != early[0] for early, late in pairwise(shapes)):
        raise ValueError(f"weights: wanted layers that compose, W_1 first, got shapes {shapes}")
    if not all(np.isfinite(W).all() for W in weights):
        raise ValueError("weights: wanted finite entries")
    if X is None or Y is None:
        return
    wanted = (shapes[0][1], shapes[-1][0])
    if X.ndim != 2 or Y.ndim != 2 or (len(X), len(Y)) != wanted or X.shape[1] != Y.shape[1]:
        raise ValueError(
            f"data: wanted X of shape ({wanted[0]}, N) and Y of shape ({wanted[1]}, N), "
            f"got {X.shape} and {Y.shape}"
        )


def row_space(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The image of X, its singular values and its row space, rounding left out.

    Returns:
        U of shape (n, k), s of shape (k,), V of shape (N, k), with ``X = U diag(s) V^T``.
    """
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    k = int((s > 1e-10 * max(s.max(initial=0), 1e-300)).sum())
    return U[:, :k], s[:k], Vt[:k].T


def patterns(X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the data ask a linear map to learn, the weightiest first.

    Returns:
        The eigenvalues ``g_1 >= g_2 >= ...`` of ``P Y^T Y P``, P the projector on the row space of
        X, and their eigenvectors in that space, of shape (N, rank X).
    """
    V = row_space(X)[2]
    g, u = np.linalg.eigh(V.T @ Y.T @ Y @ V)
    return np.maximum(g[::-1], 0), V @ u[:, ::-1]


def optimum(X: np.ndarray, Y: np.ndarray, rank: int) -> float:
    """The least square loss of the linear maps of at most this rank: reduced-rank regression."""
    return float(np.square(Y).sum() - patterns(X, Y)[0][:rank].sum())


def learnt(sizes: Sequence[int], X: np.ndarray, Y: np.ndarray, which: Sequence[int]) -> Weights:
    """The equilibrium at which the network has learnt the named patterns, and no other.

    Args:
        sizes: Dimensions from input to output.
        X: The examples.
        Y: The answers.
        which: Which patterns, 0 the weightiest; at most as many as the narrowest width.

    Raises:
        ValueError: If there are more of them than the network has room for, or one does not exist.
    """
    U, s, V = row_space(X)
    room = min([*sizes[1:-1], len(s)])
    if len(which) > room or any(not 0 <= k < len(s) for k in which):
        raise ValueError(f"which: wanted at most {room} of the {len(s)} patterns, got {which}")
    Q = patterns(X, Y)[1][:, list(which)]
    c = len(which)
    weights = [np.zeros((b, a)) for a, b in pairwise(sizes)]
    if len(weights) == 1:
        return [Y @ Q @ Q.T @ V / s @ U.T]
    for W in weights[1:-1]:
        W[:c, :c] = np.eye(c)
    weights[0][:c] = Q.T @ (V / s) @ U.T
    weights[-1][:, :c] = Y @ Q
    return weights


def _range(A: np.ndarray, scale: float) -> np.ndarray:
    """An orthonormal basis of the range of A; what is below DUST * scale is rounding."""
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    return U[:, : int((s > DUST * scale).sum())]


def pruned(weights: Weights) -> tuple[list[Leg], list[np.ndarray], list[np.ndarray]]:
    """Two straight legs that keep the product and leave no more in any layer than it uses.

    Returns:
        The legs "backward" and "forward"; the weights at their end; and for each layer but the last
        an orthonormal basis of ``range(W_k ... W_1)``, each of the rank of the product.
    """
    size = [float(np.linalg.norm(W)) for W in weights]
    back, T = list(weights), weights[-1]
    for k in range(len(weights) - 2, -1, -1):
        rows = _range(T.T, float(np.prod(size[k + 1 :])))
        back[k] = rows @ (rows.T @ weights[k])
        T = T @ weights[k]
    rho = _range(product(back), float(np.prod(size))).shape[1]
    fore, bases, S = [back[0]], [], back[0]
    for W in back[1:]:
        U = np.linalg.svd(S, full_matrices=False)[0][:, :rho]
        bases.append(U)
        fore.append(W @ U @ U.T)
        S = W @ S
    legs = [straight("backward", weights, back), straight("forward", back, fore)]
    return legs, fore, bases


def complement(basis: np.ndarray) -> np.ndarray:
    """Orthonormal columns that complete the orthonormal columns of ``basis`` to the whole space."""
    n, k = basis.shape
    return np.linalg.svd(basis, full_matrices=True)[0][:, k:] if k else np.eye(n)


def _opened(
    weights: list[np.ndarray], bases: list[np.ndarray], U: np.ndarray, r: int
) -> tuple[list[Leg], list[np.ndarray], np.ndarray]:
    """Legs that lay r - rho channels which the last layer does not read; the basis [R_1, H_1]."""
    free = [complement(R)[:, : r - R.shape[1]] for R in bases]
    if not free[0].shape[1]:
        return [], weights, bases[0]
    wide = list(weights)
    for k in range(1, len(weights) - 1):
        wide[k] = weights[k] + free[k] @ free[k - 1].T
    unused = np.linalg.svd(weights[0] @ U)[2][bases[0].shape[1] : r]
    ready = [weights[0] + free[0] @ unused @ U.T, *wide[1:]]
    legs = [straight("open, middle", weights, wide)] if len(weights) > 2 else []
    legs.append(straight("open, first", wide, ready))
    return legs, ready, np.hstack([bases[0], free[0]])


def descent_path(weights: Weights, X: np.ndarray, Y: np.ndarray) -> Path:
    """A path from any weights to a global minimum, along which the square loss never rises.

    Args:
        weights: ``[W_1, ..., W_K]``, of any depth and any widths.
        X: The examples, shape (n, N), of any rank.
        Y: The answers, shape (m, N).

    Returns:
        A path of at most 7 + r legs, r the least of the hidden widths and the rank of X.

    Raises:
        ValueError: If the layers do not compose, or do not fit the data.
    """
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    weights = [np.asarray(W, float) for W in weights]
    checked(weights, X, Y)
    U, s, V = row_space(X)
    inverse = (V / s) @ U.T
    if len(weights) == 1:
        return Path([straight("convex", weights, [Y @ inverse])])
    seen = [weights[0] @ U @ U.T, *weights[1:]]
    legs = [straight("forget", weights, seen)]
    r = min([len(W) for W in weights[:-1]] + [len(s)])
    if r == 0:
        return Path(legs)
    more, slim, bases = pruned(seen)
    opened, ready, J = _opened(slim, bases, U, r)
    reach = product([J, *ready[1:-1]])
    dual = np.linalg.pinv(reach)

    def build(A: np.ndarray, B: np.ndarray) -> list[np.ndarray]:
        return [J @ A, *ready[1:-1], B @ dual]

    A, B = J.T @ ready[0], ready[-1] @ reach
    Q, upper = np.linalg.qr((A @ X).T)
    signs = np.where(np.diag(upper) < 0, -1.0, 1.0)
    Q, L = Q * signs, upper.T * signs  # A X = L Q^T, L lower triangular, its diagonal positive
    step = np.linalg.inv(L) - np.eye(r)

    def gauge(t: float) -> list[np.ndarray]:
        change = np.eye(r) + t * step
        return build(change @ A, np.linalg.solve(change.T, B.T).T)

    turned = gauge(1.0)
    level = build(Q.T @ inverse, Y @ Q)
    legs += [*more, *opened, Leg("gauge", gauge), straight("convex", turned, level)]
    for k, turn in enumerate(_rotations(Q, patterns(X, Y)[1])):

        def rotate(t: float, turn: Basis = turn) -> list[np.ndarray]:
            return build(turn(t).T @ inverse, Y @ turn(t))

        legs.append(Leg(f"rotate {k + 1}", rotate))
    return Path(legs)


def _rotations(Q: np.ndarray, u: np.ndarray) -> Iterator[Basis]:
    """Rotations that bring u_1, u_2, ... one by one into the span of the columns of Q.

    Yields:
        Functions of t in [0, 1] whose values have orthonormal columns.
    """
    for k in range(Q.shape[1]):
        rest = complement(Q.T @ u[:, :k])  # coordinates of V minus u_1 ... u_k
        seen = rest.T @ (Q.T @ u[:, k])
        size = np.linalg.norm(seen)
        d = rest @ seen / size if size > 1e-12 else rest[:, 0]
        v = Q @ d
        across = u[:, k] - (v @ u[:, k]) * v
        far = np.linalg.norm(across)
        if far < 1e-12:
            continue
        turn = _turn(Q, d, v, across / far, float(np.arctan2(far, v @ u[:, k])))
        Q = turn(1.0)
        yield turn


def _turn(Q: np.ndarray, d: np.ndarray, v: np.ndarray, w: np.ndarray, angle: float) -> Basis:
    """Turn the column combination v = Q d towards w; the rest of the basis stays."""
    return lambda t: Q + np.outer((np.cos(t * angle) - 1) * v + np.sin(t * angle) * w, d)
