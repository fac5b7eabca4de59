"""Deformations and banks of the chapter on general frames, against slow references."""

import numpy as np
import pytest
from scipy.integrate import quad

from dlmath.invariance.deep_frames_warp import (
    STEEPEST,
    displacement,
    random_band_limited,
    tone,
    tone_distance,
    uniform_bank,
    uniform_edge,
    warp_constant,
    warp_share,
)


def test_a_band_limited_signal_is_its_trigonometric_sum():
    x = random_band_limited(5, 32, lowest=2, rng=np.random.default_rng(0))
    for u in (0.0, 1.7, 30.2):
        terms = zip(x.coefficients, x.orders, strict=True)
        slow = sum((a * np.exp(2j * np.pi * k * u / 32)).real for a, k in terms)
        assert x(np.array([u]))[0] == pytest.approx(slow)
    power = np.abs(np.fft.rfft(x.samples()))
    assert power[:2].max() < 1e-12
    assert power[6:].max() < 1e-12
    assert x.edge == pytest.approx(2 * np.pi * 5 / 32)


def test_a_constant_displacement_by_whole_samples_is_a_shift():
    rng = np.random.default_rng(1)
    x = random_band_limited(6, 40, rng=rng)
    field = displacement(40, mean=3.0, slope=0.0, waves=1, rng=rng)
    np.testing.assert_allclose(field.apply(x), np.roll(x.samples(), 3), atol=1e-12)
    assert field.size == 3


def test_the_slope_is_the_largest_derivative():
    field = displacement(4096, mean=0.3, slope=0.4, waves=7, rng=np.random.default_rng(2))
    steepest = np.abs(np.diff(field.values)).max()
    assert steepest <= field.slope
    assert steepest == pytest.approx(field.slope, rel=1e-3)


@pytest.mark.parametrize("slope", [0.0, 0.3, 0.9])
def test_the_constant_is_its_integral(slope):
    assert warp_constant(slope) == pytest.approx(quad(lambda s: (1 - s * slope) ** -0.5, 0, 1)[0])


def test_a_map_that_may_fold_is_refused():
    with pytest.raises(ValueError, match="may fold"):
        warp_constant(1.0)


def test_the_share_of_a_shifted_tone():
    x = tone(10, 200)
    field = displacement(200, mean=0.5, slope=0.0, waves=1, rng=np.random.default_rng(3))
    assert warp_share(x, field) == pytest.approx(2 * np.sin(x.edge / 4) / (x.edge / 2))


@pytest.mark.parametrize(("n", "bands"), [(64, 8), (96, 4), (4096, 32)])
def test_the_uniform_bank_is_tight_and_uniform(n, bands):
    bank = uniform_bank(n, bands)
    np.testing.assert_allclose(bank.littlewood_paley(), 1, atol=1e-12)
    h = n // (2 * bands)
    for k in range(bands - 1):
        assert bank.psi[k].argmax() == (k + 1) * h
        here, there = np.roll(bank.psi[0], k * h), bank.psi[k]
        np.testing.assert_allclose(here[: n // 2], there[: n // 2], atol=1e-12)
    assert (bank.psi[:, n // 2 + 1 :] == 0).all()


def test_the_steepest_turn():
    t = np.linspace(0, 1, 100_001)
    rise = t**4 * (35 - 84 * t + 70 * t**2 - 20 * t**3)
    assert np.gradient(np.pi / 2 * rise, t).max() == pytest.approx(STEEPEST, rel=1e-6)


def test_the_distance_of_two_tones_is_that_of_the_gains_of_the_bank():
    bank = uniform_bank(256, 8)
    for first, second in ((40, 44), (64, 80), (100, 101)):
        gains = bank.psi[:, first] - bank.psi[:, second]
        assert tone_distance(bank, first, second) == pytest.approx(np.sqrt((gains**2).sum() / 2))


def test_no_two_tones_are_farther_apart_than_the_edge_of_the_uniform_bank():
    bank, step = uniform_bank(512, 8), 32  # one band is 32 orders
    for by in (1, 7, 16, 31, 32):
        firsts = range(2 * step + by, 256)
        far = max(tone_distance(bank, first, first - by) for first in firsts)
        edge = uniform_edge(np.array([by / step]))[0]
        assert far <= edge + 1e-12
        assert far == pytest.approx(edge, rel=0.02)
