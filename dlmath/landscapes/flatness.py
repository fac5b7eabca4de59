"""Flatness under rescaling: one function, many weights, any Hessian."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

Activation = Callable[[Tensor], Tensor]


def _network(theta: Tensor, X: Tensor, activation: Activation) -> Tensor:
    """Outputs for the weights in one vector: those into the neurons, row by row, then u."""
    u = theta[len(theta) - len(theta) // (X.shape[1] + 1) :]
    W = theta[: len(theta) - len(u)].reshape(len(u), X.shape[1])
    return activation(X @ W.T) @ u


def output(W: np.ndarray, u: np.ndarray, X: np.ndarray, activation: Activation) -> np.ndarray:
    """``u . activation(W x)`` for each row x of X."""
    theta = torch.as_tensor(np.concatenate([W.ravel(), u]))
    return _network(theta, torch.as_tensor(X), activation).numpy()


def hessian(
    W: np.ndarray,
    u: np.ndarray,
    X: np.ndarray,
    y: np.ndarray,
    activation: Activation = torch.relu,
) -> np.ndarray:
    """The Hessian of the mean of ``(f - y)^2 / 2`` by (W, u), of shape (h d + h, h d + h).

    Raises:
        ValueError: If the shapes do not match.
    """
    if W.shape != (len(u), X.shape[1]) or y.shape != (len(X),):
        raise ValueError(f"shapes do not match: {W.shape}, {u.shape}, {X.shape}, {y.shape}")
    inputs, targets = torch.as_tensor(X), torch.as_tensor(y)

    def V(theta: Tensor) -> Tensor:
        return (_network(theta, inputs, activation) - targets).square().mean() / 2

    theta = torch.as_tensor(np.concatenate([W.ravel(), u]))
    return torch.autograd.functional.hessian(V, theta).numpy()


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
