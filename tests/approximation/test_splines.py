"""Bumps: scipy's B-splines, differences written out, and the smallest distance at the corners."""

import numpy as np
import pytest
from scipy.interpolate import BSpline

from dlmath.approximation.splines import (
    Ridges,
    bump_network,
    corners,
    cubic_bump,
    difference,
    least_distance,
    steps_along_level_lines,
)

SPLINE = BSpline.basis_element(np.arange(5.0), extrapolate=False)


def test_the_bump_is_a_product_of_splines():
    X = np.random.default_rng(0).uniform(-1, 5, (200, 2))
    wanted = np.nan_to_num(SPLINE(X)).prod(1)
    np.testing.assert_allclose(cubic_bump(X), wanted, atol=1e-14)


@pytest.mark.parametrize(("d", "widths"), [(2, [18, 40, 4]), (3, [27, 60, 8, 4])])
def test_the_network_is_the_bump(d, widths):
    net = bump_network(d)
    assert [len(bias) for _, bias in net.hidden] == widths
    assert net.units == sum(widths)
    X = np.random.default_rng(1).uniform(-2, 7, (500, d))
    np.testing.assert_allclose(net(X), np.nan_to_num(SPLINE(X)).prod(1), atol=1e-10)


def test_a_difference_of_two_steps_by_hand():
    def f(X):
        return X[:, 0] * X[:, 1]

    steps = np.array([[1.0, 0.0], [0.0, 2.0]])
    assert difference(f, np.array([3.0, 4.0]), steps) == pytest.approx(1 * 2)
    points, signs = corners(np.zeros(2), steps)
    assert points.tolist() == [[0, 0], [0, 2], [1, 0], [1, 2]]
    assert signs.tolist() == [1, -1, -1, 1]


def test_steps_follow_level_lines_and_grow():
    W = np.random.default_rng(2).standard_normal((4, 2))
    V = steps_along_level_lines(W, 5.0)
    np.testing.assert_allclose((W * V).sum(1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(V, axis=1), 5 * 3.0 ** np.arange(4))


def test_a_ridge_network_is_a_sum():
    net = Ridges(np.array([[1.0, 2.0]]), np.array([0.5]), np.array([3.0]))
    np.testing.assert_allclose(net(np.array([[1.0, -1.0]])), 3 * np.tanh(-0.5))


def test_least_distance_of_a_sum_of_rows_and_columns():
    # f is 1 at one corner of a square and 0 at the others; rows plus columns miss it by 1/4
    heights = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert least_distance(np.array([1.0, 0, 0, 0]), heights) == pytest.approx(0.25)
    assert least_distance(np.array([1.0, 2, 3, 4]), heights) == pytest.approx(0, abs=1e-9)


def test_bad_input():
    with pytest.raises(ValueError, match="2 or 3"):
        bump_network(4)
    with pytest.raises(ValueError, match="non-zero rows"):
        steps_along_level_lines(np.zeros((2, 2)), 1.0)
