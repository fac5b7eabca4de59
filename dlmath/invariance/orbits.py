r"""Two classes that are orbits of translations, and three ways to look at them.

Each class is one rhythm on a circle, shifted at random. Both rhythms consist of odd harmonics, so
that half a turn changes their sign: $L_{N/2}x = -x$, and $-x$ lies in the orbit of $x$.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlmath.invariance.cascade import layers
from dlmath.invariance.filters import tight_bank_1d

Array = np.ndarray
POINTS = 128
"""Length of the signals."""
SCALE = 4
"""Number of octaves of the bank."""


def rhythms(points: int = POINTS) -> Array:
    """Two signals of norm 1 whose half turn is their negative, shape ``(2, points)``."""
    t = np.arange(points) - points / 4
    found = []
    for k in (13, 21):
        burst = np.exp(-((t / 6.0) ** 2)) * np.cos(2 * np.pi * k * t / points)
        odd = burst - np.roll(burst, points // 2)
        found.append(odd / np.linalg.norm(odd))
    return np.stack(found)


def draw(
    templates: Array, n: int, noise: float, rng: np.random.Generator, *, shifts: bool = True
) -> tuple[Array, NDArray[np.int64]]:
    """Draw ``n`` signals of each class: the template, shifted at random, and a vector of noise.

    Args:
        templates: One signal for each class.
        n: Number of signals of each class.
        noise: Norm of the noise, which is uniform on the sphere of this radius.
        rng: Generator.
        shifts: Whether to shift.

    Returns:
        Signals ``(2 n, points)`` and labels.
    """
    y = np.repeat([0, 1], n)
    size = templates.shape[1]
    steps = rng.integers(0, size if shifts else 1, 2 * n)
    X = templates[y[:, None], (np.arange(size) - steps[:, None]) % size]
    e = rng.standard_normal(X.shape)
    return X + noise * e / np.linalg.norm(e, axis=1, keepdims=True), y


def fourier(X: Array) -> Array:
    r"""The Fourier modulus over $\sqrt N$: invariant, and no distance grows."""
    return np.abs(np.fft.fft(X)) / np.sqrt(X.shape[-1])


def scattering_means(X: Array) -> Array:
    r"""The means of all paths of orders 0 to 2, times $\sqrt N$: invariant, no distance grows."""
    bank = tight_bank_1d(X.shape[-1], SCALE)
    paths = [np.concatenate([u.mean(-1) for u in layers(x, bank, 2)]) for x in X]
    return np.stack(paths) * np.sqrt(X.shape[-1])


def mean_only(X: Array) -> Array:
    r"""Order 0 alone, $\sqrt N$ times the mean: invariant, and nearly blind."""
    return X.mean(-1, keepdims=True) * np.sqrt(X.shape[-1])


REPRESENTATIONS: dict[str, Callable[[Array], Array]] = {
    "Fourier modulus": fourier,
    "scattering": scattering_means,
    "the mean alone": mean_only,
}


def halfway(phi: Array) -> Callable[[Array], Array]:
    """The linear rule halfway between two points: positive nearer to the second."""
    w = phi[1] - phi[0]
    return lambda features: (features - phi.mean(0)) @ w
