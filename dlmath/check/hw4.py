"""Public checks of the fourth homework: on margins, norms and networks.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The grader calls your function with other data.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from dlmath.check._words import PRAISE, fail, judge

ORDERS = {"l1": 1, "linf": np.inf}
DUAL = {"l1": np.inf, "linf": 1}
SMALL = 1e-7


@judge
def margin(margin: Callable[..., tuple[float, np.ndarray, np.ndarray]]) -> str:
    """Judge ``margin(Z, norm)``: a margin, a vector that has it, a certificate.

    Raises:
        AssertionError: With the first property that fails.
    """
    Z = np.random.default_rng(4).standard_normal((9, 4)) + 2 * np.eye(4)[1]
    for norm in ("l1", "linf"):
        certified(margin(Z.copy(), norm), Z, norm)
    return PRAISE


def certified(answer: object, Z: np.ndarray, norm: str) -> None:
    """Raise unless ``(gamma, w, p)`` proves itself.

    Args:
        answer: What the function returned.
        Z: Examples, of shape (n, d).
        norm: ``"l1"`` or ``"linf"``.

    Raises:
        AssertionError: With the first property that fails.
    """
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        fail(f"It returns {type(answer).__name__}", "return (gamma, w, p), a tuple of three")
    gamma, w, p = (np.asarray(part, float) for part in answer)
    if gamma.shape != () or w.shape != Z.shape[1:] or p.shape != Z.shape[:1]:
        shapes = f"{gamma.shape}, {w.shape} and {p.shape}"
        fail(
            f"The shapes are {shapes}",
            "gamma is a number, w one for a feature, p one for an example",
        )
    size = np.linalg.norm(w, ORDERS[norm])
    if not size <= 1 + SMALL:
        fail(f"The {norm} norm of w is {size:.6g}", "the margin is taken over norm at most 1")
    least = (Z @ w).min()
    if not abs(least - gamma) <= SMALL * (1 + abs(gamma)):
        fail(f"w has the margin {least:.6g}, not {gamma:.6g}", "the least of the scores of w")
    if not (p.min() >= -SMALL and abs(p.sum() - 1) <= SMALL):
        fail(f"p has the sum {p.sum():.6g}, least entry {p.min():.6g}", "p is a mixture")
    bound = np.linalg.norm(p @ Z, DUAL[norm])
    if not bound <= gamma + SMALL * (1 + abs(gamma)):
        fail(
            f"For {norm}, p proves only that the margin is at most {bound:.6g}, not {gamma:.6g}",
            "the certificate is the other linear programme's solution; its norm is the dual one",
        )


@judge
def balance(balance: Callable[..., Sequence[np.ndarray]]) -> str:
    """Judge ``balance(weights)``: the lightest rescaling of a rectifier network.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(5)
    lightest(balance, [rng.standard_normal((3, 2)), rng.standard_normal((1, 3))])
    return PRAISE


def outputs(weights: Sequence[np.ndarray], X: np.ndarray) -> np.ndarray:
    """The network's outputs on the columns of X (d, n)."""
    for W in weights[:-1]:
        X = np.maximum(W @ X, 0)
    return weights[-1] @ X


def lightest(balance: Callable[..., Sequence[np.ndarray]], weights: Sequence[np.ndarray]) -> None:
    """Raise unless the answer has the same function and every hidden neuron is balanced.

    Args:
        balance: The student's function.
        weights: Matrices, each of shape (out, in).

    Raises:
        AssertionError: With the first property that fails.
    """
    answer = balance([W.copy() for W in weights])
    if not isinstance(answer, (tuple, list)):
        fail(f"It returns {type(answer).__name__}", "return a list of matrices")
    found = [np.asarray(W, float) for W in answer]
    if [W.shape for W in found] != [W.shape for W in weights]:
        fail(f"The shapes are {[W.shape for W in found]}", "they stay as they were")
    X = np.random.default_rng(0).standard_normal((weights[0].shape[1], 40))
    before, after = outputs(weights, X), outputs(found, X)
    if not np.abs(after - before).max() <= 1e-8 * (1 + np.abs(before).max()):
        fail("The function has changed", "a row times c, the column after it divided by c, c > 0")
    size = max(float(np.abs(W).max()) for W in found)
    for k, (A, B) in enumerate(pairwise(found), 1):
        gap = np.abs(np.linalg.norm(A, axis=1) - np.linalg.norm(B, axis=0))
        if not gap.max() <= 1e-6 * (1 + size):
            fail(
                f"In hidden layer {k} a neuron's norms in and out differ by {gap.max():.3g}",
                "balancing one layer disturbs the next: repeat; and silence dead neurons",
            )


@judge
def lipschitz(lipschitz: Callable[..., float]) -> str:
    """Judge ``lipschitz(W, a)``: the exact constant of a network on the plane.

    Raises:
        AssertionError: With the first property that fails.
    """
    cases = [
        ([[1.0, 0.0], [-1.0, 0.0]], [1.0, 1.0], 1.0, "|x_1|"),
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], np.sqrt(2), "the sum of two positive parts"),
        ([[3.0, 4.0]], [-2.0], 10.0, "one neuron"),
    ]
    for W, a, wanted, name in cases:
        found = lipschitz(np.array(W), np.array(a))
        if np.shape(found) != () or not abs(found - wanted) <= 1e-9:
            fail(
                f"For {name} it is {found}, not {wanted:.6g}",
                "add up a_j w_j over the neurons that are on together; which sets can be?",
            )
    return PRAISE
