from itertools import combinations_with_replacement
from math import e, log, sqrt

import numpy as np
import pytest
import torch

from dlmath.generalization import linear_margins as lin
from dlmath.generalization import network_covers as covers
from dlmath.generalization import spectral_margins as sm
from dlmath.generalization.double_descent import noisy, split_digits
from dlmath.generalization.label_noise import train_noisy

HAND = np.array([[1.0, 2.0, 2.0], [0.0, 3.0, 4.0]])


def gaussian(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_norm_sums_over_output_units_after_the_transpose():
    assert sm.columns_norm(HAND.T) == pytest.approx(3 + 5)
    assert sm.columns_norm(HAND) == pytest.approx(1 + sqrt(13) + sqrt(20))


def test_complexity_by_hand():
    A, B = np.diag([2.0, 1.0]), np.array([[3.0, 4.0]])
    # Norms 2 and 5; transposed (2,1) norms 3 and 5.
    assert sm.lipschitz_product([A, B]) == pytest.approx(10)
    assert sm.spectral_complexity([A, B]) == pytest.approx(10 * (1.5 ** (2 / 3) + 1) ** 1.5)
    assert sm.spectral_complexity([B]) == pytest.approx(5)


def test_complexity_against_the_definition_entry_by_entry():
    weights = [gaussian(5, 4), gaussian(6, 5, seed=1), gaussian(3, 6, seed=2)]
    fixed = [0.3 * gaussian(*A.shape, seed=3) for A in weights]
    product, spread = 1.0, 0.0
    for A, M in zip(weights, fixed, strict=True):
        size = sqrt(np.linalg.eigvalsh(A.T @ A).max())
        rows = sum(
            sqrt(sum((A[j, k] - M[j, k]) ** 2 for k in range(A.shape[1])))
            for j in range(A.shape[0])
        )
        product, spread = product * size, spread + (rows / size) ** (2 / 3)
    assert sm.spectral_complexity(weights, fixed) == pytest.approx(product * spread**1.5)
    tensors = [torch.as_tensor(A) for A in weights]
    assert sm.spectral_complexity(tensors, fixed) == pytest.approx(product * spread**1.5)


@pytest.mark.parametrize(
    ("weights", "references", "message"),
    [
        ([], None, "one layer or more"),
        ([np.ones(3)], None, r"wanted a matrix .* got shape \(3,\)"),
        ([np.ones((2, 3)), np.ones((1, 3))], None, "layer 1 takes 3 inputs, layer 0 gives 2"),
        ([np.zeros((2, 3))], None, "not zero"),
        ([np.ones((2, 3))], [np.ones((3, 2))], "references: wanted the shapes"),
    ],
)
def test_bad_networks_are_refused(weights, references, message):
    with pytest.raises(ValueError, match=message):
        sm.spectral_complexity(weights, references)


def test_margins_and_ramp_by_hand():
    outputs = np.array([[1.0, 4.0, 2.0], [0.0, -1.0, 0.0]])
    assert sm.margins(outputs, np.array([1, 0])).tolist() == [2, 0]
    assert sm.margins(outputs, np.array([0, 1])).tolist() == [-3, -1]
    assert sm.ramp([-1, 0, 1, 2, 3], 2).tolist() == [1, 1, 0.5, 0, 0]


def test_bad_margins_are_refused():
    with pytest.raises(ValueError, match="k >= 2"):
        sm.margins(np.ones((3, 1)), np.zeros(3, int))
    with pytest.raises(ValueError, match="labels of shape"):
        sm.margins(np.ones((3, 2)), np.zeros(4, int))
    with pytest.raises(ValueError, match="positive margin, got 0"):
        sm.ramp([1.0], 0)


def test_the_margin_changes_by_at_most_root_two_times_the_output():
    f, g = gaussian(500, 4), gaussian(500, 4, seed=1)
    y = np.arange(500) % 4
    change = np.abs(sm.margins(f, y) - sm.margins(g, y)) / np.linalg.norm(f - g, axis=1)
    assert change.max() <= sqrt(2) + 1e-12


def test_forward_is_the_rectifier_between_layers():
    A, B, X = gaussian(5, 3), gaussian(2, 5, seed=1), gaussian(7, 3, seed=2)
    slow = np.array([B @ np.array([max(t, 0) for t in A @ x]) for x in X])
    assert np.allclose(sm.forward([A, B], X), slow)
    assert np.allclose(covers.outputs([A, B], X), slow)


def test_the_bound_by_hand_for_one_layer():
    A, X, gamma = np.array([[1.0, 0.0], [0.0, 1.0]]), np.eye(2), 1.0
    # Spectral norm 1, (2,1) norm 2, R = 2, |X| = sqrt 2, W = 2; k = 0, 1, 0.
    scale = sqrt(2) * 2 * e**2 / 2
    entropy = log(2 / 0.05) + 2 * log(4) + log(8)
    by_hand = 2 * (0.5 + 12 * sqrt(log(8)) * scale) + 3 * sqrt(entropy / 4)
    assert sm.margin_bound([A], X, gamma) == pytest.approx(by_hand)
    assert sm.complexity_term([A], X, gamma) == pytest.approx(sqrt(2))


def test_a_layer_at_its_reference_costs_log_five():
    A, B = np.eye(2), np.array([[0.5, 0.0], [0.0, 0.5]])
    # Spectral norms 1 and 1/2, twice their logarithms 0 and -1.39; (2,1) norm 1, its logarithm 0.
    by_hand = log(4) + log(8) + log(5) + log(4) + log(20)
    assert sm.price_of_choice([A, B], [A, np.zeros((2, 2))], e**2) == pytest.approx(by_hand)
    still = sm.margin_bound([A], np.eye(2), 1.0, references=[A])
    assert still == pytest.approx(2 * 0.5 + 3 * sqrt((log(40) + 2 * log(4) + log(5)) / 4))
    with pytest.raises(ValueError, match="positive margin, got 0"):
        sm.margin_bound([A], np.eye(2), 0.0)


def test_rounding_weights_sum_to_less_than_one():
    k = np.arange(-100_000, 100_001, dtype=float)
    assert (1 / (4 * (1 + k * k))).sum() + 1 / 5 < 1


@pytest.mark.parametrize("gamma", [1e-3, 0.3, 1.0, 40.0])
def test_the_term_is_never_below_its_floor(gamma):
    net, X = [gaussian(5, 3), gaussian(4, 5, seed=1)], gaussian(30, 3, seed=2)
    f = sm.forward(net, X)
    risk = sm.ramp(sm.margins(f, f.argmax(1)), gamma).mean()
    assert sm.complexity_term(net, X, gamma) >= 2**1.5 * (1 - risk) / sqrt(60)


def test_pieces_sum_to_the_product():
    X, A = gaussian(6, 4), gaussian(4, 3, seed=1)
    mass, weights = covers.pieces(X, A)
    unit = X / np.linalg.norm(X, axis=0)
    total = np.zeros((6, 3))
    for j in range(4):
        for k in range(3):
            total[:, k] += weights[j, k] * unit[:, j]
    assert np.allclose(total, X @ A)
    assert mass == pytest.approx(np.abs(weights).sum())
    assert mass <= sm.columns_norm(A) * np.linalg.norm(X)
    with pytest.raises(ValueError, match=r"wanted X \(n, d\) and A \(d, m\)"):
        covers.pieces(X, A.T)


def test_sparse_averages_are_unbiased_and_few():
    X, A = gaussian(6, 4), gaussian(4, 3, seed=1)
    tries = covers.sparse(X, A, 5, 20_000, np.random.default_rng(2))
    assert ((tries != 0).sum((1, 2)) <= 5).all()
    assert np.allclose(tries.mean(0), A, atol=0.15)
    squares = ((X @ tries - X @ A) ** 2).sum((1, 2))
    assert squares.mean() == pytest.approx(covers.sparsification_error(X, A, 5), rel=0.03)


def test_an_input_that_is_always_zero_takes_no_pieces():
    X = gaussian(6, 3) * [1, 0, 1]
    tries = covers.sparse(X, gaussian(3, 2, seed=1), 4, 50, np.random.default_rng(0))
    assert (tries[:, 1] == 0).all()


def test_the_net_has_all_averages():
    X = gaussian(4, 2)
    found = covers.net(X, 2, 1.5, 2)
    unit = X / np.linalg.norm(X, axis=0)
    one = [s * 1.5 * np.outer(unit[:, j], np.eye(2)[k])
           for j in range(2) for k in range(2) for s in (1, -1)]  # fmt: skip
    slow = [(one[a] + one[b]) / 2 for a, b in combinations_with_replacement(range(8), 2)]
    assert len(found) == len(slow) == 36
    as_points = [sorted(tuple(p.ravel().round(9) + 0.0) for p in P) for P in (found, slow)]
    assert as_points[0] == as_points[1]


def test_the_net_leaves_out_columns_that_are_zero():
    X = gaussian(4, 2)
    wide = np.column_stack([X[:, 0], np.zeros(4), X[:, 1]])
    assert np.allclose(covers.net(wide, 2, 1.5, 2), covers.net(X, 2, 1.5, 2))
    with pytest.raises(ValueError, match="not zero"):
        covers.net(np.zeros((4, 2)), 2, 1.5, 2)


def test_best_split_against_a_fine_grid():
    b = np.array([0.3, 2.0])
    t = np.linspace(0.001, 0.999, 9999)
    costs = (b[0] / t) ** 2 + (b[1] / (1 - t)) ** 2
    assert covers.least_cost(b) == pytest.approx(costs.min(), rel=1e-6)
    assert covers.best_split(b)[0] == pytest.approx(t[costs.argmin()], abs=1e-3)
    with pytest.raises(ValueError, match="positive costs"):
        covers.best_split([1.0, 0.0])


def test_shares_add_up_to_the_accuracy_at_the_output():
    s, b = np.array([2.0, 0.5, 3.0]), np.array([4.0, 1.0, 7.0])
    layers = covers.tolerances(s, b, 0.1)
    assert layers[0] * 0.5 * 3 + layers[1] * 3 + layers[2] == pytest.approx(0.1)


def test_approximations_stay_within_their_accuracy():
    weights = [gaussian(5, 4), gaussian(3, 5, seed=1)]
    X = gaussian(8, 4, seed=2)
    b = [sm.columns_norm(A.T) for A in weights]
    s = [sm.spectral_norm(A) for A in weights]
    layers = covers.tolerances(s, b, 4.0)
    Y, terms, errors = covers.approximate(weights, X, layers, b, np.random.default_rng(0))
    assert np.linalg.norm(Y - covers.outputs(weights, X)) <= 4
    assert max(errors) <= 1
    assert terms[0] == int(np.ceil((b[0] * np.linalg.norm(X) / layers[0]) ** 2))


def test_rules_fill_the_disk():
    w = lin.rules(2.0)
    sizes = np.linalg.norm(w, axis=1)
    assert sizes.max() == pytest.approx(2)
    assert (w[0] == 0).all()


def test_uniformity_against_a_loop():
    Z = lin.population(30, 0)
    found = lin.uniformity(Z, 1.0, 0.5, n=8, samples=1, seed=3)
    rng = np.random.default_rng([3, 22])
    chosen, sign = rng.integers(0, 30, 8), rng.choice([-1.0, 1.0], 8)
    gaps, noise = [], []
    for w in lin.rules(1.0):
        loss = np.array([min(max(1 - (w @ z) / 0.5, 0), 1) for z in Z])
        gaps.append(loss.mean() - loss[chosen].mean())
        noise.append((sign * (loss[chosen] - 1)).mean())
    assert found.gap[0] == pytest.approx(max(gaps))
    assert found.losses[0] == pytest.approx(max(noise))
    assert found.rules[0] == pytest.approx(np.linalg.norm(sign @ Z[chosen]) / 8)


def test_trained_networks_are_what_is_recorded():
    how = dict(n=60, hidden=(12,), steps=30)
    runs = train_noisy([0.0, 1.0], [5], record_at=[0, 30], **how)
    assert runs.margin.shape == (2, 2, 60)
    assert runs.steps.tolist() == [0, 30]
    assert runs.noise.tolist() == [0, 1]
    data = split_digits(60, 5)
    for k, noise in enumerate((0.0, 1.0)):
        f = sm.forward(runs.weights[k], data.train)
        own = sm.margins(f, noisy(data.labels, noise, 5))
        assert np.allclose(own, runs.margin[-1, k], atol=1e-4)
        assert runs.complexity[-1, k] == pytest.approx(sm.spectral_complexity(runs.weights[k]))
        new = sm.forward(runs.weights[k], data.test).argmax(1)
        error = (new != noisy(data.answers, noise, 1005)).mean()
        assert runs.test[-1, k] == pytest.approx(error, abs=2 / 797)
    assert (runs.moved[0] < 1e-6).all()
    assert (runs.excess == runs.test - runs.train).all()
    gamma = np.quantile(runs.margin[-1, 0], 0.5)
    term = sm.complexity_term(runs.weights[0], data.train, gamma)
    assert runs.term(0.5)[-1, 0] == pytest.approx(term, rel=1e-5)
    assert np.isnan(runs.term(0.0)).any()
