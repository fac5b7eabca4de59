"""Volumes of the sets where a loss is small, and the integrals of ``exp(-V / T)`` over them."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.special import erf


def laplace(T: float, dimension: int, size: float, depth: float = 0.0) -> float:
    """Laplace's mass of a manifold of minima: ``exp(-depth/T) (2 pi T)^(codimension/2) size``.

    Args:
        T: Temperature.
        dimension: The codimension, d - k.
        size: The integral of ``det(H)^(-1/2)`` over the manifold, H the Hessian across it.
        depth: The value of V on it.
    """
    return math.exp(-depth / T) * (2 * math.pi * T) ** (dimension / 2) * size


def ring_mass(T: float, uneven: float, angles: int = 256) -> float:
    """The integral of ``exp(-V / T)``, ``V = (|w|^2 - 1)^2 (1 + uneven cos angle)^2``, the plane.

    Raises:
        ValueError: If the ring is not a minimum all round.
    """
    if abs(uneven) >= 1:
        raise ValueError(f"uneven: wanted a number between -1 and 1, got {uneven}")
    angle = 2 * np.pi * np.arange(angles) / angles
    a = (1 + uneven * np.cos(angle)) / math.sqrt(T)
    # with z = |w|^2 the radial integral is half that of exp(-a^2 (z - 1)^2) over z > 0
    radial = math.sqrt(math.pi) / (4 * a) * (1 + erf(a))
    return float(2 * np.pi * radial.mean())


def well_mass(T: float, height: float, depth: float = 0.0) -> float:
    """The integral of ``exp(-V / T)`` over x > 0 and y, ``V = depth + height (x^2-1)^2 + y^2``."""
    peak = math.sqrt(T / height)
    x = quad(
        lambda x: math.exp(-height * (x * x - 1) ** 2 / T),
        0,
        1 + 8 * peak,
        points=[max(0.0, 1 - 6 * peak), 1.0],
        epsabs=1e-14,
        epsrel=1e-12,
        limit=200,
    )[0]
    return math.exp(-depth / T) * x * math.sqrt(math.pi * T)


def hyperbola_mass(T: float, radius: float, decay: float = 0.0) -> float:
    """The integral of ``exp(-V / T)`` over a disc, ``V = (uv - 1)^2 / 2 + decay (u^2 + v^2)``.

    In the coordinates ``p = uv`` and ``q = (u^2 - v^2) / 2`` the area is ``dp dq`` over
    ``2 sqrt(p^2 + q^2)``, twice (for w and -w), and ``u^2 + v^2 = 2 sqrt(p^2 + q^2)``.
    """
    limit = radius**2 / 2
    nodes, weights = np.polynomial.legendre.leggauss(400)
    wide = 9 * math.sqrt(T)
    ends = sorted({max(-limit, 1 - wide), min(limit, 1 + wide), 0.0})
    total = 0.0
    for low, high in itertools.pairwise(ends):
        if high <= low:
            continue
        # p = +-s^2 takes away the logarithm at p = 0
        edge = np.sqrt([abs(low), abs(high)])
        s = (edge[0] + edge[1]) / 2 + (edge[1] - edge[0]) / 2 * nodes
        sign = 1.0 if high > 0 else -1.0
        ps, jac = sign * s**2, 2 * s * weights * abs(edge[1] - edge[0]) / 2
        total += float(jac @ (np.exp(-((ps - 1) ** 2) / (2 * T)) * _across(ps, limit, decay, T)))
    return total


def _across(p: np.ndarray, limit: float, decay: float, T: float) -> np.ndarray:
    """The integral over q of ``exp(-2 decay r / T) / r``, ``r = sqrt(p^2 + q^2) < limit``."""
    # q = |p| sinh a: dq / r = da
    top = np.arccosh(np.maximum(limit / np.abs(p), 1))
    nodes, weights = np.polynomial.legendre.leggauss(200)
    a = top[:, None] / 2 * (1 + nodes)
    inside = np.exp(-2 * decay / T * np.abs(p)[:, None] * np.cosh(a))
    return 2 * (inside @ weights) * top / 2


def monomial_volume(powers: Sequence[int], t: float) -> float:
    """The volume of ``u_1^(2 k_1) ... u_d^(2 k_d) <= t`` in the unit cube, all powers k >= 1.

    ``-log V`` is a sum of independent exponential variables; equal powers are allowed.

    Raises:
        ValueError: If a power is below 1 or t is not in (0, 1].
    """
    if min(powers) < 1 or not 0 < t <= 1:
        raise ValueError(f"wanted powers >= 1 and 0 < t <= 1, got {list(powers)} and {t}")
    s, d = -math.log(t), len(powers)
    rates = np.sort([1 / (2 * k) for k in powers])
    # the sum is the time to absorption of a chain that passes the states 1, ..., d in order
    generator = np.diag(-rates) + np.diag(rates[:-1], 1)
    return float(expm(generator * s)[0].sum()) if d else 1.0


def monomial_mass(powers: Sequence[int], T: float) -> float:
    """The integral of ``exp(-V / T)`` over the unit cube, V the monomial, for small T.

    ``int e^(-x) vol(V <= T x) dx``, the variable x = e^a put on a fine grid.
    """
    a = np.linspace(-45, 4, 601)
    x = np.exp(a)
    volume = np.array([monomial_volume(powers, min(1.0, T * y)) for y in x])
    return float(np.trapezoid(np.exp(-x) * x * volume, a))


def monomial_law(powers: Sequence[int]) -> tuple[float, int, float]:
    """The exponent, its multiplicity m, and C: the mass is ``C T^exponent (log 1/T)^(m-1)``."""
    rates = np.array([1 / (2 * k) for k in powers])
    low = rates.min()
    same = np.isclose(rates, low)
    m = int(same.sum())
    others = rates[~same]
    C = low ** (m - 1) / math.factorial(m - 1) * np.prod(others / (others - low))
    return float(low), m, float(C * math.gamma(1 + low))
