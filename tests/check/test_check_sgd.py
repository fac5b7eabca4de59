"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import sgd as check
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
