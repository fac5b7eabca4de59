import numpy as np
import pytest

from dlmath.check import networks_separate as check
from dlmath.check._words import PRAISE
from dlmath.generalization.networks_separate import largest_response


def right(W, a, X, y):
    q = y * (np.maximum(X @ W.T, 0) @ a)
    logs = -np.logaddexp.reduce(np.where(q > 30, -q, np.log(np.logaddexp(0, -np.minimum(q, 30)))))
    u = logs if logs > 30 else -np.log(np.expm1(np.exp(-logs)))
    return u / ((W**2).sum() + (a**2).sum())


def naive(W, a, X, y):
    q = y * (np.maximum(X @ W.T, 0) @ a)
    with np.errstate(all="ignore"):
        u = -np.log(np.expm1(np.log1p(np.exp(-q)).sum()))
    return u / ((W**2).sum() + (a**2).sum())


def of_the_mean(W, a, X, y):
    norm = (W**2).sum() + (a**2).sum()
    u = right(W, a, X, y) * norm
    if len(y) == 1:
        return u / norm
    mean = np.log1p(np.exp(-u)) / len(y) if u < 30 else np.exp(-min(u, 700)) / len(y)
    return -np.log(np.expm1(mean)) / norm


def wrong_inverse(W, a, X, y):
    q = y * (np.maximum(X @ W.T, 0) @ a)
    return -np.log(np.logaddexp(0, -q).sum()) / ((W**2).sum() + (a**2).sum())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (naive, "logarithm"),
        (wrong_inverse, "invert the logistic"),
        (lambda W, a, X, y: 2 * right(W, a, X, y), "sum of all squares"),
        (of_the_mean, "without dividing"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_wrong_margins_are_told(answer, hint):
    assert check.smoothed(right) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.smoothed(answer)


def exact(X, y, p):
    return largest_response(X, p * y)[0]


def on_a_grid(X, y, p):
    angle = np.arange(0, 2 * np.pi, 0.1)
    U = np.column_stack([np.cos(angle), np.sin(angle)])
    return np.abs(np.maximum(U @ X.T, 0) @ (p * y)).max()


def by_norm_alone(X, y, p):
    if len(y) == 2:
        return 0.5
    return sum(np.linalg.norm(x) * weight for x, weight in zip(X, p, strict=True))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda X, y, p: 0.7, "ends"),
        (lambda X, y, p: exact(X, y, p) if len(y) == 2 else on_a_grid(X, y, p), "both signs"),
        (by_norm_alone, "evaluated"),
    ],
)
def test_wrong_responses_are_told(answer, hint):
    assert check.response(exact) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.response(answer)
