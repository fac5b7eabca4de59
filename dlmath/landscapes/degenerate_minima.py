"""The second derivative of a least-squares loss at, near and away from interpolation.

Everywhere the loss is ``E(theta) = |F(theta) - y|^2 / n``. A model is anything with the methods of
:class:`dlmath.landscapes.shallow.Network`: outputs, Jacobian J, and weighted second derivatives.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

TOLERANCE = 1e-9
"""Eigenvalues below this share of the largest count as zero; the gap says whether that was wise."""


class Model(Protocol):
    """A function of weights with two derivatives."""

    @property
    def examples(self) -> int:
        """The number n of examples."""
        ...

    @property
    def targets(self) -> int:
        """The length of the vector of outputs."""
        ...

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """The outputs."""
        ...

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """Their derivative, of shape (targets, p)."""
        ...

    def bend(self, theta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Their second derivatives, summed with weights, of shape (p, p)."""
        ...


@dataclass(frozen=True, eq=False)
class Rank:
    """The eigenvalues of a symmetric matrix, and how many of them are not zero.

    Attributes:
        values: The eigenvalues, with their signs, by falling size.
        rank: How many are above the threshold in size.
        gap: The size of the last one counted over that of the first one not counted; infinite if
            all are counted or those left out are exactly zero. A gap near 1 says that the count
            means nothing.
    """

    values: np.ndarray
    rank: int
    gap: float

    @property
    def nullity(self) -> int:
        """How many are counted as zero."""
        return len(self.values) - self.rank


def hessian_rank(H: np.ndarray, tolerance: float = TOLERANCE) -> Rank:
    """Count the eigenvalues of a symmetric matrix that are not zero.

    Args:
        H: A symmetric matrix, of shape (p, p).
        tolerance: An eigenvalue counts as zero if its size is at most this share of the largest.

    Raises:
        ValueError: If the matrix is not square, finite and symmetric to rounding, or the tolerance
            is not between 0 and 1.

    Example:
        >>> found = hessian_rank(np.array([[2.0, 2.0], [2.0, 2.0]]))
        >>> found.rank, found.nullity
        (1, 1)
    """
    if H.ndim != 2 or H.shape[0] != H.shape[1] or not np.isfinite(H).all():
        raise ValueError(f"H: wanted a finite square matrix, got shape {H.shape}")
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance: wanted a number between 0 and 1, got {tolerance}")
    largest = np.abs(H).max(initial=0.0)
    if np.abs(H - H.T).max(initial=0.0) > 1e4 * np.finfo(H.dtype).eps * largest:
        raise ValueError("H: wanted a symmetric matrix; average it with its transpose")
    values = np.linalg.eigvalsh((H + H.T) / 2)
    values = values[np.argsort(-np.abs(values), kind="stable")]
    sizes = np.abs(values)
    rank = int((sizes > tolerance * sizes.max(initial=0.0)).sum())
    inside = 0 < rank < len(sizes) and sizes[rank] > 0
    return Rank(values, rank, float(sizes[rank - 1] / sizes[rank]) if inside else np.inf)


