"""Functions of ``<x, x'>`` on two spheres, and how little one hidden layer sees of them.

Expectations are over independent uniform x and x' on the unit sphere of ``R**d``. The inner
product of x with a fixed unit vector has the density ``c (1 - t**2) ** ((d-3)/2)`` on [-1, 1].
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, comb, sqrt

import numpy as np
from scipy.special import betainc, roots_jacobi

Profile = Callable[[np.ndarray], np.ndarray]


def harmonics(d: int, n: int) -> int:
    """The number ``N(d, n)`` of independent spherical harmonics of degree n on the sphere.

    Raises:
        ValueError: If d is less than 3 or n negative.
    """
    if d < 3 or n < 0:
        raise ValueError(f"d, n: wanted d >= 3 and n >= 0, got {d} and {n}")
    return comb(d + n - 1, n) - (comb(d + n - 3, n - 2) if n >= 2 else 0)


def legendre(d: int, most: int, t: np.ndarray) -> np.ndarray:
    """The Legendre polynomials of dimension d, degrees 0 to ``most``, with value 1 at 1.

    Returns:
        Shape ``(most + 1, *t.shape)``.

    Raises:
        ValueError: If d is less than 3 or the degree negative.
    """
    if d < 3 or most < 0:
        raise ValueError(f"d, most: wanted d >= 3 and most >= 0, got {d} and {most}")
    t = np.asarray(t, dtype=float)
    P = [np.ones_like(t), t]
    for k in range(1, most):
        P.append(((2 * k + d - 2) * t * P[k] - k * P[k - 1]) / (k + d - 2))
    return np.array(P[: most + 1])


def quadrature(d: int, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss nodes and weights, of sum 1, for the law of ``<v, x>``; exact to degree 2 nodes - 1."""
    t, w = roots_jacobi(nodes, (d - 3) / 2, (d - 3) / 2)
    return t, w / w.sum()


def coefficients(h: Profile, d: int, most: int, nodes: int = 200) -> np.ndarray:
    """The ``a_k`` in ``h(<x, x'>) = sum_k a_k sqrt(N_k) P_k(<x, x'>)``, k from 0 to ``most``.

    Raises:
        ValueError: If the nodes are too few to tell the polynomials apart.
    """
    if nodes <= most:
        raise ValueError(f"nodes: wanted more than {most}, got {nodes}")
    t, w = quadrature(d, nodes)
    roots = np.sqrt([float(harmonics(d, k)) for k in range(most + 1)])
    return roots * (legendre(d, most, t) @ (w * h(t)))


def oscillation(d: float) -> Profile:
    """The target of the chapter, ``sqrt(2) cos(2 d t + 0.7)``: bounded, with slopes of order d."""
    return lambda t: sqrt(2) * np.cos(2 * d * np.asarray(t) + 0.7)


def high_degree_norm(d: int) -> float:
    """The norm of the part of :func:`oscillation` of degree at least d."""
    return float(np.linalg.norm(coefficients(oscillation(d), d, 4 * d + 40)[d:]))


def response(g: np.ndarray, d: int, a: np.ndarray, cosine: float) -> tuple[float, float]:
    """The inner product of a neuron with ``F = sum_k a_k sqrt(N_k) P_k(<x, x'>)``, and its norm.

    Funk and Hecke's formula, used twice, turns an integral over two spheres into one over a
    square: ``E[g P_k(<x, x'>)] = P_k(<v, v'>) E[g P_k(t) P_k(t')]``.

    Args:
        g: Values of the neuron ``g(<v, x>, <v', x'>)`` at the nodes of ``quadrature(d, n)``, shape
            ``(n, n)``.
        d: Dimension.
        a: Coefficients of F, from degree 0 on.
        cosine: ``<v, v'>``.
    """
    t, w = quadrature(d, len(g))
    P = legendre(d, len(a) - 1, t)
    moments = np.einsum("ki,ij,kj->k", P * w, g, P * w)
    roots = np.sqrt([float(harmonics(d, k)) for k in range(len(a))])
    at = legendre(d, len(a) - 1, np.array(cosine))
    return float(a @ (roots * at * moments)), float(np.sqrt(w @ g**2 @ w))


ACTIVATIONS: dict[str, Profile] = {
    "ReLU": lambda u: np.maximum(u, 0),
    "step": lambda u: (u > 0).astype(float),
    "cosine": np.cos,
    "tanh": np.tanh,
}


