"""Checks for the coding exercises of the opening chapter.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.why_theory import games
from dlmath.why_theory.games import Order
from dlmath.why_theory.perturbation import smallest_perturbation


@judge
def move_order(order: Order) -> str:
    """Judge ``order(positions, first_moves)`` for tic-tac-toe: 529 leaves, the least possible.

    Raises:
        AssertionError: With the first property that fails.
    """
    game = games.tic_tac_toe()
    for position in sorted(games.positions(game)):
        after, first = game.moves(position), game.first_moves(position)
        if after and sorted(order(after, first)) != sorted(after):
            fail(
                f"After {position!r} the order does not hold each of the {len(after)} moves once",
                "return the same positions, sorted anew",
            )
    _, leaves = games.alpha_beta(game, order)
    least = sum(games.proof_sizes(game)) - 1
    if leaves > least:
        fail(
            f"The search looks at {leaves} leaves, {least} can do",
            "among moves that are good enough the cheapest to prove comes first, not the best",
        )
    return PRAISE


@judge
def smallest_change(change: Callable[[np.ndarray, float, float], np.ndarray]) -> str:
    """Judge ``change(w, score, p)``: it brings the score to 0, at the least cost in the p-norm.

    Raises:
        AssertionError: With the first property that fails.
    """
    w, score = np.array([0.5, -2.0, 0.0, 1.0, 1e-3]), 3.0
    for p in (2.0, 1.5, 4.0, 1.0, np.inf):
        found = np.asarray(change(w, score, p), dtype=float)
        if found.shape != w.shape or not np.isfinite(found).all():
            fail(
                f"p = {p:g}: wanted {len(w)} finite numbers, got {found}",
                "the exponent q - 1 is 0 for p = infinity, and q is infinite for p = 1: treat "
                "both apart, and a weight 0 as well",
            )
        if not np.isclose(score + w @ found, 0, atol=1e-9):
            fail(
                f"p = {p:g}: the score is {score + w @ found:.3g} after it, not 0", "mind the sign"
            )
        least = float(np.linalg.norm(smallest_perturbation(w, score, p), p))
        if np.linalg.norm(found, p) > least * (1 + 1e-9):
            fail(
                f"p = {p:g}: its norm is {np.linalg.norm(found, p):.4g}, {least:.4g} can do",
                "equality in Hoelder's inequality: the change is in proportion to |w|^(q-1)",
            )
    return PRAISE
