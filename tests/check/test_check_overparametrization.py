import numpy as np
import pytest

from dlmath.check import overparametrization as check
from dlmath.check._words import PRAISE
from dlmath.generalization import double_descent as dd
from dlmath.generalization.least_squares import Design
from dlmath.generalization.overparametrization import interpolate


def right(X, y):
    net = interpolate(X, y, seed=3)
    return net.a, net.b, net.w


def unsorted(X, y):
    a = right(X, y)[0]
    return right(X, y[np.argsort(X @ a)])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda X, y: (right(X, y)[0][:, None], *right(X, y)[1:]), "one inner vector"),
        (lambda X, y: (right(X, y)[0], right(X, y)[1] * 0, right(X, y)[2]), "must be a threshold"),
        (unsorted, "labels sorted"),
    ],
)
def test_wrong_interpolators_are_told(answer, hint):
    assert check.interpolator(right) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.interpolator(answer)


def solve(F, y, ridge):
    return Design(F).solve(y, ridge)


def not_least(F, y, ridge):
    b = solve(F, y, ridge)
    return (
        b if ridge else b + 0.5 * np.linalg.svd(F)[2][-1] * (F.shape[1] > np.linalg.matrix_rank(F))
    )


def wild(F, y, ridge):
    return solve(F, y, ridge) if F.shape[1] != 7 or ridge else np.full(7, 1e9)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda F, y, ridge: solve(F, y, ridge)[:, None], "one coefficient"),
        (lambda F, y, ridge: solve(F, y, ridge**2), "add ridge"),
        (not_least, "null space"),
        (wild, "up to rounding"),
    ],
)
def test_wrong_solvers_are_told(answer, hint):
    assert check.least_norm(solve) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.least_norm(answer)


def error(n, ridge, features=150, examples=None):
    runs = [dd.descent(examples or n, [features], ridges=(ridge,), seed=s) for s in range(3)]
    return np.mean([run.error for run in runs])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda n, ridge: 100 * error(n, ridge), "give shares"),
        (lambda n, ridge: 0.0 if n <= 150 else error(n, ridge), "not fitted"),
        (lambda n, ridge: error(n, ridge, features=n), "the same 150 features"),
        (lambda n, ridge: error(n, ridge or 1e-2), "without a ridge"),
        (lambda n, ridge: error(n, ridge, examples=min(n, 150)), "all n examples"),
        (lambda n, ridge: error(n, ridge / 150), "root of their number"),
    ],
)
def test_wrong_curves_are_told(answer, hint):
    assert check.more_examples(error) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.more_examples(answer)
