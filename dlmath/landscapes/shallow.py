"""A network with one hidden layer, with its Jacobian and its second derivatives in closed form.

The function is ``f(x) = U s(V (x, 1)) + c``. All weights stand in one vector theta of length p: the
rows of V, then the rows of U, then c. The outputs on all examples stand in one vector as well, the
outputs of one example side by side.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """A function of one variable with its first two derivatives, entry by entry.

    Attributes:
        value: The function.
        slope: Its derivative.
        bend: Its second derivative; where there is none, that of one side.
        degree: If positive, ``value(c z) = c^degree value(z)`` for every c > 0.
    """

    value: Curve
    slope: Curve
    bend: Curve
    degree: int = 0


ACTIVATIONS = {
    "tanh": Activation(
        np.tanh,
        lambda z: 1 - np.tanh(z) ** 2,
        lambda z: -2 * np.tanh(z) * (1 - np.tanh(z) ** 2),
    ),
    "relu": Activation(
        lambda z: np.maximum(z, 0),
        lambda z: (z > 0).astype(z.dtype),
        np.zeros_like,
        degree=1,
    ),
    "cubed": Activation(
        lambda z: np.maximum(z, 0) ** 3,
        lambda z: 3 * np.maximum(z, 0) ** 2,
        lambda z: 6 * np.maximum(z, 0),
        degree=3,
    ),
    "logcosh": Activation(
        lambda z: np.logaddexp(z, -z) - np.log(2),
        np.tanh,
        lambda z: 1 - np.tanh(z) ** 2,
    ),
}


@dataclass(frozen=True, eq=False)
class Network:
    """Networks of one architecture on given examples, as a function of their weights.

    Attributes:
        X: Examples, of shape (n, d); their precision is that of everything computed.
        width: Number h of hidden neurons.
        outputs: Number m of outputs.
        activation: A key of :data:`ACTIVATIONS`.
        offset: Whether c is a weight; else it is zero.

    Raises:
        ValueError: If the examples are no finite matrix, or a size or the activation is wrong.
    """

    X: np.ndarray
    width: int
    outputs: int = 1
    activation: str = "tanh"
    offset: bool = True

    def __post_init__(self) -> None:
        """Refuse what is no network."""
        if self.X.ndim != 2 or not np.isfinite(self.X).all():
            raise ValueError(f"X: wanted a finite matrix, got shape {self.X.shape}")
        if self.width < 1 or self.outputs < 1:
            raise ValueError(f"wanted sizes of 1 or more, got {self.width} and {self.outputs}")
        if self.activation not in ACTIVATIONS:
            known = sorted(ACTIVATIONS)
            raise ValueError(f"activation: wanted one of {known}, got {self.activation!r}")

    @property
    def examples(self) -> int:
        """The number n of examples."""
        return len(self.X)

    @property
    def targets(self) -> int:
        """The number n m of outputs on all examples."""
        return len(self.X) * self.outputs

    @property
    def parameters(self) -> int:
        """The number p of weights."""
        return self.width * (self.X.shape[1] + 1 + self.outputs) + self.outputs * self.offset

    def start(self, seed: int, size: float = 1.0) -> np.ndarray:
        """Independent normal weights of standard deviation ``size``."""
        draw = np.random.default_rng([seed, 17]).standard_normal(self.parameters)
        return (size * draw).astype(self.X.dtype)

    def split(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """V of shape (h, d + 1), its last column the biases; U of shape (m, h); c of shape (m,).

        Raises:
            ValueError: If the vector has another length.
        """
        if theta.shape != (self.parameters,):
            raise ValueError(f"theta: wanted shape ({self.parameters},), got {theta.shape}")
        h, m, inner = self.width, self.outputs, self.width * (self.X.shape[1] + 1)
        c = theta[inner + m * h :] if self.offset else np.zeros(m, theta.dtype)
        return theta[:inner].reshape(h, -1), theta[inner : inner + m * h].reshape(m, h), c

    @property
    def _inputs(self) -> np.ndarray:
        return np.hstack([self.X, np.ones((len(self.X), 1), self.X.dtype)])

    def features(self, theta: np.ndarray) -> np.ndarray:
        """What the hidden neurons give, of shape (n, h)."""
        V, _, _ = self.split(theta)
        return ACTIVATIONS[self.activation].value(self._inputs @ V.T)

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """The outputs on all examples, of shape (n m,)."""
        _, U, c = self.split(theta)
        return (self.features(theta) @ U.T + c).reshape(-1)

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """The derivative of the outputs, of shape (n m, p)."""
        V, U, _ = self.split(theta)
        x, m = self._inputs, self.outputs
        z = x @ V.T
        inner = np.einsum("aj,ij,ik->iajk", U, ACTIVATIONS[self.activation].slope(z), x)
        eye = np.eye(m, dtype=x.dtype)
        outer = np.einsum("ij,ab->iabj", ACTIVATIONS[self.activation].value(z), eye)
        parts = [inner.reshape(self.targets, -1), outer.reshape(self.targets, -1)]
        if self.offset:
            parts.append(np.tile(eye, (len(x), 1)))
        return np.hstack(parts)

    def bend(self, theta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The second derivatives of the outputs, summed with these weights, of shape (p, p)."""
        V, U, _ = self.split(theta)
        x, h, m = self._inputs, self.width, self.outputs
        z, r, k = x @ V.T, weights.reshape(-1, m), x.shape[1]
        slope, bend = ACTIVATIONS[self.activation].slope(z), ACTIVATIONS[self.activation].bend(z)
        B = np.zeros((self.parameters, self.parameters), x.dtype)
        inner = np.einsum("ij,ik,il->jkl", (r @ U) * bend, x, x)
        mixed = np.einsum("ia,ij,ik->jak", r, slope, x)
        for j in range(h):
            own = slice(j * k, (j + 1) * k)
            B[own, own] = inner[j]
            for a in range(m):
                B[own, h * k + a * h + j] = B[h * k + a * h + j, own] = mixed[j, a]
        return B


