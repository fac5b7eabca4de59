"""Stochastic gradient descent on least squares: its second moments, exactly.

The loss is ``|Xw - y|^2 / (2n)``. A step is ``w - eta g``, where g is the mean gradient of a batch
of b examples, drawn independently, with replacement.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_continuous_lyapunov, solve_discrete_lyapunov


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Data, and what the noise of its gradients depends on.

    Attributes:
        X: The inputs, of shape (n, d), of rank d.
        y: The targets, of shape (n,).

    Raises:
        ValueError: If the shapes do not match or X lacks rank d.
    """

    X: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        """Refuse data without a unique minimum."""
        if self.X.ndim != 2 or self.y.shape != (len(self.X),):
            raise ValueError(f"wanted X (n, d) and y (n,), got {self.X.shape} and {self.y.shape}")
        if np.linalg.matrix_rank(self.X) < self.X.shape[1]:
            raise ValueError(f"X: wanted rank {self.X.shape[1]}, got less: no unique minimum")

    @cached_property
    def H(self) -> np.ndarray:
        """The Hessian ``X^T X / n``."""
        return self.X.T @ self.X / len(self.X)

    @cached_property
    def best(self) -> np.ndarray:
        """The minimum."""
        return np.linalg.lstsq(self.X, self.y, rcond=None)[0]

    @cached_property
    def C(self) -> np.ndarray:
        """Covariance of the gradient of one example, at the minimum."""
        scaled = self.X * (self.X @ self.best - self.y)[:, None]
        return scaled.T @ scaled / len(self.X)


def _refuse(eta: float, b: int) -> None:
    """Raise if the step or the batch is out of range."""
    if eta <= 0 or b < 1:
        raise ValueError(f"wanted eta > 0 and b >= 1, got {eta} and {b}")


def second_moment_map(X: np.ndarray, eta: float, b: int) -> np.ndarray:
    """The matrix of ``S -> E (I - eta H_B) S (I - eta H_B)`` on flattened S, (d^2, d^2)."""
    _refuse(eta, b)
    n, d = X.shape
    H = X.T @ X / n
    pairs = np.einsum("ni,nj->nij", X, X).reshape(n, d * d)
    spread = pairs.T @ pairs / n - np.kron(H, H)  # E x_i x_j x_k x_l is symmetric in all four
    A = np.eye(d) - eta * H
    return np.kron(A, A) + eta**2 / b * spread


def radius(X: np.ndarray, eta: float, b: int) -> float:
    """Spectral radius of the map of second moments: the run is stable in mean square below 1."""
    return float(np.abs(np.linalg.eigvals(second_moment_map(X, eta, b))).max())


def covariance(problem: LeastSquares, eta: float, b: int) -> np.ndarray:
    """The stationary covariance of SGD, exact.

    Raises:
        ValueError: If the step is too long for second moments to stay finite.
    """
    d = problem.X.shape[1]
    if (found := radius(problem.X, eta, b)) >= 1:
        raise ValueError(f"eta = {eta:g}, b = {b}: radius {found:.3g} >= 1, no stationary variance")
    left = np.eye(d * d) - second_moment_map(problem.X, eta, b)
    return np.linalg.solve(left, eta**2 / b * problem.C.ravel()).reshape(d, d)


def additive_covariance(H: np.ndarray, C: np.ndarray, eta: float, b: int) -> np.ndarray:
    """The covariance if the noise had the covariance C / b everywhere."""
    _refuse(eta, b)
    return solve_discrete_lyapunov(np.eye(len(H)) - eta * H, eta**2 / b * C)


def small_step_covariance(H: np.ndarray, C: np.ndarray, eta: float, b: int) -> np.ndarray:
    """The covariance to first order in the step: S with ``HS + SH = (eta / b) C``."""
    _refuse(eta, b)
    return solve_continuous_lyapunov(H, eta / b * C)


def circulation(H: np.ndarray, S: np.ndarray, eta: float) -> np.ndarray:
    """``E (z z'^T - z' z^T)`` for z, z' two successive places off the minimum, at rest."""
    return eta * (H @ S - S @ H)


def run(
    problem: LeastSquares,
    eta: float,
    b: int,
    *,
    chains: int,
    burn: int,
    steps: int,
    rng: np.random.Generator,
    start: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Many runs of SGD, and what they average over time.

    Args:
        problem: The data.
        eta: Step.
        b: Examples in a batch.
        chains: How many runs.
        burn: Steps before the averages begin.
        steps: Steps to average over.
        rng: Source of the batches.
        start: Where the runs begin, less the minimum, (chains, d); None: at the minimum.

    Returns:
        For each chain the averages of ``z z^T`` and of ``z z'^T - z' z^T`` over ``steps`` steps
        after ``burn``, both (chains, d, d). The chains are independent, so their spread is that
        of the error.

    Raises:
        ValueError: If eta or b is out of range, or the start has another shape.
    """
    _refuse(eta, b)
    n, d = problem.X.shape
    z = np.zeros((chains, d)) if start is None else start
    if z.shape != (chains, d):
        raise ValueError(f"start: wanted shape {(chains, d)}, got {z.shape}")
    rest = problem.y - problem.X @ problem.best
    second, turn = np.zeros((2, chains, d, d))
    for k in range(burn + steps):
        chosen = rng.integers(n, size=(chains, b))
        x = problem.X[chosen]
        off = np.einsum("cbd,cd->cb", x, z) - rest[chosen]
        new = z - eta / b * np.einsum("cb,cbd->cd", off, x)
        if k >= burn:
            outer = z[:, :, None] * new[:, None, :]
            second += z[:, :, None] * z[:, None, :]
            turn += outer - outer.transpose(0, 2, 1)
        z = new
    return second / steps, turn / steps
