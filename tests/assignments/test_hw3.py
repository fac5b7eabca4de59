"""Wrong answers to the third homework fail for the right reason."""

import numpy as np
import pytest
from homeworks import ROOT

from dlmath.check import hw3 as check
from dlmath.generalization.separable_data import separable_share
from dlmath.grade.judge import Trusted, mark
from dlmath.grade.tests import load

FOLDER = ROOT / "assignments/hw3"
QUESTIONS = load(FOLDER).questions


def why(question, function):
    """What a wrong answer is told by the public check, and by the hidden tests."""
    name = question.split()[1]
    marks = mark(QUESTIONS[question], Trusted({name: function}))
    assert any(m.why for m in marks)
    return "\n".join(m.why for m in marks)


def hats(X, y):
    return np.linalg.pinv(X) @ y


def training(X, y):
    return y - X @ hats(X, y)


def only_wide(X, y):
    inverse = np.linalg.pinv(X @ X.T)
    return inverse @ y / np.diag(inverse)


def only_tall(X, y):
    leverage = np.diag(X @ np.linalg.pinv(X))
    return training(X, y) / np.maximum(1 - leverage, 1e-300)


def refit(X, y):
    """Right where it answers, but it accepts everything."""
    out = []
    for i in range(len(y)):
        kept = np.arange(len(y)) != i
        out.append(y[i] - X[i] @ (np.linalg.pinv(X[kept]) @ y[kept]))
    return np.array(out)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (training, "a fit to the others gives"),
        (only_wide, "Residuals for n = 12, p = 5"),
        (only_tall, "Residuals for n = 7, p = 12"),
        (refit, "accepts what it should refuse"),
        (lambda X, y: refit(X, y)[:, None], "The shape is"),
    ],
)
def test_wrong_residuals(wrong, message):
    assert message in why("1 leave_one_out", wrong)


def perceptron(Z, limit, *, strict=True, restart=False, grace=0):
    w, count, quiet, i = np.zeros(Z.shape[1]), 0, 0, 0
    while quiet < len(Z):
        z = Z[i % len(Z)]
        i += 1
        if w @ z < 0 or (strict and w @ z == 0) or not w.any():
            w, count, quiet = w + z, count + 1, 0
            i = 0 if restart else i
            if count > limit + grace:
                raise ValueError("too many")
        else:
            quiet += 1
    return w, count


def endless(Z, limit):
    if limit == 50 or len(Z) == 3:
        return np.zeros(Z.shape[1]), limit
    return perceptron(Z, limit)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda Z, limit: perceptron(Z, limit, strict=False), "not at (3, 1)"),
        (lambda Z, limit: perceptron(Z, limit, restart=True), "The vector for"),
        (lambda Z, limit: perceptron(Z, limit, grace=-1), "perceptron raised ValueError: too many"),
        (lambda Z, limit: perceptron(Z, limit)[0], "It returns ndarray"),
        (endless, "accepted"),
    ],
)
def test_wrong_perceptrons(wrong, message):
    assert message in why("2 perceptron", wrong)


def cover(X):
    return round(2 ** len(X) * separable_share(*np.shape(X)))


def by_rank(X):
    return round(2 ** len(X) * separable_share(len(X), int(np.linalg.matrix_rank(X))))


def no_zero_rows(X):
    X = np.asarray(X, float)
    if len(X) == 0:
        return 1
    if np.linalg.norm(X[-1]) < 1e-9:
        return no_zero_rows(X[:-1])
    u = X[-1] / np.linalg.norm(X[-1])
    return no_zero_rows(X[:-1]) + no_zero_rows(X[:-1] - np.outer(X[:-1] @ u, u))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (cover, "Parallel rows are counted"),
        (by_rank, "Parallel rows are counted"),
        (no_zero_rows, "not Cover's 22"),
        (lambda X: 2 ** len(X), "not Cover's"),
        (lambda X: 4 if len(X) == 3 else cover(X), "Six rows, entries -1, 0, 1"),
    ],
)
def test_wrong_counts(wrong, message):
    assert message in why("3 labellings", wrong)


@pytest.mark.parametrize("name", ["leave_one_out", "perceptron", "labellings"])
def test_public_checks_say_that_nothing_is_written(name):
    def blank(*_):
        raise NotImplementedError

    with pytest.raises(AssertionError, match="is not written yet"):
        getattr(check, name)(blank)
