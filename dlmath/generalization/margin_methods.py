"""Other ways down the exponential risk of separable data: normalised, accelerated, coordinatewise.

Each walks on the logarithm of the risk, whose gradient is minus a mixture of the examples, so that
nothing underflows. ``Z`` holds the examples with labels absorbed, of shape (n, d).
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import logsumexp, softmax

Walk = Callable[..., np.ndarray]


def _report(at: Sequence[int], d: int, step: Callable[[int, np.ndarray], np.ndarray]) -> np.ndarray:
    """Walk from the origin with ``w = step(t, w)`` and keep the vectors after ``at`` steps."""
    if list(at) != sorted(set(at)) or not len(at) or at[0] < 0:
        raise ValueError("at: wanted ascending numbers of steps, 0 or more")
    w, done, found = np.zeros(d), 0, []
    for stop in at:
        for t in range(done, stop):
            w = step(t, w)
        done = stop
        found.append(w)
    return np.array(found)


def _mixture(Z: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Minus the gradient of the logarithm of the risk: the examples, weighted by their losses."""
    return softmax(-Z @ w) @ Z


def plain(Z: np.ndarray, step: float, at: Sequence[int]) -> np.ndarray:
    """Gradient descent on the exponential risk from the origin; vectors of shape (len(at), d)."""
    return _report(at, Z.shape[1], lambda t, w: w + step * (np.exp(-Z @ w) @ Z))


def normalised(Z: np.ndarray, step: float, at: Sequence[int], power: float = 0.0) -> np.ndarray:
    """Gradient descent whose step is divided by the risk, ``step / (L (t + 1)^power)``.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        step: A constant; below ``2 / max |z|^2`` the risk falls at every step.
        at: Numbers of steps, ascending.
        power: 0 for a constant step on log L, one half for steps that shrink.
    """
    return _report(at, Z.shape[1], lambda t, w: w + step / (t + 1) ** power * _mixture(Z, w))


def momentum(Z: np.ndarray, step: float, at: Sequence[int]) -> np.ndarray:
    """Ji, Srebro and Telgarsky's method: normalised descent with a memory ``t / (t + 1)``."""
    memory = np.zeros(Z.shape[1])

    def move(t: int, w: np.ndarray) -> np.ndarray:
        nonlocal memory
        mixture = _mixture(Z, w)
        memory = t / (t + 1) * (memory + mixture)
        return w + step * (memory + mixture)

    return _report(at, Z.shape[1], move)


def adam(
    Z: np.ndarray,
    step: float,
    at: Sequence[int],
    epsilon: float,
    memory: tuple[float, float] = (0.9, 0.999),
) -> np.ndarray:
    """Adam on the exponential risk, steps falling like ``1 / sqrt(t + 1)``.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        step: The first step.
        at: Numbers of steps, ascending.
        epsilon: What is added to the root of the second moment; 0 or more.
        memory: The two forgetting factors.
    """
    if epsilon < 0:
        raise ValueError(f"epsilon: wanted 0 or more, got {epsilon}")
    d = Z.shape[1]
    first, second = np.zeros(d), np.zeros(d)
    a, b = memory

    def move(t: int, w: np.ndarray) -> np.ndarray:
        nonlocal first, second
        g = -np.exp(-Z @ w) @ Z
        first, second = a * first + (1 - a) * g, b * second + (1 - b) * g * g
        down = (first / (1 - a ** (t + 1))) / (np.sqrt(second / (1 - b ** (t + 1))) + epsilon)
        return w - step / np.sqrt(t + 1) * down

    return _report(at, d, move)


def coordinate(Z: np.ndarray, step: float, at: Sequence[int]) -> np.ndarray:
    """Normalised descent along the coordinate of steepest fall, steps like ``1 / sqrt(t + 1)``."""

    def move(t: int, w: np.ndarray) -> np.ndarray:
        mixture = _mixture(Z, w)
        best = np.abs(mixture).argmax()
        w = w.copy()
        w[best] += step / np.sqrt(t + 1) * np.sign(mixture[best])
        return w

    return _report(at, Z.shape[1], move)


def signs(Z: np.ndarray, step: float, at: Sequence[int]) -> np.ndarray:
    """Descent along the signs of the gradient, steps falling like ``1 / sqrt(t + 1)``."""
    return _report(at, Z.shape[1], lambda t, w: w + step / np.sqrt(t + 1) * np.sign(_mixture(Z, w)))


def log_risk(w: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """The logarithm of the exponential risk, of one vector (d,) or of many (..., d)."""
    return np.asarray(logsumexp(-(w @ Z.T), axis=-1))
