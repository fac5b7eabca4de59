from fractions import Fraction

import numpy as np
import pytest

from dlmath.approximation.polynomial_networks import horner_network
from dlmath.check import universality as check
from dlmath.check._words import PRAISE


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


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (slopes_as_weights, "change of slope"),
        (no_constant, "value at 0"),
        (a_neuron_at_the_end, "one neuron a cell"),
    ],
)
def test_interpolant_is_judged(wrong, message):
    assert check.relu_interpolant(interpolant) == PRAISE
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


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (other_polynomial, r"Degree 2: the value at -2 is \d+, wanted 13"),
        (three_wide, "the value at -2 is -216/5, wanted -48"),
        (five_wide, "A layer has 5 neurons"),
        (one_layer_more, "hidden layers"),
    ],
)
def test_square_network_is_judged(wrong, message):
    assert check.square_network(horner_network) == PRAISE
    with pytest.raises(AssertionError, match=message):
        check.square_network(wrong)
