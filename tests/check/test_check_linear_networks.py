"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import linear_networks as check
from dlmath.landscapes.linear_networks import descent_path
from dlmath.landscapes.linear_ridge import balanced
from dlmath.landscapes.paths import Path, straight


def right_balance(W1, W2):
    return balanced([W1, W2])[1]


def walk(path, points=400):
    return [leg.at(t) for leg in path.legs for t in np.linspace(0, 1, points)]


def right_way(W1, W2, X, Y):
    return walk(descent_path([W1, W2], X, Y))


def test_right_answers_are_praised():
    assert check.balance(right_balance) == "All checks passed."
    assert check.way_down(right_way) == "All checks passed."


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda W1, W2: (W1, W2), "The squares add up"),
        (lambda W1, W2: (W1 / 2, W2), "The product is off by"),
        (lambda W1, W2: (W1[:1], W2[:, :1]), "The shapes are"),
    ],
)
def test_wrong_balances_are_told_apart(solve, message):
    with pytest.raises(AssertionError, match=message):
        check.balance(solve)


def direct(W1, W2, X, Y):
    end = descent_path([W1, W2], X, Y).end
    return walk(Path([straight("direct", [W1, W2], [-W for W in end])]))


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda W1, W2, X, Y: [], "does not begin at"),
        (lambda W1, W2, X, Y: right_way(2 * W1, W2, X, Y), "does not begin at"),
        (direct, "The loss rises by"),
        (lambda W1, W2, X, Y: right_way(W1, W2, X, Y)[:-300], "above the minimum"),
        (lambda W1, W2, X, Y: walk(descent_path([W1, W2], X, Y), 3), "moves by"),
    ],
)
def test_wrong_ways_are_told_apart(solve, message):
    with pytest.raises(AssertionError, match=message):
        check.way_down(solve)
