"""Flatness under rescaling: one function, many weights, any Hessian."""

from collections.abc import Callable

import numpy as np

Activation = Callable[[np.ndarray], np.ndarray]


def relu(z: np.ndarray) -> np.ndarray:
    """The rectifier."""
    return np.maximum(z, 0)


def output(W: np.ndarray, u: np.ndarray, X: np.ndarray, activation: Activation) -> np.ndarray:
    """``u . activation(W x)`` for each row x of X."""
    return activation(X @ W.T) @ u


def relu_jacobian(W: np.ndarray, u: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Derivatives of the outputs by (W, u), of shape (n, h d + h)."""
    z = X @ W.T
    by_W = ((z > 0) * u)[:, :, None] * X[:, None, :]
    return np.concatenate([by_W.reshape(len(X), -1), relu(z)], 1)


def sharpness(W: np.ndarray, u: np.ndarray, X: np.ndarray) -> float:
    """Largest eigenvalue of the Hessian of the mean of ``(f - y)^2 / 2`` where f = y."""
    return float(np.linalg.norm(relu_jacobian(W, u, X), 2) ** 2 / len(X))


def block_sharpness(W: np.ndarray, u: np.ndarray, X: np.ndarray) -> tuple[float, float]:
    """Largest eigenvalues of its two diagonal blocks, by W and by u."""
    J = relu_jacobian(W, u, X)
    blocks = J[:, : W.size], J[:, W.size :]
    first, second = (float(np.linalg.norm(block, 2) ** 2) / len(X) for block in blocks)
    return first, second


def balanced(W: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rescaling of each neuron, and so the same function, with the least sum of squares.

    Raises:
        ValueError: If a neuron has no weights on one side.
    """
    norms = np.linalg.norm(W, axis=1)
    if (norms == 0).any() or (u == 0).any():
        raise ValueError("wanted neurons with weights on both sides, got a zero")
    c = np.sqrt(np.abs(u) / norms)
    return W * c[:, None], u / c
