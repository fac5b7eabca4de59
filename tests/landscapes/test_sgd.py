"""SGD on least squares, stability, label noise, noise laws, rescaling: slow references."""

import itertools
import math

import numpy as np
import pytest
import torch

from dlmath.landscapes import flatness, label_noise, sgd, sgd_tube, stability
from dlmath.landscapes import noise_laws as laws
from dlmath.landscapes.langevin import Tube


def data(n=6, d=2, seed=0):
    rng = np.random.default_rng(seed)
    return sgd.LeastSquares(rng.standard_normal((n, d)), rng.standard_normal(n))


def all_batches(n, b):
    return list(itertools.product(range(n), repeat=b))


@pytest.mark.parametrize("b", [1, 2, 3])
def test_the_map_of_second_moments_is_the_mean_over_all_batches(b):
    p, eta, S = data(), 0.4, np.array([[2.0, 0.3], [0.3, 1.0]])
    mean = np.zeros((2, 2))
    for batch in all_batches(6, b):
        A = np.eye(2) - eta * p.X[list(batch)].T @ p.X[list(batch)] / b
        mean += A @ S @ A / 6**b
    found = sgd.second_moment_map(p.X, eta, b) @ S.ravel()
    assert np.allclose(found.reshape(2, 2), mean, atol=1e-12)


def test_the_covariance_is_what_iterating_over_all_batches_leaves():
    p, eta, b = data(), 0.3, 2
    S, z_mean = np.zeros((2, 2)), np.zeros(2)
    pieces = []
    for batch in all_batches(6, b):
        x, r = p.X[list(batch)], (p.X @ p.best - p.y)[list(batch)]
        pieces.append((np.eye(2) - eta * x.T @ x / b, -eta * x.T @ r / b))
    for _ in range(400):
        S = sum(A @ S @ A.T + np.outer(g, g) for A, g in pieces) / len(pieces)
        z_mean = sum(A @ z_mean + g for A, g in pieces) / len(pieces)
    assert np.allclose(z_mean, 0, atol=1e-12)
    assert np.allclose(sgd.covariance(p, eta, b), S, atol=1e-10)


def test_the_two_laws_of_lyapunov_solve_their_equations():
    p, eta, b = data(), 0.2, 3
    S = sgd.additive_covariance(p.H, p.C, eta, b)
    A = np.eye(2) - eta * p.H
    assert np.allclose(A @ S @ A + eta**2 / b * p.C, S)
    S = sgd.small_step_covariance(p.H, p.C, eta, b)
    assert np.allclose(p.H @ S + S @ p.H, eta / b * p.C)
    assert np.allclose(sgd.covariance(p, 1e-5, b) / 1e-5, S / eta, rtol=1e-3)


def test_runs_are_those_of_a_loop():
    p = data()
    second, turn = sgd.run(p, 0.2, 2, chains=3, burn=1, steps=2, rng=np.random.default_rng(4))
    rng = np.random.default_rng(4)
    w = np.tile(p.best, (3, 1))
    want, area = np.zeros((2, 3, 2, 2))
    for k in range(3):
        chosen = rng.integers(6, size=(3, 2))
        for c in range(3):
            g = sum(p.X[i] * (p.X[i] @ w[c] - p.y[i]) for i in chosen[c]) / 2
            z, new = w[c] - p.best, w[c] - p.best - 0.2 * g
            if k >= 1:
                want[c] += np.outer(z, z) / 2
                area[c] += (np.outer(z, new) - np.outer(new, z)) / 2
            w[c] = p.best + new
    assert np.allclose(second, want)
    assert np.allclose(turn, area)


def test_runs_may_start_off_the_minimum():
    p, off = data(), np.array([[1.0, -2.0]])
    arguments = dict(chains=1, burn=0, steps=1)
    second, _ = sgd.run(p, 0.2, 1, rng=np.random.default_rng(0), start=off, **arguments)
    assert np.allclose(second[0], np.outer(off, off))
    with pytest.raises(ValueError, match="start"):
        sgd.run(p, 0.2, 1, rng=np.random.default_rng(0), start=np.zeros((2, 2)), **arguments)


def test_the_circulation_is_the_antisymmetric_part():
    p, eta = data(), 0.3
    S = sgd.covariance(p, eta, 1)
    M = (np.eye(2) - eta * p.H) @ S
    assert np.allclose(sgd.circulation(p.H, S, eta), M.T - M)


def test_bad_problems_are_refused():
    with pytest.raises(ValueError, match="rank"):
        sgd.LeastSquares(np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match="wanted X"):
        sgd.LeastSquares(np.ones((3, 2)), np.ones(2))
    with pytest.raises(ValueError, match="no stationary variance"):
        sgd.covariance(data(), 5.0, 1)
    with pytest.raises(ValueError, match="b >= 1"):
        sgd.radius(data().X, 0.1, 0)


