"""Ranks, fits and walks, against slow and obvious references."""

import numpy as np
import pytest

from dlmath.landscapes.degenerate_minima import (
    balanced_targets,
    gradient,
    hessian,
    hessian_rank,
    interpolate,
    kernel,
    small_eigenvalues,
    to_zero_set,
    walk,
)
from dlmath.landscapes.shallow import ACTIVATIONS, Network, Squares, idle_moves


def task(n=6, width=5, outputs=2, activation="tanh", offset=True, seed=0):
    rng = np.random.default_rng(seed)
    net = Network(rng.standard_normal((n, 3)), width, outputs, activation, offset)
    return net, rng.standard_normal(net.targets), net.start(seed)


def slow_outputs(net, theta):
    """The network, one example and one neuron after the other."""
    V, U, c = net.split(theta)
    rho = ACTIVATIONS[net.activation].value
    found = []
    for x in net.X:
        hidden = [rho(np.array(v[:-1] @ x + v[-1])) for v in V]
        found += [
            sum(u * z for u, z in zip(row, hidden, strict=True)) + b
            for row, b in zip(U, c, strict=True)
        ]
    return np.array(found)


def differences(f, theta, step=1e-5):
    """The derivative of a function with values in R^k, by central differences: (k, p)."""
    moves = step * np.eye(len(theta))
    return np.stack([(f(theta + e) - f(theta - e)) / (2 * step) for e in moves], -1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("offset", [True, False])
def test_outputs_and_derivatives_are_those_of_the_definition(activation, offset):
    net, y, theta = task(activation=activation, offset=offset)
    assert net(theta) == pytest.approx(slow_outputs(net, theta), abs=1e-13)
    assert net.jacobian(theta) == pytest.approx(differences(net, theta), abs=1e-6)
    bend = differences(lambda t: y @ net.jacobian(t), theta)
    assert net.bend(theta, y) == pytest.approx(bend, abs=1e-5)


def test_squares_and_their_derivatives():
    model = Squares(np.random.default_rng(1).standard_normal((4, 3)), 2)
    theta = np.random.default_rng(2).standard_normal(model.parameters)
    slow = [sum((w @ x) ** 2 for w in theta.reshape(2, 3)) for x in model.X]
    assert model(theta) == pytest.approx(slow)
    assert model.jacobian(theta) == pytest.approx(differences(model, theta), abs=1e-6)
    weights = np.arange(4.0)
    bend = differences(lambda t: weights @ model.jacobian(t), theta)
    assert model.bend(theta, weights) == pytest.approx(bend, abs=1e-6)


def test_gradient_and_hessian_are_those_of_the_loss():
    net, y, theta = task()

    def loss(t):
        return np.array([np.square(net(t) - y).sum() / net.examples])

    assert gradient(net, theta, y) == pytest.approx(differences(loss, theta)[0], abs=1e-6)
    slow = differences(lambda t: gradient(net, t, y), theta)
    assert hessian(net, theta, y) == pytest.approx(slow, abs=1e-5)


def test_features_scale_as_the_degree_says():
    for name, rho in ACTIVATIONS.items():
        z = np.linspace(-2, 2, 9)
        if rho.degree:
            assert rho.value(3 * z) == pytest.approx(3**rho.degree * rho.value(z)), name


def test_rank_counts_what_is_not_zero():
    Q = np.linalg.qr(np.random.default_rng(3).standard_normal((6, 6)))[0]
    values = np.array([5.0, -2.0, 1e-3, 1e-14, 0.0, 0.0])
    found = hessian_rank((Q * values) @ Q.T)
    assert (found.rank, found.nullity) == (3, 3)
    assert found.values[:3] == pytest.approx(values[:3])
    assert found.gap > 1e8
    assert hessian_rank(np.eye(3)).gap == np.inf
    assert hessian_rank(np.zeros((2, 2))).nullity == 2


@pytest.mark.parametrize(
    ("H", "tolerance", "message"),
    [
        (np.ones((2, 3)), 1e-9, "square"),
        (np.array([[np.nan]]), 1e-9, "finite"),
        (np.array([[1.0, 1.0], [0.0, 1.0]]), 1e-9, "symmetric"),
        (np.eye(2), 0.0, "tolerance"),
    ],
)
def test_rank_refuses(H, tolerance, message):
    with pytest.raises(ValueError, match=message):
        hessian_rank(H, tolerance)


def test_network_refuses():
    X = np.zeros((2, 2))
    with pytest.raises(ValueError, match="finite matrix"):
        Network(np.zeros(3), 2)
    with pytest.raises(ValueError, match="sizes"):
        Network(X, 0)
    with pytest.raises(ValueError, match="activation"):
        Network(X, 2, activation="sine")
    with pytest.raises(ValueError, match=r"theta: wanted shape \(9,\)"):
        Network(X, 2).split(np.zeros(4))


def test_fits_reach_zero_and_ridge_fits_an_equilibrium():
    net, y, start = task(width=12)
    fit = interpolate(net, y, start)
    assert fit.residual < 1e-12
    assert np.linalg.norm(net(fit.theta) - y) == pytest.approx(fit.residual)
    ridge = interpolate(net, y, start, ridge=0.05).theta
    assert np.linalg.norm(gradient(net, ridge, y) + 2 * 0.05 * ridge) < 1e-6
    early = interpolate(net, y, start, stop=0.5)
    assert fit.residual < early.residual <= 0.5
    assert early.steps < fit.steps


def test_walks_stay_on_the_zero_set():
    net, y, start = task(width=12)
    theta = interpolate(net, y, start).theta
    path = walk(net, y, theta, 5, 0.1)
    assert path.shape == (6, net.parameters)
    assert max(np.linalg.norm(net(at) - y) for at in path) < 1e-12
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps == pytest.approx(np.full(5, 0.1), rel=0.3)


def test_newton_goes_to_the_nearest_point_at_first_order():
    net, y, start = task(width=12)
    theta = interpolate(net, y, start).theta
    N = kernel(net.jacobian(theta))
    assert np.abs(N.T @ N - np.eye(net.parameters - net.targets)).max() < 1e-12
    off = np.random.default_rng(5).standard_normal(net.parameters) * 1e-4
    back = to_zero_set(net, y, theta + off)
    assert np.linalg.norm(N.T @ (back - theta - off)) < 1e-6


def test_balanced_targets_make_an_equilibrium():
    net, _, theta = task(n=40, width=2)
    y = balanced_targets(net, theta, 0.7)
    assert np.linalg.norm(net(theta) - y) == pytest.approx(0.7)
    assert np.linalg.norm(gradient(net, theta, y)) < 1e-12
    wide, _, at = task(width=12)
    with pytest.raises(ValueError, match="onto"):
        balanced_targets(wide, at, 0.7)


@pytest.mark.parametrize("offset", [True, False])
def test_idle_moves_change_no_output(offset):
    net, _, theta = task(width=9, offset=offset)
    moves = idle_moves(net, theta)
    assert moves.shape == (net.parameters, 2 * (9 + offset - 6))
    assert np.linalg.matrix_rank(moves) == moves.shape[1]
    for move in moves.T:
        assert net(theta + 3 * move) == pytest.approx(net(theta), abs=1e-12)
    few, _, at = task(width=2, offset=offset)
    assert idle_moves(few, at).shape[1] == 0


def test_small_eigenvalues_come_from_the_residual():
    net, y, start = task(width=12)
    theta = interpolate(net, y, start).theta
    near = y + 1e-6 * np.ones_like(y)
    guess, slack = small_eigenvalues(net, theta, near)
    values = np.linalg.eigvalsh(hessian(net, theta, near))[: len(guess)]
    assert len(guess) == net.parameters - net.targets
    assert values == pytest.approx(guess, abs=slack + 1e-13)
    assert small_eigenvalues(net, theta, y + 10)[1] == np.inf
