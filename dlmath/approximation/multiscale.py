"""Interactions of many particles, stored scale by scale.

The matrix ``1 / (1 + |i - j|)`` couples every particle with every other. Split the line in two
halves, then each half, and so on: the block that couples two neighbouring halves has a rank that
grows like a logarithm.
"""

from dataclasses import dataclass

import numpy as np

LEAF = 16
"""Intervals of this many points are stored as they are."""


def kernel(d: int) -> np.ndarray:
    """The matrix ``1 / (1 + |i - j|)``, shape ``(d, d)``."""
    i = np.arange(d)
    return 1 / (1.0 + np.abs(i[:, None] - i))


def corner(K: np.ndarray) -> np.ndarray:
    """The block of a square matrix that couples its first half with its second."""
    half = len(K) // 2
    return K[:half, half:]


def numerical_rank(A: np.ndarray, eps: float) -> int:
    """How many singular values exceed ``eps`` times the largest."""
    s = np.linalg.svd(A, compute_uv=False)
    return int((s > eps * s[0]).sum())


def rank_bound(b: int, eps: float) -> int:
    r"""The bound :math:`1 + \lfloor\ln(4/\varepsilon)\ln(2(b+2)^2/b)/\pi^2\rfloor` on the rank.

    Args:
        b: Points of the interval whose halves are coupled.
        eps: Relative accuracy in the largest singular value.

    Raises:
        ValueError: If ``eps`` is not between 0 and 1 or ``b`` is less than 2.
    """
    if not (0 < eps < 1 and b >= 2):
        raise ValueError(f"wanted 0 < eps < 1 and b >= 2, got eps={eps}, b={b}")
    return 1 + int(np.log(4 / eps) * np.log(2 * (b + 2) ** 2 / b) / np.pi**2)


@dataclass(frozen=True)
class Compressed:
    """A matrix as small blocks on the diagonal and pairs of thin factors off it.

    Attributes:
        d: Side of the matrix.
        dense: ``(start, block)`` for each interval that was not split.
        thin: ``(row, column, left, right)`` for each block off the diagonal, ``left @ right``.
    """

    d: int
    dense: list[tuple[int, np.ndarray]]
    thin: list[tuple[int, int, np.ndarray, np.ndarray]]

    @property
    def numbers(self) -> int:
        """How many numbers are stored."""
        blocks = sum(block.size for _, block in self.dense)
        return blocks + sum(left.size + right.size for _, _, left, right in self.thin)

    def __matmul__(self, x: np.ndarray) -> np.ndarray:
        """The product with vectors, shape ``(d, ...)``."""
        out = np.zeros(x.shape)
        for start, block in self.dense:
            out[start : start + len(block)] += block @ x[start : start + len(block)]
        for row, column, left, right in self.thin:
            out[row : row + len(left)] += left @ (right @ x[column : column + right.shape[1]])
        return out


def compress(K: np.ndarray, eps: float) -> Compressed:
    """Split in halves down to :data:`LEAF`; keep the blocks off the diagonal to accuracy ``eps``.

    Args:
        K: Square matrix whose side is a power of two times :data:`LEAF`.
        eps: Singular values below ``eps`` times the block's largest are dropped.

    Raises:
        ValueError: If the side does not halve down to the leaf, or ``K`` is not square.
    """
    d = len(K)
    parts = d // LEAF
    if np.shape(K) != (d, d) or parts * LEAF != d or parts & (parts - 1) or parts == 0:
        raise ValueError(f"K: wanted a square of side {LEAF} times a power of two, got {K.shape}")
    found = Compressed(d, [], [])
    intervals = [(0, d)]
    while intervals:
        start, stop = intervals.pop()
        if stop - start == LEAF:
            found.dense.append((start, K[start:stop, start:stop]))
            continue
        middle = (start + stop) // 2
        intervals += [(start, middle), (middle, stop)]
        upper, lower = K[start:middle, middle:stop], K[middle:stop, start:middle]
        found.thin.append((start, middle, *_thin(upper, eps)))
        found.thin.append((middle, start, *_thin(lower, eps)))
    return found


def _thin(A: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """The two factors of the best approximation that keeps what is above ``eps``."""
    u, s, v = np.linalg.svd(A, full_matrices=False)
    keep = int((s > eps * s[0]).sum())
    return u[:, :keep] * s[:keep], v[:keep]


def storage_bound(d: int, eps: float) -> int:
    """Numbers that suffice: a leaf's side for each point, and twice the rank at each scale."""
    sides = [2**k for k in range(LEAF.bit_length(), d.bit_length())]
    return d * (LEAF + 2 * sum(rank_bound(b, eps) for b in sides))
