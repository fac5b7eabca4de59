"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import two_layer_networks as check
from dlmath.landscapes.neuron_moves import swap
from dlmath.landscapes.two_layer_networks import Family


def right_dimension(X, rho):
    probes = 2 * np.random.default_rng(0).standard_normal((300, len(X)))
    return Family(X, rho, probes).dimension


def right_swap(W, U, i, j, spare):
    legs = swap([W, U], i, j, spare).legs
    return [legs[0].at(0.0), *(leg.at(1.0) for leg in legs)]


def test_right_answers_are_praised():
    assert check.dimension(right_dimension) == "All checks passed."
    assert check.swap(right_swap) == "All checks passed."


def unscaled_dimension(X, rho):
    probes = 2 * np.random.default_rng(0).standard_normal((300, len(X)))
    s = np.linalg.svd(rho(probes @ X), compute_uv=False)
    return int((s > 1e-9 * s[0]).sum())


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (unscaled_dimension, "drown the small ones"),
        (lambda X, rho: 2.5, "a whole number"),
        (lambda X, rho: len(X), "did you draw enough neurons"),
        (lambda X, rho: min(right_dimension(X, rho), 6), "too small to count"),
        (lambda X, rho: X.shape[1] if X.shape[1] < 7 else right_dimension(X, rho), "equal columns"),
    ],
)
def test_wrong_dimensions_are_told_apart(solve, message):
    with pytest.raises(AssertionError, match=message):
        check.dimension(solve)


def straight_swap(W, U, i, j, spare):
    order = list(range(len(W)))
    order[i], order[j] = j, i
    return [[W, U], [W[order], U[:, order]]]


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda W, U, i, j, s: [[W, U]], "not a list"),
        (lambda W, U, i, j, s: [[W + 1, U], [W, U]], "does not begin"),
        (straight_swap, "On leg 1 the function changes"),
        (lambda W, U, i, j, s: [[W, U], [W, U]], "W is not exchanged"),
    ],
)
def test_wrong_swaps_are_told_apart(solve, message):
    with pytest.raises(AssertionError, match=message):
        check.swap(solve)
