"""Linear networks: the way down, the ways across, and what they are compared with."""

import numpy as np
import pytest

from dlmath.landscapes.linear_networks import (
    descent_path,
    learnt,
    optimum,
    patterns,
    product,
    pruned,
    random_weights,
    row_space,
    square_loss,
)

SIZES = [[5, 1, 4], [5, 3, 4], [6, 3, 2, 5], [6, 1, 1, 1, 5], [4, 10, 2, 10, 2, 6], [3, 2]]


def data(n, m, kind, rng):
    X, Y = rng.standard_normal((n, 12)), rng.standard_normal((m, 12))
    V = row_space(X)[2]
    return {
        "generic": (X, Y),
        "rank one": (np.outer(X[:, 0], X[0]), Y),
        "no answer": (X, 0 * Y),
        "no pattern": (X, Y - Y @ V @ V.T),
        "one example": (X[:, :1], Y[:, :1]),
        "all patterns alike": (np.eye(n), np.eye(m, n)),
        "no input": (0 * X, Y),
    }[kind]


def begin(sizes, kind, rng):
    weights = random_weights(sizes, int(rng.integers(1e9)))
    middle = len(weights) // 2
    if kind in ("first", "middle", "last"):
        weights[{"first": 0, "middle": middle, "last": -1}[kind]] *= 0
    if kind == "zero":
        weights = [0 * W for W in weights]
    if kind == "rank one":
        weights = [np.outer(W[:, 0], W[0]) for W in weights]
    if kind == "orthogonal":
        for k in range(1, len(weights)):
            h = len(weights[k - 1])
            R = np.linalg.qr(weights[k - 1][:, : max(1, h // 2)])[0]
            weights[k - 1] = R @ R.T @ weights[k - 1]
            weights[k] = weights[k] - weights[k] @ R @ R.T
    return weights


KINDS = ["generic", "rank one", "no answer", "no pattern", "one example", "all patterns alike"]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    "start", ["generic", "first", "middle", "last", "zero", "rank one", "orthogonal"]
)
def test_the_way_down_never_climbs_and_ends_at_the_optimum(sizes, start):
    rng = np.random.default_rng(sum(sizes))
    for kind in [*KINDS, "no input"]:
        X, Y = data(sizes[0], sizes[-1], kind, rng)
        weights = begin(sizes, start, rng)
        path = descent_path(weights, X, Y)
        r = min([*sizes[1:-1], len(row_space(X)[1])])
        scale = 1 + square_loss(weights, X, Y)
        assert np.allclose(path.start[0], weights[0], atol=1e-12)
        assert path.rise(lambda w, X=X, Y=Y: square_loss(w, X, Y), 15) < 1e-11 * scale
        assert abs(square_loss(path.end, X, Y) - optimum(X, Y, r)) < 1e-10 * scale
        assert len(path) <= 7 + r


def test_every_saddle_is_left_behind():
    rng = np.random.default_rng(3)
    X, Y = data(5, 4, "generic", rng)
    for sizes in ([5, 2, 4], [5, 3, 2, 4]):
        for which in ([], [1], [2, 3], [1, 3]):
            weights = learnt(sizes, X, Y, which)
            path = descent_path(weights, X, Y)
            assert path.rise(lambda w: square_loss(w, X, Y)) < 1e-11
            assert square_loss(path.end, X, Y) == pytest.approx(optimum(X, Y, 2))


def test_what_is_learnt_is_an_equilibrium_with_the_loss_of_what_is_left():
    rng = np.random.default_rng(4)
    X, Y = data(4, 3, "generic", rng)
    for sizes in ([4, 3, 3], [4, 2, 3, 3], [4, 3]):
        weights = learnt(sizes, X, Y, [0, 2] if len(sizes) > 2 else [0, 1, 2, 3])
        g = patterns(X, Y)[0]
        left = np.square(Y).sum() - (g[0] + g[2] if len(sizes) > 2 else g.sum())
        assert square_loss(weights, X, Y) == pytest.approx(left)
        for k, W in enumerate(weights):
            for where in np.ndindex(W.shape):
                slope = 0.0
                for sign in (1, -1):
                    moved = [w.copy() for w in weights]
                    moved[k][where] += sign * 1e-5
                    slope += sign * square_loss(moved, X, Y) / 2e-5
                assert abs(slope) < 1e-8


def test_the_optimum_is_that_of_reduced_rank_regression():
    rng = np.random.default_rng(5)
    X, Y = data(4, 3, "generic", rng)
    best = np.linalg.lstsq(X.T, Y.T, rcond=None)[0].T
    for rank in (1, 2, 3):
        U, s, Vt = np.linalg.svd(best @ X, full_matrices=False)
        low = (U[:, :rank] * s[:rank]) @ Vt[:rank]
        assert optimum(X, Y, rank) == pytest.approx(np.square(low - Y).sum())


def test_pruning_keeps_the_product_and_leaves_its_rank_everywhere():
    weights = random_weights([5, 4, 2, 6, 3], 7)
    legs, slim, bases = pruned(weights)
    for t in (0, 0.3, 1):
        assert np.allclose(product(legs[0].at(t)), product(weights))
        assert np.allclose(product(legs[1].at(t)), product(weights))
    assert [np.linalg.matrix_rank(W) for W in slim] == [2] * 4
    assert [R.shape for R in bases] == [(4, 2), (2, 2), (6, 2)]
    zero = pruned([np.zeros((3, 2)), np.ones((2, 3))])
    assert zero[2][0].shape == (3, 0)


def test_bad_input_is_named():
    X, Y = np.ones((2, 5)), np.ones((3, 5))
    with pytest.raises(ValueError, match="wanted layers that compose"):
        descent_path([np.ones((2, 2)), np.ones((3, 3))], X, Y)
    with pytest.raises(ValueError, match=r"wanted X of shape \(2, N\)"):
        descent_path([np.ones((3, 2))], np.ones((3, 5)), Y)
    with pytest.raises(ValueError, match="wanted finite entries"):
        descent_path([np.full((3, 2), np.nan)], X, Y)
    with pytest.raises(ValueError, match="wanted one matrix or more"):
        descent_path([], X, Y)
    with pytest.raises(ValueError, match="none of them empty"):
        descent_path([np.ones((0, 2)), np.ones((3, 0))], X, Y)
    with pytest.raises(ValueError, match="wanted at most 1 of the 1 patterns"):
        learnt([2, 2, 3], X, Y, [0, 1])
