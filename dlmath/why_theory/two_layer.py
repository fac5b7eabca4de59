r"""Learning a matrix as a product of two: gradient flow, gradient descent and Gauss-Newton.

The loss is $L(W_1, W_2) = \frac12\|W_2W_1 - T\|_F^2$: half the mean squared error of two
linear layers on inputs with the identity as covariance, when the target is linear.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.stats import ortho_group

Array = NDArray[np.floating]
Layers = tuple[Array, Array]
"""The first and the second layer, each ``(d, d)``."""


def target(sigma: Array, seed: int = 0) -> tuple[Array, Array, Array]:
    """A matrix with the given singular values and random singular vectors.

    Returns:
        ``T = U @ diag(sigma) @ V.T``, ``U`` and ``V``, each ``(d, d)``.
    """
    U, V = (ortho_group.rvs(len(sigma), random_state=seed + k) for k in (0, 7919))
    return U * sigma @ V.T, U, V


def aligned(U: Array, V: Array, start: Array, ratio: float = 1.0) -> Layers:
    """Layers whose product has the singular vectors of the target and singular values ``start``.

    Args:
        U: Left singular vectors, ``(d, d)``.
        V: Right singular vectors, ``(d, d)``.
        start: Singular values of the product, ``(d,)``.
        ratio: The first layer is this much larger than the second; 1 is balanced.
    """
    root = np.sqrt(start)
    return (ratio * root)[:, None] * V.T, U * (root / ratio)


def modes(layers: Layers, U: Array, V: Array) -> Array:
    """The diagonal ``(d,)`` of the product in the singular bases of the target."""
    first, second = layers
    return np.diag(U.T @ second @ first @ V)


def crossed(layers: Layers, U: Array, V: Array) -> Array:
    """What ``modes`` leaves out: the product in the same bases with its diagonal set to 0."""
    first, second = layers
    product = U.T @ second @ first @ V
    return product - np.diag(np.diag(product))


def relative_loss(layers: Layers, T: Array) -> float:
    """The squared error of the product over the squared norm of the target."""
    first, second = layers
    return float(np.linalg.norm(second @ first - T) ** 2 / np.linalg.norm(T) ** 2)


def learning_time(sigma: Array, start: Array, rest: float) -> Array:
    r"""The time at which a mode has learned all but the share ``rest`` of its singular value.

    The solution of $\dot s = 2s(\sigma - s)$ from ``start`` < ``sigma``, both ``(d,)``.

    Raises:
        ValueError: Unless ``0 < start < (1 - rest) sigma`` and ``0 < rest < 1``.
    """
    if not (0 < rest < 1 and np.all(start > 0) and np.all(start < (1 - rest) * sigma)):
        raise ValueError("learning_time: wanted 0 < rest < 1 and 0 < start < (1 - rest) * sigma")
    return (np.log((1 - rest) / rest) - np.log(start / (sigma - start))) / (2 * sigma)


def gradient_flow(layers: Layers, T: Array, times: Array) -> list[Layers]:
    """The layers at increasing times, by an adaptive Runge-Kutta method of order 8."""
    shape = T.shape

    def velocity(_: float, y: Array) -> Array:
        first, second = y.reshape(2, *shape)
        error = second @ first - T
        return -np.stack([second.T @ error, error @ first.T]).ravel()

    begin = np.stack(layers).ravel()
    found = solve_ivp(velocity, (0, times[-1]), begin, "DOP853", times, rtol=1e-10, atol=1e-13)
    return [(y[: y.size // 2].reshape(shape), y[y.size // 2 :].reshape(shape)) for y in found.y.T]


def gradient_descent(layers: Layers, T: Array, rate: float, steps: int) -> list[Layers]:
    """The layers before each of the steps, and after the last."""
    path = [layers]
    for _ in range(steps):
        first, second = path[-1]
        error = second @ first - T
        path.append((first - rate * second.T @ error, second - rate * error @ first.T))
    return path


def jacobian(layers: Layers) -> Array:
    """The derivative ``(d * d, 2 * d * d)`` of the product by all entries, both read by rows."""
    first, second = layers
    eye = np.eye(len(first))
    return np.hstack([np.kron(second, eye), np.kron(eye, first.T)])


def _moved(layers: Layers, step: Array) -> Layers:
    first, second = layers
    half = step.size // 2
    return first + step[:half].reshape(first.shape), second + step[half:].reshape(second.shape)


def gauss_newton(layers: Layers, T: Array, steps: int) -> list[Layers]:
    """Gauss-Newton: the smallest step that solves the linearised problem."""
    path = [layers]
    for _ in range(steps):
        error = (path[-1][1] @ path[-1][0] - T).ravel()
        step = np.linalg.lstsq(jacobian(path[-1]), -error, rcond=None)[0]
        path.append(_moved(path[-1], step))
    return path


def levenberg_marquardt(
    layers: Layers, T: Array, steps: int, damping: float = 1e-2
) -> list[Layers]:
    """Gauss-Newton with a damping that falls after a good step and grows after a bad one."""
    path = [layers]
    for _ in range(steps):
        J, error = jacobian(path[-1]), (path[-1][1] @ path[-1][0] - T).ravel()
        step = -J.T @ np.linalg.solve(J @ J.T + damping * np.eye(len(J)), error)
        tried = _moved(path[-1], step)
        better = relative_loss(tried, T) < relative_loss(path[-1], T)
        path.append(tried if better else path[-1])
        damping = max(damping / 5, 1e-15) if better else 4 * damping
    return path


def heron(start: Array, sigma: Array, steps: int) -> list[Array]:
    """Heron's iteration for the square root of ``sigma``, from ``start``, each ``(d,)``."""
    path = [start]
    for _ in range(steps):
        path.append((path[-1] + sigma / path[-1]) / 2)
    return path


def heron_steps(start: Array, sigma: Array, rest: float) -> int:
    r"""Steps after which Heron's iteration is within the share ``rest`` of $\sqrt\sigma$.

    A bound: one step to come above the root, one for each halving of the excess down to 1, and one
    for each squaring after that.
    """
    away = np.max(np.maximum(start / np.sqrt(sigma), np.sqrt(sigma) / start))
    return 1 + int(np.ceil(np.log2(max(away, 1)))) + int(np.ceil(np.log2(np.log2(2 / rest))))
