r"""Deformed signals on the line, and how far their scattering coefficients move.

A deformation moves the value at $t - \tau(t)$ to $t$. Signals are functions of real time here, so
that a deformed one is evaluated and never interpolated; then both are sampled at the integers.

The *law of packets* says exactly how far: for $x_\sigma(t) = a(t/\sigma)\cos\xi t$ and
$\tau(t) = \sigma T(t/\sigma)$, the relative distance of the scattering vectors tends, as $\sigma$
grows, to a number that the filters' gains near $\xi$ determine (:func:`packet_limit`).

Source of the theory: Mallat, Group invariant scattering, 2012 (``mallat2012group``).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import FilterBank

Array = np.ndarray
Signal = Callable[[Array], Array]
Gains = Callable[[Array], Array]
"""Frequencies, shape ``(...)``, to the gains of all wavelets there, shape ``(K, ...)``."""

TOP = 0.75 * np.pi
"""Centre of the highest wavelet of ``tight_bank_1d``; above it nothing changes with frequency."""


def gaussian(s: Array) -> Array:
    r"""The envelope $a(s) = e^{-s^2/2}$."""
    return np.exp(-(s**2) / 2)


@dataclass(frozen=True)
class Packet:
    r"""The signal $a\big((t-u)/\sigma\big)\cos(\xi(t-u) + \theta)$ with a Gaussian envelope.

    Attributes:
        xi: Frequency, radians per sample.
        sigma: Width, samples.
        place: The centre $u$.
        phase: The angle $\theta$.
    """

    xi: float
    sigma: float
    place: float = 0.0
    phase: float = 0.0

    def __call__(self, t: Array) -> Array:
        """Evaluate at any times."""
        u = t - self.place
        return gaussian(u / self.sigma) * np.cos(self.xi * u + self.phase)


@dataclass(frozen=True)
class Warp:
    r"""A displacement $\tau$ and its derivative.

    Attributes:
        shift: $\tau$, a function of time.
        slope: $\tau'$, likewise.
    """

    shift: Signal
    slope: Signal

    def __call__(self, x: Signal) -> Signal:
        r"""The deformed signal, $t \mapsto x(t - \tau(t))$."""
        return lambda t: x(t - self.shift(t))

    def widened(self, sigma: float) -> "Warp":
        r"""The warp $\sigma\,\tau(\cdot/\sigma)$: as steep, and $\sigma$ times as slow."""
        return Warp(lambda t: sigma * self.shift(t / sigma), lambda t: self.slope(t / sigma))


def dilation(eps: float) -> Warp:
    r"""The warp $\tau(t) = \varepsilon t$: the signal becomes $x((1-\varepsilon)t)$."""
    return Warp(lambda t: eps * t, lambda t: eps * np.ones_like(t))


def translation(c: float) -> Warp:
    r"""The warp $\tau(t) = c$, whose derivative is zero."""
    return Warp(lambda t: c * np.ones_like(t), np.zeros_like)


def random_warp(eps: float, seed: int, waves: int = 3) -> Warp:
    r"""A sum of slow sines with random phases, scaled so that $\max|\tau'| = \varepsilon$."""
    rng = np.random.default_rng([seed, 7])
    weight, phase = rng.standard_normal(waves), rng.uniform(0, 2 * np.pi, waves)
    rate = np.arange(1, waves + 1) / 2
    s = np.linspace(-4 * np.pi, 4 * np.pi, 4001)  # one period of all
    weight *= eps / np.abs(_waves(weight, phase, rate, s, np.cos)).max()
    return Warp(
        lambda t: _waves(weight / rate, phase, rate, t, np.sin),
        lambda t: _waves(weight, phase, rate, t, np.cos),
    )


def _waves(weight: Array, phase: Array, rate: Array, s: Array, wave: Callable) -> Array:
    return np.tensordot(weight, wave(np.multiply.outer(rate, s).T + phase).T, 1)


