"""Two linear layers with weight decay: the way down if they are wide, and the trap if not.

The loss is ``|W_2 W_1 X - Y|^2 + decay (|W_1|^2 + |W_2|^2)``. With enough hidden neurons its
minimum is that of the convex ``|M X - Y|^2 + 2 decay |M|_*`` over matrices M, where ``|M|_*`` is
the sum of the singular values. With fewer there can be a second, worse local minimum; the functions
from :func:`reduced_loss` on show it, and show the same for a square loss with unequal weights.
"""

import numpy as np

from dlmath.landscapes.linear_fibres import joined_frames
from dlmath.landscapes.linear_networks import checked, product, square_loss
from dlmath.landscapes.paths import Leg, Path, Weights, straight

SMALL = 1e-13
"""Singular values below this share of the largest have the square root 0."""


def ridge_loss(weights: Weights, X: np.ndarray, Y: np.ndarray, decay: float) -> float:
    """The square loss plus ``decay`` times the squares of all weights."""
    return square_loss(weights, X, Y) + decay * float(sum(np.square(W).sum() for W in weights))


def nuclear_minimum(
    X: np.ndarray, Y: np.ndarray, decay: float, tol: float = 1e-13
) -> tuple[np.ndarray, float, float]:
    """The minimiser of ``|M X - Y|^2 + 2 decay |M|_*``, by accelerated proximal gradient steps.

    Args:
        X: The examples, shape (n, N).
        Y: The answers, shape (m, N).
        decay: A positive number.
        tol: The gap between the two values at which it stops, relative to ``|Y|^2``.

    Returns:
        M; the value at M; and a proved lower bound of the minimum, from a dual feasible point.

    Raises:
        ValueError: If decay is not positive.
        RuntimeError: If the gap does not close.
    """
    if not decay > 0:
        raise ValueError(f"decay: wanted a positive number, got {decay}")
    S, C = X @ X.T, Y @ X.T
    pace = 2 * float(np.linalg.norm(S, 2))
    M = Z = np.zeros_like(C)
    t = 1.0
    for k in range(100_000):
        U, s, Vt = np.linalg.svd(Z - 2 * (Z @ S - C) / pace, full_matrices=False)
        new = (U * np.maximum(s - 2 * decay / pace, 0)) @ Vt
        if np.sum((Z - new) * (new - M)) > 0:  # the momentum points uphill: begin anew
            t, Z = 1.0, new
        else:
            later = (1 + np.sqrt(1 + 4 * t * t)) / 2
            t, Z = later, new + (t - 1) / later * (new - M)
        M = new
        if k % 50 == 49:
            value, bound = _two_values(M, X, Y, decay)
            if value - bound <= tol * np.square(Y).sum():
                return M, value, bound
    raise RuntimeError("nuclear_minimum: the gap did not close; are the data badly scaled?")


def _two_values(M: np.ndarray, X: np.ndarray, Y: np.ndarray, decay: float) -> tuple[float, float]:
    """The value at M, and the dual value of the residual, made feasible by shrinking it."""
    left = Y - M @ X
    value = np.square(left).sum() + 2 * decay * np.linalg.svd(M, compute_uv=False).sum()
    dual = left * min(1.0, decay / max(float(np.linalg.norm(left @ X.T, 2)), 1e-300))
    return float(value), float(2 * np.sum(dual * Y) - np.square(dual).sum())


def _projected(weights: Weights) -> tuple[list[Leg], list[np.ndarray], np.ndarray]:
    """Two legs that drop what the product does not use, and a basis of what is left between."""
    W1, W2 = weights
    rows = _range(W2.T)
    thin = [rows @ (rows.T @ W1), W2]
    Q = _range(thin[0], float(np.linalg.norm(W1)))
    slim = [thin[0], W2 @ Q @ Q.T]
    return [straight("project W1", weights, thin), straight("project W2", thin, slim)], slim, Q


def _range(A: np.ndarray, scale: float | None = None) -> np.ndarray:
    """An orthonormal basis of the range of A, rounding left out."""
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    return U[:, s > 1e-11 * max(float(s[0]) if scale is None else scale, 1e-300)]


