"""When SGD can rest at a minimum that fits every example: one weight, curvatures that differ.

The examples have the losses ``a_i w^2 / 2``, equally likely. A step multiplies w by ``1 - eta a``,
with a the mean curvature of b examples drawn independently, with replacement.
"""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

FLAT, SHARP = (0.1, 0.9), (0.4, 3.6)
"""Curvatures of the examples in the two valleys of the book: means 1/2 and 2."""


def batch_curvatures(a: Sequence[float], b: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean curvatures that a batch can have, and their probabilities.

    Raises:
        ValueError: If there is no curvature or b < 1.
    """
    if not len(a) or b < 1:
        raise ValueError(f"wanted curvatures and b >= 1, got {len(a)} and {b}")
    means, odds = [], []
    for chosen in itertools.combinations_with_replacement(range(len(a)), b):
        orders = math.factorial(b)
        for many in Counter(chosen).values():
            orders //= math.factorial(many)
        means.append(sum(a[i] for i in chosen) / b)
        odds.append(orders / len(a) ** b)
    return np.array(means), np.array(odds)


def moment(a: Sequence[float], eta: float, b: int, power: int = 2) -> float:
    """``E (1 - eta a_B)^power``: what a step does to that moment of w."""
    means, odds = batch_curvatures(a, b)
    return float(odds @ (1 - eta * means) ** power)


def mean_square_threshold(a: Sequence[float], b: int) -> float:
    """The step up to which the second moment decays: ``2m / (m^2 + s^2 / b)``."""
    m, s2 = float(np.mean(a)), float(np.var(a))
    return 2 * m / (m**2 + s2 / b)


def exponent(a: Sequence[float], eta: float, b: int) -> tuple[float, float]:
    """Mean and standard deviation of ``log |1 - eta a_B|``; (-inf, nan) where a factor is 0."""
    means, odds = batch_curvatures(a, b)
    factors = np.abs(1 - eta * means)
    if factors.min() == 0:
        return -math.inf, math.nan
    logs = np.log(factors)
    mean = float(odds @ logs)
    return mean, math.sqrt(float(odds @ (logs - mean) ** 2))


def windows(a: Sequence[float], b: int, steps: np.ndarray) -> list[tuple[float, float]]:
    """The intervals of the given steps, in order, on which the exponent is negative."""
    good = [exponent(a, float(eta), b)[0] < 0 for eta in steps]
    edges = np.flatnonzero(np.diff([False, *good, False]))
    return [(float(steps[i]), float(steps[j - 1])) for i, j in edges.reshape(-1, 2)]


def products(
    a: Sequence[float], eta: float, b: int, *, chains: int, steps: int, rng: np.random.Generator
) -> np.ndarray:
    """``w_k`` for w_0 = 1 and k = ``steps``, in many runs."""
    curvature, w = np.asarray(a), np.ones(chains)
    for _ in range(steps):
        w *= 1 - eta * curvature[rng.integers(len(a), size=(chains, b))].mean(1)
    return w


def two_valleys(
    eta: float,
    b: int | None,
    *,
    chains: int,
    steps: int,
    rng: np.random.Generator,
    spread: float = 0.01,
) -> np.ndarray:
    """Runs that start near the sharp minimum, x = 1; the flat one is x = 0; None: all examples.

    Each example's loss is its parabola around 0 or around 1, whichever valley the mean loss puts
    x in. Runs are kept within [-50, 50].
    """
    flat, sharp = np.array(FLAT), np.array(SHARP)
    x = 1 + spread * rng.standard_normal(chains)
    for _ in range(steps):
        left = flat.mean() * x**2 < sharp.mean() * (x - 1) ** 2
        if b is None:
            low, high = flat.mean(), sharp.mean()
        else:
            chosen = rng.integers(2, size=(chains, b))
            low, high = flat[chosen].mean(1), sharp[chosen].mean(1)
        x = np.clip(x - eta * np.where(left, low * x, high * (x - 1)), -50, 50)
    return x
