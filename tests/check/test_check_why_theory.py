import functools

import numpy as np
import pytest

from dlmath.check import why_theory as check
from dlmath.check._words import PRAISE
from dlmath.why_theory import games
from dlmath.why_theory.perturbation import smallest_perturbation


def cheapest_first():
    """Good enough for a draw first, then by the leaves of a shortest proof of that."""
    game = games.tic_tac_toe()

    def good(p, first):
        return game.value(p) >= 0 if first else game.value(p) <= 0

    @functools.cache
    def proof(p, first):
        sizes = [
            proof(q, first) for q in game.moves(p) if game.first_moves(p) != first or good(q, first)
        ]
        return (min if game.first_moves(p) == first else sum)(sizes) if sizes else 1

    return lambda after, first: sorted(after, key=lambda p: (not good(p, first), proof(p, first)))


def test_right_orders_and_changes_pass():
    assert check.smallest_change(smallest_perturbation) == PRAISE
    assert check.move_order(cheapest_first()) == PRAISE


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (games.best_first(games.tic_tac_toe()), "looks at 781 leaves, 529 can do"),
        (lambda after, first: after[1:], "does not hold each of the 9 moves once"),
        (lambda after, first: [after[0]] * len(after), "once"),
    ],
)
def test_wrong_orders_are_told(order, words):
    with pytest.raises(AssertionError, match=words):
        check.move_order(order)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w, score, p: -smallest_perturbation(w, score, p), "mind the sign"),
        (lambda w, score, p: smallest_perturbation(w, score, 2), "its norm is"),
        (lambda w, score, p: np.full(5, np.nan), "finite numbers"),
        (lambda w, score, p: np.zeros(3), "wanted 5"),
    ],
)
def test_wrong_changes_are_told(change, words):
    with pytest.raises(AssertionError, match=words):
        check.smallest_change(change)