@pytest.mark.parametrize("b", [1, 2, 3])
def test_moments_and_exponents_are_means_over_all_batches(b):
    a, eta = (0.4, 3.6, 1.0), 0.7
    factors = [1 - eta * np.mean([a[i] for i in batch]) for batch in all_batches(3, b)]
    logs = np.log(np.abs(factors))
    assert stability.moment(a, eta, b) == pytest.approx(np.mean(np.square(factors)))
    assert stability.moment(a, eta, b, 4) == pytest.approx(np.mean(np.power(factors, 4)))
    assert stability.exponent(a, eta, b) == pytest.approx((logs.mean(), logs.std()))


@pytest.mark.parametrize("b", [1, 2, 4])
def test_at_the_threshold_the_second_moment_stays(b):
    eta = stability.mean_square_threshold(stability.SHARP, b)
    assert stability.moment(stability.SHARP, eta, b) == pytest.approx(1, abs=1e-12)
    X = np.sqrt(np.array(stability.SHARP))[:, None]
    assert sgd.radius(X, eta, b) == pytest.approx(1, abs=1e-12)


def test_the_windows_of_two_curvatures_are_those_of_a_parabola():
    steps = np.arange(0.0001, 3, 0.0001)
    (first, second) = stability.windows(stability.SHARP, 1, steps)
    # |1 - 4 eta + 1.44 eta^2| < 1: up to the root of 1.44 eta^2 - 4 eta + 2, from it, to 4 / 1.44
    low, high = np.roots([1.44, -4, 2])[::-1]
    assert first[1] == pytest.approx(low, abs=2e-4)
    assert second == pytest.approx((high, 4 / 1.44), abs=2e-4)


def test_a_factor_of_zero_has_the_exponent_minus_infinity():
    assert stability.exponent((0.4, 3.6), 2.5, 1)[0] == -math.inf


def test_products_are_those_of_a_loop():
    found = stability.products((1, 2), 0.3, 2, chains=3, steps=2, rng=np.random.default_rng(1))
    rng, w = np.random.default_rng(1), np.ones(3)
    for _ in range(2):
        chosen = rng.integers(2, size=(3, 2))
        w = [w[c] * (1 - 0.3 * np.mean([(1, 2)[i] for i in chosen[c]])) for c in range(3)]
    assert np.allclose(found, w)


def test_runs_leave_the_sharp_valley_where_they_must():
    def share(eta, b):
        rng = np.random.default_rng(0)
        x = stability.two_valleys(eta, b, chains=200, steps=1000, rng=rng)
        return np.mean(np.abs(x - 1) < 0.3), np.mean(np.abs(x) < 0.3)

    assert share(0.5, 1) == (1, 0)
    assert share(0.7, 1) == (0, 1)
    assert share(0.98, None) == (1, 0)
    assert share(1.05, None) == (0, 1)


def test_no_curvature_is_refused():
    with pytest.raises(ValueError, match="wanted curvatures"):
        stability.batch_curvatures([], 1)


def test_a_step_with_noisy_labels_is_a_step_down_its_gradient():
    u, v, label, eta = 1.3, 0.4, 0.7, 0.1
    h = 1e-6

    def loss(u, v):
        return (u * v - label) ** 2 / 2

    du, dv = (loss(u + h, v) - loss(u - h, v)), (loss(u, v + h) - loss(u, v - h))
    found = label_noise.step(np.array(u), np.array(v), label, eta)
    assert np.allclose(found, (u - eta * du / (2 * h), v - eta * dv / (2 * h)), atol=1e-8)


def test_the_start_is_a_minimum_of_the_wanted_trace():
    u, v = label_noise.start(4.25, 2, y=1.5)
    assert np.allclose(u * v, 1.5)
    assert np.allclose(u**2 + v**2, 4.25)
    with pytest.raises(ValueError, match="trace"):
        label_noise.start(1.0, 2)


def test_the_linearised_residual_has_the_quasi_stationary_size():
    eta, s, q, rest = 0.1, 0.5, 4.25, 0.0
    for _ in range(2000):  # variance of e' = (1 - eta q) e + eta q s eps
        rest = (1 - eta * q) ** 2 * rest + (eta * q * s) ** 2
    assert label_noise.quasi_stationary(eta, s, q) == pytest.approx(rest + s**2)
    with pytest.raises(ValueError, match="wanted a number in"):
        label_noise.quasi_stationary(0.5, s, q)


def test_runs_without_noise_stay_and_the_slow_path_falls():
    u, v = label_noise.start(4.25, 2)
    end = label_noise.run(u, v, eta=0.1, s=0.0, steps=50, rng=np.random.default_rng(0))
    assert np.allclose(end, (u, v), atol=1e-12)
    path = label_noise.slow_path(3.75, eta=0.1, s=0.5, steps=10)
    trace = math.hypot(3.75, 2)
    first = 3.75 * (1 - 0.01 * label_noise.quasi_stationary(0.1, 0.5, trace))
    assert path[1] == pytest.approx(first)
    assert (np.diff(path) < 0).all()
    with pytest.raises(ValueError, match="eta > 0"):
        label_noise.run(u, v, eta=0.0, s=0.0, steps=1, rng=np.random.default_rng(0))


