"""Wrong answers to the fifth homework fail for the right reason."""

import numpy as np
import pytest
from homeworks import ROOT

from dlmath.check import hw5 as check
from dlmath.grade.judge import Trusted, mark
from dlmath.grade.tests import load

QUESTIONS = load(ROOT / "assignments/hw5").questions


def why(question, function):
    """What a wrong answer is told, by the public check and the hidden tests."""
    marks = mark(QUESTIONS[question], Trusted({question.split()[1]: function}))
    assert any(m.why for m in marks)
    return "\n".join(m.why for m in marks)


def minimax(heights, edges, ends=True, rounds=None):
    """The right matrix, or without the heights of the ends, or after too few rounds."""
    n = len(heights)
    M = np.full((n, n), 99.0)
    M[np.arange(n), np.arange(n)] = heights if ends else -99.0
    for i, j in edges:
        M[i, j] = M[j, i] = max(heights[i], heights[j]) if ends else -99.0
    for k in range(min(n, rounds or n)):
        through = np.maximum(M[:, k, None], M[None, k, :])
        M = np.minimum(M, through if ends else np.maximum(through, heights[k]))
    return M


def climbs(heights, edges):
    """Heights above the start, which is no barrier between two."""
    M = minimax(heights, edges)
    return M - np.asarray(heights)[:, None]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (minimax, "accepts what it should refuse"),
        (lambda f, e: minimax(f, e, ends=False), "M[0, 0]"),
        (lambda f, e: minimax(f, e, rounds=4), "Barriers on 12 vertices"),
        (climbs, "M[1, 0] is 0.0, not 3.0"),
        (lambda f, e: minimax(f, e)[0], "The shape is"),
    ],
)
def test_wrong_barriers(wrong, message):
    assert message in why("1 barriers", wrong)


def descent(W1, W2, X, Y):
    """The gradient: no direction at a critical point."""
    D = W2 @ W1 @ X - Y
    return -W2.T @ D @ X.T, -D @ X.T @ W1.T


def for_zero_only(W1, W2, X, Y):
    R = (W2 @ W1 @ X - Y) @ X.T
    b, _, a = np.linalg.svd(R)
    V1, V2 = np.zeros_like(W1), np.zeros_like(W2)
    V1[0], V2[:, 0] = a[0], -b[:, 0]
    return V1, V2


def outputs_only(W1, W2, X, Y):
    """Right when there are more hidden neurons than outputs; it refuses nothing."""
    R = (W2 @ W1 @ X - Y) @ X.T
    a = np.linalg.svd(R)[2][0]
    v = np.linalg.svd(W2)[2][-1]
    V1, V2 = np.outer(v, a), -np.outer(R @ a, v)
    bend, gain = np.sum((V2 @ W1 @ X) ** 2), np.sum((R @ a) ** 2)
    return V1, V2 * (1 if bend == 0 else gain / bend)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (descent, "The coefficient of t^2 is"),
        (for_zero_only, "The coefficient of t^2 is"),
        (outputs_only, "accepts what it should refuse"),
        (lambda *a: tuple(-V for V in for_zero_only(*a)), "The coefficient of t^2 is"),
        (lambda W1, W2, X, Y: (W1.T, W2), "The shapes are"),
        (lambda W1, W2, X, Y: W1, "It returns ndarray"),
    ],
)
def test_wrong_ways_out(wrong, message):
    assert message in why("2 escape", wrong)


def test_the_narrow_side_is_looked_at():
    assert "The coefficient of t^2 is" in why("2 escape", outputs_only)


def greedy(A, B):
    """Each neuron of A takes the best that is left."""
    left, order = list(range(len(B))), []
    for a in A:
        best = max(left, key=lambda k: abs(a @ B[k]))
        left.remove(best)
        order.append(best)
    return np.array(order), np.where(np.sum(A * B[order], axis=1) < 0, -1, 1)


def assignment(A, B, signed=True):
    from scipy.optimize import linear_sum_assignment

    products = A @ B.T
    rows, order = linear_sum_assignment(-(np.abs(products) if signed else products))
    return order, np.where(products[rows, order] < 0, -1, 1) if signed else np.ones(len(A))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (greedy, "The sum of squares is"),
        (lambda A, B: assignment(A, B, signed=False), "The sum of squares is"),
        (lambda A, B: (np.argsort(assignment(A, B)[0]), assignment(A, B)[1]), "The sum of squares"),
        (lambda A, B: (np.abs(A @ B.T).argmax(1) * 0, np.ones(len(A))), "order is"),
        (lambda A, B: (assignment(A, B)[0], 0.5 * np.ones(len(A))), "signs are"),
        (lambda A, B: assignment(A, B)[0], "It returns ndarray"),
    ],
)
def test_wrong_alignments(wrong, message):
    assert message in why("3 align", wrong)


@pytest.mark.parametrize("name", ["barriers", "escape", "align"])
def test_public_checks_say_that_nothing_is_written(name):
    def blank(*_):
        raise NotImplementedError

    with pytest.raises(AssertionError, match="is not written yet"):
        getattr(check, name)(blank)
