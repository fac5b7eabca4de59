"""Which noise leaves which law: diffusion on a circle, Fokker-Planck in the plane."""

import math
from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]


def circle(points: int) -> np.ndarray:
    """Equally spaced places on the circle of length 2 pi."""
    return 2 * math.pi * np.arange(points) / points


def circle_law(drift: Function, diffusion: Function, points: int) -> np.ndarray:
    """Masses that ``dx = drift dt + sqrt(2 diffusion) dB`` (Ito) leaves, on a grid of the circle.

    The generator is replaced by central differences, a chain that jumps to its neighbours. Its law
    is off by the square of the spacing.

    Raises:
        ValueError: If the grid is too coarse, so that a rate would be negative.
    """
    x = circle(points)
    h = x[1]
    there, spread = drift(x) / (2 * h), diffusion(x) / h**2
    if (spread <= np.abs(there)).any():
        raise ValueError(f"points: {points} are too few, a rate of the chain would be negative")
    L = np.diag(-2 * spread)
    i = np.arange(points)
    L[i, (i + 1) % points] += spread + there
    L[i, (i - 1) % points] += spread - there
    A = L.T.copy()
    A[-1] = 1.0
    b = np.zeros(points)
    b[-1] = 1.0
    return np.linalg.solve(A, b)


def no_flux_density(slope: Function, diffusion: Function, x: np.ndarray) -> np.ndarray:
    """Masses of the density without flux, ``exp(-int V'/D) / D``, on a uniform grid."""
    ratio = slope(x) / diffusion(x)
    integral = np.concatenate([[0.0], np.cumsum((ratio[1:] + ratio[:-1]) / 2) * (x[1] - x[0])])
    p = np.exp(integral.min() - integral) / diffusion(x)
    return p / p.sum()


def derivative(values: np.ndarray, axis: int, length: float) -> np.ndarray:
    """Derivative of a function on a periodic grid along an axis, by Fourier's method."""
    n = values.shape[axis]
    k = 2j * math.pi / length * np.fft.fftfreq(n, 1 / n)
    k[n // 2] = 0
    shape = [1] * values.ndim
    shape[axis] = n
    return np.fft.ifft(np.fft.fft(values, axis=axis) * k.reshape(shape), axis=axis).real


def resting_noise(
    p: np.ndarray, force: tuple[np.ndarray, np.ndarray], length: float
) -> tuple[np.ndarray, float]:
    """The constant D for which the density p is at rest under this force, in the plane.

    Solves ``sum_ij D_ij d_i d_j p = div(force p)`` in least squares.

    Returns:
        D, of shape (2, 2), and the smallest singular value of the three second derivatives, each
        scaled to norm 1: above 0 there is one D at most.
    """
    first = [derivative(p, axis, length) for axis in (0, 1)]
    xx, yy = derivative(first[0], 0, length), derivative(first[1], 1, length)
    A = np.stack([xx.ravel(), 2 * derivative(first[0], 1, length).ravel(), yy.ravel()], 1)
    right = sum(derivative(f * p, axis, length) for axis, f in enumerate(force))
    a, c, d = np.linalg.lstsq(A, np.ravel(right), rcond=None)[0]
    spread = np.linalg.svd(A / np.linalg.norm(A, axis=0), compute_uv=False)
    return np.array([[a, c], [c, d]]), float(spread[-1])
