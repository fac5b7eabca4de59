import itertools

import numpy as np
import pytest

from dlmath.why_theory import two_layer as two

SIGMA = np.array([2.0, 0.5, 0.1])


def test_the_target_has_the_singular_values():
    T, U, V = two.target(SIGMA, seed=3)
    assert np.linalg.svd(T, compute_uv=False) == pytest.approx(SIGMA)
    assert pytest.approx(np.eye(3)) == U.T @ U
    assert np.diag(U.T @ T @ V) == pytest.approx(SIGMA)


def test_an_aligned_start_has_the_product_that_was_asked_for():
    _T, U, V = two.target(SIGMA)
    start = np.array([0.3, 0.2, 0.1])
    for ratio in (1.0, 3.0):
        layers = two.aligned(U, V, start, ratio)
        assert two.modes(layers, U, V) == pytest.approx(start)
        assert np.linalg.norm(layers[0]) == pytest.approx(ratio**2 * np.linalg.norm(layers[1]))


def test_the_jacobian_is_the_derivative_of_the_product():
    rng = np.random.default_rng(0)
    first, second, dfirst, dsecond = rng.standard_normal((4, 3, 3))
    h = 1e-6
    moved = (second + h * dsecond) @ (first + h * dfirst) - (second - h * dsecond) @ (
        first - h * dfirst
    )
    step = np.concatenate([dfirst.ravel(), dsecond.ravel()])
    assert (moved / (2 * h)).ravel() == pytest.approx(
        two.jacobian((first, second)) @ step, abs=1e-8
    )


def test_gradient_descent_with_small_steps_follows_the_flow():
    T, _, _ = two.target(SIGMA)
    layers = tuple(np.random.default_rng(1).standard_normal((2, 3, 3)))
    far = []
    for rate in (0.01, 0.005):
        path = two.gradient_descent(layers, T, rate, round(2 / rate))
        flow = two.gradient_flow(layers, T, np.array([2.0]))[0]
        far.append(max(np.abs(a - b).max() for a, b in zip(path[-1], flow, strict=True)))
    assert far[1] < 0.02
    assert far[0] / far[1] == pytest.approx(2, rel=0.1)  # Euler's method has order one


def test_the_learning_time_solves_the_logistic_equation():
    sigma, start, rest = np.array([0.7]), np.array([0.01]), 0.05
    t, n = two.learning_time(sigma, start, rest), 200_000
    s = start.copy()
    for _ in range(n):
        middle = s + t / n * s * (sigma - s)
        s = s + t / n * 2 * middle * (sigma - middle)
    assert s == pytest.approx(0.95 * sigma, rel=1e-6)


@pytest.mark.parametrize(
    ("start", "rest"), [(0.0, 0.1), (0.95, 0.1), (0.1, 0.0), (0.1, 1.0), (-0.1, 0.5)]
)
def test_a_mode_that_is_not_on_its_way_has_no_learning_time(start, rest):
    with pytest.raises(ValueError, match=r"wanted 0 < rest < 1 and 0 < start"):
        two.learning_time(np.array([1.0]), np.array([start]), rest)


def test_gauss_newton_solves_the_linearised_problem_with_the_smallest_step():
    T, _, _ = two.target(SIGMA)
    layers = tuple(np.random.default_rng(2).standard_normal((2, 3, 3)))
    before, after = two.gauss_newton(layers, T, 1)
    step = np.concatenate([(b - a).ravel() for a, b in zip(before, after, strict=True)])
    J, error = two.jacobian(layers), (layers[1] @ layers[0] - T).ravel()
    assert J @ step == pytest.approx(-error)
    assert step == pytest.approx(J.T @ np.linalg.solve(J @ J.T, -error))


def test_levenberg_marquardt_never_climbs_and_arrives():
    T, _, _ = two.target(np.logspace(0, -3, 4))
    layers = tuple(np.random.default_rng(3).standard_normal((2, 4, 4)))
    loss = [two.relative_loss(at, T) for at in two.levenberg_marquardt(layers, T, 40)]
    assert all(b <= a for a, b in itertools.pairwise(loss))
    assert loss[-1] < 1e-25


def test_heron_takes_no_more_steps_than_the_bound():
    sigma = np.logspace(-8, 8, 17)
    for start in (1e-3, 1.0, 50.0):
        for rest in (0.1, 1e-6, 1e-12):
            k = two.heron_steps(np.full(17, start), sigma, rest)
            last = two.heron(np.full(17, start), sigma, k)[-1]
            assert np.abs(last / np.sqrt(sigma) - 1).max() <= rest
