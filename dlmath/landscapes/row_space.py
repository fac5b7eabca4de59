"""Ways down a least-squares loss, watched for what they do in the kernel of the data.

The loss is ``|X w - y|^2 / n`` with X of shape (n, p). A rule takes the number of the step, the
weights and a gradient, and returns new weights; it may remember what it saw.
"""

from collections.abc import Callable

import numpy as np

Rule = Callable[[int, np.ndarray, np.ndarray], np.ndarray]


def plain(step: float, decay: float = 0.0) -> Rule:
    """Gradient descent, ``w - step (g + decay w)``."""
    return lambda t, w, g: w - step * (g + decay * w)


def momentum(step: float, memory: float = 0.9, velocity: np.ndarray | None = None) -> Rule:
    """Heavy ball: ``v <- memory v + g``, ``w - step v``, from the given velocity or from rest."""
    v = 0.0 if velocity is None else velocity

    def rule(t: int, w: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal v
        v = memory * v + g
        return w - step * v

    return rule


def adam(
    step: float, epsilon: float = 1e-8, memory: tuple[float, float] = (0.9, 0.999), cool: float = 0
) -> Rule:
    """Adam, with steps that fall like ``step / (t + 1)^cool``; an entry without gradient rests.

    Raises:
        ValueError: If epsilon is negative.
    """
    if epsilon < 0:
        raise ValueError(f"epsilon: wanted 0 or more, got {epsilon}")
    first, second = 0.0, 0.0
    a, b = memory

    def rule(t: int, w: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal first, second
        first, second = a * first + (1 - a) * g, b * second + (1 - b) * g * g
        root = np.sqrt(second / (1 - b ** (t + 1))) + epsilon
        down = np.divide(first / (1 - a ** (t + 1)), root, out=np.zeros_like(w), where=root > 0)
        return w - step / (t + 1) ** cool * down

    return rule


def descend(
    X: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    rule: Rule,
    steps: int,
    *,
    batch: int | None = None,
    seed: int = 0,
) -> np.ndarray:
    """Follow a rule down the loss.

    Args:
        X: Examples, of shape (n, p).
        y: Targets, of shape (n,).
        start: Weights to begin with, of shape (p,).
        rule: What makes new weights of old ones and a gradient.
        steps: How many steps.
        batch: How many examples each gradient is the mean over, drawn without replacement; all
            if not given.
        seed: Of the draws.

    Returns:
        The weights after 0, 1, ..., ``steps`` steps, of shape (steps + 1, p).

    Raises:
        ValueError: If the shapes do not agree, or the batch is not between 1 and n.
    """
    n, p = X.shape
    if y.shape != (n,) or start.shape != (p,):
        raise ValueError(f"wanted y ({n},) and start ({p},), got {y.shape} and {start.shape}")
    if batch is not None and not 1 <= batch <= n:
        raise ValueError(f"batch: wanted 1 to {n}, got {batch}")
    rng, path = np.random.default_rng(seed), np.empty((steps + 1, p))
    path[0] = start
    for t in range(steps):
        seen = slice(None) if batch is None else rng.choice(n, batch, replace=False)
        Z = X[seen]
        g = 2 / len(Z) * (Z @ path[t] - y[seen]) @ Z
        path[t + 1] = rule(t, path[t], g)
    return path


def kernel_part(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    """The component in ker X of a vector, or of each row of an array."""
    _, s, Vt = np.linalg.svd(X, full_matrices=False)
    rows = Vt[s > 1e-12 * s[0]]
    return W - (W @ rows.T) @ rows


def nearest_solution(X: np.ndarray, y: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The minimiser of the loss nearest to the start: its part in ker X, plus ``X^+ y``."""
    return kernel_part(X, start) + np.linalg.lstsq(X, y, rcond=None)[0]
