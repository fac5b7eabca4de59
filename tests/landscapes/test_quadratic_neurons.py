"""Quadratic neurons in the plane: the closed form, its derivatives, its levels and its flow."""

import numpy as np
import pytest

from dlmath.landscapes.quadratic_neurons import Planar, escape, flow, invariants, starts
from dlmath.landscapes.two_layer_networks import descent_path

MODEL = Planar()


@pytest.fixture
def network():
    rng = np.random.default_rng(2)
    return rng.standard_normal(4), rng.standard_normal((4, 2))


def test_the_loss_is_the_expectation_over_the_normal_law(network):
    u, w = network
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = weights / weights.sum()
    slow = 0.0
    for x, p in zip(nodes, weights, strict=True):
        for y, q in zip(nodes, weights, strict=True):
            f = sum(u[j] * (w[j, 0] * x + w[j, 1] * y) ** 2 for j in range(4))
            slow += p * q * (f - (MODEL.a * x**2 - MODEL.b * y**2)) ** 2
    assert MODEL.loss(u, w) == pytest.approx(slow)
    family = MODEL.family()
    assert ((family.output([w, u[None]]) - MODEL.target()) ** 2).sum() == pytest.approx(slow)
    assert family.dimension == 3


def test_gradient_and_hessian_are_those_of_the_loss(network):
    u, w = network
    start = np.concatenate([u, w.ravel()])

    def gradient(v):
        du, dw = MODEL.gradient(v[:4], v[4:].reshape(4, 2))
        return np.concatenate([du, dw.ravel()])

    def loss(v):
        return float(MODEL.loss(v[:4], v[4:].reshape(4, 2)))

    h = 1e-5
    steps = h * np.eye(12)
    slope = np.array([(loss(start + e) - loss(start - e)) / (2 * h) for e in steps])
    assert np.allclose(gradient(start), slope, rtol=1e-6, atol=1e-6)
    bend = np.array([(gradient(start + e) - gradient(start - e)) / (2 * h) for e in steps])
    assert np.allclose(MODEL.hessian(u, w), bend, rtol=1e-6, atol=1e-5)


def test_the_levels_are_minima_over_a_fine_grid():
    levels = MODEL.levels
    angle, size = np.meshgrid(np.linspace(0, np.pi, 181), np.linspace(0, 1.5, 601))
    w = np.sqrt(size)[..., None, None] * np.stack([np.cos(angle), np.sin(angle)], -1)[..., None, :]
    assert MODEL.loss(np.array([1.0]), w).min() == pytest.approx(levels.positive, abs=1e-4)
    assert MODEL.loss(np.array([-1.0]), w).min() == pytest.approx(levels.negative, abs=1e-4)
    assert levels.zero == pytest.approx(3.32)


def test_the_poor_point_and_the_way_out_of_it():
    u, w = MODEL.poor_point(5)
    assert MODEL.loss(u, w) == pytest.approx(MODEL.levels.negative)
    assert np.allclose(MODEL.slope(MODEL.form(u, w)), np.diag([-16 / 3, 0]))
    path = escape(MODEL, 5)
    assert [leg.name for leg in path.legs] == ["flat", "descend"]
    assert path.rise(lambda now: float(MODEL.loss(*now))) < 1e-12
    assert MODEL.loss(*path.end) == pytest.approx(0)
    down = descent_path([w[:3], u[None, :3]], MODEL.family(), MODEL.target())
    assert MODEL.loss(down.end[1][0], down.end[0]) == pytest.approx(0)
    with pytest.raises(ValueError, match="2 or more"):
        escape(MODEL, 1)


def test_the_flow_is_gradient_descent_with_tiny_steps():
    u, w = starts(3, 5, None, seed=1)
    U, W = flow(MODEL, u, w, time=0.5)
    for _ in range(5000):
        du, dw = MODEL.gradient(u, w)
        u, w = u - 1e-4 * du, w - 1e-4 * dw
    assert np.allclose(U, u, atol=2e-3)
    assert np.allclose(W, w, atol=2e-3)


def test_the_flow_keeps_its_invariants_and_starts_are_as_asked():
    u, w = starts(4, 50, 0.5, seed=3)
    assert np.allclose(np.linalg.norm(w, axis=-1), 0.5 * np.sqrt(2) * np.abs(u))
    assert np.allclose(u**2, 1 / 4)
    before = invariants(u, w)
    assert np.allclose(invariants(*flow(MODEL, u, w)), before, atol=1e-3)
