"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

import numpy as np
import pytest

from dlmath import check
from dlmath.approximation.depth_separation import square_values
from dlmath.approximation.piecewise_linear import along, pieces, rational


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


def count_nodes(hidden, output):
    return len(along(rational(hidden, output))[0]) - 1


def count_in_the_first_layer(hidden, output):
    return pieces(along(rational(hidden[:1], output[: len(hidden[0][1])])))


def test_a_piece_counter():
    assert check.piece_counter(lambda h, w: pieces(along(rational(h, w)))) == check.PRAISE
    with pytest.raises(AssertionError, match="no kink if the slope is the same"):
        check.piece_counter(count_nodes)
    with pytest.raises(AssertionError, match="any"):
        check.piece_counter(count_in_the_first_layer)


def folded_product(x, y, folds, M):
    s = [square_values(np.abs(t) / (2 * M), folds) for t in (x + y, x, y)]
    return 2 * M**2 * (s[0] - s[1] - s[2])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x, y, k, M: folded_product(x, y, k, M).ravel(), "shape"),
        (lambda x, y, k, M: folded_product(x, y, k, M) + 0.1, "axes"),
        (lambda x, y, k, M: folded_product(x, y, k, M) / (2 * M**2), "factor in front"),
        (lambda x, y, k, M: folded_product(x, y, k + 1, M), "one term for every fold"),
        (lambda x, y, k, M: x * y, "largest error"),
    ],
)
def test_a_product_by_folding(wrong, words):
    assert check.product_by_folding(folded_product) == check.PRAISE
    with pytest.raises(AssertionError, match=words):
        check.product_by_folding(wrong)