def test_white_noise_on_the_circle_leaves_the_gibbs_law():
    x = laws.circle(400)
    found = laws.circle_law(np.sin, lambda x: 0.5 + 0 * x, 400)
    p = np.exp(np.cos(x) * -1 / 0.5)
    assert np.allclose(found, p / p.sum(), atol=1e-6)
    with pytest.raises(ValueError, match="too few"):
        laws.circle_law(lambda x: 100 * np.sin(x), lambda x: 0.1 + 0 * x, 20)


def test_the_density_without_flux_has_none():
    x = np.linspace(-3, 3, 6001)

    def D(x):
        return 0.3 + 0.1 * x**2

    p = laws.no_flux_density(lambda x: x, D, x)
    flux = x * p + np.gradient(D(x) * p, x)
    assert np.abs(flux).max() < 1e-5 * p.max()


def test_a_gaussian_rests_under_the_noise_of_lyapunov():
    line = (np.arange(64) / 64 - 0.5) * 20
    x, y = np.meshgrid(line, line, indexing="ij")
    p = np.exp(-(x**2 + y**2) / 2)
    D, least = laws.resting_noise(p, (-x - 0.5 * y, -0.5 * x - 2 * y), 20.0)
    assert np.allclose(D, [[1, 0.5], [0.5, 2]], atol=1e-9)  # D = (HS + SH) / 2 with S = I
    assert least > 1e-3


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_the_hessian_is_that_of_differences(name):
    rng = np.random.default_rng(0)
    X, W, u = rng.standard_normal((5, 2)), rng.standard_normal((3, 2)), rng.standard_normal(3)
    y, theta, h = rng.standard_normal(5), np.concatenate([W.ravel(), u]), 1e-4
    sigma = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[name]

    def V(theta):
        return np.mean((sigma(X @ theta[:6].reshape(3, 2).T) @ theta[6:] - y) ** 2) / 2

    H = np.empty((9, 9))
    for i, j in itertools.product(range(9), repeat=2):
        a, b = h * np.eye(9)[i], h * np.eye(9)[j]
        corners = V(theta + a + b) - V(theta + a - b) - V(theta - a + b) + V(theta - a - b)
        H[i, j] = corners / (4 * h**2)
    found = flatness.hessian(W, u, X, y, getattr(torch, name))
    assert np.allclose(found, H, atol=1e-6)
    outputs = flatness.output(W, u, X, getattr(torch, name))
    assert np.allclose(outputs, sigma(X @ W.T) @ u)
    with pytest.raises(ValueError, match="shapes"):
        flatness.hessian(W, u, X, y[:3])


def test_balanced_weights_are_those_of_least_norm():
    rng = np.random.default_rng(1)
    X, W, u = rng.standard_normal((5, 2)), rng.standard_normal((3, 2)), rng.standard_normal(3)
    V, q = flatness.balanced(W, u)
    assert np.allclose(flatness.output(V, q, X, torch.relu), flatness.output(W, u, X, torch.relu))
    for c in (0.8, 1.25):
        assert (V**2).sum() + (q**2).sum() < (c**2 * V**2).sum() + (q**2 / c**2).sum()
    with pytest.raises(ValueError, match="both sides"):
        flatness.balanced(W, np.zeros(3))


def test_a_batch_on_the_tube_is_a_mean_of_examples():
    tube, start = Tube(2), torch.randn(4, 3, dtype=torch.float64)
    arguments = dict(eta=0.1, b=3, sigma=2.0, steps=1)
    found = sgd_tube.run(tube, start, generator=torch.Generator().manual_seed(6), **arguments)
    signs = 2 * torch.randint(2, (3, 4, 3), generator=torch.Generator().manual_seed(6)) - 1
    examples = [tube.gradient(start) + 2.0 * z for z in signs.double()]
    assert torch.allclose(found, start - 0.1 * sum(examples) / 3)


def test_the_noise_of_a_batch_is_white_at_its_temperature():
    tube, start = Tube(1), torch.tensor([[-1.0, 0.0]], dtype=torch.float64).repeat(40_000, 1)
    eta, b, sigma = 0.1, 2, 3.0
    noise = torch.Generator().manual_seed(0)
    end = sgd_tube.run(tube, start, eta=eta, b=b, sigma=sigma, steps=1, generator=noise)
    covariance = torch.cov((end - start).T)
    wanted = 2 * sgd_tube.temperature(eta, b, sigma) * eta * torch.eye(2, dtype=torch.float64)
    assert torch.allclose(covariance, wanted, atol=5 * float(wanted[0, 0]) / 200)


def test_without_noise_runs_stay_in_their_wells():
    tube, noise = Tube(3), torch.Generator().manual_seed(1)
    start = tube.start(10, 0.1, noise, wide=0.3)
    end = sgd_tube.run(tube, start, eta=0.05, b=1, sigma=0.0, steps=100, generator=noise)
    assert sgd_tube.wide_share(end) == pytest.approx(0.3)
    with pytest.raises(ValueError, match="b >= 1"):
        sgd_tube.run(tube, start, eta=0.05, b=0, sigma=0.0, steps=1, generator=noise)
