"""Interpolators, least squares and the counts, against enumeration and general solvers."""

import itertools
from math import exp, inf

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

from dlmath.data import digits
from dlmath.generalization import double_descent as dd
from dlmath.generalization.cifar_nets import (
    caffe_quick,
    convolution_count,
    parameters,
    small_inception,
)
from dlmath.generalization.fitting import fit, mcnemar, two_labellings
from dlmath.generalization.least_squares import (
    Design,
    best_ridge,
    gaussian_bias,
    gaussian_risk,
    gaussian_variance,
    spectral_risk,
    split_bias_variance,
)
from dlmath.generalization.overparametrization import (
    coin_gap_probability,
    gap_radius,
    interpolate,
    interpolate_along,
)


def test_the_gap_of_coins_is_that_of_enumeration():
    n, radius = 6, 0.2
    below = [sum(t) / n < 0.5 - radius for t in itertools.product((0, 1), repeat=n)]
    one = np.mean(below)
    assert coin_gap_probability(n, radius) == pytest.approx(one)
    assert coin_gap_probability(n, radius, 3) == pytest.approx(1 - (1 - one) ** 3)


def test_at_the_radius_hoeffdings_bound_is_delta():
    r = gap_radius(50, 0.02, 7)
    assert 7 * exp(-2 * 50 * r**2) == pytest.approx(0.02)
    for bad in ((0, 0.1, 1), (5, 0.0, 1), (5, 1.0, 1), (5, 0.1, 0)):
        with pytest.raises(ValueError, match="0 < delta < 1"):
            gap_radius(*bad)


def test_the_interpolator_is_the_piecewise_linear_function_with_these_kinks():
    net = interpolate_along(np.arange(3.0)[:, None], np.array([1.0, -1.0, 1.0]), np.ones(1))
    np.testing.assert_allclose(net.b, [-1, 0.5, 1.5])
    np.testing.assert_allclose(net.w, [1, -6, 14])
    assert net.weights == 7
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 4)), rng.standard_normal(30)
    found = interpolate(X, y)
    general = np.linalg.solve(found.hidden(X), y)
    np.testing.assert_allclose(found.w, general, rtol=1e-6)
    assert np.abs(found(X) - y).max() <= found.rounding(X)


def test_the_interpolator_wants_distinct_inputs_and_one_label_each():
    X = np.array([[1.0, 2.0], [1.0, 2.0]])
    with pytest.raises(ValueError, match="distinct"):
        interpolate(X, np.ones(2))
    with pytest.raises(ValueError, match="wanted X"):
        interpolate(X, np.ones(3))


@pytest.mark.parametrize("shape", [(12, 5), (5, 12), (8, 8)])
def test_least_squares_is_that_of_numpy_and_scikit_learn(shape):
    rng = np.random.default_rng(shape[0])
    F, Y = rng.standard_normal(shape), rng.standard_normal((shape[0], 3))
    design = Design(F)
    np.testing.assert_allclose(design.solve(Y), np.linalg.lstsq(F, Y)[0], atol=1e-10)
    theirs = Ridge(alpha=0.7, fit_intercept=False).fit(F, Y).coef_.T
    np.testing.assert_allclose(design.solve(Y, 0.7), theirs, atol=1e-10)
    assert design.noise_gain() == pytest.approx((np.linalg.pinv(F) ** 2).sum())
    smoother = np.linalg.solve(F.T @ F + 0.7 * np.eye(shape[1]), F.T)
    assert design.noise_gain(0.7) == pytest.approx((smoother**2).sum())


def test_a_design_of_low_rank_and_one_that_is_none():
    F = np.outer(np.arange(1.0, 5), np.ones(3))
    assert Design(F).rank == 1
    np.testing.assert_allclose(Design(F).solve(F[:, 0]), np.full(3, 1 / 3))
    with pytest.raises(ValueError, match="finite matrix"):
        Design(np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="0 or more"):
        Design(F).solve(F[:, 0], -1.0)


def test_the_exact_risk_is_that_of_many_draws():
    rng = np.random.default_rng(1)
    for n, p in ((30, 20), (20, 40)):
        found = []
        for _ in range(2000):
            X = rng.standard_normal((n, p))
            beta = np.eye(p)[0]
            fitted = np.linalg.lstsq(X, X @ beta + 0.5 * rng.standard_normal(n))[0]
            found.append(((fitted - beta) ** 2).sum())
        error = np.std(found) / np.sqrt(len(found))
        assert gaussian_risk(n, p, 1, 0.25) == pytest.approx(np.mean(found), abs=4 * error)
    assert [gaussian_variance(10, p) for p in (9, 10, 11)] == [inf] * 3
    assert gaussian_bias(10, 5) == 0


