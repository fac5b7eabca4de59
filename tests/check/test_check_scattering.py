"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

import numpy as np
import pytest

from dlmath.check import scattering as check
from dlmath.check._words import PRAISE
from dlmath.invariance import textures


def network(x, phi, psi, order):
    U, S = x[None], []
    for _ in range(order + 1):
        spectra = np.fft.fft2(U)
        S.append(np.fft.ifft2(spectra * phi).real)
        U = np.abs(np.fft.ifft2(spectra[:, None] * psi)).reshape(-1, *x.shape)
    return np.concatenate(S)


def without_modulus(x, phi, psi, order):
    U, S = x[None], []
    for _ in range(order + 1):
        S.append(np.fft.ifft2(np.fft.fft2(U) * phi).real)
        U = np.fft.ifft2(np.fft.fft2(U)[:, None] * psi).reshape(-1, *x.shape)
    return np.concatenate(S)


def first_wavelet_fastest(x, phi, psi, order):
    U, S = x[None], []
    for _ in range(order + 1):
        S.append(np.fft.ifft2(np.fft.fft2(U) * phi).real)
        U = np.abs(np.fft.ifft2(np.fft.fft2(U) * psi[:, None])).reshape(-1, *x.shape)
    return np.concatenate(S)


def last_order_only(x, phi, psi, order):
    return network(x, phi, psi, order)[-(len(psi) ** order) :]


def complex_output(x, phi, psi, order):
    return network(x, phi, psi, order) + 0j


def not_averaged(x, phi, psi, order):
    return network(x, np.ones_like(phi), psi, order)


def randomise(x, rng):
    spectrum = np.abs(np.fft.fft2(x)) * np.exp(
        1j * np.angle(np.fft.fft2(rng.standard_normal(x.shape)))
    )
    spectrum[0, 0] = x.sum()
    return np.fft.ifft2(spectrum).real


def real_part_only(x, rng):
    phases = np.exp(2j * np.pi * rng.random(x.shape))
    return np.fft.ifft2(np.abs(np.fft.fft2(x)) * phases).real


def complex_field(x, rng):
    return np.fft.ifft2(np.abs(np.fft.fft2(x)) * np.exp(2j * np.pi * rng.random(x.shape)))


def mean_forgotten(x, rng):
    field = randomise(x, rng)
    return field - 2 * field.mean()


def nothing(x, rng):
    return x.copy()


def its_own_seed(x, rng):
    return randomise(x, np.random.default_rng(0))


def test_right_answers_pass():
    assert check.scattering_network(network) == PRAISE
    assert check.phase_randomisation(randomise) == PRAISE


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (without_modulus, "Order 1 is wrong"),
        (first_wavelet_fastest, "another order"),
        (last_order_only, "At order 1 the shape"),
        (complex_output, "complex"),
        (not_averaged, "Order 0 is wrong"),
    ],
)
def test_wrong_networks_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.scattering_network(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (real_part_only, "modulus has changed"),
        (complex_field, "complex"),
        (mean_forgotten, "mean has changed"),
        (nothing, "not drawn anew"),
        (its_own_seed, "not drawn anew"),
    ],
)
def test_wrong_phases_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.phase_randomisation(answer)


def told(train, test):
    """Accuracy on the second pair of images, of a classifier trained on patches of the first."""
    features = []
    for pair in (train, test):
        patches = np.concatenate([textures.windowed(textures.tiles(f)) for f in pair])
        features.append(np.abs(np.fft.rfft2(patches)).reshape(len(patches), -1))
    labels = np.repeat([0, 1], len(features[0]) // 2)
    return textures.accuracy(
        features[0], labels, features[1], np.repeat([0, 1], len(features[1]) // 2)
    )


def left(pair):
    return [f[:, : f.shape[1] // 2] for f in pair]


def right(pair):
    return [f[:, f.shape[1] // 2 :] for f in pair]


def halves(*pair):
    return told(left(pair), right(pair))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda *pair: 100 * halves(*pair), "share of patches"),
        (lambda *pair: 1 - halves(*pair), "its own label"),
        (lambda *pair: told(left(pair), left(pair)), "test on patches of the right"),
        (lambda *pair: told(left(pair), pair), "may be trained on"),
        (lambda *pair: 0.5, "Fourier modulus of a patch"),
    ],
)
def test_wrong_halves_are_told(answer, hint):
    assert check.halves(halves) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.halves(answer)