def sample(x: Signal, n: int) -> Array:
    """The signal at the ``n`` integers around 0, as one period of the grid."""
    return x(np.arange(n) - n // 2.0)


def scattering_distance(x: Array, y: Array, bank: FilterBank, order: int = 1) -> float:
    r"""$\|S_{\le m}x - S_{\le m}y\| / \|x\|$ with $m$ the ``order``."""
    return _relative(scatter(x, bank, order) - scatter(y, bank, order), x)


def fourier_distance(x: Array, y: Array) -> float:
    r"""$\big\||\hat x| - |\hat y|\big\| / \|\hat x\|$, in one dimension or more."""
    spectrum = np.fft.fftn(x)
    return _relative(np.abs(spectrum) - np.abs(np.fft.fftn(y)), spectrum)


def _relative(difference: Array, x: Array) -> float:
    return float(np.linalg.norm(difference) / np.linalg.norm(x))


def meyer(t: Array) -> Array:
    r"""Meyer's polynomial $\nu$, constant outside $[0, 1]$."""
    t = np.clip(t, 0, 1)
    return t**4 * (35 - 84 * t + 70 * t**2 - 20 * t**3)


def meyer_slope(t: Array) -> Array:
    r"""$\nu'(t) = 140\,t^3(1-t)^3$ on $[0, 1]$, at most $\frac{35}{16}$, and 0 outside."""
    t = np.clip(t, 0, 1)
    return 140 * (t * (1 - t)) ** 3


def wavelet_gains(w: Array, J: int, Q: int = 1) -> Array:
    r"""$\hat\psi_k(\omega)$ of ``tight_bank_1d(N, J, Q)`` at any $\omega > 0$: ``(J * Q, ...)``."""
    t = np.maximum(Q * np.log2(TOP / w), 0)
    return _windows(t, np.arange(J * Q))


def wavelet_sensitivity(w: Array, Q: int = 1) -> Array:
    r"""$K(\omega)$ of the wavelets, where the low-pass filter is 0: periodic in $\log\omega$."""
    t = Q * np.log2(TOP / w)
    return np.where(t > 0, np.pi / 2 * meyer_slope(t % 1) * Q / np.log(2), 0)


def uniform_gains(w: Array, spacing: float, bands: int) -> Array:
    r"""Gains of the ``bands`` filters of :func:`uniform_bank` at any $\omega > 0$."""
    return _windows(np.minimum(w / spacing, bands), np.arange(1, bands + 1))


def uniform_sensitivity(w: Array, spacing: float) -> Array:
    r"""$K(\omega)$ of the uniform bank, below its last centre: it grows with $\omega$."""
    t = w / spacing
    return np.where(t > 1, np.pi / 2 * meyer_slope(t % 1) * t, 0)


def _windows(t: Array, centres: Array) -> Array:
    """Meyer windows of half-width 1 around the centres."""
    distance = np.abs(np.asarray(t) - centres.reshape(-1, *(1,) * np.ndim(t)))
    return np.sqrt(2) * np.cos(np.pi / 2 * meyer(distance)) * (distance < 1)


def uniform_bank(n: int, spacing: float) -> FilterBank:
    r"""A tight analytic bank of equally wide bands, as a short-time Fourier transform has.

    The windows are those of ``tight_bank_1d``, placed at the multiples of ``spacing`` instead of
    at the octaves; the last takes all above it.

    Args:
        n: Number of grid points.
        spacing: Distance of the centres, radians per sample, in (0, pi / 2].

    Raises:
        ValueError: If ``n`` is less than 2 or ``spacing`` is out of range.
    """
    if n < 2:
        raise ValueError(f"n: wanted 2 grid points or more, got {n}")
    if not 0 < spacing <= np.pi / 2:
        raise ValueError(f"spacing: wanted a number in (0, pi / 2], got {spacing}")
    bands = int(np.pi / spacing + 1e-9)
    w = 2 * np.pi * np.arange(1, n // 2 + 1) / n
    psi, phi = np.zeros((bands, n)), np.ones(n)
    psi[:, 1 : len(w) + 1] = uniform_gains(w, spacing, bands)
    phi[1 : len(w) + 1] = np.cos(np.pi / 2 * meyer(w / spacing)) * (w < spacing)
    phi[n // 2 + 1 :] = phi[1 : (n + 1) // 2][::-1]
    if n % 2 == 0:
        psi[:, n // 2] /= np.sqrt(2)  # the frequency pi is its own mirror image
    centres = tuple(float(spacing * k) for k in range(1, bands + 1))
    return FilterBank(phi, psi, (0,) * bands, xi=centres)


def packet_limit(gains: Gains, xi: float, warp: Warp, a: Signal = gaussian) -> float:
    r"""The limit of $\|Sx_\tau - Sx\|/\|x\|$ as $\sigma\to\infty$, for packets.

    $$\Big(\tfrac12\sum_j\int\big(\hat\psi_j(\xi(1-T'(s)))\,a(s-T(s)) - \hat\psi_j(\xi)\,a(s)
    \big)^2ds \Big/ \int a^2\Big)^{1/2}$$

    Args:
        gains: The gains of the analytic filters at given frequencies.
        xi: Frequency of the packet.
        warp: $T$ and $T'$, in units of the packet's width.
        a: The envelope, not negative and negligible beyond 12.
    """
    s = np.linspace(-12, 12, 4001)
    after = gains(xi * (1 - warp.slope(s))) * a(s - warp.shift(s))
    before = gains(np.full_like(s, xi)) * a(s)
    return float(np.sqrt(((after - before) ** 2).sum() / (2 * (a(s) ** 2).sum())))


def packet_slope(sensitivity: float, warp: Warp) -> float:
    r"""The limit over $\varepsilon$ for $T = \varepsilon g$ and small $\varepsilon$.

    $$(K^2\|g'a\|^2 + \|ga'\|^2)^{1/2}/\|a\|$$

    Args:
        sensitivity: $K(\xi)$.
        warp: $g$ and $g'$; for the dilation, $g(s) = s$, the slope is $(K^2+\frac34)^{1/2}$.
    """
    s = np.linspace(-12, 12, 4001)
    a = gaussian(s)
    pitch, place = warp.slope(s) * a, warp.shift(s) * s * a
    return float(np.sqrt((sensitivity**2 * pitch @ pitch + place @ place) / (a @ a)))