def test_the_spectral_risk_is_the_mean_over_directions_and_the_best_ridge_its_minimum():
    rng = np.random.default_rng(2)
    X, signal, noise = rng.standard_normal((6, 9)), 2.0, 0.3
    s = Design(X).singular_values
    for ridge in (0.0, 0.8):
        A = np.column_stack([Design(X).solve(e, ridge) for e in np.eye(6)])
        wanted = signal / 9 * ((A @ X - np.eye(9)) ** 2).sum() + noise * (A**2).sum()
        assert spectral_risk(s, 9, signal, noise, ridge) == pytest.approx(wanted)
    found = minimize(lambda t: spectral_risk(s, 9, signal, noise, np.exp(t[0])), [0.0], tol=1e-10)
    assert np.exp(found.x[0]) == pytest.approx(best_ridge(9, signal, noise), rel=1e-3)


def test_bias_and_variance_without_leakage():
    rng = np.random.default_rng(3)
    truth, P = np.zeros((400, 2)), 0.5 + rng.standard_normal((8, 400, 2))
    bias, variance = split_bias_variance(P, truth)
    assert bias == pytest.approx(2 * 0.25, abs=0.1)
    assert variance == pytest.approx(2, abs=0.2)
    naive = ((P.mean(0) - truth) ** 2).sum(-1).mean()
    total = ((P - truth) ** 2).sum(-1).mean()
    assert total == pytest.approx(naive + variance * 7 / 8)
    assert bias == pytest.approx(naive - variance / 8)
    with pytest.raises(ValueError, match="two draws"):
        split_bias_variance(P[:1], truth)


def test_the_descent_is_that_of_plain_least_squares():
    found = dd.descent(60, [20, 90], noises=(0.0, 0.3), ridges=(0.0, 1e-2), seed=4)
    data = dd.split_digits(60, 4)
    labels = dd.noisy(data.labels, 0.3, 4)
    F = dd.relu_features(data.train, 90, 4, 0.0)[:, :20] / np.sqrt(20)
    G = dd.relu_features(data.test, 90, 4, 0.0)[:, :20] / np.sqrt(20)
    B = np.linalg.lstsq(F, dd.targets(labels))[0]
    assert found.error[0, 1, 0] == pytest.approx(((G @ B).argmax(1) != data.answers).mean())
    gap = ((G @ B - dd.targets(data.answers)) ** 2).sum(1).mean()
    assert found.squared[0, 1, 0] == pytest.approx(gap)
    assert found.train[0, 1, 0] == pytest.approx(((F @ B - dd.targets(labels)) ** 2).sum(1).mean())
    assert found.train[1, :, 0] == pytest.approx(0, abs=1e-9)
    assert found.ranks.tolist() == [20, 60]
    mean = dd.mean_descent([4, 5], 60, [20, 90])
    other = dd.descent(60, [20, 90], seed=5)
    np.testing.assert_allclose(mean.error, (found.error[:, :1, :1] + other.error) / 2)


def test_digits_are_split_and_their_labels_spoilt_as_said():
    data = dd.split_digits(100, 0)
    assert data.train.shape == (100, 64)
    assert len(data.answers) == dd.TEST
    assert np.abs(data.train.mean(axis=0)).max() < 1e-12
    assert (data.train**2).mean() == pytest.approx(1)
    assert (dd.split_digits(100, 0, centred=False).train >= 0).all()
    assert (dd.noisy(data.labels, 0.0, 0) == data.labels).all()
    many = np.tile(data.labels, 100)
    assert (dd.noisy(many, 0.5, 0) != many).mean() == pytest.approx(0.45, abs=0.02)
    with pytest.raises(ValueError, match="1 to 1000"):
        dd.split_digits(1001, 0)
    assert dd.predictions(30, 10, 0.1, 2).shape == (2, dd.TEST, 10)
    assert len(digits().labels) == 1797


def test_the_counts_are_those_of_the_layers():
    assert parameters(caffe_quick()) == 145_578
    assert parameters(small_inception()) == 1_649_402
    assert convolution_count([(3, 32, 5), (32, 10, 1)]) == 2432 + 330
    with torch.no_grad():
        assert caffe_quick(False)(torch.zeros(1, 3, 32, 32)).shape == (1, 10)
        assert small_inception(2)(torch.zeros(2, 3, 28, 28)).shape == (2, 10)
    with pytest.raises(ValueError, match="1 or 2"):
        small_inception(3)


def test_a_network_is_fitted_to_both_labellings():
    row = fit([64], n=60, steps=150)
    assert row.parameters == 64 * 64 + 64 + 64 * 10 + 10
    assert row.train.tolist() == [0, 0]
    assert row.test[0] < 0.3
    assert row.test[1] > 0.8
    assert row.wrong.mean() == row.test[0]
    data, labels = two_labellings(60, 0)
    assert (labels[0] == data.labels).all()
    assert (labels[1] == data.labels).mean() < 0.4


def test_mcnemar_counts_what_only_one_gets_wrong():
    first, second = np.array([1, 1, 1, 0, 1, 0], bool), np.array([0, 0, 0, 0, 1, 1], bool)
    assert mcnemar(first, second) == (3, 1, pytest.approx(2 * 5 / 16))
    assert mcnemar(first, first)[2] == 1
