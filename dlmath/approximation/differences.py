"""The monomial x^k from k + 1 neurons: a difference quotient in the inner weight, exactly.

The activation is ``1/(1 + u^2)``, because its values and derivatives at rational points are
rational: the error of the network can be had without any rounding.
"""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

BIAS = Fraction(1, 2)
"""Here no derivative of ``1/(1 + u^2)`` vanishes."""


def bump(u: Fraction) -> Fraction:
    """The activation ``1/(1 + u^2)``; takes fractions, floats and arrays."""
    return 1 / (1 + u * u)


def bump_derivative(k: int, b: Fraction) -> Fraction:
    """The k-th derivative of ``1/(1 + u^2)`` at ``b``: ``(-1)^k k! Im (b - i)^(-k-1)``.

    Raises:
        ValueError: If ``k`` is negative.
    """
    if k < 0:
        raise ValueError(f"k: wanted 0 or more, got {k}")
    real, imaginary = Fraction(1), Fraction(0)
    for _ in range(k + 1):  # (b + i)^(k + 1)
        real, imaginary = real * b - imaginary, imaginary * b + real
    return (-1) ** k * math.factorial(k) * imaginary / (1 + b * b) ** (k + 1)


def difference_network(
    k: int, h: Fraction, b: Fraction = BIAS, *, centred: bool = True
) -> tuple[list[Fraction], list[Fraction]]:
    """Inner and outer weights of the k + 1 neurons whose sum tends to ``x^k`` as ``h`` does to 0.

    Args:
        k: The power.
        h: Step of the inner weights, positive.
        b: Bias of every neuron.
        centred: Whether the inner weights are ``(j - k/2) h`` rather than ``j h``.

    Raises:
        ValueError: If ``k`` is negative, ``h`` is not positive, or the derivative at ``b`` is 0.
    """
    derivative = bump_derivative(k, b)
    if h <= 0:
        raise ValueError(f"h: wanted a positive step, got {h}")
    if derivative == 0:
        raise ValueError(f"b: derivative {k} of the activation vanishes at {b}; take another bias")
    start = Fraction(k, 2) if centred else Fraction(0)
    inner = [(j - start) * h for j in range(k + 1)]
    outer = [(-1) ** (k - j) * math.comb(k, j) / (h**k * derivative) for j in range(k + 1)]
    return inner, outer


def evaluate(
    x: Fraction,
    inner: list[Fraction],
    outer: list[Fraction],
    b: Fraction = BIAS,
    activation: Callable[[Fraction], Fraction] = bump,
) -> Fraction:
    """The network's value at ``x``, without rounding if everything is rational."""
    return sum((c * activation(w * x + b) for w, c in zip(inner, outer, strict=True)), Fraction(0))


def leading_error(k: int, x: Fraction, b: Fraction = BIAS) -> Fraction:
    """The limit of ``(network - x^k) / h^2`` as the step tends to 0."""
    return Fraction(k, 24) * x ** (k + 2) * bump_derivative(k + 2, b) / bump_derivative(k, b)


def next_error(k: int, x: Fraction, h: Fraction, b: Fraction = BIAS) -> Fraction:
    """A bound on ``|(network - x^k) / h^2 - leading_error|``.

    It is ``h^2 |x|^(k+4) E S^4 / 24`` times the largest derivative of order k + 4, which is at most
    ``(k + 4)!``, over that of order k; S is a sum of k uniform variables on [-1/2, 1/2].
    """
    moment = Fraction(k * k, 48) - Fraction(k, 120)
    top = math.factorial(k + 4) / abs(bump_derivative(k, b))
    return h * h * abs(x) ** (k + 4) * moment * top / 24


def largest_error(k: int, h: Fraction, points: int = 64) -> tuple[float, float]:
    """The largest error on [-1, 1] with exact arithmetic and with ordinary floating point.

    Args:
        k: The power.
        h: The step.
        points: Number of cells of the grid on [-1, 1] where the error is looked at.
    """
    inner, outer = difference_network(k, h)
    grid = [Fraction(2 * j, points) - 1 for j in range(points + 1)]
    exact = max(abs(evaluate(x, inner, outer) - x**k) for x in grid)
    x = np.array(grid, float)
    total = np.zeros(len(x))
    for w, c in zip(inner, outer, strict=True):
        total += float(c) / (1 + (float(w) * x + float(BIAS)) ** 2)
    return float(exact), float(np.abs(total - x**k).max())
