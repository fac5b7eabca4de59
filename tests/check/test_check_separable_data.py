import numpy as np
import pytest

from dlmath.check import separable_data as check
from dlmath.check._words import PRAISE
from dlmath.generalization.separable_data import (
    max_margin,
    max_margin_with_intercept,
    vanishing_combination,
)


def right(X, y):
    return max_margin(X, y).w


def without_refusal(X, y):
    try:
        return right(X, y)
    except ValueError:
        return np.zeros(X.shape[1])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda X, y: right(X, y)[:, None], "one weight a feature"),
        (lambda X, y: 0.9 * right(X, y), "labels multiplied in"),
        (lambda X, y: 1.1 * right(X, y), "shortest is wanted"),
        (lambda X, y: max_margin_with_intercept(X, y)[0].w, "labels multiplied in|intercept"),
        (without_refusal, "not refused"),
    ],
)
def test_wrong_classifiers_are_told(answer, hint):
    assert check.hard_margin(right) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.hard_margin(answer)


def both(Z):
    p = vanishing_combination(Z)
    return ("separator", max_margin(Z, np.ones(len(Z))).w) if p is None else ("mixture", p)


def unnormalised(Z):
    kind, vector = both(Z)
    return (kind, vector) if kind == "separator" else (kind, 2 * vector)


def average(Z):
    kind, vector = both(Z)
    return (kind, vector) if kind == "separator" else (kind, np.full(len(Z), 1 / len(Z)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda Z: ("separator", Z.mean(axis=0)), "exactly one holds|zero or less"),
        (lambda Z: ("mixture", np.full(len(Z), 1 / len(Z))), "exactly one holds|vanish"),
        (unnormalised, "no mixture"),
        (average, "does not vanish"),
    ],
)
def test_wrong_certificates_are_told(answer, hint):
    assert check.certificate(both) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.certificate(answer)
