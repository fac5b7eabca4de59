"""Weight decay on two linear layers: the way down, the minimum, and the trap of one neuron."""

import numpy as np
import pytest
from scipy.optimize import minimize

from dlmath.landscapes import linear_traps as traps
from dlmath.landscapes.linear_networks import product, random_weights
from dlmath.landscapes.linear_ridge import (
    balanced,
    lift,
    nuclear_minimum,
    ridge_connection,
    ridge_loss,
    ridge_path,
)


def problem(n, m, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 15))
    return X, rng.standard_normal((m, n)) @ X + 0.3 * rng.standard_normal((m, 15))


@pytest.mark.parametrize(("n", "h", "m"), [(3, 3, 3), (5, 3, 2), (2, 2, 6), (4, 7, 3), (1, 1, 1)])
@pytest.mark.parametrize("decay", [0.2, 3.0, 1000.0])
def test_wide_networks_go_down_to_the_certified_minimum(n, h, m, decay):
    X, Y = problem(n, m, n + h)
    M, value, bound = nuclear_minimum(X, Y, decay)
    assert -1e-12 < (value - bound) / value < 1e-9
    for seed, change in ((1, lambda W: W), (2, lambda W: 0 * W), (3, lambda W: W * (W > 0.3))):
        weights = [change(W) for W in random_weights([n, h, m], seed)]
        path = ridge_path(weights, M)
        start = ridge_loss(weights, X, Y, decay)
        assert path.rise(lambda w, d=decay: ridge_loss(w, X, Y, d)) < 1e-11 * start
        assert ridge_loss(path.end, X, Y, decay) == pytest.approx(bound, rel=1e-9)


def test_the_minimum_is_that_of_a_general_solver():
    X, Y = problem(3, 2, 4)
    decay = 2.0

    def loss(v):
        return ridge_loss([v[:9].reshape(3, 3), v[9:].reshape(2, 3)], X, Y, decay)

    begin = np.random.default_rng(0).standard_normal(15)
    found = minimize(loss, begin, method="BFGS", options={"gtol": 1e-7}).fun
    assert nuclear_minimum(X, Y, decay)[1] == pytest.approx(found, rel=1e-8)


def test_balancing_reaches_twice_the_sum_of_the_singular_values():
    weights = random_weights([4, 5, 3], 3)
    legs, even = balanced(weights)
    nuclear = np.linalg.svd(product(weights))[1].sum()
    assert sum(np.square(W).sum() for W in even) == pytest.approx(2 * nuclear)
    assert np.allclose(even[0] @ even[0].T, even[1].T @ even[1])
    for leg in legs:
        assert np.allclose(product(leg.at(0.4)), product(weights))
    M = np.array([[4.0, 0.0], [0.0, 0.0]])
    assert np.allclose(lift(M, np.eye(2))[0], M / 2)


def test_two_wide_networks_are_joined():
    X, Y = problem(3, 2, 9)
    for sizes in ([3, 3, 2], [3, 6, 2]):
        first, second = random_weights(sizes, 1), random_weights(sizes, 2)
        path = ridge_connection(first, second)
        values = path.values(lambda w: ridge_loss(w, X, Y, 1.0))[1]
        assert values.max() <= max(values[0], values[-1]) + 1e-10
        assert np.allclose(path.end[1], second[1])
    flipped = ridge_connection(random_weights([2, 3, 3], 1), random_weights([2, 3, 3], 2))
    assert np.allclose(flipped.end[0], random_weights([2, 3, 3], 2)[0])


