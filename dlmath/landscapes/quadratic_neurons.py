"""Quadratic neurons in the plane: a loss in closed form, its valleys, and its gradient flow.

The network is ``f(x) = sum_j u_j <w_j, x>^2 = <x, M x>`` with ``M = sum_j u_j w_j w_j^T``, the
teacher ``<x, M* x>`` with ``M* = diag(a, -b)``, and x is standard normal in the plane. The loss is
``E |f - f*|^2 = 2 |M - M*|_F^2 + tr(M - M*)^2``. The intrinsic dimension is q = 3.
"""

from dataclasses import dataclass

import numpy as np

from dlmath.landscapes.paths import Leg, Path, straight
from dlmath.landscapes.two_layer_networks import Family


@dataclass(frozen=True)
class Levels:
    """The loss of the zero function, and the least losses of networks of one sign.

    Attributes:
        zero: The loss at M = 0.
        positive: The least loss with all output weights >= 0.
        negative: The least loss with all output weights <= 0.
    """

    zero: float
    positive: float
    negative: float


@dataclass(frozen=True)
class Planar:
    """The model with the teacher diag(a, -b).

    Networks are stacks: ``u`` of shape (..., p), ``w`` of shape (..., p, 2).

    Example:
        >>> model = Planar()
        >>> round(float(model.loss(np.zeros(1), np.zeros((1, 2)))), 6)
        3.32
    """

    a: float = 1.0
    b: float = 0.8

    @property
    def teacher(self) -> np.ndarray:
        """The matrix M*."""
        return np.diag([self.a, -self.b])

    def form(self, u: np.ndarray, w: np.ndarray) -> np.ndarray:
        """The matrix M of the network, of shape (..., 2, 2)."""
        return np.swapaxes(w * u[..., None], -1, -2) @ w

    def loss_of_form(self, M: np.ndarray) -> np.ndarray:
        """The loss of the function <x, M x>, of shape (...,)."""
        D = M - self.teacher
        return 2 * (D**2).sum((-1, -2)) + np.trace(D, axis1=-2, axis2=-1) ** 2

    def loss(self, u: np.ndarray, w: np.ndarray) -> np.ndarray:
        """The loss of the network, of shape (...,)."""
        return self.loss_of_form(self.form(u, w))

    def slope(self, M: np.ndarray) -> np.ndarray:
        """The derivative G of the loss with respect to M, of shape (..., 2, 2)."""
        D = M - self.teacher
        return 4 * D + 2 * np.trace(D, axis1=-2, axis2=-1)[..., None, None] * np.eye(2)

    def gradient(self, u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The derivatives of the loss with respect to u and w."""
        Gw = w @ self.slope(self.form(u, w))
        return (w * Gw).sum(-1), 2 * u[..., None] * Gw

    def hessian(self, u: np.ndarray, w: np.ndarray) -> np.ndarray:
        """The second derivative at one network, of shape (3p, 3p): first u, then w row by row."""
        p, G = len(u), self.slope(self.form(u, w))
        J = np.zeros((4, 3 * p))
        H = np.zeros((3 * p, 3 * p))
        for j in range(p):
            J[:, j] = np.outer(w[j], w[j]).ravel()
            block = slice(p + 2 * j, p + 2 * j + 2)
            for k, e in enumerate(np.eye(2)):
                J[:, p + 2 * j + k] = u[j] * (np.outer(e, w[j]) + np.outer(w[j], e)).ravel()
            H[block, block] = 2 * u[j] * G
            H[j, block] = H[block, j] = 2 * G @ w[j]
        identity = np.eye(2).ravel()
        return H + J.T @ (4 * np.eye(4) + 2 * np.outer(identity, identity)) @ J

    @property
    def levels(self) -> Levels:
        """The three levels in closed form, for a, b > 0 with 3a > b and 3b > a."""
        zero = float(self.loss_of_form(np.zeros((2, 2))))
        pull = 3 * self.a - self.b, 3 * self.b - self.a
        return Levels(zero, zero - pull[0] ** 2 / 3, zero - pull[1] ** 2 / 3)

    def poor_point(self, p: int) -> tuple[np.ndarray, np.ndarray]:
        """The poor local minimum of width p: all u_j = -1, one neuron along the second axis."""
        w = np.zeros((p, 2))
        w[0, 1] = np.sqrt(max(0.0, 3 * self.b - self.a) / 3)
        return -np.ones(p), w

    def family(self) -> Family:
        """The model as a sum over nine points: Gauss and Hermite's rule is exact to degree 5.

        The square root of a point's weight is drawn into the point, so that the sum over the nine
        of ``(f - f*)^2`` is the loss. Outputs are rows: u is of shape (1, p).
        """
        nodes, share = np.array([-np.sqrt(3), 0, np.sqrt(3)]), np.array([1, 4, 1]) / 6
        X = np.stack([g.ravel() for g in np.meshgrid(nodes, nodes)])
        weight = np.outer(share, share).ravel()
        angles = np.pi * np.arange(12) / 12
        probes = np.column_stack([np.cos(angles), np.sin(angles)])
        return Family(X * weight**0.25, np.square, probes)

    def target(self) -> np.ndarray:
        """The teacher's values on the points of :meth:`family`, of shape (1, 9)."""
        X = self.family().X
        return (X * (self.teacher @ X)).sum(0)[None]


def escape(model: Planar, p: int) -> Path:
    """A way from the poor point to a global minimum on which the loss never rises; parts [u, w].

    A flat leg turns the sign of a neuron whose weights are zero. Then M goes straight to M*.
    """
    if p < 2:
        raise ValueError(f"width {p}: wanted 2 or more neurons, one of them to turn its sign")
    u, w = model.poor_point(p)
    turned, there = u.copy(), w.copy()
    turned[1] = 1

    def at(t: float) -> list[np.ndarray]:
        now = there.copy()
        now[0, 1] = np.sqrt((1 - t) * w[0, 1] ** 2 + t * model.b)
        now[1, 0] = np.sqrt(t * model.a)
        return [turned, now]

    return Path([straight("flat", [u, w], [turned, w]), Leg("descend", at)])


def starts(p: int, runs: int, ratio: float | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random starts: fair signs of size p^(-1/2), and directions drawn evenly.

    Args:
        p: The width.
        runs: How many networks.
        ratio: The size of w_j over sqrt(2) |u_j|; None draws it from [0.09, 0.9] for each neuron.
        seed: Of the draw.

    Returns:
        u of shape (runs, p), w of shape (runs, p, 2).
    """
    rng = np.random.default_rng(seed)
    u = rng.choice([-1.0, 1.0], (runs, p)) / np.sqrt(p)
    angle = rng.uniform(0, 2 * np.pi, (runs, p))
    size = 0.9 * rng.uniform(0.1, 1, (runs, p)) if ratio is None else np.full((runs, p), ratio)
    w = (np.sqrt(2 / p) * size)[..., None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    return u, w


def invariants(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """What the gradient flow keeps, for each neuron: u_j^2 - |w_j|^2 / 2."""
    return u**2 - (w**2).sum(-1) / 2


def flow(
    model: Planar, u: np.ndarray, w: np.ndarray, time: float = 20.0, step: float = 0.04
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient flow of many networks at once, by Runge and Kutta's method of order 4.

    The steps of the first half unit of time, when the loss bends most, are an eighth of the others.
    Written entry by entry, with the networks last in memory: many times faster than small matrices.
    """
    state = np.stack([u.T, w[..., 0].T, w[..., 1].T])  # (3, p, runs)
    early = min(time, 0.5)
    counts = int(np.ceil(8 * early / step - 1e-9)), int(np.ceil((time - early) / step - 1e-9))
    for span, count in ((early, counts[0]), (time - early, counts[1])):
        for _ in range(count):
            h = span / count
            k1 = _velocity(model, state)
            k2 = _velocity(model, state + h / 2 * k1)
            k3 = _velocity(model, state + h / 2 * k2)
            k4 = _velocity(model, state + h * k3)
            state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state[0].T, np.stack([state[1].T, state[2].T], -1)


def _velocity(model: Planar, state: np.ndarray) -> np.ndarray:
    """Minus the gradient, of shape (3, p, runs)."""
    u, x, y = state
    ux, uy = u * x, u * y
    d11, d12, d22 = (ux * x).sum(0) - model.a, (ux * y).sum(0), (uy * y).sum(0) + model.b
    trace = 2 * (d11 + d22)
    gx = (4 * d11 + trace) * x + 4 * d12 * y
    gy = 4 * d12 * x + (4 * d22 + trace) * y
    return -np.stack([x * gx + y * gy, 2 * u * gx, 2 * u * gy])
