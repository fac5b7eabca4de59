"""Zonal functions: scipy's Gegenbauer polynomials, counting, and points drawn at random."""

from math import sqrt

import numpy as np
import pytest
from scipy.special import eval_gegenbauer

from dlmath.approximation.sphere import (
    ACTIVATIONS,
    coefficients,
    deep_oscillation,
    harmonics,
    legendre,
    oscillation,
    quadrature,
    random_neurons,
    response,
    tube_fraction,
    two_spheres,
)


def sphere(rng, n, d):
    x = rng.standard_normal((n, d))
    return x / np.linalg.norm(x, axis=1)[:, None]


def test_harmonics_are_counted():
    assert [harmonics(3, n) for n in range(5)] == [1, 3, 5, 7, 9]
    assert harmonics(10, 10) == 68068
    # homogeneous polynomials of degree 4 are harmonics of degrees 4, 2 and 0
    assert harmonics(5, 4) + harmonics(5, 2) + harmonics(5, 0) == 70


@pytest.mark.parametrize("d", [3, 5, 10])
def test_legendre_is_gegenbauer_normalised(d):
    t = np.linspace(-1, 1, 7)
    a = (d - 2) / 2
    for k, P in enumerate(legendre(d, 6, t)):
        np.testing.assert_allclose(P, eval_gegenbauer(k, a, t) / eval_gegenbauer(k, a, 1.0))
    assert legendre(d, 0, t).shape == (1, 7)


@pytest.mark.parametrize("d", [3, 4, 8])
def test_legendre_is_orthogonal(d):
    t, w = quadrature(d, 20)
    P = legendre(d, 8, t)
    wanted = np.diag([1 / harmonics(d, k) for k in range(9)])
    np.testing.assert_allclose((P * w) @ P.T, wanted, atol=1e-14)


def test_quadrature_is_the_law_of_a_coordinate():
    t, w = quadrature(6, 10)
    assert w @ t**2 == pytest.approx(1 / 6)
    assert w @ t**4 == pytest.approx(3 / (6 * 8))


def test_coefficients_add_up_to_the_function():
    a = coefficients(oscillation(4), 4, 40)
    roots = np.sqrt([harmonics(4, k) for k in range(41)])
    t = np.linspace(-1, 1, 9)
    np.testing.assert_allclose((a * roots) @ legendre(4, 40, t), oscillation(4)(t), atol=1e-10)
    w = quadrature(4, 100)
    assert (a**2).sum() == pytest.approx(w[1] @ oscillation(4)(w[0]) ** 2)


def test_response_against_points_drawn_at_random():
    rng, d, n = np.random.default_rng(0), 4, 2
    x, y = sphere(rng, 400_000, d), sphere(rng, 400_000, d)
    v, w = np.eye(4)[0], np.array([0.6, 0.8, 0, 0])
    a = np.array([0.3, -0.5, 1.0])
    roots = np.sqrt([harmonics(d, k) for k in range(n + 1)])
    target = (a * roots) @ legendre(d, n, (x * y).sum(1))
    neuron = np.maximum(2 * x @ v + 1.5 * y @ w - 0.3, 0)
    t = quadrature(d, 200)[0]
    inner, norm = response(np.maximum(2 * t[:, None] + 1.5 * t - 0.3, 0), d, a, 0.6)
    product = neuron * target
    assert abs(product.mean() - inner) < 4 * product.std() / sqrt(len(product))
    assert norm == pytest.approx(sqrt((neuron**2).mean()), rel=1e-2)


def test_two_spheres_integrates_polynomials():
    assert two_spheres(lambda x, y: (x * y).sum(-1) ** 2) == pytest.approx(1 / 3)
    assert two_spheres(lambda x, y: x[..., 2] ** 4 + 0 * y[..., 0]) == pytest.approx(1 / 5)


def test_no_neuron_is_silent():
    found = random_neurons(5, 40, 12, np.random.default_rng(0))
    assert 0 < len(found) <= 40
    assert all(g.shape == (12, 12) and np.abs(g).max() > 0 for g in found)
    assert ACTIVATIONS["step"](np.array([-1.0, 2.0])).tolist() == [0, 1]


@pytest.mark.parametrize(("d", "error"), [(3, 0.5), (6, 0.1)])
def test_two_hidden_layers_reach_the_error(d, error):
    rng = np.random.default_rng(1)
    x, y = sphere(rng, 500, d), sphere(rng, 500, d)
    y[:100] = x[:100]
    net = deep_oscillation(d, error)
    gap = np.abs(net(np.hstack([x, y])) - oscillation(d)((x * y).sum(1)))
    assert gap.max() <= error
    K = len(net.second_bias) - 1
    assert int(np.ceil(2 * d * np.sqrt(np.sqrt(2) / error))) == K
    assert net.units == 2 * d * K + K + 1
    assert net.largest_weight <= 4 * np.sqrt(2) * d


def test_tubes_against_caps():
    # in the plane two arcs of 60 degrees, in space two caps of height 1 - cos 30 degrees
    assert tube_fraction(2) == pytest.approx(1 / 3)
    assert tube_fraction(3) == pytest.approx(1 - np.sqrt(3) / 2)
    x = sphere(np.random.default_rng(2), 100_000, 5)
    inside = ((x[:, 1:] ** 2).sum(1) <= 1 / 9).mean()
    assert tube_fraction(5, 3.0) == pytest.approx(inside, abs=4 * sqrt(inside / 100_000))


@pytest.mark.parametrize(
    "call",
    [
        lambda: harmonics(2, 1),
        lambda: harmonics(3, -1),
        lambda: legendre(2, 1, np.zeros(1)),
        lambda: coefficients(np.cos, 3, 10, nodes=5),
        lambda: deep_oscillation(3, 0),
        lambda: tube_fraction(1),
        lambda: tube_fraction(3, 0.5),
    ],
)
def test_bad_input(call):
    with pytest.raises(ValueError, match="wanted"):
        call()
