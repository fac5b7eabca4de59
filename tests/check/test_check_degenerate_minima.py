"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import degenerate_minima as check
from dlmath.landscapes.degenerate_minima import kernel, to_zero_set


def right_count(H):
    sizes = np.sort(np.abs(np.linalg.eigvalsh(H)))[::-1]
    if sizes[0] == 0:
        return len(H)
    floor = len(H) * 2.3e-16 * sizes[0]
    ladder = np.append(np.maximum(sizes, floor), floor)
    drops = ladder[:-1] / ladder[1:]
    if drops.max() < 1e4:
        raise ValueError("no gap")
    return len(H) - 1 - int(drops.argmax())


def right_walk(F, J, theta, y, steps, length, turn=False, correct=True):
    points, ahead = [theta], np.ones_like(theta)
    for t in range(steps):
        N = kernel(J(points[-1]))
        along = N @ (N.T @ ahead)
        step = length * along / np.linalg.norm(along)
        new = points[-1] + (-1) ** (turn * t) * step
        if correct:
            for _ in range(5):
                new = new - np.linalg.lstsq(J(new), F(new) - y, rcond=None)[0]
        points.append(new)
        ahead = ahead if turn else points[-1] - points[-2]
    return np.array(points)


def test_right_answers_are_praised():
    assert check.nullity(right_count) == "All checks passed."
    assert check.walk(right_walk) == "All checks passed."


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (lambda H: int((np.linalg.eigvalsh(H) < 1e-9).sum()), "absolute values"),
        (lambda H: int((np.abs(np.linalg.eigvalsh(H)) < 1e-9).sum()), "compare sizes"),
        (lambda H: len(H) - np.linalg.matrix_rank(H, tol=1e-4 * np.abs(H).max()), "not a zero"),
        (lambda H: len(H) - np.linalg.matrix_rank(H), "without a gap"),
        (lambda H: max(1, right_count(H)), "wanted 0"),
        (lambda H: min(2, right_count(H)) if not H.any() else right_count(H), "zero matrix"),
    ],
)
def test_wrong_counts_are_told_apart(count, message):
    with pytest.raises(AssertionError, match=message):
        check.nullity(count)


@pytest.mark.parametrize(
    ("go", "message"),
    [
        (lambda *a: right_walk(*a)[1:], "The shape is"),
        (lambda *a: right_walk(*a) + 1e-3, "not the start"),
        (lambda *a: right_walk(*a, correct=False), "Newton steps"),
        (lambda *a: right_walk(*a[:5], 2 * a[5]), "wanted near 0.05"),
        (lambda *a: right_walk(*a, turn=True), "keep the direction"),
    ],
)
def test_wrong_walks_are_told_apart(go, message):
    with pytest.raises(AssertionError, match=message):
        check.walk(go)


def test_the_book_walks_as_the_check_wants():
    def go(F, J, theta, y, steps, length):
        points = [theta]
        direction = np.ones_like(theta)
        for _ in range(steps):
            N = kernel(J(points[-1]))
            direction = N @ (N.T @ direction)
            direction /= np.linalg.norm(direction)
            points.append(to_zero_set(F, y, points[-1] + length * direction))
        return np.array(points)

    assert check.walk(go) == "All checks passed."
