r"""Fisher's discriminant, from a sample and from the law, and what a large spread does to it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Array = np.ndarray
Labels = NDArray[np.int64]


class Sample(NamedTuple):
    """Means, within-class scatter and sizes of two classes."""

    means: tuple[Array, Array]
    scatter: Array
    sizes: tuple[int, int]


def summarise(X: Array, y: Labels) -> Sample:
    """The two means, the scatter matrix within the classes (not divided by anything), the sizes.

    Args:
        X: Points, shape ``(n, d)``.
        y: Labels 0 and 1.

    Raises:
        ValueError: If the labels are not 0 and 1, each at least once.
    """
    if sorted(set(y.tolist())) != [0, 1]:
        raise ValueError(f"y: wanted labels 0 and 1, both present, got {sorted(set(y.tolist()))}")
    parts = [X[y == k] for k in (0, 1)]
    centred = np.concatenate([p - p.mean(0) for p in parts])
    return Sample(
        (parts[0].mean(0), parts[1].mean(0)), centred.T @ centred, (len(parts[0]), len(parts[1]))
    )


def direction(scatter: Array, difference: Array) -> Array:
    r"""Fisher's direction $\Sigma^{-1}\Delta$.

    Raises:
        ValueError: If the matrix is singular: there are fewer points than dimensions, or a
            variable is constant.
    """
    if np.linalg.matrix_rank(scatter, hermitian=True) < len(scatter):
        raise ValueError(
            f"scatter: wanted an invertible matrix, got rank "
            f"{np.linalg.matrix_rank(scatter, hermitian=True)} of {len(scatter)}; "
            "take more points, or shrink towards a multiple of the identity"
        )
    return np.linalg.solve(scatter, difference)


def fisher(X: Array, y: Labels) -> Array:
    """Fisher's direction of a sample, from the scatter as it stands."""
    s = summarise(X, y)
    return direction(s.scatter, s.means[1] - s.means[0])


def least_squares(X: Array, y: Labels) -> Array:
    """Slope of the least squares fit of the labels, with an intercept."""
    design = np.column_stack([np.ones(len(X)), X])
    return np.linalg.lstsq(design, y.astype(float), rcond=None)[0][1:]


def least_squares_factor(s: Sample) -> float:
    r"""The factor $\kappa/(1 + \kappa D)$ between the least squares slope and Fisher's direction.

    Here $\kappa = n_0n_1/n$, and $D$ is the squared distance of the means for the scatter matrix.
    """
    n0, n1 = s.sizes
    kappa, difference = n0 * n1 / (n0 + n1), s.means[1] - s.means[0]
    return float(kappa / (1 + kappa * difference @ np.linalg.solve(s.scatter, difference)))


def bayes_error(covariance: Array, difference: Array) -> float:
    r"""$\Phi_{\mathcal N}(-\delta/2)$, the least error for two Gaussians of one covariance.

    The priors are equal.
    """
    return float(norm.cdf(-np.sqrt(difference @ np.linalg.solve(covariance, difference)) / 2))


def accuracy(scores: Array, y: Labels, threshold: float = 0.0) -> float:
    """The share of points on the right side of the threshold."""
    return float(((scores > threshold) == (y == 1)).mean())


def spread_direction(covariance: Array, V: Array, difference: Array, s: float) -> Array:
    r"""Fisher's direction $(C + s^2VV^\top)^{-1}\Delta$ when the classes are spread along ``V``.

    Args:
        covariance: The matrix $C$, shape ``(d, d)``.
        V: Orthonormal columns, shape ``(d, k)``.
        difference: The difference of the means.
        s: Standard deviation of the spread.
    """
    return np.linalg.solve(covariance + s**2 * V @ V.T, difference)


def projected_direction(covariance: Array, V: Array, difference: Array) -> Array:
    r"""Fisher's direction after the orthogonal projection that kills ``V``, in the whole space."""
    U = np.linalg.svd(V, full_matrices=True)[0][:, V.shape[1] :]
    return U @ np.linalg.solve(U.T @ covariance @ U, U.T @ difference)


def turning_limit(covariance: Array, V: Array, difference: Array) -> tuple[Array, float, Array]:
    r"""What rules the turning of $w_s$: with $A = V^\top C^{-1}V$, three things.

    Returns:
        The limit $A^{-1}V^\top C^{-1}\Delta$ of $s^2V^\top w_s$; the norm $\|A^{-1}\|$, which
        bounds the relative remainder by $s^{-2}\|A^{-1}\|$; the matrix $C^{-1}VA^{-1}$.
    """
    lever = np.linalg.solve(covariance, V)
    inverse = np.linalg.inv(V.T @ lever)
    return inverse @ (lever.T @ difference), float(np.linalg.norm(inverse, 2)), lever @ inverse
