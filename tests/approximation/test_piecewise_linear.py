"""Exact piecewise affine functions, against values of the network and kinks found by hand."""

from fractions import Fraction

import numpy as np
import pytest

from dlmath.approximation.piecewise_linear import (
    affine,
    along,
    pieces,
    random_network,
    rational,
    slopes,
)


def test_a_hinge_by_hand():
    net = rational([([[2], [-1]], [-1, 1])], [1, 3], Fraction(1, 2))
    assert net((Fraction(3, 4),)) == Fraction(1, 2) + Fraction(1, 2) + 3 * Fraction(1, 4)
    nodes, values = along(net, (0,), (2,))
    assert nodes == [0, Fraction(1, 4), Fraction(1, 2), 1]
    assert values == [Fraction(7, 2), 2, Fraction(3, 2), Fraction(7, 2)]
    # the first kink, at 1/2, and the second, at 1, are nodes at 1/4 and 1/2 of the segment
    assert slopes((nodes, values)) == [-6, -2, 4]
    assert pieces((nodes, values)) == 3
    assert (net.units, net.widths, net.dimension) == (2, (2,), 1)


def test_the_graph_passes_through_the_values_everywhere():
    rng = np.random.default_rng(3)
    net = random_network(5, 3, rng)
    nodes, values = along(net, (-5,), (5,))
    assert nodes == sorted(set(nodes))
    for t in (Fraction(k, 97) for k in range(98)):
        after = next(k for k in range(1, len(nodes)) if nodes[k] >= t)
        a, b, u, v = *nodes[after - 1 : after + 1], *values[after - 1 : after + 1]
        assert net((10 * t - 5,)) == u + (t - a) / (b - a) * (v - u)


def test_floating_values_are_the_exact_ones():
    net = random_network(4, 2, np.random.default_rng(0))
    X = np.linspace(-2, 2, 9)[:, None]
    np.testing.assert_allclose(net.values(X), [float(net((Fraction(x),))) for x in X[:, 0]])


def test_along_a_segment_of_the_plane():
    net = rational([([[1, 1], [1, -1]], [-1, 0])], [1, 1])
    nodes, values = along(net, (0, 1), (2, 0))
    assert nodes == [0, Fraction(1, 3), 1]
    assert values == [0, Fraction(1, 3), 3]


def test_affine_is_a_matrix_product():
    assert affine(((Fraction(1), Fraction(2)),), (Fraction(3),), [4, 5]) == [17]


def test_a_constant_has_one_piece():
    assert pieces(along(rational([([[1]], [-2])], [1]))) == 1


@pytest.mark.parametrize(
    ("hidden", "output", "words"),
    [
        ([], [1], "at least one layer"),
        ([([[1], [1]], [0])], [1], "rows of"),
        ([([[1]], [0]), ([[1, 1]], [0])], [1], "layer 1"),
        ([([[1]], [0])], [1, 1], "output"),
    ],
)
def test_shapes_that_do_not_fit(hidden, output, words):
    with pytest.raises(ValueError, match=words):
        rational(hidden, output)


def test_a_segment_in_the_wrong_space():
    with pytest.raises(ValueError, match="wanted 1 coordinates"):
        along(random_network(2, 1, np.random.default_rng(0)), (0, 0), (1, 1))
