"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

from fractions import Fraction

import numpy as np
import pytest

from dlmath import check
from dlmath.approximation.polynomial_networks import horner_network


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


def interpolant(f, N):
    nodes = np.linspace(0, 1, N + 1)
    values = f(nodes)
    slopes = N * np.diff(values)
    return values[0], nodes[:-1], np.diff(slopes, prepend=0.0)


def slopes_as_weights(f, N):
    constant, kinks, weights = interpolant(f, N)
    return constant, kinks, np.cumsum(weights)


def no_constant(f, N):
    return 0.0, *interpolant(f, N)[1:]


def a_neuron_at_the_end(f, N):
    constant, kinks, weights = interpolant(f, N)
    return constant, [*kinks, 1.0], [*weights, 0.0]


def test_interpolant_is_judged():
    assert check.relu_interpolant(interpolant) == check.PRAISE
    for wrong, message in (
        (slopes_as_weights, "change of slope"),
        (no_constant, "value at 0"),
        (a_neuron_at_the_end, "one neuron a cell"),
    ):
        with pytest.raises(AssertionError, match=message):
            check.relu_interpolant(wrong)


def other_polynomial(coefficients):
    return horner_network([c + 1 for c in coefficients])


def three_wide(coefficients):
    return horner_network(coefficients, carry=Fraction(1, 10))


def five_wide(coefficients):
    (w, b), *rest = horner_network(coefficients)
    (v, c), *rest = rest
    w, b, v = np.vstack([w, w[:1]]), np.append(b, b[0]), np.hstack([v, 0 * v[:, :1]])
    return [(w, b), (v, c), *rest]


def one_layer_more(coefficients):
    return horner_network([*coefficients, Fraction(0)])


def test_square_network_is_judged():
    assert check.square_network(horner_network) == check.PRAISE
    for wrong, message in (
        (other_polynomial, "wanted"),
        (three_wide, "wanted"),
        (five_wide, "A layer has 5 neurons"),
        (one_layer_more, "hidden layers"),
    ):
        with pytest.raises(AssertionError, match=message):
            check.square_network(wrong)
