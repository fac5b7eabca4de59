"""Paths of named legs: walked, joined, refused where they have a gap, and measured."""

import numpy as np
import pytest

from dlmath.landscapes.paths import Leg, Path, straight


def square(p):
    return float(p[0] @ p[0])


@pytest.fixture
def corner():
    a, b, c = np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([0.0, 1.0])
    return Path([straight("across", [a], [b]), straight("down", [b], [c])])


def test_a_path_is_walked_in_equal_shares(corner):
    assert np.allclose(corner(0.25)[0], [1, 1])
    assert np.allclose(corner(0.75)[0], [0, 1.5])
    assert np.allclose(corner.start[0], [2, 0])
    assert np.allclose(corner.end[0], [0, 1])
    assert corner.breaks.tolist() == [0, 0.5, 1]
    assert [leg.name for leg in corner.legs] == ["across", "down"]
    assert len(corner) == 2


def test_the_rise_counts_from_the_lowest_place_before(corner):
    assert corner.rise(square, 101) == pytest.approx(2)  # from 2 in the middle up to 4
    assert corner.reversed().rise(square, 101) == pytest.approx(3)
    slowly = Path([straight("up", [np.array([0.0])], [np.array([1.0])])])
    assert slowly.rise(lambda p: float(p[0][0]), 11) == pytest.approx(1)  # not the tenth of a step
    assert slowly.rise(lambda p: -float(p[0][0])) == 0
    assert np.isnan(slowly.rise(lambda p: float("nan")))


def test_values_hold_both_ends_of_each_leg(corner):
    times, found = corner.values(square, 3)
    assert times.tolist() == [0, 0.25, 0.5, 0.5, 0.75, 1]
    assert found.tolist() == [4, 2, 4, 4, 2.25, 1]


def test_paths_add_map_and_turn_round(corner):
    there = corner + corner.reversed()
    assert len(there) == 4
    assert np.allclose(there(0.9)[0], corner(0.2)[0])
    doubled = corner.mapped(lambda p: [2 * p[0]])
    assert np.allclose(doubled(0.3)[0], 2 * corner(0.3)[0])


def test_steps_shrink_with_the_spacing_unless_a_leg_jumps(corner):
    assert corner.largest_step(101) == pytest.approx(corner.largest_step(11) / 10)
    jump = Path([Leg("jump", lambda t: [np.array([float(t > 0.3)])])])
    assert jump.largest_step(1000) == jump.largest_step(10) == 1


def test_gaps_are_refused_by_name():
    a, b = (
        straight("one", [np.zeros(2)], [np.ones(2)]),
        straight("two", [np.zeros(2)], [np.ones(2)]),
    )
    with pytest.raises(ValueError, match="a gap of 1 between 'one' and 'two'"):
        Path([a, b])
    with pytest.raises(ValueError, match="the shapes change between 'one' and 'three'"):
        Path([a, straight("three", [np.ones(3)], [np.ones(3)])])
    nan = straight("four", [np.array([1, np.nan])], [np.ones(2)])
    with pytest.raises(ValueError, match="a gap of nan"):
        Path([a, nan])
    assert Path([a, straight("two", [np.ones(2) + 1e-12], [np.ones(2)])]).gap < 1e-11


def test_an_empty_array_is_no_gap():
    empty = straight("none", [np.zeros((0, 3))], [np.zeros((0, 3))])
    assert Path([empty, empty]).gap == 0


def test_bad_input_is_named(corner):
    with pytest.raises(ValueError, match="at least one leg"):
        Path([])
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
        corner(1.5)
    with pytest.raises(ValueError, match="2 or more, got 1"):
        corner.values(square, 1)
    with pytest.raises(ValueError, match="leg 'bad': wanted two ends of the same shapes"):
        straight("bad", [np.zeros(2)], [np.zeros(3)])