def random_neurons(d: int, count: int, nodes: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Values of random neurons ``act(a t + a' t' + b)`` on the nodes; silent ones are left out."""
    t, _ = quadrature(d, nodes)
    found = []
    for i in range(count):
        act = list(ACTIVATIONS.values())[i % len(ACTIVATIONS)]
        a, b = rng.standard_normal(2) * rng.choice([1, d / 2, 2 * d]), rng.uniform(-2, 2)
        g = act(a[0] * t[:, None] + a[1] * t + b)
        if np.abs(g).max() > 0:  # a neuron that never fires has norm zero and no direction
            found.append(g)
    return found


def two_spheres(f: Callable[[np.ndarray, np.ndarray], np.ndarray], fineness: int = 16) -> float:
    """The mean of ``f(x, x')`` over two spheres in ``R**3``, by quadrature on all four angles.

    Args:
        f: Takes points of shape ``(n, 1, 3)`` and ``(1, n, 3)``, gives shape ``(n, n)``.
        fineness: Heights; twice as many longitudes.
    """
    z, weights = np.polynomial.legendre.leggauss(fineness)
    phi = np.arange(2 * fineness) * np.pi / fineness
    r = np.sqrt(1 - z**2)[:, None]
    height = np.broadcast_to(z[:, None], (fineness, 2 * fineness))
    x = np.stack([r * np.cos(phi), r * np.sin(phi), height], -1).reshape(-1, 3)
    w = np.repeat(weights / (4 * fineness), 2 * fineness)
    return float(w @ f(x[:, None], x[None]) @ w)


@dataclass(frozen=True)
class TwoLayers:
    """Two hidden layers of ReLUs; weights as matrices, ``first`` of shape ``(units, inputs)``."""

    first: np.ndarray
    first_bias: np.ndarray
    second: np.ndarray
    second_bias: np.ndarray
    output: np.ndarray
    constant: float

    @property
    def units(self) -> int:
        """The number of ReLUs."""
        return len(self.first_bias) + len(self.second_bias)

    @property
    def largest_weight(self) -> float:
        """The largest modulus of a weight or bias."""
        arrays = vars(self).values()
        return max(float(np.abs(array).max()) for array in arrays)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """The values at the rows of ``X``."""
        H = np.maximum(X @ self.first.T + self.first_bias, 0)
        H = np.maximum(H @ self.second.T + self.second_bias, 0)
        return H @ self.output + self.constant


def deep_oscillation(d: int, error: float) -> TwoLayers:
    """The target of the chapter, within ``error`` on two spheres; inputs are x and x' joined.

    Layer 1 interpolates the squares of ``x_i + x'_i`` and ``x_i - x'_i`` on [-2, 2] with K pieces
    each, which gives ``<x, x'>``; layer 2 interpolates the profile on [-1, 1] with K pieces,
    constant beyond. ``K = ceil(2 d (sqrt(2) / error) ** (1/2))``.

    Args:
        d: Dimension of each of the two inputs.
        error: The largest error wanted.

    Raises:
        ValueError: If the error is not positive.
    """
    if error <= 0:
        raise ValueError(f"error: wanted a positive number, got {error}")
    K = ceil(2 * d * sqrt(sqrt(2) / error))
    grid, profile = np.linspace(-2, 2, K + 1), np.linspace(-1, 1, K + 1)
    hinges = np.diff(np.diff(grid**2) / np.diff(grid), prepend=0)  # changes of slope
    sums, differences = np.hstack([np.eye(d)] * 2), np.hstack([np.eye(d), -np.eye(d)])
    inner = np.concatenate([np.tile(hinges, d), -np.tile(hinges, d)]) / 4
    values = oscillation(d)(profile)
    slopes = np.diff(values) / np.diff(profile)
    return TwoLayers(
        np.repeat(np.vstack([sums, differences]), K, axis=0),
        np.tile(-grid[:-1], 2 * d),
        np.tile(inner, (K + 1, 1)),
        -profile,
        np.diff(slopes, prepend=0, append=0),
        float(values[0]),
    )


def tube_fraction(d: int, ratio: float = 2.0) -> float:
    """The part of a sphere in ``R**d`` within distance ``radius / ratio`` of a line through 0.

    Raises:
        ValueError: If d is less than 2 or the ratio less than 1.
    """
    if d < 2 or ratio < 1:
        raise ValueError(f"d, ratio: wanted d >= 2 and ratio >= 1, got {d} and {ratio}")
    return float(betainc((d - 1) / 2, 0.5, ratio**-2))
