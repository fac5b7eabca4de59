"""The closed forms of the random averages, against quadrature."""

import numpy as np
import pytest

from dlmath.approximation.maurey import draw_frequencies, squared_error, variance

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@pytest.mark.parametrize("N", [1, 3])
def test_the_squared_error_on_the_line(N):
    W = draw_frequencies(N, 1, np.random.default_rng(N))
    gap = np.exp(-(NODES**2) / 2) - np.cos(NODES[:, None] * W[:, 0]).mean(axis=1)
    assert squared_error(W) == pytest.approx(WEIGHTS @ gap**2, rel=1e-10)


def test_the_squared_error_in_the_plane():
    W = draw_frequencies(4, 2, np.random.default_rng(0))
    a, b = np.meshgrid(NODES, NODES)
    x = np.stack([a.ravel(), b.ravel()], axis=1)
    gap = np.exp(-(x**2).sum(axis=1) / 4) - np.cos(x @ W.T).mean(axis=1)
    assert squared_error(W) == pytest.approx(np.multiply.outer(WEIGHTS, WEIGHTS).ravel() @ gap**2)


def test_the_variance_is_the_mean_error_of_one_feature():
    """On the line, a second quadrature over the frequency."""
    mean = WEIGHTS @ np.array([squared_error(np.array([[w]])) for w in NODES])
    assert variance(1) == pytest.approx(mean, rel=1e-10)


def test_the_spread_of_the_frequencies():
    rng = np.random.default_rng(1)
    W = draw_frequencies(4000, 9, rng, spread=2.0)
    assert W.shape == (4000, 9)
    assert W.std() == pytest.approx(2 / 3, rel=0.02)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="shape \\(N, d\\), got \\(3,\\)"):
        squared_error(np.ones(3))