@dataclass(frozen=True, eq=False)
class Squares:
    """The sum of k squares, ``F_i = sum_j <w_j, x_i>^2``: neurons whose outputs are added as such.

    Attributes:
        X: Examples, of shape (n, d).
        width: The number k of squares; theta holds the w_j, one after the other.
    """

    X: np.ndarray
    width: int

    @property
    def examples(self) -> int:
        """The number n of examples."""
        return len(self.X)

    @property
    def targets(self) -> int:
        """The same, since there is one output."""
        return len(self.X)

    @property
    def parameters(self) -> int:
        """The number k d of weights."""
        return self.width * self.X.shape[1]

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """The outputs, of shape (n,)."""
        return ((self.X @ theta.reshape(self.width, -1).T) ** 2).sum(1)

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """The derivative of the outputs, of shape (n, p)."""
        z = self.X @ theta.reshape(self.width, -1).T
        return 2 * np.einsum("ij,ik->ijk", z, self.X).reshape(len(self.X), -1)

    def bend(self, theta: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The second derivatives of the outputs, summed with weights, of shape (p, p)."""
        return np.kron(np.eye(self.width), 2 * (self.X.T * weights) @ self.X)


def idle_moves(net: Network, theta: np.ndarray) -> np.ndarray:
    """A basis, in columns, of the moves of the last layer that change no output on the examples.

    For each output they are the kernel of the matrix of features, with a column of ones for c.
    """
    last, m = net.features(theta), net.outputs
    if net.offset:
        last = np.hstack([last, np.ones((len(last), 1))])
    s, Vt = np.linalg.svd(last)[1:]
    free = Vt[int((s > 1e-10 * max(1.0, s[0])).sum()) :].T
    outer, h = np.kron(np.eye(m), free[: net.width]), net.width
    moves = np.zeros((net.parameters, outer.shape[1]))
    first = net.parameters - m * h - m * net.offset
    moves[first : first + m * h] = outer
    if net.offset:
        moves[first + m * h :] = np.kron(np.eye(m), free[h:])
    return moves
