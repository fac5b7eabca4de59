"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

import numpy as np
import pytest

from dlmath.check import deformations as check
from dlmath.check._words import PRAISE
from dlmath.invariance.deformations import uniform_bank


def warp(x, tau):
    n = len(x)
    k = n * np.fft.fftfreq(n)
    waves = np.exp(2j * np.pi * np.outer(np.arange(n) - tau, k) / n)
    return (waves @ np.fft.fft(x)).real / n


def wrong_way(x, tau):
    return warp(x, -tau)


def complex_result(x, tau):
    return warp(x, tau) + 0.1j


def linear(x, tau):
    t = np.arange(len(x))
    return np.interp(t - tau, t, x, period=len(x))


def positive_frequencies(x, tau):
    n = len(x)
    waves = np.exp(2j * np.pi * np.outer(np.arange(n) - 1.5 * tau, np.arange(n)) / n)
    return (waves @ np.fft.fft(x)).real / n


def too_long(x, tau):
    return np.append(warp(x, tau), 0)


def bank(n, b):
    made = uniform_bank(n, b)
    return made.phi, made.psi


def two_sided(n, b):
    phi, psi = bank(n, b)
    return phi, psi + np.roll(psi[:, ::-1], 1, axis=1)


def no_root(n, b):
    phi, psi = bank(n, b)
    return phi, psi / np.sqrt(2)


def nyquist_forgotten(n, b):
    phi, psi = bank(n, b)
    psi[:, n // 2] *= np.sqrt(2)
    return phi, psi


def one_short(n, b):
    phi, psi = bank(n, b)
    return phi, psi[:-1]


def straight_angle(n, b):
    phi, psi = bank(n, b)
    w = 2 * np.pi * np.arange(n) / n
    k = np.arange(1, len(psi) + 1)[:, None]
    angle = np.pi / 2 * np.clip(np.abs(np.minimum(w / b, len(psi)) - k), 0, 1)
    psi = np.sqrt(2) * np.cos(angle) * (w <= np.pi)
    psi[:, n // 2] /= np.sqrt(2)
    phi = np.cos(np.pi / 2 * np.clip(np.minimum(w, 2 * np.pi - w) / b, 0, 1))
    return phi, psi


def test_right_answers_pass():
    assert check.warping(warp) == PRAISE
    assert check.equal_bands(bank) == PRAISE


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (wrong_way, "wrong way"),
        (complex_result, "complex"),
        (linear, "between the samples"),
        (positive_frequencies, "three samples"),
        (too_long, "shape"),
    ],
)
def test_wrong_warps_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.warping(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (two_sided, "negative frequencies"),
        (no_root, "sum is not 1"),
        (nyquist_forgotten, "except at pi"),
        (one_short, "shapes"),
        (straight_angle, "not Meyer's"),
    ],
)
def test_wrong_banks_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.equal_bands(answer)
