"""Laws, matrices of one step, exit times and volumes against slow references."""

import math

import numpy as np
import pytest
from scipy.integrate import dblquad, quad

from dlmath.landscapes import gibbs as gb
from dlmath.landscapes import volumes as vol

X = np.linspace(-8, 8, 401)


def test_one_step_leaves_the_exact_law_of_a_parabola():
    K = gb.one_step(lambda x: -x, lambda x: 1 + 0 * x, 0.2, X)
    q = gb.stationary(K)
    assert q @ X**2 == pytest.approx(1 / (1 - 0.1), rel=1e-6)
    assert np.abs(q @ K - q).max() < 1e-12


def test_the_bias_of_a_parabola_is_known():
    p = gb.gibbs(lambda x: x**2 / 2, 1.0, X)
    f = gb.step_bias(X, np.ones_like(X), p, 1.0)
    # the variance is 1 / (1 - tau / 2): its derivative at 0 is 1/2
    assert p @ (f * X**2) == pytest.approx(0.5, rel=1e-6)
    assert p @ f == pytest.approx(0, abs=1e-12)


def test_a_coarse_grid_is_refused():
    with pytest.raises(ValueError, match="the noise of a step"):
        gb.one_step(lambda x: -x, lambda x: 1 + 0 * x, 1e-4, X)


def test_the_exit_time_is_the_double_integral():
    def V(x):
        return (x**2 - 1) ** 2

    slow = dblquad(lambda z, y: math.exp(V(y) - V(z)), -1, 1, -3, lambda y: y)[0]
    assert gb.exit_time(V, 1.0, -1.0, 1.0, -3.0) == pytest.approx(slow, rel=1e-6)
    with pytest.raises(ValueError, match="low < start < end"):
        gb.exit_time(V, 1.0, 1.0, -1.0, -3.0)


def test_exit_from_a_flat_interval():
    # reflected at 0 and stopped at 1: the mean time is 1 / (2 T)
    assert gb.exit_time(lambda x: 0 * x, 0.5, 1e-9, 1.0, 0.0) == pytest.approx(1, rel=1e-6)


def test_kramers_by_hand():
    assert gb.kramers(2.0, 8.0, 2.0, 1.0) == pytest.approx(math.pi / 2 * math.exp(2))
    with pytest.raises(ValueError, match="bottom"):
        gb.kramers(1.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_mass_about_the_hyperbola(decay):
    def slow(r, a):
        V = (r * r * math.sin(2 * a) / 2 - 1) ** 2 / 2 + decay * r * r
        return r * math.exp(-V / 0.5)

    wanted = dblquad(slow, 0, 2 * math.pi, 0, 3)[0]
    assert vol.hyperbola_mass(0.5, 3.0, decay) == pytest.approx(wanted, rel=1e-5)


def test_masses_of_a_ring_and_a_well():
    wanted = dblquad(
        lambda r, a: r * math.exp(-((r * r - 1) ** 2) * (1 + 0.4 * math.cos(a)) ** 2 / 0.3),
        0,
        2 * math.pi,
        0,
        4,
    )[0]
    assert vol.ring_mass(0.3, 0.4) == pytest.approx(wanted, rel=1e-6)
    along = quad(lambda x: math.exp(-2 * (x * x - 1) ** 2 / 0.3), 0, 4)[0]
    assert vol.well_mass(0.3, 2.0) == pytest.approx(along * math.sqrt(0.3 * math.pi), rel=1e-8)
    with pytest.raises(ValueError, match="uneven"):
        vol.ring_mass(0.3, 1.0)


@pytest.mark.parametrize("powers", [(1,), (1, 1), (2, 1), (2, 1, 2)])
def test_the_volume_below_a_monomial_by_counting(powers):
    u = np.random.default_rng(0).random((200_000, len(powers)))
    V = (u ** (2 * np.array(powers))).prod(1)
    share = (V <= 0.01).mean()
    found = vol.monomial_volume(powers, 0.01)
    assert abs(share - found) < 4 * math.sqrt(found / 200_000)


def test_the_mass_of_a_monomial_by_quadrature():
    T = 0.01
    slow = dblquad(lambda v, u: math.exp(-(u**2) * v**4 / T), 0, 1, 0, 1)[0]
    assert vol.monomial_mass((1, 2), T) == pytest.approx(slow, rel=1e-6)


def test_the_law_of_the_crossing_in_closed_form():
    T = 1e-5
    wanted = math.sqrt(math.pi * T) * (math.log(1 / T) + 0.5772156649015329 + 2 * math.log(2)) / 4
    assert vol.monomial_mass((1, 1), T) == pytest.approx(wanted, rel=1e-9)
    assert vol.monomial_law((1, 1)) == pytest.approx((0.5, 2, math.sqrt(math.pi) / 4))
    with pytest.raises(ValueError, match="powers >= 1"):
        vol.monomial_volume((0, 1), 0.1)
