"""Checks for the coding exercises: each raises with a sentence that says what is wrong.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable

import numpy as np

from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import tight_bank
from dlmath.why_theory import games
from dlmath.why_theory.games import Order
from dlmath.why_theory.perturbation import smallest_perturbation

PRAISE = "All checks passed."


def _fail(what: str, hint: str) -> None:
    raise AssertionError(f"{what}. Hint: {hint}")


def scattering_network(scattering: Callable[..., np.ndarray]) -> str:
    """Judge ``scattering(x, phi, psi, order)`` on images: every path, order by order.

    Raises:
        AssertionError: With the first property that fails.
    """
    bank = tight_bank((12, 16), 1, 4)
    x = np.random.default_rng(11).standard_normal((12, 16))
    for order, paths in ((0, 1), (1, 5), (2, 21)):
        found = np.asarray(scattering(x, bank.phi, bank.psi, order))
        wanted = scatter(x, bank, order)
        if found.shape != wanted.shape:
            _fail(
                f"At order {order} the shape is {found.shape}, wanted {wanted.shape}",
                f"orders 0 to {order} have {paths} paths, and every path keeps the whole grid",
            )
        if np.iscomplexobj(found):
            _fail("The coefficients are complex", "a modulus averaged by a real filter is real")
        if not np.allclose(found[0], wanted[0]):
            _fail("Order 0 is wrong", "it is x itself, convolved with the low-pass filter")
        if order == 2:
            _paths(found, wanted)
        if not np.allclose(found, wanted):
            _fail(
                f"Order {order} is wrong", "average *after* the modulus, feed the next layer before"
            )
    return PRAISE


def _paths(found: np.ndarray, wanted: np.ndarray) -> None:
    """Tell wrong numbers from right numbers in the wrong order."""
    same = np.allclose(np.sort(found.sum((1, 2))), np.sort(wanted.sum((1, 2))))
    if same and not np.allclose(found, wanted):
        _fail(
            "The paths of order 2 are right but in another order",
            "the last wavelet of a path changes fastest: reshape (paths, K) in this order",
        )


def phase_randomisation(randomise: Callable[..., np.ndarray]) -> str:
    """Judge ``randomise(x, rng)``: same Fourier modulus and mean, real, phases at random.

    Raises:
        AssertionError: With the first property that fails.
    """
    for shape in ((16, 16), (15, 18)):
        x = np.random.default_rng(5).standard_normal(shape) + 0.7
        rng = np.random.default_rng(6)
        first, second = np.asarray(randomise(x, rng)), np.asarray(randomise(x, rng))
        if np.iscomplexobj(first) and np.abs(np.imag(first)).max() > 1e-9:
            _fail("The result is complex", "phases of a real image are odd in the frequency")
        if not np.allclose(np.abs(np.fft.fft2(first)), np.abs(np.fft.fft2(x))):
            _fail(
                f"On a grid of {shape} the Fourier modulus has changed",
                "taking the real part halves what has no mirror image; draw odd phases instead, "
                "for instance those of a real white noise",
            )
        if not np.isclose(first.mean(), x.mean()):
            _fail("The mean has changed", "leave the phase at frequency 0 alone")
        if np.allclose(first, x) or np.allclose(first, second):
            _fail("The phases are not drawn anew", "use the generator rng, in every call")
    return PRAISE


def move_order(order: Order) -> str:
    """Judge ``order(positions, first_moves)`` for tic-tac-toe: 529 leaves, the least possible.

    Raises:
        AssertionError: With the first property that fails.
    """
    game = games.tic_tac_toe()
    for position in sorted(games.positions(game)):
        after, first = game.moves(position), game.first_moves(position)
        if after and sorted(order(after, first)) != sorted(after):
            _fail(
                f"After {position!r} the order does not hold each of the {len(after)} moves once",
                "return the same positions, sorted anew",
            )
    _, leaves = games.alpha_beta(game, order)
    least = sum(games.proof_sizes(game)) - 1
    if leaves > least:
        _fail(
            f"The search looks at {leaves} leaves, {least} can do",
            "among moves that are good enough the cheapest to prove comes first, not the best",
        )
    return PRAISE


def smallest_change(change: Callable[[np.ndarray, float, float], np.ndarray]) -> str:
    """Judge ``change(w, score, p)``: it brings the score to 0, at the least cost in the p-norm.

    Raises:
        AssertionError: With the first property that fails.
    """
    w, score = np.array([0.5, -2.0, 0.0, 1.0, 1e-3]), 3.0
    for p in (2.0, 1.5, 4.0, 1.0, np.inf):
        found = np.asarray(change(w, score, p), dtype=float)
        if found.shape != w.shape or not np.isfinite(found).all():
            _fail(
                f"p = {p:g}: wanted {len(w)} finite numbers, got {found}",
                "the exponent q - 1 is 0 for p = infinity, and q is infinite for p = 1: treat "
                "both apart, and a weight 0 as well",
            )
        if not np.isclose(score + w @ found, 0, atol=1e-9):
            _fail(
                f"p = {p:g}: the score is {score + w @ found:.3g} after it, not 0", "mind the sign"
            )
        least = float(np.linalg.norm(smallest_perturbation(w, score, p), p))
        if np.linalg.norm(found, p) > least * (1 + 1e-9):
            _fail(
                f"p = {p:g}: its norm is {np.linalg.norm(found, p):.4g}, {least:.4g} can do",
                "equality in Hoelder's inequality: the change is in proportion to |w|^(q-1)",
            )
    return PRAISE
