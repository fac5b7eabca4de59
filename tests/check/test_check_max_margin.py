"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import max_margin as check
from dlmath.generalization.max_margin import limit, log_time_flow


def right_limit(Z, step):
    return limit(Z, step).w_tilde


def right_flow(Z, step, rho, begin, end):
    return log_time_flow(Z, step, rho, np.array([begin, end]))[-1]


def test_right_answers_are_praised():
    assert check.residual_limit(right_limit) == "All checks passed."
    assert check.flow(right_flow) == "All checks passed."


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda Z, step: right_limit(Z, step)[:1], r"The shape is \(1,\)"),
        (lambda Z, step: right_limit(Z, 1.0), "where does the step enter"),
        (lambda Z, step: limit(Z).w_hat, "must be its dual variable"),
    ],
)
def test_wrong_limits_are_told_apart(solve, message):
    with pytest.raises(AssertionError, match=message):
        check.residual_limit(solve)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda Z, step, rho, begin, end: rho[:1], r"The shape is \(1,\)"),
        (lambda Z, step, rho, begin, end: rho * np.nan, "not finite"),
        (lambda Z, step, rho, begin, end: rho, "off by"),
    ],
)
def test_wrong_flows_are_told_apart(run, message):
    with pytest.raises(AssertionError, match=message):
        check.flow(run)
