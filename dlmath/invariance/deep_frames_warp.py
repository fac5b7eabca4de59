r"""Deformations of band-limited signals, and banks that see them or do not.

A signal here is a trigonometric polynomial on a circle of ``n`` samples, so that
$x(u - \tau(u))$ is evaluated exactly, between the samples too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import FilterBank

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BandLimited:
    r"""The signal $x(u) = \mathrm{Re}\sum_k a_k e^{2\pi i k u/n}$.

    Attributes:
        coefficients: $a_k$ for the orders in ``orders``.
        orders: The whole numbers $k \ge 0$, shape (m,).
        n: Length of the circle, and number of samples.
    """

    coefficients: NDArray[np.complex128]
    orders: NDArray[np.int64]
    n: int

    @property
    def edge(self) -> float:
        """The largest frequency, the band limit R."""
        return float(2 * np.pi * self.orders.max() / self.n)

    def __call__(self, u: Array) -> Array:
        """The signal at any places ``u``."""
        waves = np.exp(2j * np.pi / self.n * np.multiply.outer(u, self.orders))
        return (waves @ self.coefficients).real

    def samples(self) -> Array:
        """The signal at 0, 1, ..., n - 1."""
        return self(np.arange(self.n, dtype=float))


def tone(order: int, n: int) -> BandLimited:
    """The signal cos(2 pi order u / n)."""
    return BandLimited(np.ones(1, complex), np.array([order]), n)


def random_band_limited(
    edge: int, n: int, *, lowest: int = 0, rng: np.random.Generator
) -> BandLimited:
    """Gaussian coefficients for the orders ``lowest`` to ``edge``."""
    orders = np.arange(lowest, edge + 1)
    a = rng.standard_normal((2, orders.size))
    return BandLimited(a[0] + 1j * a[1], orders, n)


@dataclass(frozen=True)
class Displacement:
    r"""A field $\tau(u)$ on the circle.

    Attributes:
        values: $\tau$ at the samples.
        slope: $\theta = \max|\tau'|$, of the exact field.
    """

    values: Array
    slope: float

    @property
    def size(self) -> float:
        """The largest displacement at the samples."""
        return float(np.abs(self.values).max())

    def apply(self, x: BandLimited) -> Array:
        r"""The samples of $x(u - \tau(u))$."""
        return x(np.arange(x.n) - self.values)


def displacement(
    n: int, *, mean: float, slope: float, waves: int, rng: np.random.Generator
) -> Displacement:
    r"""A constant plus a wave: $\tau(u) = \text{mean} + \frac{\theta}{\nu}\sin(\nu u + \alpha)$."""
    nu = 2 * np.pi * waves / n
    phase = rng.uniform(0, 2 * np.pi)
    values = mean + slope / nu * np.sin(nu * np.arange(n) + phase)
    return Displacement(values, slope)


def warp_constant(slope: float) -> float:
    r"""The factor $\int_0^1(1 - t\theta)^{-1/2}dt = 2/(1 + \sqrt{1-\theta})$, one dimension.

    Raises:
        ValueError: If the slope is not in [0, 1): the map may fold.
    """
    if not 0 <= slope < 1:
        raise ValueError(f"slope: wanted 0 <= slope < 1, got {slope}; the map may fold")
    return 2 / (1 + float(np.sqrt(1 - slope)))


def warp_share(x: BandLimited, field: Displacement, edge: float | None = None) -> float:
    r"""How far the deformation moves the signal, over the bound $R|\tau|_\infty c(\theta)\|x\|$."""
    before = x.samples()
    moved = np.linalg.norm(field.apply(x) - before)
    size = field.size * warp_constant(field.slope) * (edge or x.edge)
    return float(moved / (size * np.linalg.norm(before)))


def uniform_bank(n: int, bands: int) -> FilterBank:
    r"""A tight analytic bank with bands of one width $\beta = \pi/\text{bands}$, as Gabor's are.

    Band ``k`` peaks at $k\beta$, and between two peaks Meyer's polynomial hands over; the low-pass
    filter has the half band at 0.
    """
    w = np.asarray(2 * np.pi * np.fft.fftfreq(n), float)
    t = w * bands / np.pi
    power = np.array([_hat(t - k) for k in range(1, bands + 1)])
    power[:, w < 0] = 0
    power[-1, n // 2] = 0.5  # the frequency pi is its own mirror image
    return FilterBank(np.sqrt(_hat(t)), np.sqrt(2 * power), tuple(range(bands)))


def _hat(t: NDArray) -> NDArray:
    """Meyer's window: 1 at 0, 0 from 1 on, its integer translates add up to 1."""
    return np.cos(np.pi / 2 * _rise(np.clip(np.abs(t), 0, 1))) ** 2


def _rise(t: NDArray) -> NDArray:
    """Meyer's polynomial, from 0 at 0 to 1 at 1."""
    return t**4 * (35 - 84 * t + 70 * t**2 - 20 * t**3)


def uniform_edge(crossed: Array) -> Array:
    """The largest distance of two tones, over their norm, with bands of one width.

    Args:
        crossed: The distance of the two frequencies, in bands, between 0 and 1.

    Returns:
        The chord of the arc that is crossed where the curve turns fastest, half way between two
        centres; no two tones so close in frequency are farther apart.
    """
    return 2 * np.sin(np.pi / 4 * (_rise((1 + crossed) / 2) - _rise((1 - crossed) / 2)))


STEEPEST = 35 * np.pi / 32
r"""How fast, at most, a tone turns from one octave band to the next: radians an octave."""


def tone_distance(bank: FilterBank, first: int, second: int) -> float:
    """The distance of the scattering vectors of two tones, over the norm of a tone.

    Args:
        bank: A tight analytic bank on a circle of n samples.
        first: Order of the first tone, cos(2 pi first u / n).
        second: Order of the second.
    """
    n = bank.phi.size
    waves = [np.cos(2 * np.pi * k * np.arange(n) / n) for k in (first, second)]
    x, y = (scatter(wave, bank, 1) for wave in waves)  # a tone has nothing beyond order 1
    return float(np.linalg.norm(x - y) / np.sqrt(n / 2))
