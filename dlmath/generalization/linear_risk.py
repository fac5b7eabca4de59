"""The risk of a linear classifier, and two ways down: gradient descent and Newton's method.

``Z`` is the matrix of the examples with labels absorbed, of shape (n, d); the risk is the sum of
the loss over the margins ``Z @ w``.
"""

from collections.abc import Sequence

import numpy as np

from dlmath.generalization.losses import Loss


def risk(w: np.ndarray, Z: np.ndarray, loss: Loss) -> float:
    """The sum of the losses."""
    return float(loss.value(Z @ w).sum())


def gradient(w: np.ndarray, Z: np.ndarray, loss: Loss) -> np.ndarray:
    """The gradient of the risk, of shape (d,)."""
    return loss.slope(Z @ w) @ Z


def hessian(w: np.ndarray, Z: np.ndarray, loss: Loss) -> np.ndarray:
    """The matrix of second derivatives of the risk, of shape (d, d)."""
    return (Z.T * loss.bend(Z @ w)) @ Z


def gradient_descent(
    Z: np.ndarray, loss: Loss, step: float, at: Sequence[int], start: np.ndarray | None = None
) -> np.ndarray:
    """The iterates of gradient descent after the given numbers of steps.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        loss: Of the margin.
        step: The step size.
        at: Numbers of steps, ascending.
        start: Where it begins, of shape (d,); the origin by default.

    Returns:
        The vectors, of shape (len(at), d).

    Raises:
        ValueError: If the step is not positive or the numbers do not ascend from 0 or more.
        FloatingPointError: If the iterates overflow.
    """
    if step <= 0:
        raise ValueError(f"step: wanted a positive number, got {step}")
    if list(at) != sorted(set(at)) or (len(at) and at[0] < 0):
        raise ValueError("at: wanted ascending numbers of steps, 0 or more")
    w = np.zeros(Z.shape[1]) if start is None else np.array(start, float)
    slope, scaled, done, found = loss.slope, step * Z, 0, []
    for stop in at:
        for _ in range(stop - done):
            w = w - slope(Z @ w) @ scaled
        if not np.isfinite(w).all():
            raise FloatingPointError(f"overflow within {stop} steps; take a step below {step:g}")
        done = stop
        found.append(w)
    return np.array(found)


def ridge_minimiser(
    Z: np.ndarray,
    loss: Loss,
    penalty: float = 0.0,
    start: np.ndarray | None = None,
    tolerance: float = 1e-13,
) -> np.ndarray:
    """The minimiser of the risk plus ``penalty / 2 * |w|^2``, by damped Newton steps.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        loss: A convex loss.
        penalty: Of the squared norm; 0 only where the risk itself has a minimiser.
        start: Where to begin, of shape (d,).
        tolerance: On Newton's decrement, relative to the risk.

    Raises:
        ValueError: If 200 steps do not suffice, as where there is no minimiser.
    """
    d = Z.shape[1]
    w = np.zeros(d) if start is None else np.array(start, float)

    def total(v: np.ndarray) -> float:
        return risk(v, Z, loss) + penalty / 2 * float(v @ v)

    for _ in range(200):
        g = gradient(w, Z, loss) + penalty * w
        h = hessian(w, Z, loss) + penalty * np.eye(d)
        step = np.linalg.lstsq(h, g, rcond=None)[0]
        decrement, size = float(g @ step), 1.0
        if decrement <= tolerance * total(w):
            return w - step
        while not total(w - size * step) <= total(w) - 0.25 * size * decrement and size > 1e-10:
            size /= 2
        w = w - size * step
    raise ValueError(
        f"no minimiser within 200 Newton steps (last |w| = {np.linalg.norm(w):.3g}); "
        "data that some vector separates have none without a penalty"
    )


def ridge_path(Z: np.ndarray, loss: Loss, penalties: Sequence[float]) -> np.ndarray:
    """The minimisers for falling penalties, each from the last, of shape (len(penalties), d)."""
    found: list[np.ndarray] = []
    for penalty in penalties:
        found.append(ridge_minimiser(Z, loss, penalty, found[-1] if found else None))
    return np.array(found)
