r"""Networks of general frames: any filters, any Lipschitz non-linearity, pooling by dilation.

A module is a frame, that is an output filter $\phi$ and filters $g_\lambda$, then a non-linearity
$\rho$ that acts on samples, then a pooling $u \mapsto \sqrt s\,u(s\,\cdot)$. A signal lives on a
circle. Pooling keeps every sample: those of $\sqrt s\,u(s\,\cdot)$ are $\sqrt s$ times those of
$u$, and lie $1/s$ as far apart. So nothing is aliased, and every theorem about the line holds for
the numbers here, for shifts by whole samples. :func:`decimate` is what software does instead.

Source: Wiatowski and Boelcskei, A mathematical theory of deep convolutional neural networks for
feature extraction, 2018 (``wiatowski2018mathematical``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dlmath.invariance.cascade import LOWPASS_EDGE, lowpass_peak, lowpass_profile

Array = NDArray[np.float64]

NONLINEARITIES: dict[str, Callable[[Array], Array]] = {
    "modulus": np.abs,
    "ReLU": lambda u: np.maximum(u, 0),
    "tanh": np.tanh,
}
"""All three vanish at 0 and have the Lipschitz constant 1."""

EDGE = LOWPASS_EDGE / 4
r"""The output filters vanish from this frequency on: $D = \frac38\pi$."""

DECAY = lowpass_peak()[0] / 4
r"""The constant $K = \sup_\omega|\omega|\,|\hat\phi(\omega)|$ of the output filters."""


def lowpass(w: Array) -> Array:
    r"""The output filter of every module here, $\hat\phi(\omega)$, with $\hat\phi(0) = 1$."""
    return lowpass_profile(4 * w)


def random_filters(w: Array, *, count: int = 2, seed: int = 0) -> NDArray[np.complex128]:
    r"""Random real filters that make a tight frame together with :func:`lowpass`.

    Args:
        w: Frequencies, none negative, shape (F,).
        count: How many filters.
        seed: What the filters are drawn with; the same functions of frequency on every grid.

    Returns:
        (count, F), with $\sum_\lambda|\hat g_\lambda|^2 + |\hat\phi|^2 = 1$ at every frequency.
    """
    rng = np.random.default_rng(seed)
    gain, phase = rng.standard_normal((2, count, 6, 1))
    centre = rng.uniform(0.3, 3, (count, 6, 1))
    g = (gain * np.exp(1j * phase - 2 * (w - centre) ** 2)).sum(1) + 0.05
    rest = np.sqrt(np.maximum(1 - lowpass(w) ** 2, 0))
    return g / np.sqrt((np.abs(g) ** 2).sum(0)) * rest


@dataclass(frozen=True)
class Module:
    r"""One module of a network.

    Attributes:
        output: $\hat\phi$, a function of the frequencies (F,).
        filters: $\hat g_\lambda$, from frequencies (F,) to (K, F).
        rho: The non-linearity, on samples.
        stride: The pooling factor $s \ge 1$.
        gain: What every filter is multiplied by; the upper frame bound is its square.
    """

    output: Callable[[Array], Array]
    filters: Callable[[Array], NDArray]
    rho: Callable[[Array], Array] = np.abs
    stride: float = 2.0
    gain: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a pooling that stretches."""
        if self.stride < 1:
            raise ValueError(f"stride: wanted 1 or more, got {self.stride}")


def random_network(
    depth: int, *, rho: str = "modulus", stride: float = 2.0, count: int = 2, seed: int = 0
) -> list[Module]:
    """Modules with random filters, a tight frame each.

    Raises:
        ValueError: If the non-linearity is unknown.
    """
    if rho not in NONLINEARITIES:
        raise ValueError(f"rho: wanted one of {', '.join(NONLINEARITIES)}; got {rho!r}")

    def filters(k: int) -> Callable[[Array], NDArray]:
        return lambda w: random_filters(w, count=count, seed=100 * seed + k)

    return [Module(lowpass, filters(k), NONLINEARITIES[rho], stride) for k in range(depth)]


def linear_module(stride: float = 1.0) -> Module:
    """One filter that takes what the output filter leaves, and no non-linearity."""
    return Module(lowpass, lambda w: np.sqrt(1 - lowpass(w) ** 2)[None], lambda u: u, stride)


def times(modules: Sequence[Module], gain: float) -> list[Module]:
    """The network with every filter, the output filters too, multiplied by ``gain``."""
    return [replace(m, gain=gain) for m in modules]


@dataclass(frozen=True)
class Features:
    """What one layer gives out.

    Attributes:
        values: (paths, N) samples.
        step: How far apart the samples lie, in the layer's own coordinates.
    """

    values: Array
    step: float

    @property
    def norm(self) -> float:
        """The norm in the space of square integrable functions, over all paths."""
        return float(np.sqrt(self.step) * np.linalg.norm(self.values))

    def __sub__(self, other: "Features") -> "Features":
        """The difference of the features of two signals."""
        return Features(self.values - other.values, self.step)

    def shifted(self, samples: int) -> "Features":
        """Translated by ``samples * step``."""
        return Features(np.roll(self.values, samples, axis=-1), self.step)

    def derivative(self) -> "Features":
        """The derivative with respect to place."""
        w = frequencies(self.values.shape[-1], self.step)
        spectrum = 1j * w * np.fft.rfft(self.values)
        return Features(np.fft.irfft(spectrum, self.values.shape[-1]), self.step)


def frequencies(n: int, step: float) -> Array:
    """The frequencies 0 and above of a circle with ``n`` samples, ``step`` apart."""
    return np.asarray(2 * np.pi * np.fft.rfftfreq(n, step), float)


def stretch(u: Array, step: float, s: float) -> tuple[Array, float]:
    r"""Pool by dilation, $u \mapsto \sqrt s\,u(s\,\cdot)$: the samples move together."""
    return np.sqrt(s) * u, step / s


def decimate(u: Array, step: float, s: float) -> tuple[Array, float]:
    """Pool as software does: keep one sample in ``s``, a whole number, the same distance apart."""
    return np.sqrt(s) * u[..., :: int(s)], step


def layers(
    x: Array,
    modules: Sequence[Module],
    pool: Callable[[Array, float, float], tuple[Array, float]] = stretch,
) -> list[Features]:
    r"""The features $\Phi_0x, \Phi_1x, \dots$, one layer for each module.

    Args:
        x: A real signal, shape (N,), its samples at distance 1.
        modules: The network; module ``k`` gives the features of layer ``k`` and feeds the next.
        pool: ``(samples, step, stride)`` to the pooled samples and their step.

    Raises:
        ValueError: If ``x`` is complex or not one-dimensional.
    """
    if x.ndim != 1 or np.iscomplexobj(x):
        raise ValueError(f"x: wanted a real signal of shape (N,), got {x.dtype} of {x.shape}")
    u, step, found = np.asarray(x, float)[None], 1.0, []
    for module in modules:
        n = u.shape[-1]
        w, spectrum = frequencies(n, step), module.gain * np.fft.rfft(u)
        found.append(Features(np.fft.irfft(spectrum * module.output(w), n), step))
        v = module.rho(np.fft.irfft(spectrum[:, None] * module.filters(w), n))
        u, step = pool(v.reshape(-1, n), step, module.stride)
    return found


def burst(n: int = 4096, *, seed: int = 0) -> Array:
    """White noise under a Gaussian window, a signal with all frequencies."""
    t = np.arange(n) - n / 2
    return np.random.default_rng([seed, 7]).standard_normal(n) * np.exp(-0.5 * (9 * t / n) ** 2)
