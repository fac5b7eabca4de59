"""Interpolation on simplices, against rounding with one die, written out."""

import numpy as np
import pytest

from dlmath.approximation.simplicial import (
    cells_within,
    flat_parameters,
    hat,
    kuhn,
    kuhn_network,
    largest,
    nearest,
    quadratic_rms,
    relu,
)


def wavy(z):
    return np.cos(3 * z.sum(axis=1)) + z[:, 0] * z[:, -1] ** 2


def one_die(f, x, n):
    """The mean of f over the corner ceil(n x - u) / n, u uniform: constant between break points."""
    total = []
    for point in x:
        y = n * point
        cuts = np.unique(np.concatenate([[0, 1], y - np.floor(y)]))
        middles = (cuts[1:] + cuts[:-1]) / 2
        corners = np.array([np.ceil(y - u) for u in middles]) / n
        total.append((np.diff(cuts) * f(corners)).sum())
    return np.array(total)


@pytest.mark.parametrize(("d", "n"), [(1, 5), (2, 3), (3, 4), (6, 2)])
def test_the_interpolant_is_rounding_with_one_die(d, n):
    x = np.random.default_rng(d).uniform(size=(30, d))
    np.testing.assert_allclose(kuhn(wavy, x, n), one_die(wavy, x, n), atol=1e-13)


@pytest.mark.parametrize(("d", "n"), [(1, 5), (2, 3), (3, 2)])
def test_the_network_of_hats_is_the_interpolant(d, n):
    x = np.concatenate(
        [np.random.default_rng(d).uniform(size=(30, d)), np.eye(d), np.zeros((1, d))]
    )
    np.testing.assert_allclose(kuhn_network(wavy, x, n), kuhn(wavy, x, n), atol=1e-13)


def test_a_hat_is_one_at_its_vertex_and_zero_at_the_others():
    z = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [-1, -1], [1, -1], [-1, 1], [2, 0]])
    np.testing.assert_array_equal(hat(z), [1, 0, 0, 0, 0, 0, 0, 0])
    assert hat(np.array([0.25, 0.5])) == pytest.approx(0.5)
    assert hat(np.array([0.25, -0.5])) == pytest.approx(0.25)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 8])
def test_the_largest_by_comparisons(k):
    z = np.random.default_rng(k).standard_normal((4, 5, k))
    np.testing.assert_allclose(largest(z), z.max(axis=-1), atol=1e-15)


def test_relu():
    np.testing.assert_array_equal(relu(np.array([-2.0, 0, 3])), [0, 0, 3])


def test_nearest_is_the_value_at_the_rounded_point():
    x = np.array([[0.1, 0.9], [0.4, 0.6]])
    np.testing.assert_array_equal(nearest(lambda z: z[:, 0] + 2 * z[:, 1], x, 2), [2, 1.5])


@pytest.mark.parametrize("d", [1, 2])
def test_the_mean_square_by_quadrature(d):
    t = (np.arange(400) + 0.5) / 400
    x = np.stack(np.meshgrid(*[t] * d), axis=-1).reshape(-1, d)
    error = kuhn(lambda z: (z**2).sum(axis=1) / 2, x, 1) - (x**2).sum(axis=1) / 2
    assert np.sqrt((error**2).mean()) == pytest.approx(quadratic_rms(d), rel=1e-4)


def test_one_value_a_vertex():
    assert flat_parameters(3, 4) == 125
    assert [cells_within(N, 3) for N in (7, 8, 124, 125)] == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("x", "n", "message"),
    [
        (np.zeros(3), 2, "shape \\(count, d\\)"),
        (np.full((2, 2), 1.5), 2, "unit cube"),
        (np.full((2, 2), np.nan), 2, "unit cube"),
        (np.zeros((2, 2)), 0, "n: wanted a positive whole number"),
        (np.zeros((2, 2)), 1.5, "n: wanted a positive whole number"),
    ],
)
def test_bad_input_is_named(x, n, message):
    for interpolate in (kuhn, kuhn_network, nearest):
        with pytest.raises(ValueError, match=message):
            interpolate(wavy, x, n)