def test_the_reduced_loss_is_the_least_for_its_direction():
    for angle, decay in ((0.3, 0.05), (1.2, 0.09), (2.0, 0.0)):
        d = np.array([np.cos(angle), np.sin(angle)])

        def loss(v, d=d, decay=decay):
            weights = [v[0] * d[None], v[1:, None]]
            return ridge_loss(weights, traps.INPUTS, traps.TEACHER @ traps.INPUTS, decay)

        least = minimize(loss, [1.0, 0.5, 0.5], method="BFGS").fun
        assert traps.reduced_loss(np.array(angle), decay) == pytest.approx(least, abs=1e-8)
        reached = ridge_loss(
            traps.neuron(angle, decay), traps.INPUTS, traps.TEACHER @ traps.INPUTS, decay
        )
        assert reached == pytest.approx(least, abs=1e-8)


@pytest.mark.parametrize("decay", [0.06, 0.09, 0.1, 0.13])
def test_the_closed_forms_are_those_of_a_grid(decay):
    angles = np.linspace(0, np.pi / 2, 40_001)
    loss, found = traps.reduced_loss(angles, decay), traps.levels(decay)
    assert loss[0] == pytest.approx(found.first)
    assert loss[-1] == pytest.approx(found.second)
    assert loss.max() == pytest.approx(found.barrier, abs=1e-8)
    assert angles[loss.argmax()] == pytest.approx(found.turn, abs=1e-3)
    near = (decay - 0.055, 200 / 11) if decay <= traps.EVEN else (decay - 0.1375, 288 / 11)
    assert found.depth == pytest.approx(near[1] * near[0] ** 2)


def test_one_minimum_outside_the_interval():
    angles = np.linspace(0, np.pi, 4001)[:-1]
    for decay, count in ((0.0, 1), (0.054, 1), (0.06, 2), (0.137, 2), (0.14, 1)):
        low, high = traps.extrema(traps.reduced_loss(angles, decay))
        assert (len(low), len(high)) == (count, count)


def test_the_weighted_landscape_has_its_two_minima_and_its_exact_barrier():
    angles = np.linspace(0, np.pi, 40_001)[:-1]
    loss = traps.weighted_reduced(angles)
    low, high = traps.extrema(loss)
    assert loss[low] == pytest.approx([2.26913194, 2.60856343], abs=1e-7)
    roots = np.sort(np.mod(np.arctan(np.roots([4, 10, -3])), np.pi))
    assert angles[high] == pytest.approx(roots, abs=1e-4)
    assert traps.weighted_reduced(roots) == pytest.approx([3.48, 3.48], abs=1e-12)
    assert len(traps.extrema(traps.weighted_reduced(angles, np.ones((2, 2))))[0]) == 1
    for angle in (0.4, 2.2):
        reached = traps.weighted_loss(traps.weighted_neuron(angle))
        assert reached == pytest.approx(float(traps.weighted_reduced(np.array(angle))))


def test_gradient_descent_ends_at_the_levels():
    ends = traps.descend(1, 0.09, 40, 0)
    found = traps.levels(0.09)
    assert set(np.round(ends, 5)) == {round(found.first, 5), round(found.second, 5)}
    assert len(set(np.round(traps.descend(2, 0.09, 10, 0), 5))) == 1


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="a positive number, got 0"):
        nuclear_minimum(np.eye(2), np.eye(2), 0)
    with pytest.raises(ValueError, match="hidden width of at least 2, got 1"):
        ridge_path(random_weights([2, 1, 2], 0), np.eye(2))
    with pytest.raises(ValueError, match="wanted two layers, got 3"):
        ridge_path(random_weights([2, 2, 2, 2], 0), np.eye(2))
    with pytest.raises(ValueError, match=r"wanted the shape \(2, 3\)"):
        ridge_path(random_weights([3, 2, 2], 0), np.eye(2))
    with pytest.raises(ValueError, match="two of the same shapes"):
        ridge_connection(random_weights([2, 3, 2], 0), random_weights([2, 4, 2], 0))
    with pytest.raises(ValueError, match=r"between 0\.055 and 0\.1375, got 0\.2"):
        traps.levels(0.2)
    with pytest.raises(ValueError, match="not negative"):
        traps.reduced_loss(np.zeros(1), -1)
