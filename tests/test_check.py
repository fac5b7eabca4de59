"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

from itertools import product

import numpy as np
import pytest

from dlmath import check
from dlmath.approximation.simplicial import kuhn


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
    assert check.scattering_network(network) == check.PRAISE
    assert check.phase_randomisation(randomise) == check.PRAISE


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


def without_far_face(f, x, n):
    corner = np.floor(n * x) / n
    return f(corner) + 0 * x[:, 0]


def every_coordinate_its_own_die(f, x, n):
    """The multilinear interpolant: affine functions and vertices are right, the inside is not."""
    corner = np.minimum(np.floor(n * x), n - 1)
    offset = n * x - corner
    total = np.zeros(len(x))
    for up in product((0, 1), repeat=x.shape[1]):
        weight = np.where(up, offset, 1 - offset).prod(axis=1)
        total += weight * f((corner + up) / n)
    return total


def last_cell_forgotten(f, x, n):
    found = kuhn(f, x, n)
    return np.where((x == 1).any(axis=1), f(np.where(x == 1, 1 - 1 / n, x)), found)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda f, x, n: kuhn(f, x, n)[:, None], "one value a point"),
        (without_far_face, "affine function is not reproduced"),
        (last_cell_forgotten, "vertices are not kept"),
        (every_coordinate_its_own_die, "values inside the cells differ"),
    ],
)
def test_wrong_interpolants_are_told(answer, hint):
    assert check.kuhn_interpolation(kuhn) == check.PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.kuhn_interpolation(answer)


def null_vector(A):
    c = np.linalg.svd(A)[2][-1]
    return c / np.abs(c).max()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda A: np.ones(len(A)), "one number a bump"),
        (lambda A: np.ones(A.shape[1]), "null space"),
        (lambda A: np.zeros(A.shape[1]), "zero is invisible too"),
        (lambda A: null_vector(A) / 2, "scale c"),
    ],
)
def test_wrong_invisible_functions_are_told(answer, hint):
    assert check.invisible_function(null_vector) == check.PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.invisible_function(answer)
