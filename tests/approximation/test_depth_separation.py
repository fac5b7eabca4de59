"""Sawtooth, square and product, against folding written out and plain arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from dlmath.approximation.depth_separation import (
    pieces_at_equal_units,
    product,
    product_plain,
    sawtooth,
    square,
    square_values,
    sup_distance_to_square,
    zigzag,
)
from dlmath.approximation.piecewise_linear import along, pieces


def tent(x):
    return 2 * x if 2 * x <= 1 else 2 - 2 * x


@pytest.mark.parametrize("folds", [1, 2, 5])
def test_the_sawtooth_is_the_tent_iterated(folds):
    net = sawtooth(folds)
    for x in (Fraction(k, 33) for k in range(34)):
        y = x
        for _ in range(folds):
            y = tent(y)
        assert net((x,)) == y
    assert net.widths == (2,) * folds
    assert pieces(along(net)) == 2**folds


@pytest.mark.parametrize(("width", "depth"), [(1, 3), (2, 3), (3, 2), (5, 2)])
def test_the_zigzag_goes_between_zero_and_one(width, depth):
    nodes, values = along(zigzag(width, depth))
    assert pieces((nodes, values)) == width**depth
    at = dict(zip(nodes, values, strict=True))
    assert [at[Fraction(k, width**depth)] for k in range(width**depth + 1)] == [
        k % 2 for k in range(width**depth + 1)
    ]


@pytest.mark.parametrize("folds", [1, 3, 4])
def test_the_square_interpolates(folds):
    net = square(folds)
    assert net.widths == (3,) * folds
    for x in (Fraction(k, 2**folds) for k in range(2**folds + 1)):
        assert net((x,)) == x * x
    x = np.linspace(0, 1, 33)
    np.testing.assert_array_equal(square_values(x, folds), net.values(x[:, None]))


def test_the_distance_to_the_square_is_found_between_the_nodes():
    # the chord from 0 to 1 is farthest at 1/2; a constant 1/4 is farthest at 1
    assert sup_distance_to_square(([Fraction(0), Fraction(1)], [Fraction(0), Fraction(1)])) == (
        Fraction(1, 4)
    )
    assert sup_distance_to_square(([Fraction(0), Fraction(1)], [Fraction(1, 4)] * 2)) == (
        Fraction(3, 4)
    )


@pytest.mark.parametrize("folds", [2, 6])
def test_products_are_near(folds):
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-3, 3, (2, 500))
    assert np.abs(product(x, y, folds, M=3) - x * y).max() <= 9 * 4.0**-folds
    assert product(0.0, 2.0, folds, M=3) == 0
    u, v = np.abs(x) / 3, np.abs(y) / 3
    assert np.abs(product_plain(u, v, folds) - u * v).max() <= 2.0 ** (-2 * folds - 1)


@pytest.mark.parametrize(
    "build", [sawtooth, square, lambda k: zigzag(k, 1), lambda k: zigzag(1, k)]
)
def test_nothing_is_no_depth(build):
    with pytest.raises(ValueError, match="at least 1"):
        build(0)


def test_outside_the_interval_the_square_is_refused():
    with pytest.raises(ValueError, match="rescale"):
        square_values(np.array([1.5]), 3)
    with pytest.raises(ValueError, match="enlarge M"):
        product(3.0, 0.0, 3, M=2)


def test_units_are_shared_out_equally():
    found = pieces_at_equal_units(total=6, depths=(1, 2, 3), count=4)
    assert list(found) == [1, 2, 3]
    for L, counts in found.items():
        assert len(counts) == 4
        assert all(1 <= c <= (6 // L + 1) ** L for c in counts)
    with pytest.raises(ValueError, match="divisors"):
        pieces_at_equal_units(total=6, depths=(4,))