def gradient(model: Model, theta: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of the loss, ``(2/n) J^T (F - y)``."""
    return 2 / model.examples * (model(theta) - y) @ model.jacobian(theta)


def hessian(model: Model, theta: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The second derivative of the loss, ``(2/n) (J^T J + sum_i r_i F_i'')``, r = F - y."""
    J = model.jacobian(theta)
    return 2 / model.examples * (J.T @ J + model.bend(theta, model(theta) - y))


@dataclass(frozen=True, eq=False)
class Fit:
    """Where a fit stopped.

    Attributes:
        theta: The weights.
        residual: The norm of F - y there.
        steps: How many steps it took.
    """

    theta: np.ndarray
    residual: float
    steps: int


def interpolate(
    model: Model,
    y: np.ndarray,
    start: np.ndarray,
    *,
    stop: float = 1e-13,
    ridge: float = 0.0,
    steps: int = 500,
) -> Fit:
    """Least squares by the method of Levenberg and Marquardt.

    Args:
        model: The model.
        y: Targets, of shape (targets,).
        start: Weights to begin with.
        stop: The fit ends once the residual is at most this.
        ridge: Adds ``ridge * |theta|^2`` to the loss; then the fit ends when no step helps.
        steps: At most so many steps; the fit may end short of ``stop``, for instance where there
            is no interpolation to be found.
    """
    theta, damping = start.copy(), 1e-2
    root = np.sqrt(ridge * model.examples)
    eye = np.eye(len(theta), dtype=theta.dtype)
    left, taken = _left(model, theta, y, root), 0
    while taken < steps:
        if not ridge and np.linalg.norm(left) <= stop:
            break
        J = model.jacobian(theta)
        J = np.vstack([J, root * eye]) if ridge else J
        U, s, Vt = np.linalg.svd(J, full_matrices=False)
        while damping < 1e12:
            move = Vt.T @ (s / (s**2 + damping) * (U.T @ left))
            trial = _left(model, theta - move, y, root)
            if trial @ trial < left @ left:
                break
            damping *= 4
        else:
            break
        theta, left, damping = theta - move, trial, max(damping / 8, 1e-16)
        taken += 1
    return Fit(theta, float(np.linalg.norm(model(theta) - y)), taken)


def _left(model: Model, theta: np.ndarray, y: np.ndarray, root: float) -> np.ndarray:
    """The residual, with the weights times ``root`` below it if there is a ridge."""
    r = model(theta) - y
    return np.concatenate([r, root * theta]) if root else r


def to_zero_set(model: Model, y: np.ndarray, theta: np.ndarray, steps: int = 8) -> np.ndarray:
    """Newton's method towards F = y, each step the shortest one: ``theta - J^+ (F - y)``."""
    for _ in range(steps):
        move = np.linalg.lstsq(model.jacobian(theta), model(theta) - y, rcond=None)[0]
        theta = theta - move
    return theta


def kernel(J: np.ndarray) -> np.ndarray:
    """An orthonormal basis, in columns, of the kernel of a matrix whose rows are independent."""
    return np.linalg.svd(J, full_matrices=True)[2][len(J) :].T


def walk(model: Model, y: np.ndarray, theta: np.ndarray, steps: int, length: float) -> np.ndarray:
    """Walk along the zero set: a step in the kernel of J, then Newton back to F = y.

    The direction is that of the last step, projected onto the kernel; the first is towards the
    vector of ones.

    Returns:
        The points, of shape (steps + 1, p).
    """
    points, ahead = [theta], np.ones_like(theta)
    for _ in range(steps):
        N = kernel(model.jacobian(points[-1]))
        along = N @ (N.T @ ahead)
        step = length * along / np.linalg.norm(along)
        points.append(to_zero_set(model, y, points[-1] + step))
        ahead = points[-1] - points[-2]
    return np.array(points)


def balanced_targets(model: Model, theta: np.ndarray, size: float, seed: int = 0) -> np.ndarray:
    """Targets that make theta an equilibrium with a residual of this norm.

    The residual is drawn at random from the vectors r with ``J^T r = 0``.

    Raises:
        ValueError: If only r = 0 has that property: J is onto.
    """
    U, s, _ = np.linalg.svd(model.jacobian(theta), full_matrices=True)
    free = U[:, int((s > 1e-10 * s[0]).sum()) :]
    if not free.shape[1]:
        raise ValueError("the Jacobian is onto at theta: every equilibrium there interpolates")
    r = free @ np.random.default_rng([seed, 23]).standard_normal(free.shape[1])
    return model(theta) - size * r / np.linalg.norm(r)


def small_eigenvalues(
    model: Model, theta: np.ndarray, y: np.ndarray, *, projected: bool = True
) -> tuple[np.ndarray, float]:
    """To first order in the residual, the eigenvalues of the Hessian that are small near a fit.

    Args:
        model: The model; J has independent rows at theta.
        theta: Weights.
        y: Targets.
        projected: Whether the second derivatives are restricted to the kernel of J, as they must.

    Returns:
        The eigenvalues of ``(2/n) P (sum_i r_i F_i'') P`` on ker J, ascending, and by how much
        those of the Hessian may differ from them; infinite if the residual is too large.
    """
    J, r = model.jacobian(theta), model(theta) - y
    B, N = model.bend(theta, r), kernel(J)
    beta, floor = np.linalg.norm(B, 2), np.linalg.svd(J, compute_uv=False)[-1] ** 2
    room = floor - 2 * beta
    values = np.linalg.eigvalsh(N.T @ B @ N if projected else B)
    scale = 2 / model.examples
    return scale * values, float(scale * beta**2 / room) if room > 0 else np.inf
