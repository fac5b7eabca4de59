"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

import numpy as np
import pytest

from dlmath.check import symmetry as check
from dlmath.check._words import PRAISE
from dlmath.invariance.fisher import fisher, least_squares


def bispectrum(x):
    hat, k = np.fft.fft(x), np.arange(len(x))
    return hat[:, None] * hat * np.conj(hat[(k[:, None] + k) % len(x)])


def without_conjugate(x):
    hat, k = np.fft.fft(x), np.arange(len(x))
    return hat[:, None] * hat * hat[(k[:, None] + k) % len(x)]


def power_alone(x):
    power = np.abs(np.fft.fft(x)) ** 2
    return power[:, None] * power


def one_row(x):
    return bispectrum(x)[0]


def mean_forgotten(x):
    return bispectrum(x - x.mean())


def one_frequency_off(x):
    found = bispectrum(x)
    return np.where(np.add.outer(np.arange(len(x)), np.arange(len(x))) >= len(x), 0, found)


def not_symmetric(x):
    found = bispectrum(x)
    found[1, 2] *= 2
    return found


def difference_of_means(X, y):
    return X[y == 1].mean(0) - X[y == 0].mean(0)


def backwards(X, y):
    return -fisher(X, y)


def means_of_covariances(X, y):
    S = np.cov(X[y == 0].T) + np.cov(X[y == 1].T)
    return np.linalg.solve(S, difference_of_means(X, y))


def with_intercept(X, y):
    return np.append(fisher(X, y), 1.0)


def test_right_answers_pass():
    assert check.bispectrum(bispectrum) == PRAISE
    assert check.fisher_direction(fisher) == PRAISE
    assert check.fisher_direction(least_squares) == PRAISE


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (one_row, "the shape is"),
        (without_conjugate, "shift changes"),
        (power_alone, "mirror image"),
        (mean_forgotten, "Row 0"),
        (one_frequency_off, "modulo N"),
        (not_symmetric, "symmetric in a and b"),
    ],
)
def test_wrong_bispectra_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.bispectrum(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (difference_of_means, "difference of the means"),
        (backwards, "points to class 0"),
        (means_of_covariances, "undivided"),
        (with_intercept, "shape is"),
    ],
)
def test_wrong_directions_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.fisher_direction(answer)
