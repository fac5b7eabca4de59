"""Trees, against recursion written out."""

import numpy as np
import pytest

from dlmath.approximation.compositionality import (
    Tree,
    amplification,
    cells_for,
    extremal,
    kinked_average,
    levels,
    near_average,
    random_folds,
    random_sines,
    shared,
    specimen,
    tree_bound,
    tree_parameters,
)
from dlmath.approximation.simplicial import kuhn, nearest


def recursive(tree, point, level=None, k=0):
    """The value of node k of a level at one point, from its two children."""
    level = len(tree.levels) - 1 if level is None else level
    if level < 0:
        return point[k]
    pair = [recursive(tree, point, level - 1, 2 * k + side) for side in (0, 1)]
    return float(tree.levels[level][k](np.array([pair]))[0])


@pytest.mark.parametrize("d", [2, 8])
def test_a_tree_is_its_recursion(d):
    tree, _ = random_sines(d, 1.3, seed=d)
    x = np.random.default_rng(0).uniform(size=(5, d))
    np.testing.assert_allclose(tree(x), [recursive(tree, point) for point in x], atol=1e-14)
    assert tree.d == d


def test_the_network_interpolates_every_node():
    tree, _ = random_sines(4, 1.0, seed=1)
    x = np.random.default_rng(1).uniform(size=(6, 4))
    (a, b), (root,) = tree.levels
    low = np.stack([kuhn(a, x[:, :2], 3), kuhn(b, x[:, 2:], 3)], axis=1)
    np.testing.assert_allclose(tree.network(3)(x), kuhn(root, low, 3))
    low = np.stack([nearest(a, x[:, :2], 3), nearest(b, x[:, 2:], 3)], axis=1)
    np.testing.assert_allclose(tree.network(3, nearest)(x), nearest(root, low, 3))


def test_a_shared_tree_has_one_function_everywhere():
    tree = shared(specimen, 8)
    assert [len(level) for level in tree.levels] == [4, 2, 1]
    assert all(g is specimen for level in tree.levels for g in level)


@pytest.mark.parametrize(("L", "d", "wanted"), [(0.5, 8, 1.75), (1, 16, 4), (2, 64, 63), (3, 2, 1)])
def test_amplification(L, d, wanted):
    assert amplification(L, d) == wanted


def test_counts_and_bounds():
    assert tree_parameters(32, 8) == 2511
    assert tree_bound(2.0, 4.0, 8, 10) == pytest.approx(0.07)
    assert cells_for(lambda n: 1 / n, 0.09) == 12


@pytest.mark.parametrize("L", [0.5, 1.0, 2.0])
def test_the_constituents_keep_their_promises(L):
    rng = np.random.default_rng(2)
    z, h = rng.uniform(0.01, 0.99, (4000, 2)), 1e-5
    tree, M = random_sines(8, L, seed=3)
    nodes = [(g, L) for level in tree.levels for g in level]
    nodes += [
        (extremal(L), L),
        (specimen, 1.25),
        (near_average(0.3), 1.0),
        (kinked_average(0.3), 1.0),
    ]
    nodes += [(g, 5 / 3) for level in random_folds(8, 4).levels for g in level]
    for g, constant in nodes:
        assert g(z).min() >= 0
        assert g(z).max() <= 1
        for move in ([h, h], [h, -h]):
            assert np.abs(g(z + move) - g(z)).max() <= constant * h * (1 + 1e-6)
    for level in tree.levels:
        for g in level:
            t, e = z[:500], 1e-4
            for direction in ([e, 0], [0, e], [e / 2**0.5, e / 2**0.5]):
                second = (g(t + direction) - 2 * g(t) + g(t - np.array(direction))) / e**2
                assert np.abs(second).max() <= M + 1e-5


def test_the_specimen_bends_less_than_stated():
    z, e = np.random.default_rng(5).uniform(0.01, 0.99, (3000, 2)), 1e-4
    for angle in np.linspace(0, np.pi, 16):
        step = e * np.array([np.cos(angle), np.sin(angle)])
        second = (specimen(z + step) - 2 * specimen(z) + specimen(z - step)) / e**2
        assert np.abs(second).max() < 2.02


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: levels(12), "power of two, 2 or more, got 12"),
        (lambda: levels(1), "power of two"),
        (lambda: Tree([[specimen, specimen]]), "d/2, d/4, ..., 1"),
        (lambda: Tree([]), "d/2, d/4, ..., 1"),
        (lambda: shared(specimen, 4)(np.zeros((2, 3))), "shape \\(count, 4\\), got \\(2, 3\\)"),
        (lambda: cells_for(lambda n: 1.0, 0.5, most=3), "no n up to 3"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
