"""The exact classifiers against scikit-learn, enumeration and general solvers."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from sklearn.svm import SVC

from dlmath.generalization.linear_risk import (
    gradient,
    gradient_descent,
    hessian,
    ridge_minimiser,
    ridge_path,
    risk,
)
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.random_features import relu_features, tanh_features
from dlmath.generalization.separable_data import (
    max_margin,
    max_margin_with_intercept,
    separable_share,
    separated_share,
    vanishing_combination,
)


def two_classes(n, d, gap, seed):
    rng = np.random.default_rng(seed)
    X, u = rng.standard_normal((n, d)), np.eye(d)[0]
    y = np.where(np.arange(n) % 2, 1.0, -1.0)
    return X + (y * (np.abs(X[:, 0]) + gap) - X[:, 0])[:, None] * u, y


@pytest.mark.parametrize(("n", "d"), [(12, 2), (40, 5), (10, 30)])
def test_the_hard_margin_classifier_is_that_of_scikit_learn(n, d):
    X, y = two_classes(n, d, 0.3, seed=n)
    found = max_margin(X, y)
    # mirrored data have the intercept zero by symmetry
    mirrored, labels = np.vstack([X, -X]), np.concatenate([y, -y])
    theirs = SVC(kernel="linear", C=1e9, tol=1e-9).fit(mirrored, labels)
    np.testing.assert_allclose(found.w, theirs.coef_[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.alpha @ (y[:, None] * X), found.w, atol=1e-9)
    assert (found.alpha >= 0).all()
    assert found.margin == pytest.approx((y * (X @ found.w)).min() / np.linalg.norm(found.w))
    np.testing.assert_allclose((y * (X @ found.w))[found.support], 1, rtol=1e-9)


@pytest.mark.parametrize(("n", "d"), [(12, 2), (30, 5)])
def test_a_free_intercept_is_that_of_scikit_learn(n, d):
    X, y = two_classes(n, d, 0.3, seed=n)
    X = X + 3.0
    found, b = max_margin_with_intercept(X, y)
    theirs = SVC(kernel="linear", C=1e9, tol=1e-9).fit(X, y)
    np.testing.assert_allclose(found.w, theirs.coef_[0], rtol=1e-5, atol=1e-6)
    assert b == pytest.approx(float(theirs.intercept_[0]), rel=1e-5)
    np.testing.assert_allclose((found.alpha * y) @ X, found.w, atol=1e-9)
    assert (found.alpha * y).sum() == pytest.approx(0, abs=1e-9)
    assert (y * (X @ found.w + b)).min() == pytest.approx(1)


def test_a_tiny_margin_is_found():
    X = np.array([[1.0, 1e-5], [-1.0, 1e-5]])
    found = max_margin(X, np.ones(2))
    np.testing.assert_allclose(found.w, [0, 1e5], rtol=1e-6, atol=1e-3)


def test_scale_does_not_matter():
    X, y = two_classes(20, 3, 0.5, seed=1)
    np.testing.assert_allclose(max_margin(1e6 * X, y).w * 1e6, max_margin(X, y).w, rtol=1e-9)


def test_every_data_set_has_a_separator_or_a_certificate():
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(300):
        Z = rng.standard_normal((7, 4))
        p = vanishing_combination(Z)
        # a linear programme asks the same of any w
        done = linprog(np.zeros(4), -Z, -np.ones(7), bounds=(None, None))
        assert (p is None) == (done.status == 0)
        if p is not None:
            assert p.min() >= 0
            assert p.sum() == pytest.approx(1)
            assert np.abs(p @ Z).max() < 1e-6
        seen.add(p is None)
    assert seen == {True, False}


@pytest.mark.parametrize(("n", "d"), [(3, 3), (4, 2), (6, 3), (7, 2), (8, 5)])
def test_covers_count_by_enumeration(n, d):
    X = np.random.default_rng(n).standard_normal((n, d))
    signs = itertools.product([-1.0, 1.0], repeat=n)
    separated = sum(vanishing_combination(np.array(y)[:, None] * X) is None for y in signs)
    assert separated == separable_share(n, d) * 2**n


def test_few_points_are_always_separated():
    X = np.random.default_rng(0).standard_normal((5, 5))
    assert separated_share(X, 40, seed=0) == 1
    assert separated_share(np.ones((2, 1)), 400, seed=0) == pytest.approx(0.5, abs=0.1)


def test_a_random_layer():
    X = np.random.default_rng(0).standard_normal((4, 3))
    found = relu_features(X, 6, seed=1)
    assert found.shape == (4, 6)
    assert (found >= 0).all()
    np.testing.assert_array_equal(relu_features(X, 2, seed=1), found[:, :2])
    w = np.random.default_rng(1).standard_normal((6, 4))
    assert found[1, 2] == pytest.approx(max(w[2, 0] + X[1] @ w[2, 1:] / 3**0.5, 0))
    smooth = tanh_features(X, 6, seed=1)
    assert smooth[1, 2] == pytest.approx(np.tanh(w[2, 0] + X[1] @ w[2, 1:] / 3**0.5))
    with pytest.raises(ValueError, match="count >= 1"):
        relu_features(X, 0, seed=1)


def test_bad_data_are_refused():
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    with pytest.raises(ValueError, match="of 2 examples; no vector"):
        max_margin(X, np.ones(2))
    with pytest.raises(ValueError, match="labels 1 and -1, got 0"):
        max_margin(X, np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"shapes \(2, 2\) and \(3,\)"):
        max_margin(X, np.ones(3))
    with pytest.raises(ValueError, match="both labels"):
        max_margin_with_intercept(X, np.ones(2))
    with pytest.raises(ValueError, match="n >= 1"):
        separable_share(0, 2)


@pytest.mark.parametrize("name", LOSSES)
def test_derivatives_are_those_of_differences(name):
    loss, h = LOSSES[name], 1e-5
    u = np.array([-20.0, -3.0, -0.4, 0.3, 1.0, 4.0, 9.0])
    slope = (loss.value(u + h) - loss.value(u - h)) / (2 * h)
    bend = (loss.slope(u + h) - loss.slope(u - h)) / (2 * h)
    np.testing.assert_allclose(loss.slope(u), slope, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(loss.bend(u), bend, rtol=1e-6, atol=1e-9)
    assert (loss.slope(u) < 0).all()
    assert (loss.value(u) > 0).all()


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_and_hessian_of_the_risk(name):
    loss, rng = LOSSES[name], np.random.default_rng(0)
    Z, w, h = rng.standard_normal((9, 3)), rng.standard_normal(3), 1e-6
    slopes = [(risk(w + h * e, Z, loss) - risk(w - h * e, Z, loss)) / (2 * h) for e in np.eye(3)]
    bends = [
        (gradient(w + h * e, Z, loss) - gradient(w - h * e, Z, loss)) / (2 * h) for e in np.eye(3)
    ]
    np.testing.assert_allclose(gradient(w, Z, loss), slopes, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(hessian(w, Z, loss), bends, rtol=1e-6, atol=1e-8)


def test_gradient_descent_step_by_step():
    Z, loss = np.random.default_rng(0).standard_normal((9, 3)), LOSSES["logistic"]
    w = np.array([1.0, 0.0, 2.0])
    found = gradient_descent(Z, loss, 0.2, [0, 1, 5], w)
    for t in range(6):
        if t in (0, 1, 5):
            np.testing.assert_allclose(found[[0, 1, 5].index(t)], w, rtol=1e-12)
        w = w - 0.2 * gradient(w, Z, loss)


def test_descent_refuses_what_makes_no_sense():
    Z = np.ones((2, 1))
    with pytest.raises(ValueError, match="positive"):
        gradient_descent(Z, LOSSES["logistic"], 0.0, [1])
    with pytest.raises(ValueError, match="ascending"):
        gradient_descent(Z, LOSSES["logistic"], 0.1, [2, 1])
    wide = np.array([[1.0], [-1.0]])
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(FloatingPointError, match="below 50"),
    ):
        gradient_descent(wide, LOSSES["exponential"], 50.0, [30], np.array([3.0]))


@pytest.mark.parametrize("name", ["logistic", "exponential", "probit"])
def test_the_ridge_minimiser_is_that_of_a_general_solver(name):
    loss, Z = LOSSES[name], np.random.default_rng(3).standard_normal((20, 3)) + 0.3

    def total(w):
        return risk(w, Z, loss) + 0.05 * w @ w

    w = ridge_minimiser(Z, loss, 0.1)
    theirs = minimize(total, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(w, theirs.x, atol=1e-5)
    np.testing.assert_allclose(gradient(w, Z, loss) + 0.1 * w, 0, atol=1e-9)


def test_without_a_penalty_separable_data_have_no_minimiser():
    with pytest.raises(ValueError, match="some vector separates"):
        ridge_minimiser(np.array([[1.0, 0.2], [1.0, -0.3]]), LOSSES["logistic"])


def test_the_path_starts_each_minimiser_from_the_last():
    Z = np.array([[1.0, 3.0], [1.0, -1.0]])
    path = ridge_path(Z, LOSSES["exponential"], [1.0, 1e-6, 1e-20])
    for penalty, w in zip([1.0, 1e-6, 1e-20], path, strict=True):
        np.testing.assert_allclose(gradient(w, Z, LOSSES["exponential"]), -penalty * w, rtol=1e-6)
