"""Fisher's discriminant against loops and scikit-learn; orbits and their invariants."""

import numpy as np
import pytest

from dlmath.invariance import fisher as lda
from dlmath.invariance import orbits


def sample(seed=0, n=200, d=4):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(int)
    return rng.standard_normal((n, d)) + y[:, None] * np.arange(d), y


def test_the_scatter_is_the_sum_over_the_points():
    X, y = sample()
    s = lda.summarise(X, y)
    wanted = sum(np.outer(x - s.means[k], x - s.means[k]) for x, k in zip(X, y, strict=True))
    np.testing.assert_allclose(s.scatter, wanted, atol=1e-10)
    assert s.sizes == ((y == 0).sum(), (y == 1).sum())


def test_no_random_direction_does_better():
    X, y = sample()
    s, w = lda.summarise(X, y), lda.fisher(X, y)
    difference = s.means[1] - s.means[0]

    def ratio(u):
        return (u @ difference) ** 2 / (u @ s.scatter @ u)

    rng = np.random.default_rng(1)
    assert max(ratio(u) for u in rng.standard_normal((2000, 4))) < ratio(w)
    assert ratio(w) == pytest.approx(difference @ np.linalg.solve(s.scatter, difference))


def test_it_agrees_with_scikit_learn_and_with_least_squares():
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    X, y = sample()
    w, s = lda.fisher(X, y), lda.summarise(X, y)
    theirs = LinearDiscriminantAnalysis(solver="lsqr").fit(X, y).coef_[0]
    np.testing.assert_allclose(w / np.linalg.norm(w), theirs / np.linalg.norm(theirs), atol=1e-10)
    np.testing.assert_allclose(lda.least_squares(X, y), lda.least_squares_factor(s) * w)


def test_the_error_in_one_dimension():
    assert lda.bayes_error(np.eye(1), np.array([2.0])) == pytest.approx(0.15865525)


def test_the_limit_of_a_large_spread():
    rng = np.random.default_rng(2)
    M = rng.standard_normal((6, 6)) + 3 * np.eye(6)
    C, V = M @ M.T, np.linalg.qr(rng.standard_normal((6, 2)))[0]
    difference = rng.standard_normal(6)
    after = lda.projected_direction(C, V, difference)
    np.testing.assert_allclose(V.T @ after, 0, atol=1e-14)
    far = lda.spread_direction(C, V, difference, 1e3)
    np.testing.assert_allclose(far, after, atol=1e-4)
    limit, _, lever = lda.turning_limit(C, V, difference)
    np.testing.assert_allclose(1e6 * V.T @ far, limit, rtol=1e-4)
    np.testing.assert_allclose(1e6 * (far - after), lever @ limit, rtol=1e-2, atol=1e-4)


def test_half_a_turn_changes_the_sign_of_the_rhythms():
    x = orbits.rhythms()
    np.testing.assert_allclose(np.roll(x, orbits.POINTS // 2, axis=1), -x, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1)


@pytest.mark.parametrize("name", orbits.REPRESENTATIONS)
def test_the_representations_are_invariant_and_contract(name):
    phi = orbits.REPRESENTATIONS[name]
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 5, orbits.POINTS))
    np.testing.assert_allclose(phi(np.roll(x, 11, axis=1)), phi(x), atol=1e-12)
    ratio = np.linalg.norm(phi(x) - phi(y), axis=1) / np.linalg.norm(x - y, axis=1)
    assert ratio.max() <= 1 + 1e-12


def test_drawn_signals_lie_at_the_stated_distance_from_the_orbit():
    x = orbits.rhythms()
    X, y = orbits.draw(x, 4, 0.25, np.random.default_rng(4))
    for signal, k in zip(X, y, strict=True):
        distance = min(np.linalg.norm(signal - np.roll(x[k], c)) for c in range(orbits.POINTS))
        assert distance <= 0.25 + 1e-12
    still, _ = orbits.draw(x, 4, 0.0, np.random.default_rng(4), shifts=False)
    np.testing.assert_array_equal(still[:4], np.repeat(x[:1], 4, axis=0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lda.fisher(np.zeros((3, 2)), np.zeros(3, int)), "labels 0 and 1"),
        (lambda: lda.fisher(np.eye(3), np.array([0, 1, 1])), "invertible matrix, got rank 1 of 3"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
