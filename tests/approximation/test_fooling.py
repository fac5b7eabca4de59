"""The fooling functions, one pyramid at a time, and the search for twins."""

import numpy as np
import pytest

from dlmath.approximation.fooling import (
    centres,
    coding_selection,
    patterns_seen,
    pyramid_network,
    pyramids,
    sign_patterns,
    steepest,
    tanh_selection,
    twin,
)


def test_centres_of_the_cells():
    np.testing.assert_allclose(
        centres(2, 2), [[0.25, 0.25], [0.25, 0.75], [0.75, 0.25], [0.75, 0.75]]
    )


@pytest.mark.parametrize(("m", "d"), [(1, 1), (3, 2), (2, 3)])
def test_pyramids_one_at_a_time(m, d):
    rng = np.random.default_rng(m)
    c, x = rng.standard_normal(m**d), rng.uniform(size=(20, d))
    slow = [
        sum(
            c[i] * max(0, 1 / (2 * m) - max(abs(point[k] - place[k]) for k in range(d)))
            for i, place in enumerate(centres(m, d))
        )
        for point in x
    ]
    np.testing.assert_allclose(pyramids(c, x, m), slow, atol=1e-14)
    np.testing.assert_allclose(pyramid_network(c, x, m), slow, atol=1e-14)


def test_many_functions_at_once():
    x = np.random.default_rng(0).uniform(size=(7, 2))
    signs = sign_patterns(4)
    assert signs.shape == (16, 4)
    assert patterns_seen(signs) == 16
    found = pyramids(signs, x, 2)
    for s, row in zip(signs, found, strict=True):
        np.testing.assert_allclose(row, pyramids(s, x, 2))


def test_patterns_are_counted_once():
    assert patterns_seen(np.array([[1.0, -1], [2, -3], [0, 1]])) == 2


def test_the_steepest_slope_of_a_known_function():
    assert steepest(lambda x: 3 * x[:, 0], 2, seed=0, h=0.01) == pytest.approx(3)
    assert steepest(lambda x: x.sum(axis=1), 2, seed=0, h=0.01) == pytest.approx(2)


def test_a_linear_selection_cannot_see_its_null_space():
    A = np.random.default_rng(3).standard_normal((3, 4))
    c, missed = twin(lambda c: A @ c, 4, seed=0)
    kernel = np.linalg.svd(A)[2][-1]
    assert missed < 1e-12
    assert abs(c @ kernel) == pytest.approx(np.linalg.norm(c))
    assert np.abs(c).max() == pytest.approx(1)


def test_the_selections():
    read = tanh_selection(points=5, N=2, seed=0)
    values = np.linspace(-1, 1, 5)
    assert read(values).shape == (2,)
    assert not np.allclose(read(values), -read(-values))
    np.testing.assert_allclose(read(values + 1e-9), read(values), atol=1e-6)
    code = coding_selection(3)
    np.testing.assert_array_equal(code(np.array([0.1, -0.2, 0.3])), [0.625])


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least one cell"):
        centres(0, 2)
    with pytest.raises(ValueError, match="4 coefficients, one a cell, got 3"):
        pyramids(np.ones(3), np.zeros((1, 2)), 2)
