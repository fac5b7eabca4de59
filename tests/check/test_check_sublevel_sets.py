"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest

from dlmath.check import sublevel_sets as check
from dlmath.landscapes.grid_paths import filled
from dlmath.landscapes.sublevel_sets import bars


def right_bars(values):
    found = bars(values)
    return list(zip(found.births, found.deaths, strict=True))


def test_right_answers_pass():
    assert check.bars_on_a_line(right_bars) == "All checks passed."
    assert check.climb(lambda values: filled(values) - values) == "All checks passed."


@pytest.mark.parametrize(
    ("follow", "message"),
    [
        (lambda v: right_bars(v)[1:], "not exactly one bar is infinite"),
        (lambda v: [*right_bars(v), (1.0, 1.0)], "length zero"),
        (lambda v: right_bars(v)[:1], "count the minima"),
        (lambda v: [(b, d if d == np.inf else d + 1) for b, d in right_bars(v)], "the younger one"),
        (lambda v: [(b - 1, d) for b, d in right_bars(v)], "lowest vertex"),
    ],
)
def test_wrong_bars_are_told_apart(follow, message):
    with pytest.raises(AssertionError, match=message):
        check.bars_on_a_line(follow)


@pytest.mark.parametrize(
    ("least", "message"),
    [
        (lambda v: np.zeros(3), "one number for each cell"),
        (lambda v: -v - 10, "negative"),
        (lambda v: filled(v) - v + 0.1, "off by 0.1"),
    ],
)
def test_wrong_climbs_are_told_apart(least, message):
    with pytest.raises(AssertionError, match=message):
        check.climb(least)
