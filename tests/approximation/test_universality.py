"""The chapter on universality: every function against a slow, obvious reference."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from dlmath.approximation import bernstein, differences
from dlmath.approximation.polynomial_networks import (
    PRIME,
    cube_plus,
    horner_network,
    monomial_network,
    outputs_modulo,
    ramp,
    rank_modulo,
    run,
    square,
    width,
)
from dlmath.approximation.relu_interpolation import hat, interpolate, modulus
from dlmath.approximation.universality import (
    ACTIVATIONS,
    draw_neurons,
    error_curves,
    fit,
    hidden,
    legendre_features,
    peak,
    peak_floor,
    square_grid,
    uniform_floor,
)

# --- shallow networks -------------------------------------------------------------------------


def test_hidden_is_the_definition_of_a_neuron():
    x = np.random.default_rng(0).standard_normal((4, 3))
    weights, biases = draw_neurons(3, 5, seed=2)
    found = hidden(x, weights, biases, np.tanh)
    for p, i in itertools.product(range(4), range(5)):
        pre = sum(weights[i, j] * x[p, j] for j in range(3)) + biases[i]
        assert found[p, i] == pytest.approx(math.tanh(pre))


def test_neurons_stay_when_more_are_drawn():
    few, many = draw_neurons(2, 3, seed=4), draw_neurons(2, 50, seed=4)
    np.testing.assert_array_equal(few[0], many[0][:3])
    np.testing.assert_array_equal(few[1], many[1][:3])
    assert not draw_neurons(2, 3, seed=4, biased=False)[1].any()
    assert not np.array_equal(draw_neurons(2, 3, seed=5)[0], few[0])


def test_activations_state_their_degree():
    u = np.linspace(-1, 1, 7)
    for activation in ACTIVATIONS.values():
        degree = 4 if activation.degree is None else activation.degree
        left = np.polyfit(u, activation(u), degree, full=True)[1]
        error = left[0] if left.size else 0.0
        assert (error < 1e-20) == (activation.degree is not None)


def test_fit_solves_the_normal_equations_of_its_measure():
    rng = np.random.default_rng(1)
    A, y, measure = rng.standard_normal((30, 4)), rng.standard_normal(30), rng.random(30)
    found = fit(A, y, measure=measure / measure.sum())
    D = np.diag(measure)
    np.testing.assert_allclose(found.weights, np.linalg.solve(A.T @ D @ A, A.T @ D @ y))
    error = (measure * (A @ found.weights - y) ** 2).sum() / measure.sum()
    assert np.linalg.norm(found.residual) ** 2 == pytest.approx(error)
    assert found.rank == 4


@pytest.mark.parametrize(("d", "q"), [(1, 4), (2, 3), (3, 2)])
def test_legendre_features_span_the_polynomials(d, q):
    x = np.random.default_rng(2).uniform(-1, 1, (200, d))
    features = legendre_features(x, q)
    assert features.shape == (200, math.comb(d + q, q))
    powers = [p for p in itertools.product(range(q + 1), repeat=d) if sum(p) <= q]
    monomials = np.stack([np.prod(x ** np.array(p), axis=1) for p in powers], 1)
    stacked = np.linalg.matrix_rank(np.hstack([features, monomials]), tol=1e-8)
    assert stacked == np.linalg.matrix_rank(features) == len(powers)


def test_square_grid_integrates_polynomials():
    x, weights = square_grid(4)
    assert weights.sum() == pytest.approx(1)
    assert weights @ (x[:, 0] ** 6 * x[:, 1] ** 2) == pytest.approx(1 / 21)


@pytest.mark.parametrize("degree", range(5))
def test_peak_floor_is_what_least_squares_leaves(degree):
    x = (np.stack(np.meshgrid(*[np.arange(300)] * 2), -1).reshape(-1, 2) + 0.5) / 150 - 1
    left = np.linalg.norm(fit(legendre_features(x, degree), peak(x)).residual)
    assert peak_floor(degree) == pytest.approx(left, rel=1e-4)


def test_uniform_floor_is_below_the_best_and_near_it():
    # by constants the best error of any function is half its range
    y = np.random.default_rng(3).random(40)
    best = (y.max() - y.min()) / 2
    found = uniform_floor(np.ones((40, 1)), y, steps=400)
    assert 0.97 * best <= found <= best + 1e-12
    assert uniform_floor(np.ones((40, 1)), y, steps=1) == pytest.approx(y.std())


def test_error_curves_are_those_of_separate_fits():
    found = error_curves(["tanh", "u²"], [3, 8], seed=1, points=9)
    (x, measure), (fresh, weight) = square_grid(9), square_grid(10)
    root = np.sqrt(measure)
    for name, curve in found.items():
        for r, error in zip((3, 8), curve, strict=True):
            neurons = [w[:r] for w in draw_neurons(2, 8, 1)]
            A, B = (hidden(at, *neurons, ACTIVATIONS[name]) for at in (x, fresh))
            outer = np.linalg.pinv(A * root[:, None], rcond=1e-12) @ (peak(x) * root)
            assert error**2 == pytest.approx(weight @ (B @ outer - peak(fresh)) ** 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draw_neurons(0, 3), "at least one input"),
        (lambda: hidden(np.zeros(3), np.zeros((2, 1)), np.zeros(2), np.tanh), "for one input"),
        (lambda: fit(np.zeros((3, 1)), np.zeros(2)), "wanted 3 values"),
    ],
)
def test_bad_input_to_shallow_networks_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- differences ------------------------------------------------------------------------------


@pytest.mark.parametrize("b", [Fraction(1, 2), Fraction(-3), Fraction(0)])
def test_derivatives_of_the_bump_are_those_of_its_series(b):
    # (1 + (b + t)^2) sum a_k t^k = 1 fixes the Taylor coefficients one after the other
    a = []
    for k in range(8):
        right = Fraction(k == 0) - 2 * b * (a[k - 1] if k else 0) - (a[k - 2] if k > 1 else 0)
        a.append(right / (1 + b * b))
    found = [differences.bump_derivative(k, b) for k in range(8)]
    assert found == [math.factorial(k) * c for k, c in enumerate(a)]


def test_two_neurons_are_a_difference_quotient():
    h, b, x = Fraction(1, 10), Fraction(1, 3), Fraction(2, 5)
    inner, outer = differences.difference_network(1, h, b)
    quotient = (differences.bump(b + h * x / 2) - differences.bump(b - h * x / 2)) / h
    assert differences.evaluate(x, inner, outer, b) == quotient / differences.bump_derivative(1, b)


@pytest.mark.parametrize("k", range(1, 7))
def test_error_of_a_monomial_is_within_its_bounds(k):
    for h, x in itertools.product(
        (Fraction(1, 8), Fraction(1, 100)), (Fraction(1), Fraction(-2, 3))
    ):
        error = differences.evaluate(x, *differences.difference_network(k, h)) - x**k
        slack = differences.next_error(k, x, h)
        assert abs(error / h**2 - differences.leading_error(k, x)) <= slack


def test_largest_error_agrees_with_floats_until_rounding_takes_over():
    exact, floating = differences.largest_error(2, Fraction(1, 32))
    assert floating == pytest.approx(exact, rel=1e-6)
    exact, floating = differences.largest_error(6, Fraction(1, 1024))
    assert floating > 100 * exact


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: differences.bump_derivative(-1, Fraction(0)), "0 or more"),
        (lambda: differences.difference_network(2, Fraction(0)), "positive step"),
        (lambda: differences.difference_network(1, Fraction(1), Fraction(0)), "another bias"),
    ],
)
def test_bad_input_to_differences_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- polynomial networks ----------------------------------------------------------------------


def test_rank_modulo_is_the_rank_of_small_matrices():
    rng = np.random.default_rng(0)
    for r in range(5):
        matrix = rng.integers(-3, 4, (7, r)) @ rng.integers(-3, 4, (r, 6))
        assert rank_modulo(matrix) == np.linalg.matrix_rank(matrix)
    assert rank_modulo(np.array([[2, 4], [3, 1]]), prime=5) == 1
    assert rank_modulo(np.zeros((2, 3), int)) == 0


def test_activations_modulo_are_those_of_whole_numbers():
    u = np.array([-7, -1, 0, 3, 10**6])
    assert cube_plus(u % PRIME).tolist() == [(v**3 + v) % PRIME for v in u.tolist()]
    assert ramp(u % PRIME).tolist() == [max(v, 0) for v in u.tolist()]
    assert cube_plus(np.array([0.5])) == pytest.approx(0.625)


def test_outputs_modulo_have_the_degree_of_the_network():
    x = np.arange(12)[:, None]
    values = outputs_modulo(x, 4, 3, square, seed=3)
    assert values.shape == (12, 4)
    powers = np.array([[pow(int(v), k, PRIME) for k in range(9)] for v in x[:, 0]])
    assert rank_modulo(np.hstack([powers, values])) == 9
    assert rank_modulo(np.hstack([powers[:, :8], values])) == 9


@pytest.mark.parametrize("degree", [2, 3, 7])
def test_horner_network_is_the_polynomial(degree):
    coefficients = [Fraction(k * k - 5, k + 2) for k in range(degree + 1)]
    layers = horner_network(coefficients)
    x = np.array([[Fraction(k, 3)] for k in range(-4, 5)], dtype=object)
    wanted = [sum(c * t**i for i, c in enumerate(coefficients)) for (t,) in x]
    assert run(layers, x).tolist() == wanted
    assert (width(layers), len(layers)) == (4, degree)
    narrow = horner_network(coefficients, carry=Fraction(1, 1000))
    assert width(narrow) == 3
    if degree > 2:
        assert 0 < max(abs(run(narrow, x) - wanted)) < 1000


def test_monomial_network_tends_to_the_polynomial():
    terms = {(0, 0): 2.0, (2, 1): -1.0, (0, 3): 0.5, (1, 0): 3.0}
    x = np.random.default_rng(1).uniform(-1, 1, (20, 2))
    wanted = sum(c * x[:, 0] ** a * x[:, 1] ** b for (a, b), c in terms.items())
    errors = []
    for h in (1e-3, 5e-4):
        layers = monomial_network(terms, h)
        assert (width(layers), len(layers)) == (5, 8)
        errors.append(np.abs(run(layers, x) - wanted).max())
    assert errors[0] < 0.05
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rank_modulo(np.zeros((2, 2))), "wanted integers"),
        (lambda: outputs_modulo(np.zeros((2, 1), int), 1, 0, square), "one hidden layer"),
        (lambda: horner_network([Fraction(1), Fraction(2)]), "no hidden layer"),
        (lambda: monomial_network({(0, 0): 1.0}, 0.1), "degree 1 or more"),
        (lambda: monomial_network({(1, 0): 1.0}, 0.0), "h > 0"),
    ],
)
def test_bad_input_to_polynomial_networks_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- the best polynomials for |x| ---------------------------------------------------------------


def test_the_first_best_polynomial_is_known():
    best = bernstein.best_even(2)
    x = np.linspace(-1, 1, 9)
    np.testing.assert_allclose(best(x), x**2 + 0.125, atol=1e-13)
    assert best.lower == pytest.approx(0.125, abs=1e-14)


@pytest.mark.parametrize("n", [4, 10, 32])
def test_the_interval_holds_the_error_and_no_sample_beats_it(n):
    best = bernstein.best_even(n)
    x = np.linspace(0, 1, 20_011)
    assert np.abs(best(x) - x).max() <= best.upper
    assert 0 <= best.upper - best.lower < 1e-11
    # weighted least squares gives a lower bound for every measure: it may not pass the upper one
    even = np.polynomial.chebyshev.chebvander(2 * x[::20] ** 2 - 1, n // 2)
    floor = uniform_floor(even, x[::20], steps=200)
    assert 0.9 * best.lower < floor <= best.upper


def test_other_targets_are_approximated_too():
    # t^2 by polynomials of degree 1 in t on [0, 1]: the error is that of Chebyshev's T_2, 1/8
    best = bernstein.best_even(2, lambda t: t**2, curvature=6.0)
    assert best.lower == pytest.approx(0.125)
    assert best.upper == pytest.approx(0.125)


def test_richardson_takes_out_one_power():
    coarse, fine = (np.array(3 + 5 / n**4) for n in (10, 20))
    assert bernstein.richardson(coarse, fine, 4) == pytest.approx(3)
    assert pytest.approx(1 / (2 * math.sqrt(math.pi))) == bernstein.GUESS
    assert bernstein.root(np.array([4.0])) == 2


@pytest.mark.parametrize("n", [0, 3])
def test_odd_degrees_are_refused(n):
    with pytest.raises(ValueError, match="even degree"):
        bernstein.best_even(n)


# --- ReLU in one variable -----------------------------------------------------------------------


def test_interpolation_is_linear_between_its_nodes():
    nodes, values = np.array([0.0, 0.2, 0.7, 1.0]), np.array([1.0, -1.0, 0.5, 0.5])
    network = interpolate(nodes, values)
    x = np.linspace(0, 1, 101)
    np.testing.assert_allclose(network(x), np.interp(x, nodes, values), atol=1e-14)
    assert len(network.kinks) == 3


def test_a_hat_is_a_hat():
    x = np.array([-1.0, 0, 0.25, 0.5, 1.5, 2.5, 3])
    np.testing.assert_allclose(hat(0, 0.5, 2.5)(x), [0, 0, 0.5, 1, 0.5, 0, 0], atol=1e-15)


def test_modulus_is_the_largest_difference_within_reach():
    values = np.random.default_rng(0).standard_normal(30)
    for steps in (1, 4, 29):
        slow = max(
            abs(values[i] - values[j]) for i in range(30) for j in range(30) if abs(i - j) <= steps
        )
        assert modulus(values, steps) == pytest.approx(slow)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: interpolate(np.zeros(1), np.zeros(1)), "two or more nodes"),
        (lambda: interpolate(np.array([0.0, 0.0]), np.zeros(2)), "increasing"),
        (lambda: hat(1, 0, 2), "left < middle < right"),
        (lambda: modulus(np.zeros(3), 3), "1 to 2"),
    ],
)
def test_bad_input_to_interpolation_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
