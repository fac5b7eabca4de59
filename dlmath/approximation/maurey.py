r"""Averages of random features: their error knows nothing of the dimension (Maurey, Barron).

The specimen is :math:`f(x) = e^{-|x|^2/(2d)}` under the standard Gaussian law of ``x``, an average
of cosines :math:`\cos\langle w, x\rangle` over Gaussian ``w`` of variance ``1/d``. Every inner
product is a closed form, so errors in ``d`` dimensions are exact: no point ``x`` is drawn.
"""

import numpy as np


def draw_frequencies(N: int, d: int, rng: np.random.Generator, spread: float = 1.0) -> np.ndarray:
    """``N`` frequencies of the law of which ``f`` is the average, shape ``(N, d)``.

    Args:
        N: How many.
        d: Dimension.
        rng: Source of randomness.
        spread: Factor on the standard deviation; anything but 1 is the wrong law.
    """
    return spread * rng.standard_normal((N, d)) / np.sqrt(d)


def squared_error(W: np.ndarray) -> float:
    r"""The exact :math:`\|f - \frac1N\sum_k\cos\langle w_k, \cdot\rangle\|^2`, Gaussian ``x``.

    Args:
        W: Frequencies, shape ``(N, d)``.

    Raises:
        ValueError: If ``W`` is no matrix.
    """
    W = np.asarray(W, dtype=float)
    if W.ndim != 2:
        raise ValueError(f"W: wanted frequencies of shape (N, d), got {W.shape}")
    d = W.shape[1]
    squares, products = (W**2).sum(axis=1), W @ W.T
    # E cos<w,x> cos<v,x> = (exp(-|w-v|^2/2) + exp(-|w+v|^2/2)) / 2
    mutual = np.exp(-(squares[:, None] + squares) / 2) * np.cosh(products)
    with_target = (1 + 1 / d) ** (-d / 2) * np.exp(-squares / (2 * (1 + 1 / d)))
    return float(mutual.mean() - 2 * with_target.mean() + (1 + 2 / d) ** (-d / 2))


def variance(d: int) -> float:
    r"""The exact :math:`\mathbb E\|g\|^2 - \|f\|^2`: ``N`` times the mean squared error."""
    return 0.5 + 0.5 * (1 + 4 / d) ** (-d / 2) - (1 + 2 / d) ** (-d / 2)
