"""Losses of a margin: what a classifier pays for an example that it gets right by so much."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_ndtr

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Loss:
    """A loss of the margin u = y <w, x>, with its first two derivatives, entry by entry."""

    value: Curve
    slope: Curve
    bend: Curve


def _probit_slope(u: np.ndarray) -> np.ndarray:
    """Minus the density of a standard normal over its distribution function."""
    return -np.exp(-(np.square(u) + np.log(2 * np.pi)) / 2 - log_ndtr(u))


def _heavy(u: np.ndarray) -> np.ndarray:
    """The distance to the end of the linear part, where the power begins."""
    return np.maximum(1 + np.asarray(u, float), 1)


LOGISTIC = Loss(
    lambda u: np.logaddexp(0, -u),
    lambda u: -expit(-u),
    lambda u: expit(u) * expit(-u),
)
"""log(1 + exp(-u))."""

EXPONENTIAL = Loss(
    lambda u: np.exp(-u),
    lambda u: -np.exp(-u),
    lambda u: np.exp(-u),
)
"""exp(-u)."""

SIGMOID = Loss(
    lambda u: expit(-u),
    lambda u: -expit(u) * expit(-u),
    lambda u: expit(u) * expit(-u) * (expit(u) - expit(-u)),
)
"""1 / (1 + exp(u)), which is not convex."""

PROBIT = Loss(
    lambda u: -log_ndtr(u),
    _probit_slope,
    lambda u: -_probit_slope(u) * (u - _probit_slope(u)),
)
"""Minus the logarithm of the standard normal distribution function."""

POLYNOMIAL = Loss(
    lambda u: np.where(u > 0, 1 / _heavy(u), 1 - u),
    lambda u: -1 / _heavy(u) ** 2,
    lambda u: np.where(u > 0, 2 / _heavy(u) ** 3, 0.0),
)
"""1 / (1 + u) for u > 0, continued by its tangent 1 - u: a tail that is not exponential."""

LOSSES = {
    "logistic": LOGISTIC,
    "exponential": EXPONENTIAL,
    "sigmoid": SIGMOID,
    "probit": PROBIT,
    "polynomial": POLYNOMIAL,
}
