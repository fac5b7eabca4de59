"""Shallow networks: neurons, their least-squares fits, and the floor of polynomial activations.

A neuron is ``activation(<w, x> + b)``. Hidden weights are drawn at random and only the output
weights are fitted, by least squares: no optimiser can then be blamed for an error.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

CENTRE = (0.5, 0.3)
"""Where the target of the chapter has its peak: off the axes, so that no symmetry hides a floor."""


@dataclass(frozen=True)
class Activation:
    """An activation function, and its degree if it is a polynomial (``None`` if it is not)."""

    function: Callable[[np.ndarray], np.ndarray]
    degree: int | None = None

    def __call__(self, u: np.ndarray) -> np.ndarray:
        """The function, entry by entry."""
        return self.function(u)


ACTIVATIONS: dict[str, Activation] = {
    "ReLU": Activation(lambda u: np.maximum(u, 0)),
    "tanh": Activation(np.tanh),
    "sin": Activation(np.sin),
    "step": Activation(lambda u: (u > 0).astype(float)),
    "u²": Activation(lambda u: u**2, 2),
    "u³ + u": Activation(lambda u: u**3 + u, 3),
}
"""The activations of the chapter, by name. The step is not continuous."""


def peak(x: np.ndarray) -> np.ndarray:
    """The target of the chapter: ``exp(-4 |x - c|^2)`` at points of shape (..., 2)."""
    return np.exp(-4 * ((np.asarray(x) - CENTRE) ** 2).sum(-1))


def draw_neurons(
    d: int, r: int, seed: int = 0, *, biased: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Random inner weights and biases; the first neurons stay the same when ``r`` grows.

    Args:
        d: Dimension of the input.
        r: Number of neurons.
        seed: Seed of the generator.
        biased: Whether there are biases; if not, they are zero.

    Returns:
        Weights of shape (r, d), normal with standard deviation 2, and biases of shape (r,),
        uniform on [-2, 2].

    Raises:
        ValueError: If ``d`` or ``r`` is less than 1.
    """
    if d < 1 or r < 1:
        raise ValueError(f"d, r: wanted at least one input and one neuron, got d={d}, r={r}")
    weights = 2 * np.random.default_rng([seed, 0]).standard_normal((r, d))
    biases = np.random.default_rng([seed, 1]).uniform(-2, 2, r)
    return weights, biases * biased


