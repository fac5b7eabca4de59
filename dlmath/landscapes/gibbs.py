"""The Gibbs law in one dimension, exactly: quadrature, one step of a chain as a matrix, exit times.

Functions of x take and return arrays. Grids are uniform, and wide enough that nothing is beyond.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.integrate import cumulative_trapezoid, trapezoid

Function = Callable[[np.ndarray], np.ndarray]


def gibbs(V: Function, T: float, x: np.ndarray) -> np.ndarray:
    """Masses of the law ``exp(-V / T) / Z`` on the grid; they sum to 1."""
    v = V(x)
    p = np.exp((v.min() - v) / T)
    return p / p.sum()


def one_step(drift: Function, diffusion: Function, step: float, x: np.ndarray) -> np.ndarray:
    """The chain ``x + step drift(x) + sqrt(2 diffusion(x) step) xi`` as a matrix on the grid.

    Row i holds the probabilities of the places after one step from x[i]. The quadrature error is
    far below rounding as long as the noise of a step is wider than 1.5 grid spacings.

    Raises:
        ValueError: If the grid is too coarse for the step.
    """
    variance = 2 * diffusion(x) * step
    if math.sqrt(variance.min()) < 1.5 * (x[1] - x[0]):
        raise ValueError(
            f"grid: the noise of a step is {math.sqrt(variance.min()):.2g} wide, the spacing "
            f"{x[1] - x[0]:.2g}; wanted a spacing of two thirds of it at most"
        )
    off = x[None, :] - (x + step * drift(x))[:, None]
    K = np.exp(-(off**2) / (2 * variance[:, None]))
    return K / K.sum(1, keepdims=True)


def stationary(K: np.ndarray) -> np.ndarray:
    """The law that the matrix of one step leaves as it is."""
    A = K.T - np.eye(len(K))
    A[-1] = 1.0
    b = np.zeros(len(K))
    b[-1] = 1.0
    return np.linalg.solve(A, b)


def step_bias(slope: np.ndarray, bend: np.ndarray, p: np.ndarray, T: float) -> np.ndarray:
    """The function f of the first order in the step: a chain's law is ``p (1 + step f)``.

    Args:
        slope: V' on the grid.
        bend: V'' on the grid.
        p: The Gibbs masses.
        T: Temperature.
    """
    f = slope**2 / (4 * T) - bend / 2
    return f - p @ f


def exit_time(V: Function, T: float, start: float, end: float, low: float) -> float:
    """Mean time of the diffusion from ``start`` to ``end`` > start; below ``low`` nothing counts.

    Raises:
        ValueError: If the three places are not in order.
    """
    if not low < start < end:
        raise ValueError(f"wanted low < start < end, got {low}, {start}, {end}")
    x = np.linspace(low, end, 40_001)
    v = V(x)
    inner = cumulative_trapezoid(np.exp((v.min() - v) / T), x, initial=0)
    way = np.linspace(start, end, 40_001)
    u = V(way)
    outer = np.exp((u - u.max()) / T) * np.interp(way, x, inner)
    return float(trapezoid(outer, way) / T * np.exp((u.max() - v.min()) / T))


def kramers(barrier: float, bottom: float, top: float, T: float) -> float:
    """Kramers's mean time over a barrier, from V'' at the bottom and -V'' at the top.

    Raises:
        ValueError: If a curvature or the temperature is not positive.
    """
    if min(bottom, top, T) <= 0:
        raise ValueError(f"wanted bottom, top and T > 0, got {bottom}, {top}, {T}")
    return 2 * math.pi / math.sqrt(bottom * top) * math.exp(barrier / T)
