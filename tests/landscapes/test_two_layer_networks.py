"""Two-layer networks: dimensions, moves that keep the function, ways down and ways across."""

from fractions import Fraction
from itertools import combinations_with_replacement, permutations

import numpy as np
import pytest

from dlmath.landscapes.neuron_moves import Walk, rearrange, reflect, swap, swap_by_silencing
from dlmath.landscapes.two_layer_networks import (
    Family,
    basis_form,
    connect,
    descent_path,
    independent,
    outputs_for,
    power_dimension,
)


def quadratic(seed=0, N=12):
    rng = np.random.default_rng(seed)
    return Family(rng.standard_normal((2, N)), np.square, rng.standard_normal((30, 2)))


def exact_rank(rows):
    """The rank of a matrix of fractions, by elimination without rounding."""
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            ratio = rows[r][column] / rows[rank][column]
            rows[r] = [x - ratio * y for x, y in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


@pytest.mark.parametrize(("n", "k", "N"), [(2, 2, 8), (3, 2, 4), (3, 3, 15), (4, 1, 9)])
def test_the_dimension_is_the_exact_rank(n, k, N):
    rng = np.random.default_rng(n + k)
    X, W = rng.integers(-5, 6, (n, N)), rng.integers(-5, 6, (40, n))
    values = [[Fraction(int(v)) ** k for v in row] for row in (W @ X).tolist()]
    family = Family(X.astype(float), lambda z: z**k, W.astype(float))
    assert family.dimension == exact_rank(values)
    assert family.dimension <= min(N, power_dimension(n, k))


def test_powers_are_counted_as_monomials():
    for n, k in ((1, 5), (2, 3), (4, 2)):
        monomials = list(combinations_with_replacement(range(n), k))
        assert power_dimension(n, k) == len(monomials)
    with pytest.raises(ValueError, match="1 or more"):
        power_dimension(0, 2)


def test_a_basis_of_the_span_and_its_projector():
    family = quadratic()
    Y = np.random.default_rng(1).standard_normal((2, 12))
    F = family.features(family.probes)
    slow = Y @ F.T @ np.linalg.pinv(F @ F.T, rcond=1e-9) @ F
    assert np.allclose(family.project(Y), slow)
    assert family.gap > 1e10
    assert len(independent(np.vstack([F[:2], F[:2] @ np.eye(12), 0 * F[:1]]))) == 2


@pytest.mark.parametrize("kind", range(4))
def test_the_function_stays_until_the_last_leg_and_the_end_is_best(kind):
    family, rng = quadratic(kind), np.random.default_rng(kind)
    W, U = rng.standard_normal((3, 2)), rng.standard_normal((2, 3))
    W = {0: W, 1: np.repeat(W[:1], 3, 0), 2: 0 * W, 3: W}[kind]
    U = U * (kind < 3)
    best = family.project(rng.standard_normal((2, 12)))
    path = descent_path([W, U], family, best)
    f = family.output([W, U])
    for leg in path.legs[:-1]:
        for t in (0, 0.3, 1):
            assert np.allclose(family.output(leg.at(t)), f)
    assert np.allclose(family.output(path.end), best)
    # On the last leg the function moves on a straight line: any convex loss falls.
    middle = family.output(path.legs[-1].at(0.25))
    assert np.allclose(middle, 0.75 * f + 0.25 * best)
    assert path.gap == 0


def test_two_networks_are_joined_through_a_straight_line_of_functions():
    family, rng = quadratic(), np.random.default_rng(3)
    for trial in range(8):
        ends = [[rng.standard_normal((4, 2)), rng.standard_normal((3, 4))] for _ in range(2)]
        if trial == 1:
            ends[1] = [ends[0][0][::-1], ends[0][1][:, ::-1]]
        if trial == 2:
            ends[0][1] *= 0
        if trial == 3:
            ends[1][0] = np.repeat(ends[1][0][:1], 4, 0)
        path = connect(*ends, family)
        f, g = (family.output(end) for end in ends)
        assert all(np.array_equal(a, b) for a, b in zip(path.end, ends[1], strict=True))
        assert np.array_equal(path.start[0], ends[0][0])
        for t in np.linspace(0, 1, 101):
            now = family.output(path(float(t)))
            share = 0.0 if np.allclose(f, g) else np.vdot(now - f, g - f) / np.vdot(g - f, g - f)
            assert -1e-9 < share < 1 + 1e-9
            assert np.allclose(now, (1 - share) * f + share * g)


def test_basis_form_names_what_it_can_reach():
    family = quadratic()
    walk = Walk([np.ones((2, 2)), np.ones((1, 2))])
    assert sorted(basis_form(family, walk)) == [0, 1]
    assert [leg.name for leg in walk.legs] == ["share", "recruit"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda f: descent_path([np.ones((2, 2)), np.ones((1, 2))], f, np.zeros((1, 12))),
            "at least",
        ),
        (
            lambda f: descent_path([np.ones((3, 2)), np.ones((1, 3))], f, np.ones((1, 12))),
            "point of V",
        ),
        (
            lambda f: connect(
                [np.ones((3, 2)), np.ones((1, 3))], [np.ones((3, 2)), np.ones((1, 3))], f
            ),
            "more than",
        ),
        (
            lambda f: connect(
                [np.ones((4, 2)), np.ones((1, 4))], [np.ones((5, 2)), np.ones((1, 5))], f
            ),
            "same shapes",
        ),
        (lambda f: Walk([np.ones((4, 2)), np.ones((1, 3))]), "of shape"),
        (
            lambda f: Walk([np.ones((4, 2)), np.ones((1, 4))]).carry({0: np.zeros(2)}),
            "output weights 0",
        ),
        (lambda f: swap([np.ones((3, 2)), np.ones((1, 3))], 0, 1, 1), "three different"),
        (lambda f: swap([np.ones((3, 2)), np.ones((1, 3))], 0, 1, 2), "output weight 0"),
        (lambda f: rearrange(Walk([np.ones((2, 1)), np.zeros((1, 2))]), [0, 0], 0), "permutation"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(quadratic())


def test_every_permutation_of_four_neurons_is_reached():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((2, 9))
    for where in permutations(range(4)):
        W, U = rng.standard_normal((4, 2)), rng.standard_normal((2, 4))
        U[:, 2] = 0
        walk = Walk([W, U])
        spare = rearrange(walk, list(where), 2)
        assert spare == where[2]
        for j in (0, 1, 3):
            assert np.array_equal(walk.W[where[j]], W[j])
            assert np.array_equal(walk.U[:, where[j]], U[:, j])
        for t in (0.1, 0.6, 0.9):
            now = walk.path()(t)
            assert np.allclose(now[1] @ np.tanh(now[0] @ X), U @ np.tanh(W @ X))


def test_a_swap_takes_six_legs_and_a_return():
    W, U = np.array([[0.5], [2.5], [-1.0]]), np.array([[1.0, 3.0, 0.0]])
    path = swap([W, U], 0, 1, 2)
    assert [leg.name for leg in path.legs] == ["carry", "share"] * 3 + ["return"]
    assert np.array_equal(path.end[0], W[[1, 0, 2]])
    assert np.array_equal(path.end[1], U[:, [1, 0, 2]])


def test_without_a_spare_neuron_the_price_is_the_smallest_singular_value():
    F = np.random.default_rng(4).standard_normal((3, 3))
    path = reflect(F)
    _, seen = path.values(lambda now: float(((now[1] @ now[0] - F) ** 2).sum()))
    assert seen.max() == pytest.approx(np.linalg.svd(F)[1][-1] ** 2)
    assert np.allclose(path.end[0], path.start[0][[0, 2, 1]])
    assert np.allclose(path.end[1], path.start[1][:, [0, 2, 1]])


def test_swapping_by_silence_ends_at_the_swapped_network():
    family, rng = quadratic(N=3), np.random.default_rng(5)
    F = rng.standard_normal((3, 3))
    W = rng.standard_normal((3, 2))
    U = outputs_for(family, W, [0, 1, 2], F)
    assert np.allclose(family.output([W, U]), F)
    path = swap_by_silencing([W, U], 2, 1, outputs_for(family, W, [0, 2], F))
    assert np.array_equal(path.end[0], W[[0, 2, 1]])
    assert np.array_equal(path.end[1], U[:, [0, 2, 1]])
