"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import sgd as check
from dlmath.landscapes import label_noise
from dlmath.landscapes.sgd import LeastSquares, additive_covariance, covariance
from dlmath.landscapes.stability import mean_square_threshold


def right(X, y, eta, b):
    return covariance(LeastSquares(X, y), eta, b)


def additive(X, y, eta, b):
    data = LeastSquares(X, y)
    return additive_covariance(data.H, data.C, eta, b)


def test_right_answers_are_praised():
    assert check.stationary(right) == "All checks passed."
    assert check.threshold(mean_square_threshold) == "All checks passed."


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda X, y, eta, b: right(X, y, eta, b)[0], "The shape is"),
        (additive, "depends on the place"),
        (lambda X, y, eta, b: right(X, y, eta, 1), "where does the batch"),
        (lambda X, y, eta, b: right(X, y, eta, b) * b, "covariance C / b"),
        (lambda X, y, eta, b: right(X, y, eta, b) / eta, "eta squared"),
        (lambda X, y, eta, b: right(X, y, eta, b) + 0.1, "the error is"),
    ],
)
def test_wrong_covariances_are_told_apart(solve, message):
    with pytest.raises(AssertionError, match=message):
        check.stationary(solve)


@pytest.mark.parametrize(
    ("find", "message"),
    [
        (lambda a, b: 2 / np.mean(a), "gradient descent"),
        (lambda a, b: 2 / np.max(a), "no example ever grows"),
        (lambda a, b: mean_square_threshold(a, 1), "that of b = 1"),
        (lambda a, b: 0.1, "solve rho = 1"),
    ],
)
def test_wrong_thresholds_are_told_apart(find, message):
    with pytest.raises(AssertionError, match=message):
        check.threshold(find)


def mean_of_labels(u, v, b, s, eta, steps, rng, size=1.0):
    for _ in range(steps):
        coins = (2 * rng.integers(2, size=(len(u), b)) - 1).mean(1)
        u, v = label_noise.step(u, v, 1 + size * s * coins, eta)
    return u, v


def one_label(u, v, b, s, eta, steps, rng):
    return mean_of_labels(u, v, 1, s, eta, steps, rng)


def sum_of_labels(u, v, b, s, eta, steps, rng):
    return mean_of_labels(u, v, b, s, eta, steps, rng, size=b)


def without_noise(u, v, b, s, eta, steps, rng):
    return mean_of_labels(u, v, b, 0.0, eta, steps, rng)


def size_one(u, v, b, s, eta, steps, rng):
    return mean_of_labels(u, v, b, 1.0, eta, steps, rng)


def root_of_the_size(u, v, b, s, eta, steps, rng):
    return mean_of_labels(u, v, b, s**0.5, eta, steps, rng)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (one_label, "each step averages b labels"),
        (sum_of_labels, "average the labels"),
        (without_noise, "where does the noise enter"),
        (size_one, "wanted near"),
        (root_of_the_size, "is s in front of every coin"),
        (lambda u, v, *rest: (v, u), "leave the minima"),
        (lambda *a: [w[:, None] for w in mean_of_labels(*a)], "one a chain"),
    ],
)
def test_wrong_batches_are_told_apart(run, message):
    assert check.batches(mean_of_labels) == "All checks passed."
    with pytest.raises(AssertionError, match=message):
        check.batches(run)
