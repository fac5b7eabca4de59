"""The first homework: wrong answers fail, and for the right reason."""

import numpy as np
import pytest
from homeworks import complaints
from scipy.optimize import brentq

from dlmath.check import hw1 as check


def public(name, answer):
    with pytest.raises(AssertionError) as raised:
        getattr(check, name)(answer)
    return str(raised.value)


# --- 1: a change that stays in the picture ------------------------------------------------------


def without_the_range(w, b, x):
    return abs(w @ x + b) / np.abs(w).sum()


def cut_off_once(w, b, x):
    """The first change, where the pixels that leave are cut off."""
    t = without_the_range(w, b, x)
    moved = np.clip(x - t * np.sign(w @ x + b) * np.sign(w), 0, 1)
    return np.abs(moved - x).max()


def by_search(w, b, x):
    """Right, but to three digits, and finite where there is no answer."""
    score = w @ x + b
    for t in np.linspace(0, 1, 1001):
        moved = np.clip(x - t * np.sign(score) * np.sign(w), 0, 1)
        if np.sign(score) * (w @ moved + b) <= 0:
            break
    return t


def one_way(w, b, x):
    """For positive scores only."""
    if w @ x + b < 0:
        return np.inf
    return brentq(lambda t: w @ np.clip(x - t * np.sign(w), 0, 1) + b, 0, 2)


def test_a_change_out_of_the_range_is_told():
    assert "some pixel has left the range" in public("change_in_range", without_the_range)
    assert "some pixel has left the range" in public("change_in_range", cut_off_once)


def test_a_search_is_not_exact():
    assert any(
        "The change of 7 pixels" in c
        for c in complaints("hw1", "1 change in range", change_in_range=by_search)
    )
    assert any(
        "wanted inf, got 1.0" in c
        for c in complaints("hw1", "1 change in range", change_in_range=by_search)
    )


def test_both_signs_are_asked_for():
    assert any(
        "f and for -f" in c for c in complaints("hw1", "1 change in range", change_in_range=one_way)
    )


@pytest.mark.parametrize("answer", [without_the_range, lambda w, b, x: 0.3])
def test_two_equal_wrong_answers_are_wrong(answer):
    found = complaints("hw1", "1 change in range", change_in_range=answer)
    assert any("The change of 9 pixels" in c for c in found)


# --- 2: the cheapest network --------------------------------------------------------------------


def looking_right(t, d, right, value):
    """One neuron for each kink, and two for a line."""
    left = right - d.sum()
    a, w = np.r_[d, left, -left], np.r_[np.ones(len(t) + 1), -1.0]
    b = -w * np.r_[t, t[0], t[0]]
    return a, w, b, value


def halves(t, d, right, value):
    """Every kink in two halves: cheap, with slopes that are opposite at the two ends."""
    a, w = np.r_[d, d] / 2, np.repeat([1.0, -1.0], len(t))
    b = -w * np.r_[t, t]
    return a, w, b, value - a @ np.maximum(w * t[0] + b, 0)


def free_weights(t, d, right, value):
    """The size hidden in the inner weight, where it seems to cost nothing."""
    a, w, b, c = looking_right(t, d, right, value)
    return a / 10, 10 * w, 10 * b, c


def one_kink_only(t, d, right, value):
    """The right cost where the kinks decide, and a line that is too dear."""
    up, down = d[d > 0].sum(), -d[d < 0].sum()
    share = np.clip((right + down) / (up + down), 0, 1)
    facing = np.where(d > 0, share, 1 - share) * d
    rest = right - facing.sum()
    a = np.r_[facing, d - facing, 2 * rest, -rest, rest]
    w = np.r_[np.ones(len(t)), -np.ones(len(t)), 1.0, -1.0, 1.0]
    b = -w * np.r_[t, t, [t[0]] * 3]
    a[-1] = -rest
    return a, w, b, value - a @ np.maximum(w * t[0] + b, 0)


def test_a_dear_network_is_told():
    assert "For |x| the cost is 4, wanted 2" in public("cheapest", looking_right)


def test_another_function_is_told():
    assert "For the ReLU the network is" in public("cheapest", halves)


def crowd(t, d, right, value):
    """A crowd of neurons that would fill the memory on a grid."""
    one = np.ones(10**6, np.int8)
    return one, one, one, value


def test_a_crowd_is_told():
    found = complaints("hw1", "2 cheapest network", cheapest=crowd)
    assert len(found) == 4
    assert all("1000000 neurons" in c for c in found)


def values_for_bias(t, d, right, value):
    """A bias for each place where the public check looks."""
    return np.zeros(1), np.ones(1), np.zeros(1), np.zeros(8 + len(t))


def test_a_bias_is_a_number():
    assert "c has the shape" in public("cheapest", values_for_bias)


def test_size_cannot_hide():
    assert "neither 1 nor -1" in public("cheapest", free_weights)


def test_a_line_has_its_price():
    found = complaints("hw1", "2 cheapest network", cheapest=one_kink_only)
    assert len([c for c in found if c.startswith("The cost")]) == 1
    assert "a line with a small kink the cost" in found[0]


# --- 3: pieces where they count -----------------------------------------------------------------


def equal_lengths(r, p):
    return np.arange(p + 1) / p


def by_density(r, p):
    """Right in the limit: equal shares of the integral of the root of the second derivative."""
    return (np.arange(p + 1) / p) ** (2 / r)


def unscaled(r, p):
    return 3 * equal_lengths(r, p)


def descending(r, p):
    return by_density(r, p)[::-1]


def test_equal_lengths_are_told():
    assert "they have to be equal, not the lengths" in public("breaks", equal_lengths)


def test_the_limit_is_not_the_answer():
    assert "errors go from" in public("breaks", by_density)
    found = complaints("hw1", "3 breaks", breaks=by_density)
    assert any("The breaks for r = 1.1, p = 500" in c for c in found)


@pytest.mark.parametrize("answer", [unscaled, descending])
def test_points_go_from_0_to_1(answer):
    assert "do not go from 0 up to 1" in public("breaks", answer)


def test_not_a_number_never_passes():
    found = complaints("hw1", "3 breaks", breaks=lambda r, p: np.full(p + 1, np.nan))
    assert len(found) == 4
    assert all("NaN" in c or "do not go" in c for c in found)
