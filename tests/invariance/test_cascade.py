"""The cascade of the theorems, against definitions written out, one sample at a time."""

import numpy as np
import pytest

from dlmath.invariance.cascade import (
    LOWPASS_EDGE,
    average,
    convolve,
    energies,
    flat_radius,
    layers,
    least_share,
    lowpass_peak,
    lowpass_profile,
    propagate,
    scatter,
    translate,
    translation_gain,
)
from dlmath.invariance.filters import FilterBank, tight_bank, tight_bank_1d


def circular(x, h):
    """Convolution from its definition, in one dimension."""
    n = len(x)
    return np.array([sum(x[m] * h[(k - m) % n] for m in range(n)) for k in range(n)])


def test_a_layer_is_the_modulus_of_a_convolution():
    rng = np.random.default_rng(0)
    bank, x = tight_bank_1d(24, 2), rng.standard_normal(24)
    found = propagate(x[None], bank)
    for k, psi in enumerate(bank.psi):
        np.testing.assert_allclose(found[k], abs(circular(x, np.fft.ifft(psi))), atol=1e-13)
    low = circular(x, np.fft.ifft(bank.phi)).real
    np.testing.assert_allclose(average(x[None], bank)[0], low, atol=1e-13)


def test_paths_stand_in_order_the_last_wavelet_fastest():
    bank = tight_bank_1d(32, 3)
    x = np.random.default_rng(1).standard_normal(32)
    first, second = layers(x, bank, 2)[1:]
    for k in range(3):
        for m in range(3):
            child = abs(convolve(first[k : k + 1], bank.psi[m : m + 1]))[0, 0]
            np.testing.assert_allclose(second[3 * k + m], child, atol=1e-14)
    assert scatter(x, bank, 2).shape == (13, 32)


@pytest.mark.parametrize("shape", [(40,), (12, 10)])
def test_energies_are_those_of_the_layers(shape):
    bank = tight_bank_1d(40, 3) if len(shape) == 1 else tight_bank(shape, 1, 4)
    x = np.random.default_rng(2).standard_normal(shape)
    found, U = energies(x, bank, 2), layers(x, bank, 3)
    total = (x**2).sum()
    averaged = [(average(u, bank) ** 2).sum() / total for u in U[:3]]
    np.testing.assert_allclose(found.averaged, averaged, rtol=1e-12)
    np.testing.assert_allclose(found.propagated, [(u**2).sum() / total for u in U], rtol=1e-12)
    assert found.residual == found.propagated[-1]


def test_decreasing_paths_are_those_whose_scale_grows():
    bank = tight_bank_1d(64, 3)
    x = np.random.default_rng(3).standard_normal(64)
    first, second = layers(x, bank, 2)[1:]
    total = (x**2).sum()
    grow = [3 * a + b for a in range(3) for b in range(3) if b > a]
    found = energies(x, bank, 1, decreasing=True)
    assert found.propagated[1] == pytest.approx((first**2).sum() / total)
    assert found.propagated[2] == pytest.approx((second[grow] ** 2).sum() / total)


def test_blocks_of_any_size_give_the_same_energies(monkeypatch):
    bank = tight_bank_1d(64, 4)
    x = np.random.default_rng(4).standard_normal(64)
    whole = energies(x, bank, 2)
    monkeypatch.setattr("dlmath.invariance.cascade.CHUNK", 1)
    np.testing.assert_allclose(energies(x, bank, 2).propagated, whole.propagated, rtol=1e-13)


@pytest.mark.parametrize(("shape", "shift"), [((16,), 3), ((9, 14), (2, -5)), ((7,), -1.0)])
def test_a_whole_shift_permutes_the_samples(shape, shift):
    x = np.random.default_rng(5).standard_normal(shape)
    steps = np.atleast_1d(shift).astype(int)
    wanted = np.roll(x, tuple(steps), axis=tuple(range(-len(steps), 0)))
    np.testing.assert_array_equal(translate(x, shift), wanted)


def test_two_half_steps_are_one_step_on_an_odd_grid():
    x = np.random.default_rng(6).standard_normal(15)
    np.testing.assert_allclose(translate(translate(x, 0.5), 0.5), np.roll(x, 1), atol=1e-14)


def test_the_gain_of_a_translation_is_what_a_tone_feels():
    bank = tight_bank_1d(128, 3)
    gain, n = translation_gain(bank, 2.0), np.arange(128)
    for k in (0, 3, 9):
        tone = np.cos(2 * np.pi * k * n / 128)
        moved = average((translate(tone, 2) - tone)[None], bank)
        assert np.linalg.norm(moved) == pytest.approx(gain[k] * np.linalg.norm(tone), abs=1e-12)


def test_the_profile_is_the_filter_of_every_scale():
    for J in (2, 5):
        bank = tight_bank_1d(1024, J)
        w = 2 * np.pi * np.fft.fftfreq(1024)
        np.testing.assert_allclose(bank.phi, lowpass_profile(2**J * w), atol=1e-7)


def test_the_peak_is_a_maximum():
    value, place, bend = lowpass_peak()
    s = np.linspace(0, LOWPASS_EDGE, 7919)
    assert (s * lowpass_profile(s)).max() <= value + 1e-12
    assert value == pytest.approx(place * lowpass_profile(np.array(place)))
    assert bend < 0


@pytest.mark.parametrize("grid", [(64,), (32, 24)])
def test_the_kernel_of_the_energy_theorem_is_nowhere_negative(grid):
    bank = tight_bank_1d(64, 2) if len(grid) == 1 else tight_bank(grid, 1, 4)
    w = flat_radius(bank.phi)
    axes = [np.clip(1 - abs(2 * np.pi * np.fft.fftfreq(n)) / w, 0, None) for n in grid]
    hat = axes[0] if len(axes) == 1 else np.multiply.outer(*axes)
    kernel = np.fft.ifftn(hat).real
    assert kernel.min() > -1e-15
    assert kernel.flat[0] == pytest.approx(least_share(w, grid))
    assert (hat <= bank.phi**2 + 1e-12).all()


@pytest.mark.parametrize(
    ("x", "order", "message"),
    [
        (np.zeros(5), 1, "grid of the bank"),
        (np.zeros(8, complex), 1, "real signal"),
        (np.zeros(8), -1, "order: wanted 0 or more"),
    ],
)
def test_bad_input_is_named(x, order, message):
    bank = FilterBank(np.ones(8), np.zeros((1, 8)), (0,))
    with pytest.raises(ValueError, match=message):
        layers(x, bank, order)
