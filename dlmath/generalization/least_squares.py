"""Least squares of least norm, ridge, and their exact risk for Gaussian features.

A design is a matrix of features of shape (n, p), one example a row. Everything goes through one
singular value decomposition, which serves all ridges and all labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

CUTOFF = 1e-12
"""Singular values below this share of the largest count as zero: a larger one is a hidden ridge."""


@dataclass(frozen=True, eq=False)
class Design:
    """A matrix of features, decomposed once.

    Attributes:
        features: Of shape (n, p).

    Raises:
        ValueError: If the features are no finite matrix.
    """

    features: np.ndarray

    def __post_init__(self) -> None:
        """Refuse what has no decomposition."""
        if self.features.ndim != 2 or not np.isfinite(self.features).all():
            raise ValueError(f"features: wanted a finite matrix, got {self.features.shape}")

    @cached_property
    def _svd(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        U, s, Vt = np.linalg.svd(self.features, full_matrices=False)
        keep = s > CUTOFF * s[0]
        return U[:, keep], s[keep], Vt[keep]

    @property
    def singular_values(self) -> np.ndarray:
        """The positive ones, falling."""
        return self._svd[1]

    @property
    def rank(self) -> int:
        """How many singular values are positive."""
        return len(self.singular_values)

    def solve(self, Y: np.ndarray, ridge: float = 0.0) -> np.ndarray:
        """The coefficients, of shape (p,) or (p, k) as Y is (n,) or (n, k).

        They minimise ``|features @ B - Y|^2 + ridge * |B|^2``; without a ridge, of all minimisers
        they have the least norm.

        Raises:
            ValueError: If the ridge is negative.
        """
        U, s, Vt = self._svd
        return Vt.T @ ((_gains(s, ridge) * U).T @ Y)

    def noise_gain(self, ridge: float = 0.0) -> float:
        """The expected squared norm of the coefficients that noise of variance 1 adds."""
        return float((_gains(self.singular_values, ridge) ** 2).sum())


def _gains(s: np.ndarray, ridge: float) -> np.ndarray:
    """By what each singular direction of the labels is multiplied."""
    if ridge < 0:
        raise ValueError(f"ridge: wanted 0 or more, got {ridge}")
    return s / (s**2 + ridge)


def gaussian_variance(n: int, p: int) -> float:
    """The expected noise gain of a standard Gaussian design; infinite for p from n - 1 to n + 1."""
    few, many = min(n, p), max(n, p)
    return few / (many - few - 1) if many - few > 1 else inf


def gaussian_bias(n: int, p: int) -> float:
    """The share of the squared norm of the truth that the least-norm fit misses."""
    return max(0.0, 1 - n / p)


def gaussian_risk(n: int, p: int, signal: float, noise: float) -> float:
    """The expected risk of the least-norm fit.

    Args:
        n: Number of examples.
        p: Number of features, standard Gaussian.
        signal: The squared norm of the true coefficients.
        noise: The variance of the noise.
    """
    return signal * gaussian_bias(n, p) + noise * gaussian_variance(n, p)


def best_ridge(p: int, signal: float, noise: float) -> float:
    """The ridge of least expected risk for a rotation-invariant design: noise * p / signal."""
    return noise * p / signal


def spectral_risk(s: np.ndarray, p: int, signal: float, noise: float, ridge: float) -> float:
    """The risk of ridge, averaged over the direction of the truth and over the noise.

    Args:
        s: The positive singular values of the design.
        p: Number of features.
        signal: The squared norm of the true coefficients.
        noise: The variance of the noise.
        ridge: The penalty; with 0, the least-norm fit.
    """
    missed = np.append((1 - s * _gains(s, ridge)) ** 2, np.ones(p - len(s)))
    return float(signal / p * missed.sum() + noise * (_gains(s, ridge) ** 2).sum())


def split_bias_variance(
    predictions: Sequence[np.ndarray] | np.ndarray, truth: np.ndarray
) -> tuple[float, float]:
    """Squared bias and variance of predictions from several draws of the training set, unbiased.

    The mean of B draws keeps a B-th of the variance, so the squared distance of that mean from
    the truth overstates the squared bias by as much; it is taken off.

    Args:
        predictions: Of shape (B, ...), one entry a draw.
        truth: Of shape (...); summed over the last axis, averaged over the others.

    Raises:
        ValueError: If there are fewer than two draws.
    """
    P = np.asarray(predictions)
    if len(P) < 2:
        raise ValueError(f"predictions: wanted two draws or more, got {len(P)}")
    variance = float(P.var(axis=0, ddof=1).sum(-1).mean())
    raw = float(((P.mean(axis=0) - truth) ** 2).sum(-1).mean())
    return raw - variance / len(P), variance
