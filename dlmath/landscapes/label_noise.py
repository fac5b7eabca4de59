"""Label noise on the smallest network, f = uv: where it drifts along its minima, and how fast.

The loss is ``(uv - label)^2 / 2``, the label is y plus or minus s, by a fair coin at each step.
"""

import math
from collections.abc import Callable

import numpy as np

State = tuple[np.ndarray, np.ndarray]


def start(trace: float, chains: int, y: float = 1.0) -> State:
    """The minimum uv = y with u > v > 0 at which the Hessian has this trace, u^2 + v^2.

    Raises:
        ValueError: If y is not positive or the trace is below 2y, the least possible.
    """
    if y <= 0 or trace < 2 * y:
        raise ValueError(f"wanted y > 0 and a trace >= 2y, got {y} and {trace}")
    gap = math.sqrt(trace**2 - 4 * y**2)
    u, v = math.sqrt((trace + gap) / 2), math.sqrt((trace - gap) / 2)
    return np.full(chains, u), np.full(chains, v)


def step(u: np.ndarray, v: np.ndarray, label: np.ndarray | float, eta: float) -> State:
    """One step of gradient descent on ``(uv - label)^2 / 2``."""
    r = u * v - label
    return u - eta * r * v, v - eta * r * u


def run(
    u: np.ndarray,
    v: np.ndarray,
    *,
    eta: float,
    s: float,
    steps: int,
    rng: np.random.Generator,
    y: float = 1.0,
    watch: Callable[[int, np.ndarray, np.ndarray], None] | None = None,
) -> State:
    """Many runs at once.

    Args:
        u: First weights, one a run.
        v: Second weights.
        eta: Step.
        s: Size of the noise in the labels.
        steps: How many.
        rng: Source of the noise.
        y: The true label.
        watch: ``watch(k, u, v)`` is called after step k = 1, ..., steps.

    Raises:
        ValueError: If eta <= 0 or s < 0.
    """
    if eta <= 0 or s < 0:
        raise ValueError(f"wanted eta > 0 and s >= 0, got {eta} and {s}")
    for k in range(1, steps + 1):
        label = y + s * (2 * rng.integers(2, size=u.shape) - 1)
        u, v = step(u, v, label, eta)
        if watch is not None:
            watch(k, u, v)
    return u, v


def quasi_stationary(eta: float, s: float, trace: float) -> float:
    """Mean square residual of the linearised run at a minimum of this trace.

    Raises:
        ValueError: If eta times the trace is not in (0, 2): no minimum holds such a run.
    """
    if not 0 < eta * trace < 2:
        raise ValueError(f"eta * trace: wanted a number in (0, 2), got {eta * trace:g}")
    return 2 * s**2 / (2 - eta * trace)


def slow_path(gap: float, *, eta: float, s: float, steps: int, y: float = 1.0) -> np.ndarray:
    """``u^2 - v^2`` at k = 0, ..., steps, if the residual were always quasi-stationary."""
    path = [gap]
    for _ in range(steps):
        trace = math.sqrt(path[-1] ** 2 + 4 * y**2)
        path.append(path[-1] * (1 - eta**2 * quasi_stationary(eta, s, trace)))
    return np.array(path)
