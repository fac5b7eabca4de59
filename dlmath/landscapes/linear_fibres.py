"""The factorisations of one matrix: how many pieces they form, and paths inside a piece.

The *fibre* of M is the set of all ``[W_1, ..., W_K]`` with ``W_K ... W_1 = M``. A hidden layer that
is exactly as wide as the rank of M sees a square invertible matrix, whose determinant cannot change
its sign without passing zero.
"""

from collections.abc import Callable, Sequence

import numpy as np

from dlmath.landscapes.linear_networks import checked, complement, product, pruned
from dlmath.landscapes.paths import Leg, Path, Weights

Frame = Callable[[float], np.ndarray]


def factors(M: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """M = B A with B of full column rank and A of full row rank, from the singular values.

    Raises:
        ValueError: If M is zero: then there is no rank to speak of.
    """
    U, s, Vt = np.linalg.svd(M, full_matrices=False)
    rho = int((s > 1e-10 * s.max(initial=0)).sum())
    if rho == 0:
        raise ValueError("M: wanted a matrix that is not zero")
    root = np.sqrt(s[:rho])
    return U[:, :rho] * root, root[:, None] * Vt[:rho]


def random_factorisation(M: np.ndarray, widths: Sequence[int], seed: int) -> list[np.ndarray]:
    """A random point of the fibre of M.

    Args:
        M: The product wanted, shape (m, n).
        widths: The hidden widths, each at least the rank of M.
        seed: For the frames, and for the weights on what no layer below delivers.

    Raises:
        ValueError: If a width is less than the rank of M.
    """
    B, A = factors(M)
    rho = len(A)
    if not widths or min(widths) < rho:
        raise ValueError(f"widths: wanted at least one, none below the rank {rho}, got {widths}")
    rng = np.random.default_rng(seed)
    C = [rng.standard_normal((h, rho)) for h in widths]
    weights = [C[0] @ A]
    for here, above in zip(C, [*C[1:], B], strict=True):
        back = np.linalg.pinv(here)
        Z = rng.standard_normal((len(above), len(here)))
        weights.append(above @ back + Z - Z @ here @ back)
    return weights


def frames(weights: Weights, M: np.ndarray) -> list[np.ndarray]:
    """``C_k = W_k ... W_1 A^+`` for each hidden layer, with the A of ``M = B A``.

    At a factorisation of M these are matrices of shape (n_k, rank M) and of full column rank.
    """
    back = np.linalg.pinv(factors(M)[1])
    found, S = [], weights[0]
    for W in weights[1:]:
        found.append(S @ back)
        S = W @ S
    return found


def signature(weights: Weights, M: np.ndarray) -> tuple[int, ...]:
    """The signs of det C_k, for the hidden layers as wide as the rank of M."""
    square = [C for C in frames(weights, M) if C.shape[0] == C.shape[1]]
    return tuple(int(np.sign(np.linalg.det(C))) for C in square)


def _completed(C: np.ndarray, sign: float) -> np.ndarray:
    """C with orthonormal columns added, and the sign of the determinant as wanted if any were."""
    n, k = C.shape
    if n == k:
        return C
    rest = complement(np.linalg.qr(C)[0])
    if np.linalg.det(np.hstack([C, rest])) * sign < 0:
        rest = rest * np.array([-1.0] + [1.0] * (n - k - 1))
    return np.hstack([C, rest])


def _plane_rotations(Q: np.ndarray) -> list[tuple[int, int, float]]:
    """Angles of rotations in coordinate planes whose product is Q, a rotation of R^n."""
    Q, found = Q.copy(), []
    for j in range(len(Q) - 1):
        for i in range(j + 1, len(Q)):
            angle = float(np.arctan2(Q[i, j], Q[j, j]))
            c, s = np.cos(angle), np.sin(angle)
            Q[[j, i]] = np.array([[c, s], [-s, c]]) @ Q[[j, i]]
            found.append((j, i, angle))
    return found


def joined_frames(a: np.ndarray, b: np.ndarray) -> Frame:
    """A path of injective matrices from a to b; of orthonormal columns if both have those.

    Args:
        a: Shape (h, r), of rank r.
        b: The same.

    Returns:
        A function of t in [0, 1].

    Raises:
        ValueError: If a and b are square with determinants of opposite signs: no path exists.
    """
    first = _completed(a, 1.0)
    last = _completed(b, float(np.sign(np.linalg.det(first))))
    if np.linalg.det(first) * np.linalg.det(last) <= 0:
        raise ValueError("frames: wanted determinants of one sign; the two are not connected")
    Q, R = np.linalg.qr(last @ np.linalg.inv(first))
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    turns, R = _plane_rotations(Q * signs), R * signs[:, None]
    unit = np.eye(len(R))

    def at(t: float) -> np.ndarray:
        found = unit + t * (R - unit)  # triangular, its diagonal positive
        for j, i, angle in reversed(turns):
            c, s = np.cos(t * angle), np.sin(t * angle)
            found[[j, i]] = np.array([[c, -s], [s, c]]) @ found[[j, i]]
        return (found @ first)[:, : a.shape[1]]

    return at


def fibre_path(first: Weights, second: Weights) -> Path:
    """A path between two factorisations of one matrix, all of whose points have that product.

    Args:
        first: ``[W_1, ..., W_K]``.
        second: Another factorisation, of the same shapes.

    Raises:
        ValueError: If the products or the shapes differ, or the two lie in different pieces.
    """
    checked(first)
    checked(second)
    M = product(first)
    if [W.shape for W in first] != [W.shape for W in second] or len(first) < 2:
        raise ValueError("factorisations: wanted two of the same shapes, with two layers or more")
    if not np.allclose(product(second), M, rtol=1e-9, atol=1e-9 * np.abs(M).max()):
        raise ValueError("factorisations: wanted the same product; move the product first")
    B, A = factors(M)
    down, slim, _ = pruned(first)
    up, other, _ = pruned(second)
    pairs = zip(frames(slim, M), frames(other, M), strict=True)
    ways = [joined_frames(p, q) for p, q in pairs]

    def at(t: float) -> list[np.ndarray]:
        C = [way(t) for way in ways]
        rest = [above @ np.linalg.pinv(here) for here, above in zip(C, [*C[1:], B], strict=True)]
        return [C[0] @ A, *rest]

    return Path([*down, Leg("frames", at)]) + Path(up).reversed()