def hidden(
    x: np.ndarray,
    weights: np.ndarray,
    biases: np.ndarray,
    activation: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """The outputs of all neurons, shape (points, r), at points of shape (points, d).

    Raises:
        ValueError: If the points do not have as many coordinates as the weights.
    """
    x = np.asarray(x, float)
    if x.ndim != 2 or x.shape[1] != weights.shape[1]:
        raise ValueError(
            f"x: wanted points of shape (points, {weights.shape[1]}), got {x.shape}; "
            "for one input write x[:, None]"
        )
    return activation(x @ weights.T + biases)


@dataclass(frozen=True)
class Fit:
    """Output weights found by least squares.

    Attributes:
        weights: Shape (r,).
        rank: How many singular values count.
        singular: The singular values of the matrix of neurons, largest first.
        residual: Target minus fit times the root of the measure, shape (points,); its norm is the
            root mean square error.
    """

    weights: np.ndarray
    rank: int
    singular: np.ndarray
    residual: np.ndarray


def fit(
    features: np.ndarray,
    target: np.ndarray,
    *,
    measure: np.ndarray | None = None,
    rcond: float = 1e-12,
) -> Fit:
    """Least squares for the output weights.

    Args:
        features: Outputs of the neurons, shape (points, r).
        target: Values to fit, shape (points,).
        measure: Weight of each point, adding up to 1; equal weights if ``None``.
        rcond: Singular values below this share of the largest are treated as zero.

    Returns:
        The fit.

    Raises:
        ValueError: If there are not as many targets as rows.
    """
    if len(features) != len(target):
        raise ValueError(f"target: wanted {len(features)} values, got {len(target)}")
    measure = np.full(len(target), 1 / len(target)) if measure is None else measure
    root = np.sqrt(measure)
    A, y = features * root[:, None], target * root
    weights, _, rank, singular = np.linalg.lstsq(A, y, rcond=rcond)
    return Fit(weights, int(rank), singular, y - A @ weights)


def legendre_features(x: np.ndarray, degree: int) -> np.ndarray:
    """Products of Legendre polynomials of total degree at most ``degree``: a basis of P_q.

    Args:
        x: Points of shape (points, d) in the cube [-1, 1]^d.
        degree: The total degree q.

    Returns:
        Shape (points, C(d + q, q)).
    """
    x = np.asarray(x, float)
    single = legendre.legvander(x, degree)  # (points, d, q + 1)
    columns = []
    for powers in np.ndindex(*(degree + 1,) * x.shape[1]):
        if sum(powers) <= degree:
            chosen = [single[:, i, p] for i, p in enumerate(powers)]
            columns.append(np.prod(chosen, axis=0))
    return np.stack(columns, 1)


def square_grid(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre points on the square [-1, 1]^2 and their weights, which add up to 1.

    Returns:
        Shapes (points^2, 2) and (points^2,).
    """
    nodes, weights = legendre.leggauss(points)
    x = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), -1).reshape(-1, 2)
    return x, np.outer(weights, weights).ravel() / 4


def peak_floor(degree: int) -> float:
    """Root mean square distance, on [-1, 1]^2, from the target to the polynomials of a degree.

    The target is a product of two functions of one variable, so its Legendre coefficients are
    products of one-dimensional integrals, and its norm is known through the error function.
    """
    nodes, weights = legendre.leggauss(80)
    scale = np.sqrt(np.arange(degree + 1) + 0.5)  # makes Legendre polynomials orthonormal
    energy, lines = 1.0, []
    for c in CENTRE:
        values = np.exp(-4 * (nodes - c) ** 2)
        lines.append((legendre.legvander(nodes, degree) * scale).T @ (weights * values))
        root = math.sqrt(8)
        area = math.erf(root * (1 - c)) + math.erf(root * (1 + c))
        energy *= math.sqrt(math.pi / 8) / 2 * area
    caught = np.outer(*lines) ** 2
    low = np.add.outer(np.arange(degree + 1), np.arange(degree + 1)) <= degree
    return math.sqrt((energy - caught[low].sum()) / 4)


def uniform_floor(features: np.ndarray, target: np.ndarray, steps: int = 60) -> float:
    """A lower bound on the largest error, over the given points, of every combination of columns.

    For each probability measure on the points the root mean square distance is at most the largest
    error. Lawson's steps move the measure to where the error is large, which raises the bound.

    Args:
        features: A basis of a linear space of functions, shape (points, r).
        target: Shape (points,).
        steps: How often the measure is moved.

    Returns:
        The best of the bounds.
    """
    measure = np.full(len(target), 1 / len(target))
    best = 0.0
    for _ in range(steps):
        residual = np.abs(fit(features, target, measure=measure).residual)
        best = max(best, float(np.linalg.norm(residual)))
        moved = residual * np.sqrt(measure)  # measure times size of the error
        measure = moved / moved.sum()
    return best


def error_curves(
    names: Iterable[str], widths: Sequence[int], seed: int = 0, points: int = 48
) -> dict[str, list[float]]:
    """Root mean square errors over the square of least-squares fits to the target.

    Fits and errors use Gauss-Legendre points, of ``points`` a side and of one more, so that the
    mean over the points is that over the square, and no point of the one is in the other.

    Args:
        names: Which of :data:`ACTIVATIONS`.
        widths: Numbers of neurons.
        seed: Seed of the neurons.
        points: How many points a side are fitted.

    Returns:
        For each activation one error a width.
    """
    (x, measure), (fresh, weight) = square_grid(points), square_grid(points + 1)
    neurons = draw_neurons(2, max(widths), seed)
    curves = {}
    for name in names:
        seen, unseen = (hidden(at, *neurons, ACTIVATIONS[name]) for at in (x, fresh))
        fits = [fit(seen[:, :r], peak(x), measure=measure).weights for r in widths]
        gaps = [unseen[:, : len(c)] @ c - peak(fresh) for c in fits]
        curves[name] = [float(np.sqrt(weight @ gap**2)) for gap in gaps]
    return curves