def _power(P: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a symmetric positive definite matrix."""
    w, v = np.linalg.eigh((P + P.T) / 2)
    return (v * w**exponent) @ v.T


def balanced(weights: Weights) -> tuple[list[Leg], list[np.ndarray]]:
    """Legs that keep the product and never raise ``|W_1|^2 + |W_2|^2``, to ``2 |W_2 W_1|_*``."""
    legs, (W1, W2), Q = _projected(weights)
    A, B = Q.T @ W1 @ W1.T @ Q, Q.T @ W2.T @ W2 @ Q
    root, back = _power(A, 0.5), _power(A, -0.5)
    w, v = np.linalg.eigh(back @ _power(root @ B @ root, 0.5) @ back)

    def at(t: float) -> list[np.ndarray]:
        G = (v * w ** (t / 2)) @ v.T
        inverse = (v * w ** (-t / 2)) @ v.T
        return [Q @ G @ Q.T @ W1, W2 @ Q @ inverse @ Q.T]

    return [*legs, Leg("balance", at)], at(1.0)


def lift(M: np.ndarray, J: np.ndarray) -> list[np.ndarray]:
    """The balanced factors ``W_1 = J (M M^T)^{-1/4} M`` and ``W_2 = (M M^T)^{1/4} J^T``."""
    U, s, Vt = np.linalg.svd(M, full_matrices=False)
    root = np.sqrt(np.where(s > SMALL * s.max(initial=1e-300), s, 0))
    half = U * root
    return [J @ half @ Vt, half @ U.T @ J.T]


def _frame(weights: Weights) -> np.ndarray:
    """An isometry J with ``W_2 = (W_2 W_2^T)^{1/2} J^T``, for m at most the hidden width."""
    U, _, Vt = np.linalg.svd(weights[1], full_matrices=False)
    return Vt.T @ U.T


def _checked(weights: Weights, M: np.ndarray | None = None) -> None:
    """Raise ValueError unless there are two layers, wide enough, that fit M."""
    checked(weights)
    if len(weights) != 2:
        raise ValueError(f"weights: wanted two layers, got {len(weights)}")
    n, m, h = weights[0].shape[1], len(weights[1]), len(weights[0])
    if h < min(n, m):
        raise ValueError(f"weights: wanted a hidden width of at least {min(n, m)}, got {h}")
    if M is not None and M.shape != (m, n):
        raise ValueError(f"minimiser: wanted the shape ({m}, {n}), got {M.shape}")


def _swap(weights: Weights) -> list[np.ndarray]:
    """The network of the transposed map."""
    return [weights[1].T, weights[0].T]


def ridge_path(weights: Weights, minimiser: np.ndarray) -> Path:
    """A path to a global minimum along which the loss with weight decay never rises.

    It is the same for every decay and every convex loss of the product; only the end depends on
    them.

    Args:
        weights: ``[W_1, W_2]``, the hidden width at least ``min(n, m)``.
        minimiser: The minimiser of the convex loss plus ``2 decay |M|_*``, shape (m, n).

    Raises:
        ValueError: If the network has other than two layers, or is too narrow.
    """
    weights = [np.asarray(W, float) for W in weights]
    _checked(weights, minimiser)
    if len(weights[1]) > weights[0].shape[1]:
        return ridge_path(_swap(weights), minimiser.T).mapped(_swap)
    legs, even = balanced(weights)
    M, J = product(even), _frame(even)
    move = Leg("convex", lambda t: lift((1 - t) * M + t * minimiser, J))
    return Path([*legs, move], joint=1e-6)


def ridge_connection(first: Weights, second: Weights) -> Path:
    """A path between two networks, on which the loss exceeds its larger value nowhere.

    Args:
        first: ``[W_1, W_2]``, the hidden width above ``min(n, m)``.
        second: Another, of the same shapes.

    Raises:
        ValueError: If the shapes differ, or the two are too narrow to be joined so.
    """
    first = [np.asarray(W, float) for W in first]
    second = [np.asarray(W, float) for W in second]
    _checked(first)
    if [W.shape for W in first] != [W.shape for W in second]:
        raise ValueError("networks: wanted two of the same shapes")
    if len(first[1]) > first[0].shape[1]:
        return ridge_connection(_swap(first), _swap(second)).mapped(_swap)
    begin, a = balanced(first)
    back, b = balanced(second)
    M, goal, J, other = product(a), product(b), _frame(a), _frame(b)
    way = joined_frames(J, other)
    legs = [
        *begin,
        Leg("turn", lambda t: lift(M, way(t))),
        Leg("convex", lambda t: lift((1 - t) * M + t * goal, other)),
    ]
    return Path(legs, joint=1e-6) + Path(back).reversed()
